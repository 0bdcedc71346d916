"""Order and succession of versions, by Semantic Versioning 2.0.0."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    rf"(?:-({_PART}(?:\.{_PART})*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.ASCII,
)

Precedence = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]


def is_version(text: str) -> bool:
    """Whether ``text`` is a version: three numbers, perhaps a pre-release and build metadata."""
    return _SEMVER.fullmatch(text) is not None


def precedence(text: str) -> Precedence:
    """A key that sorts versions from old to new; build metadata does not count. ValueError."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a version like 1.2.3")
    major, minor, patch, pre, _ = match.groups()
    identifiers = tuple(
        (False, int(part), "") if part.isdigit() else (True, 0, part)
        for part in (pre.split(".") if pre else ())
    )
    return int(major), int(minor), int(patch), pre is None, identifiers


def next_version(wanted: str, published: Iterable[str]) -> str:
    """The smallest step from ``wanted`` that is newer than all published ones of its minor.

    1.2.0 with 1.2.1 published gives 1.2.2; a pre-release counts on: 1.2.0-rc.1 gives 1.2.0-rc.2.
    """
    line = precedence(wanted)[:2]
    newest = max([wanted, *(v for v in published if precedence(v)[:2] == line)], key=precedence)
    core, _, pre = newest.partition("+")[0].partition("-")
    if pre:
        stem, dot, last = pre.rpartition(".")
        counted = f"{stem}{dot}{int(last) + 1}" if last.isdigit() else f"{pre}.1"
        return f"{core}-{counted}"
    major, minor, patch = core.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"

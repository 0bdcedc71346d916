"""Tags of images by environment: a branch, a test build, a release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from generator.findings import UserError
from generator.repository.versions import is_version

_LONGEST = 128  # characters of a tag, by the OCI distribution specification
_OTHER = re.compile(r"[^A-Za-z0-9_.-]+")
_CANDIDATE = re.compile(r"(?:.*/)?rc(0|[1-9]\d*)")
_RELEASE = re.compile(r"(?:refs/tags/)?(?:release-)?v?(\d.*)")


def branch_tag(branch: str) -> str:
    """The tag of a branch build: the branch's name, made fit for a tag. Raises UserError.

    A name that had to be changed ends in a hash, so that two branches never share a tag.
    """
    name = branch.removeprefix("refs/heads/")
    if not name:
        raise UserError("a branch build needs the name of its branch: --branch NAME")
    tag = _OTHER.sub("-", name).lstrip(".-")
    if tag == name and len(tag) <= _LONGEST and not _reserved(tag):
        return tag
    suffix = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{tag[: _LONGEST - 9]}-{suffix}".lstrip("-")


def _reserved(tag: str) -> bool:
    """Whether a tag belongs to another environment."""
    return bool(_CANDIDATE.fullmatch(tag)) or tag.startswith("release-v") or tag == "latest"


def test_tag(existing: Iterable[str]) -> str:
    """The tag of the next test build: rc0, or one more than the highest that exists."""
    numbers = [int(match[1]) for tag in existing if (match := _CANDIDATE.fullmatch(tag))]
    return f"rc{max(numbers, default=-1) + 1}"


def release_tag(version: str) -> str:
    """The tag of a release: release-vX.Y.Z, from X.Y.Z with or without ``v``. Raises UserError.

    A suffix such as -patch.15 or -rc.1, which makes a pre-release in SemVer, stays. Build metadata
    is refused: a tag cannot hold its plus sign.
    """
    match = _RELEASE.fullmatch(version)
    if match is None or not is_version(match[1]) or "+" in match[1]:
        raise UserError(f"a release needs a version like 3.8.3 or 3.8.3-patch.15, not '{version}'")
    tag = f"release-v{match[1]}"
    if len(tag) > _LONGEST:
        raise UserError(f"'{tag}' is longer than {_LONGEST} characters, which no registry takes")
    return tag

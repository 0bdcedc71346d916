"""Files of variables (``.env``), and the variables that a compose file gives to its containers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.yamlio.document import Document, Path

Variables = dict[str, tuple[str, Location]]  # by name: text and place

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:=|:\s)\s*(.*?)\s*")
_QUOTED = re.compile(r"""'([^']*)'\s*(?:#.*)?|"((?:[^"\\]|\\.)*)"\s*(?:#.*)?""")
_ESCAPED = re.compile(r"\\(.)")
_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>\w+)(?::?(?P<sign>[-+?])(?P<other>[^{}]*))?\}|(?P<bare>\w+))"
)


def parse_variables(text: str, shown: str) -> tuple[Variables, list[Finding]]:
    """The variables of a text of lines NAME=VALUE, as Docker Compose reads it.

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
    """
    found: Variables = {}
    findings = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        place = Location(shown, number)
        match = _LINE.fullmatch(line)
        value = _value(match[2], found) if match else None
        if match is None or value is None:
            wrong = "is not NAME=VALUE" if match is None else "has a quote that does not end"
            findings.append(Finding(place, "bad-variable", f"the line {wrong}; correct it"))
        else:
            found[match[1]] = (value, place)
    return found, findings


def _value(text: str, known: Variables) -> str | None:
    """A value without quotes and remarks; None when its quotes do not end."""
    quoted = _QUOTED.fullmatch(text)
    if quoted and quoted[1] is not None:
        return quoted[1]
    if quoted:
        return interpolate(_ESCAPED.sub(r"\1", quoted[2]), known) or ""
    if text[:1] in ("'", '"'):
        return None
    return interpolate(re.sub(r"(?:^|\s+)#.*", "", text), known) or ""


def interpolate(text: str, known: Variables) -> str | None:
    """The text with its ``$NAME`` replaced; None when it names a variable that nobody gave."""
    missing = False

    def replaced(match: re.Match[str]) -> str:
        nonlocal missing
        if match["escaped"]:
            return "$"
        value = known.get(match["braced"] or match["bare"], ("", None))[0]
        if match["sign"] == "+":
            return match["other"] if value else ""
        if not value and match["sign"] == "-":
            return match["other"] or ""
        missing = missing or (match["braced"] or match["bare"]) not in known
        return value

    result = _REFERENCE.sub(replaced, text)
    return None if missing else result


def container_variables(
    document: Document, known: Variables
) -> Iterator[tuple[str, str, str | None, Location]]:
    """Name, text as written, value and place of all variables of a compose file's services; the
    value is None where it comes from a variable that is not among the ``known`` ones."""
    for name, service in _mapping(document.data.get("services")).items():
        path: Path = ("services", name, "environment")
        given = _mapping(service).get("environment")
        if isinstance(given, Mapping):
            for key, value in given.items():
                text = str(value).lower() if isinstance(value, bool) else str(value or "")
                yield key, text, interpolate(text, known), document.key((*path, key))
        elif isinstance(given, list):
            for index, entry in enumerate(given):
                key, sign, value = str(entry).partition("=")
                text = value if sign else f"${{{key}}}"
                yield key, text, interpolate(text, known), document.key((*path, index))


def mounted(document: Document) -> Iterator[tuple[str, str, Location]]:
    """Place in the container, text as written, and place in the file of what services mount."""
    for name, service in _mapping(document.data.get("services")).items():
        volumes = _mapping(service).get("volumes")
        for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
            place = document.key(("services", name, "volumes", index))
            if isinstance(volume, str):
                source, _, rest = volume.rpartition(":")
                target = source.rpartition(":")[2] if rest in ("ro", "rw", "z", "Z") else rest
                yield target, volume, place
            else:
                yield str(_mapping(volume).get("target", "")), f"a volume of {name}", place


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def only_reference(text: str) -> str:
    """The name of the variable that is all of the text, or ""."""
    match = _REFERENCE.fullmatch(text)
    return (match["braced"] or match["bare"] or "") if match else ""

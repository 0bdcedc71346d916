"""The index as text, and back, refusing what is cut short, changed or not ours.

The text is JSON, which is YAML too: Helm 3.13 and newer read it some fifty times faster. Each
version is one line, so that a merge copies old lines as they are and a diff shows what was added.
A seal in the head, the SHA-256 of the text with zeros in its own place, proves that nothing was
lost or changed since it was written.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from openim_charts.findings import UserError
from openim_charts.repository.index import Index, Version, newest_first, timestamp, version_of
from openim_charts.repository.versions import is_version

_SEAL = "charts.openim.io/sha256"
_ZEROS = b"0" * 64
_HEAD = re.compile(
    rb'\{"annotations":\{"'
    + re.escape(_SEAL).encode()
    + rb'":"([0-9a-f]{64})"\},"apiVersion":"v1",'
)
_LINE = re.compile(
    rb'^(\{"name":"([a-z0-9-]+)","version":"([^"\\]+)","digest":"([0-9a-f]{64})",'
    rb'"created":"([^"\\]+)","urls":\["([^"\\]+)"[^\n]*\}),?$',
    re.MULTILINE,
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)")
_ADDRESS = re.compile(r"[^\s\"\\<>^`{|}\x00-\x1f]+")  # RFC 3986 has none of these either
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def render_index(index: Index) -> bytes:
    """The content of ``index.yaml``."""
    head = f'{{"annotations":{{"{_SEAL}":"'.encode()
    tail = f'"}},"apiVersion":"v1","generated":"{index.generated}","entries":{{\n'.encode()
    charts = b",\n".join(
        b'"%s":[\n%s\n]' % (name.encode(), b",\n".join([v.line for v in versions]))
        for name, versions in index.entries.items()
    )
    body = b"%s%s\n}}\n" % (tail, charts)
    seal = hashlib.sha256(head + _ZEROS)
    seal.update(body)
    return b"".join((head, seal.hexdigest().encode(), body))


def is_ours(content: bytes) -> bool:
    """Whether this tool wrote the index, by its head alone."""
    return _HEAD.match(content) is not None


def parse_index(content: bytes, shown: str, *, adopt: bool = False) -> Index:
    """The index in ``content``; ``shown`` names it in messages.

    An index without our seal is refused, unless ``adopt`` takes over one (JSON or YAML) that
    another tool wrote. Raises UserError.
    """
    head = _HEAD.match(content)
    if head is None:
        if adopt:
            return _adopt(content, shown)
        raise _refusal(shown, "it was not written by openim-charts; to take it over, give --adopt")
    start, end = head.span(1)
    digest = hashlib.sha256(content[:start])
    digest.update(_ZEROS)
    digest.update(memoryview(content)[end:])
    if digest.hexdigest().encode() != head[1]:
        raise _refusal(shown, "it was cut short or changed after it was written")
    return _sealed(content, shown)


def _refusal(shown: str, why: str) -> UserError:
    return UserError(f"{shown} is refused: {why}. Nothing was written.")


def _sealed(content: bytes, shown: str) -> Index:
    """An index whose seal holds, so its lines are as ``version_of`` made them."""
    entries: dict[str, list[Version]] = {}
    name, versions = "", entries.setdefault("", [])
    for match in _LINE.finditer(content):
        line, *fields = match.groups()
        version = Version._make([*map(bytes.decode, fields), line])
        if version.name != name:
            name = version.name
            versions = entries.setdefault(name, [])
        versions.append(version)
    del entries[""]
    if sum(map(len, entries.values())) != content.count(b"\n{"):
        raise _refusal(shown, "it is not what its seal promises")
    return Index({name: tuple(versions) for name, versions in entries.items()})


def is_address(url: Any) -> bool:
    """Whether it can be the URL of an archive, or what such a URL starts with."""
    return isinstance(url, str) and _ADDRESS.fullmatch(url) is not None


def _defect(entry: Any) -> str:
    """What is wrong with one entry; "" when it is sound."""
    if not isinstance(entry, dict):
        return "no mapping"
    for key, pattern in (("name", _NAME), ("digest", _DIGEST), ("created", _DATE)):
        value = entry.get(key)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            return f"no proper {key}"
    if not isinstance(entry.get("version"), str) or not is_version(entry["version"]):
        return "no proper version (it must be like 1.2.3)"
    urls = entry.get("urls")
    if not isinstance(urls, list) or not urls or not all(map(is_address, urls)):
        return "no proper urls"
    if not isinstance(entry.get("annotations", {}) or {}, dict):
        return "no proper annotations"
    return ""


def _adopt(content: bytes, shown: str) -> Index:
    """An index of another tool: the same entries, with digests and dates in our form."""
    data = _load(content, shown)
    if not isinstance(data, dict) or data.get("apiVersion") != "v1":
        raise _refusal(shown, "it is no index of a Helm repository (apiVersion: v1)")
    if not isinstance(data.get("entries"), dict):
        raise _refusal(shown, "it has no entries")
    found = {}
    for name, versions in sorted(data["entries"].items()):
        if not isinstance(versions, list | None):
            raise _refusal(shown, f"its entry {name!r} is no list of versions")
        adopted = [_adopted(name, entry, shown) for entry in versions or []]
        if len({v.version for v in adopted}) < len(adopted):
            raise _refusal(shown, f"it has a version of {name} twice")
        found[name] = newest_first(adopted)
    return Index({name: versions for name, versions in found.items() if versions})


def _adopted(name: str, entry: Any, shown: str) -> Version:
    entry = dict(entry) if isinstance(entry, dict) else entry
    if isinstance(entry, dict):
        entry["digest"] = str(entry.get("digest", "")).removeprefix("sha256:")
        entry.setdefault("created", timestamp(0))
    wrong = _defect(entry)
    if wrong:
        raise _refusal(shown, f"the entry {str(entry)[:80]!r} has {wrong}")
    if entry["name"] != name:
        raise _refusal(shown, f"a version of {entry['name']!r} stands under {name!r}")
    return version_of(entry)


def _load(content: bytes, shown: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        from openim_charts.yamlio.reader import parse
    document, findings = parse(content, shown, refuse_templates=False)
    if findings or document is None:
        raise _refusal(shown, findings[0].message if findings else "it is empty")
    return document.data

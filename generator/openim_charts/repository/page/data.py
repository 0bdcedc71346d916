"""The page's data files: JSON inside scripts, because pages opened as files may not fetch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openim_charts.findings import UserError
from openim_charts.repository.index import WITHDRAWN
from openim_charts.repository.page.model import ChartDetails, ValueRow
from openim_charts.repository.versions import precedence

KeySets = Mapping[str, tuple[tuple[str, ...], ...]]  # chart -> its values' keys, in shareable parts

_HEAD = "helmPage.receive("


def stamp(content: bytes) -> str:
    """A short name of some content, put in addresses so that no cache serves older content."""
    return hashlib.sha256(content).hexdigest()[:10]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def script(name: str, payload: Any) -> bytes:
    """A script that hands ``payload`` to the page as one string literal of JSON text.

    JSON text in ASCII has no line ends and no character that ends a literal but those escaped
    here, so that no text of a chart is ever run.
    """
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    return f"{_HEAD}{_quoted(name)},{_quoted(text)});\n".encode("ascii")


def payload(content: bytes) -> Any:
    """What ``script`` was given; raises UserError where the content is not its work."""
    try:
        text = content.decode("ascii")
        literal = text.removesuffix("');\n").removeprefix(_HEAD).split("','", 1)[1]
        return json.loads(literal.replace("\\'", "'").replace("\\\\", "\\"))
    except (ValueError, IndexError) as error:
        raise UserError("the published page's data is damaged: build the page anew") from error


def details_payload(details: ChartDetails) -> dict[str, Any]:
    """What the browser gets of a chart's details; empty parts are left out."""
    parts = {
        "readme": details.readme,
        "values": [(row.key, row.type, row.default, row.description) for row in details.values],
        "changes": [(change.kind, change.text) for change in details.changes],
        "images": [(image.name, image.reference) for image in details.images],
        "license": details.license,
        "graph": bool(details.svg),
    }
    return {key: value for key, value in parts.items() if value}


def key_parts(rows: Iterable[ValueRow]) -> tuple[tuple[str, ...], ...]:
    """Keys by their first two segments: charts with the same feature or file share the part."""
    parts: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        parts.setdefault(tuple(row.key.split(".", 2)[:2]), []).append(row.key)
    return tuple(tuple(keys) for keys in parts.values())


def keys_payload(charts: KeySets) -> dict[str, Any]:
    """Keys for the search, each part written once: ``sets``, and for each chart which it has."""
    numbers: dict[tuple[str, ...], int] = {}
    members = {
        name: [numbers.setdefault(part, len(numbers)) for part in charts[name]]
        for name in sorted(charts)
    }
    return {"sets": [list(part) for part in numbers], "charts": members}


def keys_of(content: bytes) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The inverse of ``keys_payload``, from the published file."""
    data = payload(content)
    try:
        sets = [tuple(part) for part in data["sets"]]
        return {name: tuple(sets[n] for n in parts) for name, parts in data["charts"].items()}
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UserError("the published page's data is damaged: build the page anew") from error


Entry = Mapping[str, Any]


def _key(entry: Entry) -> tuple[Any, ...]:
    try:
        return (True, *precedence(str(entry.get("version", ""))))
    except ValueError:
        return (False,)


def _is_stable(entry: Entry) -> bool:
    key = _key(entry)
    return key[0] and bool(key[4])


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """The versions of one chart by SemVer, newest first; what is no SemVer comes last."""
    return sorted(entries, key=_key, reverse=True)


def newest(entries: Sequence[Entry]) -> Entry:
    """What Helm installs of versions from ``newest_first``: the newest but pre-releases, if any."""
    return next(filter(_is_stable, entries), entries[0])


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _person(maintainer: Any) -> str:
    return str(maintainer.get("name", "")) if isinstance(maintainer, Mapping) else str(maintainer)


def version_record(name: str, entry: Entry, base: str) -> dict[str, Any]:
    """One version, in few bytes: the archive's address is left out where it is the usual one.

    ``base`` is the repository's URL: addresses below it become relative to it.
    """
    version = str(entry.get("version", ""))
    annotations = entry.get("annotations") or {}
    url = str(next(iter(entry.get("urls") or ()), "")).removeprefix(f"{base}/")
    return _kept(
        {
            "version": version,
            "app": str(entry.get("appVersion") or ""),
            "created": str(entry.get("created") or "")[:10],
            "digest": str(entry.get("digest") or "").removeprefix("sha256:"),
            "url": "" if url == f"{name}-{version}.tgz" else url,
            "deprecated": bool(entry.get("deprecated")),
            "reason": str(annotations.get(WITHDRAWN, "")),
        }
    )


def summary(name: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """A chart's line in the list: its newest version, and how many there are."""
    entry = newest(entries)
    return _kept(
        {
            "name": name,
            "version": str(entry.get("version", "")),
            "app": str(entry.get("appVersion") or ""),
            "about": str(entry.get("description") or ""),
            "keywords": [str(k) for k in entry.get("keywords") or ()],
            "kube": str(entry.get("kubeVersion") or ""),
            "deprecated": bool(entry.get("deprecated")),
            "count": len(entries),
        }
    )


def about(entries: Sequence[Entry]) -> dict[str, Any]:
    """What the newest version says of people, sources and the charts in it."""
    entry = newest(entries)
    dependencies = [d for d in entry.get("dependencies") or () if isinstance(d, Mapping)]
    return _kept(
        {
            "home": str(entry.get("home") or ""),
            "sources": [str(s) for s in entry.get("sources") or ()],
            "maintainers": [_person(m) for m in entry.get("maintainers") or ()],
            "dependencies": [
                {"name": str(d.get("name", "")), "version": str(d.get("version", ""))}
                for d in dependencies
            ],
        }
    )

"""The charts of a Helm index, as the page lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.repository.index import WITHDRAWN
from generator.repository.versions import precedence

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

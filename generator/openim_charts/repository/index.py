"""The index of a Helm repository: which versions of which charts there are, and where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from openim_charts.repository.versions import precedence

INDEX = "index.yaml"
WITHDRAWN = "charts.openim.io/withdrawn"  # annotation of a version: why nobody should use it

_TEXTS = {"apiVersion", "appVersion", "description", "home", "icon", "kubeVersion", "type"}
_ARCHIVE_ONLY = "artifacthub.io/"  # Artifact Hub reads these annotations from the archive


class Version(NamedTuple):
    """One published version of a chart. ``line`` is its whole entry as one line of JSON, in UTF-8.

    An index may hold many thousands, so this is the kind of object that is made fastest.
    """

    name: str
    version: str
    digest: str  # SHA-256 of the archive, 64 hexadecimal digits
    created: str  # RFC 3339, UTC
    url: str  # where the archive is; relative to the index unless it has a scheme
    line: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The entry as Helm reads it: Chart.yaml with ``urls``, ``created`` and ``digest``."""
        data: dict[str, Any] = json.loads(self.line)
        return data

    @property
    def filename(self) -> str:
        """Name of the archive."""
        return f"{self.name}-{self.version}.tgz"

    def place(self, url: str) -> str:
        """Path of the archive below the index at ``url``; "" when it is elsewhere."""
        base = url.rstrip("/") + "/"
        path = (self.url.removeprefix(base) if url else self.url).removeprefix("./")
        if "/" not in path:
            return path
        elsewhere = "://" in path or path.startswith("/") or ".." in path.split("/")
        return "" if elsewhere else path


@dataclass(frozen=True, slots=True)
class Index:
    """All versions by chart name (sorted), newest first."""

    entries: Mapping[str, tuple[Version, ...]]

    @classmethod
    def of(cls, versions: Iterable[Version]) -> Index:
        """An index of the versions, in its order."""
        found: dict[str, list[Version]] = {}
        for version in versions:
            found.setdefault(version.name, []).append(version)
        return cls({name: newest_first(found[name]) for name in sorted(found)})

    @property
    def generated(self) -> str:
        """The date of the newest sources; the epoch for an empty index."""
        return max((v.created for v in self.versions()), default=timestamp(0))

    def versions(self) -> Iterable[Version]:
        """Every version, in the index's order."""
        return chain.from_iterable(self.entries.values())

    @property
    def data(self) -> dict[str, Any]:
        """The index as Helm reads it."""
        entries = {name: [v.data for v in versions] for name, versions in self.entries.items()}
        return {"apiVersion": "v1", "generated": self.generated, "entries": entries}

    def find(self, name: str, version: str) -> Version | None:
        """A version, or None."""
        return next((v for v in self.entries.get(name, ()) if v.version == version), None)


Extras = Callable[[Index], Mapping[str, bytes]]  # more files for an index: its web page


def newest_first(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Versions of one chart in the order in which Helm expects them."""
    return tuple(sorted(versions, key=lambda v: (precedence(v.version), v.version), reverse=True))


def timestamp(seconds: int) -> str:
    """Unix seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_version(metadata: Mapping[str, Any], digest: str, created: str) -> Version:
    """The entry of a chart with this Chart.yaml, its archive beside the index."""
    url = f"{metadata['name']}-{metadata['version']}.tgz"
    entry = {**metadata, "digest": digest, "created": created, "urls": [url]}
    kept = {
        key: value
        for key, value in (entry.pop("annotations", None) or {}).items()
        if not key.startswith(_ARCHIVE_ONLY)
    }
    return version_of({**entry, "annotations": kept} if kept else entry)


def version_of(entry: Mapping[str, Any]) -> Version:
    """The version that an entry with sound fields describes."""
    # What every reader of the index needs comes first, where it is found without parsing the rest.
    first = {key: entry[key] for key in ("name", "version", "digest", "created", "urls")}
    rest = {key: entry[key] for key in sorted(entry.keys() - first.keys())}
    line = chart_json({**first, **rest}).encode()
    return Version(
        entry["name"], entry["version"], entry["digest"], entry["created"], entry["urls"][0], line
    )


def chart_json(metadata: Mapping[str, Any]) -> str:
    """Chart.yaml as JSON on one line, with the types that Helm gives its fields."""
    data: dict[str, Any] = {
        key: _helm_text(value) if key in _TEXTS else value for key, value in metadata.items()
    }
    if data.get("annotations"):
        data["annotations"] = {k: _helm_text(v) for k, v in data["annotations"].items()}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _helm_text(value: Any) -> str:
    """A scalar as the text that Helm makes of it in Chart.yaml; in JSON it takes only text."""
    return value if isinstance(value, str) else json.dumps(value)


def withdrawn(version: Version, reason: str) -> Version:
    """The same version, marked as deprecated and saying why."""
    entry = version.data
    annotations = {**(entry.get("annotations") or {}), WITHDRAWN: reason}
    return version_of({**entry, "deprecated": True, "annotations": annotations})

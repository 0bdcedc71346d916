"""A packaged chart, ready to be put into a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openim_charts.findings import UserError
from openim_charts.repository.index import INDEX, Version, new_version, timestamp, version_of
from openim_charts.repository.index_text import parse_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openim_charts.specs.keys.repository import ArtifactHub, IgnoredVersions, Owner


@dataclass(frozen=True, slots=True)
class Release:
    """An archive with its index entry; ``provenance`` is the ``.prov`` text or ""."""

    listed: Version  # with a relative URL
    archive: bytes
    provenance: str = ""

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.listed.name

    @property
    def version(self) -> str:
        """The chart's version."""
        return self.listed.version

    @property
    def filename(self) -> str:
        """Name of the archive."""
        return self.listed.filename

    @property
    def digest(self) -> str:
        """SHA-256 of the archive, 64 hexadecimal digits."""
        return self.listed.digest

    @property
    def created(self) -> str:
        """The date of its sources, RFC 3339 in UTC."""
        return self.listed.created

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Chart.yaml, read from the archive."""
        from openim_charts.packaging.contents import read_archive  # an index alone needs no YAML

        return read_archive(self.archive).metadata

    def entry(self, base: str = "") -> Version:
        """The index entry; its URL starts with ``base``, or is relative without one."""
        if not base:
            return self.listed
        return version_of({**self.listed.data, "urls": [f"{base.rstrip('/')}/{self.filename}"]})


def release_of(archive: bytes, source_date: int, provenance: str = "") -> Release:
    """The release of an archive whose sources date from ``source_date`` (Unix seconds).

    Raises ArchiveError.
    """
    from openim_charts.packaging.contents import read_archive

    digest = hashlib.sha256(archive).hexdigest()
    metadata = read_archive(archive).metadata
    return Release(new_version(metadata, digest, timestamp(source_date)), archive, provenance)


def read_releases(directory: Path) -> Iterator[Release]:
    """The releases of a built repository, one at a time, each proven to be what its index says.

    Raises UserError.
    """
    try:
        content = (directory / INDEX).read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"there is no {INDEX} in {directory}: build the charts first") from error
    for version in parse_index(content, str(directory / INDEX)).versions():
        yield _read(directory, version)


def _read(directory: Path, version: Version) -> Release:
    path = directory / version.filename
    signature = directory / f"{version.filename}.prov"
    try:
        archive = path.read_bytes()
        provenance = signature.read_text("utf-8") if signature.exists() else ""
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be used: {error}; build the charts anew") from error
    if hashlib.sha256(archive).hexdigest() != version.digest:
        raise UserError(f"{path} was changed after the build; build the charts anew")
    return Release(version, archive, provenance)


ARTIFACT_HUB = "artifacthub-repo.yml"


def of_repository(hub: ArtifactHub) -> bytes:
    """The file that goes beside the index; b"" when there is nothing to say."""
    return _text(hub.repository_id, hub.owners, hub.ignore)


def of_chart(hub: ArtifactHub, chart: str) -> bytes:
    """The file of one chart in a registry, which Artifact Hub lists as a repository of its own."""
    return _text(hub.registry_ids.get(chart, ""), hub.owners)


def _text(identity: str, owners: Sequence[Owner], ignore: Sequence[IgnoredVersions] = ()) -> bytes:
    from openim_charts.specs.keys.base import written
    from openim_charts.yamlio.writer import dump

    said = {"repositoryID": identity, "owners": written(owners), "ignore": written(ignore)}
    known = {key: value for key, value in said.items() if value}
    return dump(known).encode() if known else b""

"""A packaged chart, ready to be put into a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.findings import UserError
from generator.packaging.contents import ArchiveError, read_archive
from generator.repository.index import INDEX, Version, new_version, timestamp
from generator.repository.index_text import parse_index


@dataclass(frozen=True, slots=True)
class Release:
    """An archive with what the index says about it; ``provenance`` is the ``.prov`` text or ""."""

    metadata: Mapping[str, Any]  # Chart.yaml
    archive: bytes
    created: str  # RFC 3339, UTC
    digest: str  # SHA-256 of the archive, 64 hexadecimal digits
    provenance: str = ""

    @property
    def name(self) -> str:
        """The chart's name."""
        return str(self.metadata["name"])

    @property
    def version(self) -> str:
        """The chart's version."""
        return str(self.metadata["version"])

    @property
    def filename(self) -> str:
        """Name of the archive."""
        return f"{self.name}-{self.version}.tgz"

    def entry(self, base: str = "") -> Version:
        """The index entry; URLs start with ``base``, or are relative without one."""
        return new_version(self.metadata, self.digest, self.created, base)


def release_of(archive: bytes, source_date: int, provenance: str = "") -> Release:
    """The release of an archive whose sources date from ``source_date`` (Unix seconds).

    Raises ArchiveError.
    """
    return _release(archive, timestamp(source_date), provenance)


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
        provenance = signature.read_text() if signature.exists() else ""
        release = _release(archive, version.created, provenance)
    except (OSError, ArchiveError) as error:
        raise UserError(f"{path} cannot be used: {error}; build the charts anew") from error
    if release.digest != version.digest:
        raise UserError(f"{path} was changed after the build; build the charts anew")
    return release


def _release(archive: bytes, created: str, provenance: str) -> Release:
    metadata = read_archive(archive).metadata
    return Release(metadata, archive, created, hashlib.sha256(archive).hexdigest(), provenance)

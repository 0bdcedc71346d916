"""Packaging, for the other packages."""

from __future__ import annotations

from openim_charts.packaging.archive import MAX_FILE, package, package_files
from openim_charts.packaging.contents import (
    ArchiveError,
    Contents,
    read_archive,
    same_contents,
    unpack,
)
from openim_charts.packaging.provenance import sign

__all__ = [
    "MAX_FILE",
    "ArchiveError",
    "Contents",
    "package",
    "package_files",
    "read_archive",
    "same_contents",
    "sign",
    "unpack",
]

"""Packaging, for the other rooms."""

from __future__ import annotations

from generator.packaging.archive import MAX_FILE, package, package_files
from generator.packaging.contents import ArchiveError, Contents, read_archive, same_contents, unpack
from generator.packaging.provenance import sign

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

"""A chart as a ``.tgz`` whose bytes depend on nothing but the chart and the date of its sources."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping

from openim_charts.charts.model import Chart
from openim_charts.findings import Finding, FindingsError, Location

# Bytes; Helm's chart loader refuses a larger file (MaxDecompressedFileSize).
MAX_FILE = 5 * 1024 * 1024

_MAX_TIME = 8**11 - 1  # eleven octal digits hold the time in a USTAR header
# deflate, no flags (so no name), no time, nothing special, no particular system (RFC 1952)
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL = 6  # of zlib, as Helm packs too; 9 takes almost twice the time for one per cent


def package(chart: Chart, source_date: int) -> bytes:
    """The archive of ``chart``, every file dated ``source_date`` (Unix seconds).

    Raises FindingsError, placed at the chart's spec, for a file that Helm or the format refuses.
    """
    return package_files(chart.name, chart.files, source_date, chart.spec.location)


def package_files(
    name: str, files: Mapping[str, bytes], source_date: int, location: Location, level: int = _LEVEL
) -> bytes:
    """The archive of the files (path inside the chart → content) of the chart ``name``; an archive
    that nobody keeps may be compressed less (``level``, as zlib counts) than is right for others.

    The uncompressed tar is the same everywhere; the compressed bytes are the same wherever zlib is.
    """
    found = [
        Finding(location, rule, message)
        for path, content in files.items()
        for rule, message in _defects(f"{name}/{path}", content)
    ]
    if found:
        raise FindingsError(found)
    return _gzip(_tar(name, files, min(max(source_date, 0), _MAX_TIME)), level)


def _defects(path: str, content: bytes) -> list[tuple[str, str]]:
    found = []
    if not _fits(path):
        found.append(
            (
                "archive-path-length",
                f"the path {path!r} is too long for a chart archive "
                "(100 bytes, or 155 for the folder and 100 for the rest); shorten it",
            )
        )
    if len(content) > MAX_FILE:
        found.append(
            (
                "archive-file-size",
                f"{path!r} has {len(content)} bytes, and Helm reads no more than {MAX_FILE}; "
                "make it smaller",
            )
        )
    return found


def _fits(path: str) -> bool:
    """Whether a USTAR header can hold the path: split at a slash into 155 and 100 bytes."""
    raw = path.encode()
    if len(raw) <= 100:
        return True
    cut = raw[:156].rfind(b"/")
    return cut > 0 and len(raw) - cut - 1 <= 100


def _tar(name: str, files: Mapping[str, bytes], date: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files, key=lambda path: (path != "Chart.yaml", path)):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(files[path])
            entry.mtime = date
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(files[path]))
    return buffer.getvalue()


def _gzip(data: bytes, level: int) -> bytes:
    """Like gzip.compress, whose header, unlike this one, differs between versions of Python."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = compressor.compress(data) + compressor.flush()
    return _GZIP_HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)

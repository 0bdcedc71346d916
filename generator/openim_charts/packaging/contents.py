"""What is inside a chart archive."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Bytes; Helm's loader refuses a larger chart (MaxDecompressedChartSize).
_MAX_SIZE = 100 * 1024 * 1024


class ArchiveError(ValueError):
    """The bytes are no chart archive; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Chart.yaml of an archive, as text and as data."""

    text: str
    metadata: Mapping[str, Any]


def read_archive(archive: bytes) -> Contents:
    """Chart.yaml of a chart archive, which is whole and names its folder. Raises ArchiveError."""
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflate(archive))) as tar:
            member = next((m for m in tar if m.name.count("/") == 1 and _is_chart(m)), None)
            stream = tar.extractfile(member) if member else None
            raw = stream.read() if stream else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(f"it is not a tar archive ({error})") from error
    if member is None:
        raise ArchiveError("it holds no Chart.yaml")
    from openim_charts.yamlio.reader import parse  # comparing archives needs no YAML

    document, findings = parse(raw, member.name, refuse_templates=False)
    if document is None or findings:
        raise ArchiveError(f"its Chart.yaml cannot be read: {findings[0].message}")
    metadata: Mapping[str, Any] = document.data
    if not all(isinstance(metadata.get(key), str) for key in ("name", "version")):
        raise ArchiveError("its Chart.yaml has no name or no version")
    if member.name != f"{metadata['name']}/Chart.yaml":
        raise ArchiveError(f"its folder {member.name.split('/')[0]!r} is not named like the chart")
    return Contents(raw.decode(), metadata)


def unpack(archive: bytes) -> dict[str, bytes]:
    """All files of a chart archive, by path inside the chart. Raises ArchiveError."""
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflate(archive))) as tar:
            return {
                member.name.partition("/")[2]: stream.read()
                for member in tar
                if member.isfile() and (stream := tar.extractfile(member))
            }
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(f"it is not a tar archive ({error})") from error


def same_contents(first: bytes, second: bytes) -> bool:
    """Whether two archives hold the same files.

    Other bytes come of another compressor, and of the date of another commit that the files bear.
    """
    try:
        return first == second or unpack(first) == unpack(second)
    except ArchiveError:
        return False


def _is_chart(member: tarfile.TarInfo) -> bool:
    return member.isfile() and member.name.endswith("/Chart.yaml")


def _inflate(archive: bytes) -> bytes:
    """The tar in a gzip of exactly one member, its checksum proven."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(archive, _MAX_SIZE)
    except zlib.error as error:
        raise ArchiveError(f"it is not gzip or is damaged ({error})") from error
    if inflater.unconsumed_tail:
        raise ArchiveError(f"it unpacks to more than {_MAX_SIZE} bytes")
    if not inflater.eof:
        raise ArchiveError("it is cut short")
    if inflater.unused_data:
        raise ArchiveError("something follows its end")
    return data

"""The repository room, for the other rooms."""

from __future__ import annotations

from generator.repository.artifacthub import ARTIFACT_HUB, artifacthub_repository
from generator.repository.index import Index, Version
from generator.repository.index_text import parse_index, render_index
from generator.repository.local import Extras, Written, write_repository
from generator.repository.publish import (
    Item,
    PublishOptions,
    PublishResult,
    publish,
    withdraw,
)
from generator.repository.release import Release, read_releases, release_of
from generator.repository.serve import Server
from generator.repository.state import (
    CheckCache,
    fingerprint,
    is_current,
    record,
    tool_identity,
)

__all__ = [
    "ARTIFACT_HUB",
    "CheckCache",
    "Extras",
    "Index",
    "Item",
    "PublishOptions",
    "PublishResult",
    "Release",
    "Server",
    "Version",
    "Written",
    "artifacthub_repository",
    "fingerprint",
    "is_current",
    "parse_index",
    "publish",
    "read_releases",
    "record",
    "release_of",
    "render_index",
    "tool_identity",
    "withdraw",
    "write_repository",
]

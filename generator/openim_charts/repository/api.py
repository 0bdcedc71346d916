"""The repository, for the other packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openim_charts.repository.index import Extras, Index, Version
from openim_charts.repository.index_text import parse_index, render_index
from openim_charts.repository.local import Written, write_repository
from openim_charts.repository.publish import (
    Item,
    PublishOptions,
    PublishResult,
    publish,
    withdraw,
)
from openim_charts.repository.publish_plan import Beside
from openim_charts.repository.release import Release, read_releases, release_of
from openim_charts.repository.state import (
    CheckCache,
    fingerprint,
    is_current,
    record,
    tool_identity,
)

if TYPE_CHECKING:
    from openim_charts.repository.serve import Server

__all__ = [
    "Beside",
    "CheckCache",
    "Extras",
    "Index",
    "Item",
    "PublishOptions",
    "PublishResult",
    "Release",
    "Version",
    "Written",
    "fingerprint",
    "is_current",
    "parse_index",
    "publish",
    "read_releases",
    "record",
    "release_of",
    "render_index",
    "serve",
    "tool_identity",
    "withdraw",
    "write_repository",
]


def serve(directory: Path, port: int = 0) -> Server:
    """A server of ``directory`` on loopback: ``.url``, ``.serve_forever()``, ``.close()``.

    Port 0 takes any free one. Raises UserError.
    """
    from openim_charts.repository.serve import Server  # nothing else needs an HTTP server

    return Server(directory, port)

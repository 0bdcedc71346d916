"""What a release's configuration files became, key by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Path = tuple[str, ...]


class Kind(StrEnum):
    """How a key differs from the line's; the order is that of reports."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    RETYPED = "retyped"
    DEFAULT = "default"  # the line's default follows the new file
    KEPT = "kept"  # the line's default is its own, and upstream's is another one than before
    COMPUTED = "computed"  # the charts compute the value, or take it from a Secret
    LEFT_OUT = "left out"  # the line leaves the key out on purpose


@dataclass(frozen=True, slots=True)
class Change:
    """One key that is another one in the new file."""

    kind: Kind
    path: Path
    before: Any = field(default=None, repr=False)
    after: Any = field(default=None, repr=False)
    name: str = ""  # of a renamed key, the new one
    behind: str = ""  # of an added key: the line's key that stands before it
    secret: bool = False  # the values are not shown
    source: Path = ()  # of an added key, its path in the new file
    because: str = ""  # why a key is left out, or what is lost with one that is removed
    decide: tuple[str, ...] = ()  # what a person must decide
    comments: tuple[str, ...] = ()  # upstream's, about an added key


@dataclass(frozen=True, slots=True)
class FileChanges:
    """One configuration file, by its name in the container."""

    filename: str
    name: str  # in the line
    state: str = ""  # added or removed, else ""
    changes: tuple[Change, ...] = ()
    readers: tuple[str, ...] = ()  # charts that name the file


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that a person must decide about."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to write: its texts by path below its folder, and what differs."""

    name: str
    base: str
    texts: dict[str, str]
    files: tuple[FileChanges, ...]
    marks: tuple[Mark, ...]

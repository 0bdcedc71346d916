"""Where to publish, read from ``--to``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from openim_charts.findings import UserError

_REGISTRY = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")
_PATH = re.compile(
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
)


@dataclass(frozen=True, slots=True)
class DirectoryTarget:
    """A folder."""

    path: Path


@dataclass(frozen=True, slots=True)
class GitTarget:
    """A branch of a Git repository."""

    url: str
    branch: str


@dataclass(frozen=True, slots=True)
class OciTarget:
    """A registry and the path below which each chart has a repository of its own."""

    registry: str  # host, perhaps with a port
    path: str  # may be empty


Target = DirectoryTarget | GitTarget | OciTarget


def parse_target(text: str) -> Target:
    """The place that ``DIR``, ``git+URL#BRANCH`` or ``oci://REGISTRY/PATH`` names. UserError."""
    if text.startswith("git+"):
        url, _, branch = text.removeprefix("git+").partition("#")
        if not url or not branch or branch.startswith("-") or url.startswith("-"):
            raise UserError(f"--to {text}: say which branch: git+URL#BRANCH")
        return GitTarget(url, branch)
    if text.startswith("oci://"):
        registry, _, path = text.removeprefix("oci://").rstrip("/").partition("/")
        if not _REGISTRY.fullmatch(registry) or (path and not _PATH.fullmatch(path)):
            raise UserError(
                f"--to {text}: it must be oci://REGISTRY/PATH, the path in small letters"
            )
        return OciTarget(registry, path)
    if "://" in text or not text:
        raise UserError(f"--to {text}: give a folder, git+URL#BRANCH or oci://REGISTRY/PATH")
    return DirectoryTarget(Path(text))

"""What a comparison starts from: charts as they were published, or as a commit has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.diff.base_commit import charts_of_commit, commit_of
from generator.findings import UserError
from generator.packaging.api import ArchiveError, read_archive
from generator.repository.fetch import Base
from generator.repository.index import INDEX
from generator.repository.versions import is_version, precedence
from generator.yamlio.reader import parse_plain

PRESETS = "presets"


def read_base(root: Path, place: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Archives by chart name: of ``place``, a URL or folder of a repository, a folder with
    archives, or a revision of the project's Git repository.

    ``wanted`` maps charts to their present versions: of several published versions, the newest
    that is not newer counts. A commit gives all its charts. Raises UserError.
    """
    if "://" in place or (Path(place) / INDEX).is_file():
        return _published(place, wanted)
    folder = Path(place)
    archives = sorted(folder.glob("*.tgz")) if folder.is_dir() else []
    if archives:
        return _archives(archives, wanted)
    commit = commit_of(root, place)
    if not commit:
        raise UserError(
            f"'{place}' is no repository (URL or folder with {INDEX}), no folder with charts, and "
            "no revision that Git knows here; in a shallow clone, fetch it first"
        )
    return charts_of_commit(root, commit)


def read_presets(root: Path) -> dict[str, Mapping[str, Any]]:
    """Values files under presets/, by their paths. Raises FindingsError."""
    found = sorted((root / PRESETS).rglob("*.yaml"))
    names = {path.relative_to(root).as_posix(): path for path in found}
    return {name: parse_plain(path.read_text("utf-8"), name) for name, path in names.items()}


def _published(place: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
    if place.startswith("oci://"):
        raise UserError(f"{place}: a registry has no index; give the repository's URL or folder")
    base = Base(place)
    index = base.index(adopt=True)
    found = {}
    for name, version in wanted.items():
        versions = {v.version: v for v in index.entries.get(name, ())}
        if versions:
            found[name] = base.archive(versions[_before(version, versions)])
    return found


def _archives(paths: Iterable[Path], wanted: Mapping[str, str]) -> dict[str, bytes]:
    found: dict[str, dict[str, bytes]] = {}
    for path in paths:
        content = path.read_bytes()
        try:
            metadata = read_archive(content).metadata
        except ArchiveError as error:
            raise UserError(f"{path} is no chart: {error}") from error
        if is_version(str(metadata["version"])):
            found.setdefault(metadata["name"], {})[metadata["version"]] = content
    return {
        name: versions[_before(wanted.get(name, ""), versions)] for name, versions in found.items()
    }


def _before(version: str, published: Iterable[str]) -> str:
    """The newest published version that is not newer than ``version``, else the newest of all."""
    known = sorted(published, key=precedence)
    older = [v for v in known if is_version(version) and precedence(v) <= precedence(version)]
    return (older or known)[-1]

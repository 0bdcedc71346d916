"""Writing ``dist/charts/``: the folder is the old repository or the new one, never a mixture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openim_charts.findings import UserError
from openim_charts.ignored import LITTER
from openim_charts.repository.bundles import BUNDLES
from openim_charts.repository.index import INDEX, Extras, Index, Version
from openim_charts.repository.index_text import parse_index, render_index
from openim_charts.repository.release import ARTIFACT_HUB, Release
from openim_charts.repository.staging import Staging, replace_folder

# What a build writes beside archives that its index names: files, and folders with all in them.
_FILES = frozenset({INDEX, "index.html", ARTIFACT_HUB})
_FOLDERS = frozenset({BUNDLES, "page", "presets", "scripts"})


@dataclass(frozen=True, slots=True)
class Written:
    """What writing a repository changed: paths below the folder, sorted."""

    directory: Path
    index: Index
    changed: tuple[str, ...]  # files that are new or have new content
    removed: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether no file was touched."""
        return not self.changed and not self.removed


def write_repository(
    directory: Path, releases: Iterable[Release], url: str = "", extras: Extras | None = None
) -> Written:
    """Make ``directory`` a repository of exactly these releases, and nothing else.

    Nothing changes for readers until all is on the disk; then everything does at once. Whatever
    ends the process, or fills the disk, leaves the old content, and the next run tidies up. Files
    whose content stays keep their inode and time; when all do, nothing is touched. Of two runs at
    once, the later wins as a whole. ``releases`` may be lazy: one at a time is in memory. ``url``
    makes the index's URLs absolute. Raises UserError, or what ``releases`` raises.
    """
    directory = directory.absolute().resolve()
    index, changed, removed = replace_folder(
        directory,
        lambda: _refuse_foreign(directory),
        lambda stage: _fill(stage, releases, url, extras),
    )
    return Written(directory, index, changed, removed)


def _fill(stage: Staging, releases: Iterable[Release], url: str, extras: Extras | None) -> Index:
    versions: dict[str, Version] = {}
    for release in releases:
        if release.filename in versions:
            raise UserError(f"{release.name} {release.version} is built twice")
        stage.put(release.filename, release.archive)
        if release.provenance:
            stage.put(f"{release.filename}.prov", release.provenance.encode())
        versions[release.filename] = release.entry(url)
    index = Index.of(versions.values())
    for name, content in (extras(index) if extras else {}).items():
        stage.put(name, content)
    stage.put(INDEX, render_index(index))
    return index


def _refuse_foreign(directory: Path) -> None:
    """Protect folders that hold something else: what is there will be replaced. The caller holds
    the lock, so that the names are those of the index."""
    listed = sorted(directory.iterdir()) if directory.exists() else []
    present = [path for path in listed if path.name not in LITTER]
    if not present:
        return
    if directory / INDEX not in present:
        raise _foreign(directory, f"it holds {present[0].name!r} and no {INDEX}")
    known = _FILES | _archives(directory)
    for path in present:
        folder = path.is_dir() and not path.is_symlink()
        if path.name not in (_FOLDERS if folder else known):
            raise _foreign(directory, f"it holds {path.name!r}")


def _archives(directory: Path) -> set[str]:
    """Archives and signatures that the index names. Raises UserError."""
    index = directory / INDEX
    try:
        versions = list(parse_index(index.read_bytes(), str(index), adopt=True).versions())
    except UserError as error:
        help_ = f"If {directory} is only a build of yours, delete it and build again."
        raise UserError(f"{error} {help_}") from error
    return {name for v in versions for name in (v.filename, f"{v.filename}.prov")}


def _foreign(directory: Path, what: str) -> UserError:
    return UserError(
        f"{directory} is not just what this tool built: {what}. What is not built would be lost: "
        "move it away, or give a new folder"
    )

"""Publishing into a folder that a web server serves, or that is a checkout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

from openim_charts.findings import UserError
from openim_charts.repository.files import sync, sync_all, write_new
from openim_charts.repository.index import INDEX
from openim_charts.repository.publish_plan import Plan
from openim_charts.repository.state import locked

_TEMPORARY = ".openim-charts.tmp"


class Folder:
    """A published repository in a folder."""

    def __init__(self, directory: Path) -> None:
        self.shown = str(directory)
        self._directory = directory

    def read(self, name: str) -> bytes | None:
        """A file's content; None when there is none."""
        try:
            return (self._directory / name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def names(self) -> Collection[str]:
        """Names of the files beside the index."""
        with os.scandir(self._directory) as entries:
            return {entry.name for entry in entries}

    def same(self, name: str, content: bytes) -> bool:
        """Whether the file is there with this content."""
        try:
            size = (self._directory / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return False
        return size == len(content) and self.read(name) == content


def publish_directory(directory: Path, planner: Callable[[Folder], Plan]) -> Plan:
    """Carry out the plan for a folder while nobody else may.

    All content is on the disk before the first name changes, and the index is renamed last: readers
    always find what the index they read names. A killed run leaves the old index, and perhaps
    archives that no index names yet; the same publish goes on from there. Raises UserError.
    """
    if directory.exists() and not directory.is_dir():
        raise UserError(f"{directory} is a file: give a folder")
    made = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with locked(directory):
            shutil.rmtree(directory / _TEMPORARY, ignore_errors=True)
            plan = planner(Folder(directory))
            if plan.files or plan.missing:
                _carry_out(directory, plan)
    except UserError:
        _remove_empty(made)
        raise
    except OSError as error:
        raise UserError(
            f"{error.filename or directory} cannot be written: {error.strerror or error}; "
            "what is published is as it was"
        ) from error
    return plan


def _remove_empty(folders: list[Path]) -> None:
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _refuse_obstacles(directory: Path, names: Iterable[str]) -> None:
    """A folder where a file will be, or a file where a folder will be, is found before any name
    changes."""
    for name in names:
        target = directory / name
        if target.is_dir():
            raise UserError(f"{target} is a folder, where a file is to be published: remove it")
        for folder in target.relative_to(directory).parents:
            place = directory / folder
            if place.exists() and not place.is_dir():
                raise UserError(f"{place} is a file, and files are published below it: remove it")


def _carry_out(directory: Path, plan: Plan) -> None:
    _refuse_obstacles(directory, [*plan.missing, *plan.files])
    temporary = directory / _TEMPORARY
    try:
        temporary.mkdir()
        ready = []
        for number, (name, content) in enumerate(plan.contents()):
            source = temporary / str(number)
            write_new(source, content)
            ready.append((source, directory / name))
        sync_all(source for source, _ in ready)
        _rename(ready, directory)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _rename(ready: list[tuple[Path, Path]], directory: Path) -> None:
    """Archives, then the page, then the index: each step needs only what the steps before wrote."""
    ready.sort(key=lambda pair: (pair[1].name == INDEX, pair[1].suffix not in (".tgz", ".prov")))
    folders = {directory}
    for source, target in ready:
        if target == directory / INDEX:
            for folder in folders:
                sync(folder)
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        source.replace(target)
    for folder in folders:
        sync(folder)

"""A folder that is prepared beside another and takes its place as a whole."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from openim_charts.findings import UserError
from openim_charts.ignored import LITTER
from openim_charts.repository.files import sync, sync_all, write_new
from openim_charts.repository.state import locked, try_lock

_Filled = TypeVar("_Filled")

_AT_FDCWD = -100  # linux/fcntl.h
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h, and RENAME_SWAP of Darwin's sys/stdio.h


def exchange(first: Path, second: Path) -> bool:
    """Exchange two folders atomically; False when the system or the file system cannot.

    Raises OSError for anything else, such as a folder that is a mount point.
    """
    call = _system_call(os.fsencode(first), os.fsencode(second))
    if call is None:
        return False
    function, arguments = call
    if function(*arguments) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(second))


def _system_call(
    first: bytes, second: bytes
) -> tuple[Callable[..., int], tuple[object, ...]] | None:
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            return library.renamex_np, (first, second, _EXCHANGE)
        return library.renameat2, (_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE)
    except AttributeError:
        return None


class Staging:
    """The next content of ``target``: files that do not change are links to the present ones."""

    def __init__(self, target: Path, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._names: set[str] = set()
        self.changed: list[str] = []

    def put(self, name: str, content: bytes) -> None:
        """Add a file; ``name`` may have folders. Raises OSError."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._names.add(name)
        if not self._link(name, path, content):
            write_new(path, content)
            self.changed.append(name)

    def _link(self, name: str, path: Path, content: bytes) -> bool:
        """Link the present file if it has this content; checked on the link, which nobody swaps."""
        try:
            path.hardlink_to(self._target / name)
        except OSError:
            return False
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return True
        path.unlink()
        return False

    def keep(self, name: str) -> None:
        """Take over a present file as it is, with its owner and mode. Raises OSError."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.hardlink_to(self._target / name)
            self._names.add(name)

    def removed(self) -> list[str]:
        """Present files that the next content does not have."""
        return sorted(set(files_in(self._target)) - self._names)

    def commit(self) -> None:
        """Take the target's place. The caller holds the lock of the folder around both.

        Only now is the disk waited for: whoever makes the files goes on meanwhile.
        """
        sync_all(self._folder / name for name in self.changed)
        for root, _, _ in os.walk(self._folder, topdown=False):
            Path(root).chmod(0o755)
            sync(Path(root))
        parent = self._target.parent
        if not self._target.exists():
            self._folder.rename(self._target)
        elif not exchange(self._folder, self._target):
            # Where folders cannot be exchanged there is no content for the time of two renames;
            # the next run restores it after a crash between them.
            old = self._folder.with_name(f"{self._folder.name}.old")
            self._target.rename(old)
            self._folder.rename(self._target)
            shutil.rmtree(old)
        sync(parent)


@contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """A staging folder beside ``target``; what dead processes left behind is removed first."""
    prefix = f".{target.name}.next-"
    with locked(target.parent):
        _recover(target, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        alive = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try_lock(alive, folder)
    try:
        yield Staging(target, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(alive)


def replace_folder(
    directory: Path, refuse: Callable[[], None], fill: Callable[[Staging], _Filled]
) -> tuple[_Filled, tuple[str, ...], tuple[str, ...]]:
    """Make ``directory`` hold what ``fill`` puts into a staging folder, and nothing else, in one
    step. Gives what ``fill`` gives, the paths that are new or changed, and those that are gone.

    ``refuse`` raises where the directory holds what would be lost. It is asked before, and after
    for what came meanwhile, under the lock of the folder around. Where nothing differs nothing is
    touched. Raises UserError where something cannot be written, and what the two raise.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with locked(directory.parent):
            refuse()
        with staging(directory) as stage:
            filled = fill(stage)
            with locked(directory.parent):
                refuse()
                changed, removed = tuple(sorted(stage.changed)), tuple(stage.removed())
                if changed or removed:
                    stage.commit()
    except OSError as error:
        raise UserError(
            f"{error.filename or directory} cannot be written: {error.strerror or error}; "
            f"{directory} is as it was"
        ) from error
    return filled, changed, removed


def _recover(target: Path, prefix: str) -> None:
    for left in sorted(target.parent.glob(f"{prefix}*")):
        if left.suffix == ".old" and not target.exists():
            left.rename(target)
            continue
        try:
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # its own process has just removed it
            continue
        try:
            if try_lock(descriptor, left):
                shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(descriptor)


def files_in(directory: Path) -> Iterator[str]:
    """Paths of the files below a folder, relative, with slashes, without what file managers leave
    there; none when the folder does not exist."""
    with suppress(FileNotFoundError):
        for root, _, names in os.walk(directory):
            below = Path(root).relative_to(directory)
            yield from ((below / name).as_posix() for name in names if name not in LITTER)

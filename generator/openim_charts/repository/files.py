"""Writing files that are on the disk before their name appears."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

_AT_ONCE = 8  # a disk takes several files in hardly more time than one


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        # Whoever serves the folder must be able to read it, whatever the umask is.
        os.fchmod(stream.fileno(), 0o644)


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it. Raises OSError."""
    write_new(path, content)
    sync(path)


def sync(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(paths: Iterable[Path]) -> None:
    """``sync`` for many files, several at a time. Raises OSError."""
    rest: SimpleQueue[Path] = SimpleQueue()
    for path in paths:
        rest.put(path)
    failures: list[OSError] = []

    def work() -> None:
        try:
            while not failures:
                sync(rest.get_nowait())
        except Empty:
            return
        except OSError as error:
            failures.append(error)

    # No futures: a Ctrl-C while one's lock is taken would leave the others waiting for ever.
    threads = [Thread(target=work, daemon=True) for _ in range(min(_AT_ONCE, rest.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def replace_file(path: Path, content: bytes, *, synced: bool = True) -> None:
    """Give a file new content in one step: readers see the old or the new, whole. OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        if synced:
            write_synced(temporary, content)
        else:
            temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if synced:
        sync(path.parent)

"""Locks on folders, held by the process and gone with it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.findings import UserError

PATIENCE = 300.0  # seconds


@contextmanager
def locked(directory: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the folder for this process alone; no file is made for it.

    Raises UserError when another process holds it for longer than ``patience`` seconds, or when
    the file system has no locks.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _acquire(descriptor, directory, patience)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, directory: Path, patience: float) -> None:
    end = time.monotonic() + patience
    while not try_lock(descriptor, directory):
        if time.monotonic() > end:
            raise UserError(f"another process has been working on {directory} for {patience:.0f} s")
        time.sleep(0.02)


def try_lock(descriptor: int, directory: Path) -> bool:
    """Lock an open folder if nobody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise UserError(f"{directory} cannot be locked: {error.strerror}") from error
    return True

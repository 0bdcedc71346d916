"""Putting one folder in the place of another, in one step."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

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

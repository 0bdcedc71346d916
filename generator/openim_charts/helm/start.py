"""Whether the embedded engine is there, and the start of a process that uses it; a light module."""

from __future__ import annotations

import importlib.util
import os
import sys

_GROWTH = "400"  # per cent


def available() -> bool:
    """Whether the embedded engine is installed; does not import it."""
    return importlib.util.find_spec("helm_python") is not None


def collect_later() -> None:
    """Start this process anew with an environment in which the engine's Go collects its garbage
    when memory has grown by 400 instead of 100 per cent. Charts are small: that costs some 100 MiB
    and saves a quarter of a build's time. Does nothing where GOGC says something already.
    """
    if os.name == "posix" and "GOGC" not in os.environ and available():
        environment = {**os.environ, "GOGC": _GROWTH}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)

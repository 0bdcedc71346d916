"""Knowing that nothing changed since the last build, what checks said before, and locks."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openim_charts.findings import Finding, Location, Severity, UserError
from openim_charts.ignored import LITTER
from openim_charts.repository.files import replace_file

_FORMAT = 1
_HOUR = 3600
_TICK = 20_000_000  # nanoseconds; a file's time is that of the kernel's last tick, 10 ms at most
_Listing = list[tuple[str, str, os.stat_result]]  # path below the folder, path, status
_NOT_SOURCES = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def fingerprint(root: Path, folders: Iterable[str], facts: Mapping[str, str]) -> str:
    """A digest of all files below ``folders`` of ``root`` and of ``facts`` from elsewhere.

    Facts are what else a build depends on: the date of the sources, versions of tools
    (``tool_identity``), options. File times and modes do not count.
    """
    digest = hashlib.sha256(json.dumps([_FORMAT, dict(sorted(facts.items()))]).encode())
    for folder in folders:
        for path in _sources(os.path.join(root, folder)):  # noqa: PTH118 (pathlib is 3 times slower)
            with open(path, "rb") as stream:  # noqa: PTH123
                content = hashlib.sha256(stream.read()).hexdigest()
            digest.update(f"{os.path.relpath(path, root)}\0{content}\n".encode())
    return digest.hexdigest()


def _sources(folder: str) -> list[str]:
    found: list[str] = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                found += [] if entry.name in _NOT_SOURCES else _sources(entry.path)
            elif entry.is_file() and not entry.name.endswith((".pyc", ".swp", "~")):
                found.append(entry.path)
    return found


def tool_identity(path: str | None) -> str:
    """What tells one build of an executable from another, without running it; "" for None."""
    if path is None:
        return ""
    real = Path(path).resolve()
    status = real.stat()
    return f"{real}:{status.st_size}:{status.st_mtime_ns}"


def record(state: Path, inputs: str, directory: Path) -> None:
    """Remember that ``directory`` holds what the inputs with this fingerprint give.

    A file of this very moment may change later without another time: its time is not remembered, so
    that the file is read next time. A record that cannot be written is no error: the next build
    only takes longer.
    """
    with suppress(OSError):
        files = _recorded(directory, time.time_ns() - _TICK)
        content = json.dumps({"format": _FORMAT, "inputs": inputs, "files": files})
        state.parent.mkdir(parents=True, exist_ok=True)
        replace_file(state, content.encode())


def _recorded(directory: Path, sure: int) -> dict[str, tuple[int, int | None, str]]:
    return {
        name: (
            status.st_size,
            status.st_mtime_ns if status.st_mtime_ns < sure else None,
            _digest(path),
        )
        for name, path, status in _listing(directory)
    }


def is_current(state: Path, inputs: str, directory: Path) -> bool:
    """Whether ``directory`` holds exactly what a build of these inputs wrote there.

    Sizes and times are compared; a file whose time differs is read.
    """
    known = _load(state)
    if known.get("format") != _FORMAT or known.get("inputs") != inputs:
        return False
    try:
        present = _listing(directory)
        return bool(present) and _same(present, known["files"])
    except (OSError, AttributeError, LookupError, TypeError):  # gone meanwhile; a damaged record
        return False


def _same(present: _Listing, files: Mapping[str, Any]) -> bool:
    return {name for name, _, _ in present} == files.keys() and all(
        status.st_size == files[name][0]
        and (status.st_mtime_ns == files[name][1] or _digest(path) == files[name][2])
        for name, path, status in present
    )


def _listing(directory: Path) -> _Listing:
    found: _Listing = []
    for root, _, names in os.walk(directory):
        for name in (name for name in names if name not in LITTER):
            path = os.path.join(root, name)  # noqa: PTH118
            found.append((os.path.relpath(path, directory), path, os.lstat(path)))
    return found


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


class CheckCache:
    """What checks said of charts, by a key made of all that their answer depends on.

    Each answer is a small file of its own, put in place by rename: runs side by side only ever see
    whole answers. ``prune`` forgets those that were not used for longest.
    """

    def __init__(self, folder: Path, limit: int = 4000) -> None:
        self._folder = folder
        self._limit = limit

    @staticmethod
    def key(*parts: str) -> str:
        """A key for, say, the archive's digest, the rules' fingerprint and Helm's identity."""
        return hashlib.sha256("\0".join((str(_FORMAT), *parts)).encode()).hexdigest()

    def get(self, key: str) -> tuple[Finding, ...] | None:
        """The findings stored under a key, perhaps none; None when nothing is known."""
        path = self._path(key)
        data = _load(path)
        try:
            found = tuple(_finding(item) for item in data["findings"])
        except (KeyError, TypeError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def put(self, key: str, findings: Iterable[Finding]) -> None:
        """Store findings under a key. A cache that cannot be written is no error."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            content = json.dumps({"findings": [asdict(finding) for finding in findings]})
            replace_file(path, content.encode(), synced=False)

    def prune(self) -> None:
        """Keep at most ``limit`` answers, the ones used last, and nothing half-written."""
        aged = []
        for left in self._folder.glob("*/.*.tmp"):
            with suppress(OSError):
                if left.stat().st_mtime < time.time() - _HOUR:
                    left.unlink()
        for path in self._folder.glob("*/*.json"):
            with suppress(OSError):
                aged.append((path.stat().st_mtime_ns, path))
        for _, path in sorted(aged)[: max(0, len(aged) - self._limit)]:
            with suppress(OSError):
                path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def _finding(item: Mapping[str, Any]) -> Finding:
    place = item["location"]
    return Finding(
        Location(str(place["path"]), int(place["line"]), int(place["column"])),
        str(item["rule"]),
        str(item["message"]),
        Severity(item["severity"]),
        str(item["trace"]),
    )


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

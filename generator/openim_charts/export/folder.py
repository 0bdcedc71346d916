"""Writing an export: the folder is the old one or the new one, and what others wrote is safe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from openim_charts.export.model import Files
from openim_charts.findings import UserError
from openim_charts.repository.staging import Staging, files_in, replace_folder

RECORD = "export.json"  # names what is in the folder, so that a later export knows its own files


@dataclass(frozen=True, slots=True)
class Written:
    """Paths of the files that are new, changed or gone, sorted."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def write_export(folder: Path, target: str, files: Files, kept: Collection[str] = ()) -> Written:
    """Make ``folder`` the export of ``target`` with exactly these files, in one step.

    Files whose content stays are not touched, nor are the user's own that are called as ``kept``
    says, where a name with a slash at its end is a folder. Raises UserError when the folder cannot
    be written, and when it holds what an export of this target has not written: it would be lost.
    """
    folder = folder.absolute().resolve()
    whole = with_record(target, files)

    def fill(stage: Staging) -> None:
        for path, content in whole.items():
            stage.put(path, content)
        for path in files_in(folder):
            if _is_kept(path, kept):
                stage.keep(path)

    _, changed, removed = replace_folder(
        folder, lambda: _refuse_foreign(folder, target, kept), fill
    )
    return Written(changed, removed)


def with_record(target: str, files: Files) -> Files:
    """The files of a folder, with the one by which a later export knows them."""
    record = json.dumps({"target": target, "files": _digests(files)}, indent=2) + "\n"
    return {**files, RECORD: record.encode()}


def _digests(files: Files) -> Mapping[str, str]:
    return {path: _digest(files[path]) for path in sorted(files)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _is_kept(path: str, kept: Collection[str]) -> bool:
    return any(path == name or (name.endswith("/") and path.startswith(name)) for name in kept)


def _refuse_foreign(folder: Path, target: str, kept: Collection[str]) -> None:
    """Protect what is not an export's. The caller holds the lock."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file: name a folder")
    present = sorted(files_in(folder))
    if not present:
        return
    if RECORD not in present:
        raise _foreign(folder, f"it holds {present[0]!r} and no {RECORD}")
    known = _recorded(folder, target)
    for path in present:
        if path == RECORD or _is_kept(path, kept):
            continue
        if path not in known:
            raise _foreign(folder, f"it holds {path!r}, which is no file of the export")
        if _digest((folder / path).read_bytes()) != known[path]:
            raise _foreign(folder, f"{path!r} was changed")


def _recorded(folder: Path, target: str) -> Mapping[str, str]:
    try:
        record = json.loads((folder / RECORD).read_bytes())
        written, known = record["target"], dict(record["files"])
    except (ValueError, KeyError, TypeError):
        raise _foreign(folder, f"its {RECORD} is not one of an export") from None
    if written != target:
        raise UserError(f"{folder} is an export of the target {written!r}; give another folder")
    return known


def _foreign(folder: Path, what: str) -> UserError:
    return UserError(
        f"{folder} is not just what was exported: {what}. It would be lost: move it away, or give "
        "a new folder"
    )

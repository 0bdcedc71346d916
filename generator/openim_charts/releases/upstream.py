"""Read a folder of configuration files as a release of the product has it."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.findings import Finding, FindingsError, Location, UserError
from openim_charts.yamlio.edit import Text
from openim_charts.yamlio.reader import parse


@dataclass(frozen=True, slots=True)
class UpstreamFile:
    """A configuration file of the release: its data, and its text with the comments."""

    data: Mapping[str, Any]
    text: Text

    def comments(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """What comments say about the key at a path, by lines; nothing for one of an alias."""
        try:
            return self.text.comments(path)
        except KeyError:
            return ()

    def value(self, path: tuple[str, ...]) -> Any:
        """The value at a path of keys. Raises KeyError where there is none."""
        value = self.data
        for name in path:
            if not isinstance(value, Mapping):
                raise KeyError(path)
            value = value[name]
        return value


def read_folder(
    folder: pathlib.Path, option: str, unread: Callable[[str], bool]
) -> dict[str, UpstreamFile]:
    """All *.yml in ``folder``, which the user named by ``option``, by name, without those of which
    ``unread`` knows that no module reads them.

    Raises UserError for a folder without such files, FindingsError with everything that is wrong
    with them.
    """
    if not folder.is_dir():
        raise UserError(f"{option} {folder}: there is no such folder; name config/ of the release")
    paths = sorted(
        path for path in folder.glob("*.yml") if path.is_file() and not unread(path.stem)
    )
    if not paths:
        raise UserError(
            f"{option} {folder}: there is no *.yml in it; name config/ of the release's sources"
        )
    files: dict[str, UpstreamFile] = {}
    findings: list[Finding] = []
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            findings.append(Finding(Location(str(path)), "unreadable", message))
            continue
        document, mistakes = parse(content, str(path), refuse_templates=False)
        findings += mistakes
        if document and not mistakes:
            files[path.name] = UpstreamFile(document.data, Text(content.decode(), str(path)))
    if findings:
        raise FindingsError(findings)
    return files

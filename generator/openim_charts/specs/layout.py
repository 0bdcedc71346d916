"""Which files of ``chart-specs/`` are what, and which are in the wrong place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openim_charts.findings import Finding, Location, UserError
from openim_charts.ignored import hidden
from openim_charts.specs.suggest import hint

SPECS = "chart-specs"
PRESETS = "presets"
SCRIPTS = "scripts"  # below SPECS: what is published beside the index, as it is
TO_DECIDE = "TODO(release): "  # starts the comments that 'release new' leaves in a line
FEATURES = "features"  # read by features.py
IMPORTS = "imports"  # read by openim_charts.imports
# The folder beside a spec: see docs/architecture.md.
FILES = ("values.yaml", "global.yaml", "ci.yaml", "helpers.tpl", "notes.txt")
FOLDERS = ("templates", "hooks", "files")
UNREADABLE = "unreadable"  # the rule that a folder breaks which cannot be listed
IMAGES, BASES = "images", "bases"  # the second is a folder in the first
FLAT = {
    "profiles": "profile",
    "dependencies": "dependency",
    "credentials": "credential",
    IMAGES: "image",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its path on disk and as findings show it, and the name it stands for."""

    file: Path
    shown: str
    name: str
    folder: str  # the family of a chart, the line of a config file, else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of ``chart-specs/`` by kind, sorted by path."""

    repository: list[Source] = field(default_factory=list)
    profile: list[Source] = field(default_factory=list)
    dependency: list[Source] = field(default_factory=list)
    credential: list[Source] = field(default_factory=list)
    image: list[Source] = field(default_factory=list)
    base: list[Source] = field(default_factory=list)
    line: list[Source] = field(default_factory=list)
    config: list[Source] = field(default_factory=list)
    chart: list[Source] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)  # FAMILY/NAME with templates of one chart
    presets: set[str] = field(default_factory=set)  # values files beside chart-specs/


def scan(root: Path) -> tuple[Layout, list[Finding]]:
    """Sort the files below ``root/chart-specs``. Raises UserError when there is no such folder."""
    base = root / SPECS
    if not base.is_dir():
        raise UserError(f"there is no folder {SPECS} in {root}: name the root of a checkout")
    layout = Layout(presets=set(_presets(root / PRESETS)))
    findings: list[Finding] = []
    for parts, file in _walk(base, base.resolve(), (), findings):
        if parts[0] in (FEATURES, IMPORTS, SCRIPTS):
            continue
        shown = "/".join((SPECS, *parts))
        if len(parts) > 2 and parts[0] not in FLAT and parts[0] != "lines":
            layout.folders.add("/".join(parts[:2]))
            findings += _check_part(parts, shown)
        elif parts[-1].endswith((".yaml", ".yml")):
            wrong = _place(parts, file, shown, layout)
            if wrong:
                findings.append(Finding(Location(shown), "misplaced-file", wrong))
    return layout, findings + list(_orphans(layout))


def _presets(folder: Path) -> Iterator[str]:
    """Names of the values files in a folder and in those in it, as charts name them."""
    for pattern in ("*.yaml", "*/*.yaml"):
        for file in folder.glob(pattern):
            if file.is_file() and not hidden(file.name):
                yield file.relative_to(folder).as_posix().removesuffix(".yaml")


def _walk(
    folder: Path, base: Path, parts: tuple[str, ...], findings: list[Finding]
) -> Iterator[tuple[tuple[str, ...], Path]]:
    shown = "/".join((SPECS, *parts))
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        message = f"the folder cannot be read: {error.strerror or error}"
        findings.append(Finding(Location(shown), UNREADABLE, message))
        return
    for entry in ordered:
        if hidden(entry.name):
            continue
        here = (*parts, entry.name)
        if entry.is_symlink():
            wrong = _bad_link(Path(entry.path), base)
            if wrong:
                findings.append(Finding(Location("/".join((SPECS, *here))), "path-escape", wrong))
                continue
        if entry.is_dir():
            yield from _walk(Path(entry.path), base, here, findings)
        elif not entry.is_file():
            message = "neither a file nor a folder; remove it"
            findings.append(Finding(Location("/".join((SPECS, *here))), "misplaced-file", message))
        else:
            yield here, Path(entry.path)


def _bad_link(link: Path, base: Path) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "the link leads nowhere; remove it"
    if not target.is_relative_to(base):
        return f"the link leaves {SPECS}; copy the file instead"
    if target.is_dir():
        return "a link to a folder; copy the files instead"
    return ""


def _place(parts: tuple[str, ...], file: Path, shown: str, layout: Layout) -> str:
    """Put one YAML file into the layout; what is wrong with its place, or ""."""
    if parts[-1].endswith(".yml"):
        return f"name it {parts[-1].removesuffix('.yml')}.yaml"
    name, top = parts[-1].removesuffix(".yaml"), parts[0]
    if top == "lines":
        return _place_in_line(parts, file, shown, layout)
    if parts[:2] == (IMAGES, BASES) and len(parts) == 3:
        layout.base.append(Source(file, shown, name, ""))
    elif top in FLAT:
        if len(parts) != 2:
            article = "an" if FLAT[top] == "image" else "a"
            return f"{article} {FLAT[top]} belongs directly in {SPECS}/{top}/"
        getattr(layout, FLAT[top]).append(Source(file, shown, name, ""))
    elif len(parts) == 2:
        layout.chart.append(Source(file, shown, name, top))
    elif parts == ("repository.yaml",):
        layout.repository.append(Source(file, shown, name, ""))
    else:
        return f"only repository.yaml stands here; a chart's spec belongs in {SPECS}/FAMILY/"
    return ""


def _check_part(parts: tuple[str, ...], shown: str) -> Iterator[Finding]:
    """A file in the folder beside a spec is one that the compiler reads, or a note to people."""
    part = parts[2]
    known = FOLDERS if len(parts) > 3 else FILES
    if part not in known and not part.endswith(".md"):
        message = f"nothing reads '{part}' beside a spec{hint(part, known)}"
        yield Finding(Location(shown), "misplaced-file", message)


def _place_in_line(parts: tuple[str, ...], file: Path, shown: str, layout: Layout) -> str:
    name = parts[-1].removesuffix(".yaml")
    if len(parts) == 3 and name == "line":
        layout.line.append(Source(file, shown, parts[1], ""))
    elif len(parts) == 4 and parts[2] == "config":
        layout.config.append(Source(file, shown, name, parts[1]))
    else:
        return (
            f"a release line is {SPECS}/lines/LINE/line.yaml, "
            f"its config files are {SPECS}/lines/LINE/config/NAME.yaml"
        )
    return ""


def _orphans(layout: Layout) -> Iterator[Finding]:
    """Folders that belong to no chart, and lines without their line.yaml."""
    charts = {f"{source.folder}/{source.name}" for source in layout.chart}
    for folder in sorted(layout.folders - charts):
        message = f"the folder belongs to no chart: there is no {SPECS}/{folder}.yaml"
        yield Finding(Location(f"{SPECS}/{folder}"), "misplaced-file", message)
    lines = {source.name for source in layout.line}
    for line in sorted({source.folder for source in layout.config} - lines):
        message = f"the release line has no line.yaml; write {SPECS}/lines/{line}/line.yaml"
        yield Finding(Location(f"{SPECS}/lines/{line}"), "misplaced-file", message)

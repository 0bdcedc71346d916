"""Features: the capabilities that charts are composed of, read from their folders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from openim_charts.findings import Finding, FindingsError, Location, collect
from openim_charts.ignored import hidden
from openim_charts.specs.features import (
    FILE,
    Head,
    feature_folders,
    read_head,
)
from openim_charts.specs.layout import FEATURES, SPECS
from openim_charts.yamlio.text import decode

TEMPLATE = ".tpl"  # ends the name of a file that Jinja and Helm make the text of
HOOK_SUFFIXES = ("yaml", "tpl")  # YAML, or statements of Helm that give none
_ASKED = re.compile(r"""\bhook\(["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Template:
    """A feature's text file, and the path that findings name it by."""

    source: str  # e.g. chart-specs/features/service/templates/service.yaml
    text: str


@dataclass(frozen=True, slots=True)
class Feature(Head):
    """One folder of ``chart-specs/features/``, or the folder beside a spec."""

    values: Template | None
    global_values: Template | None
    templates: Mapping[str, Template]  # path below templates/ -> text
    hooks: Mapping[str, Template]
    files: Mapping[str, Template]  # name; a template where it ends in .tpl
    helpers: Template | None
    notes: Template | None
    scenarios: Template | None  # ci.yaml: scenario -> values, merged over features into ci/
    own: bool  # the folder beside a spec, for that chart alone

    @property
    def parts(self) -> tuple[Template, ...]:
        """The texts that become a part of templates, and may ask for hooks."""
        parts = (*self.templates.values(), *self.hooks.values(), self.helpers)
        return tuple(part for part in parts if part)


def read_feature(folder: Path, shown: str, own: bool = False) -> Feature:
    """Read one feature folder; ``shown`` is the project-relative path used in findings.

    Raises FindingsError with every file of it that is not UTF-8 text, and for its feature.yaml.
    """
    head = Head(name=folder.name, when_at=Location(shown))
    findings: list[Finding] = []
    if not own:
        found, findings = read_head(folder, shown)
        head = found or head

    def text(path: Path) -> Template:
        source = f"{shown}/{path.relative_to(folder).as_posix()}"
        content, wrong = decode(path.read_bytes(), source)
        findings.extend(wrong)
        return Template(source, content)

    def texts(name: str) -> dict[str, Template]:
        base = folder / name
        found = sorted(p for p in base.rglob("*") if p.is_file() and not hidden(p.name))
        return {p.relative_to(base).as_posix(): text(p) for p in found}

    def optional(name: str) -> Template | None:
        path = folder / name
        return text(path) if path.is_file() else None

    feature = Feature(
        **{field.name: getattr(head, field.name) for field in fields(Head)},
        values=optional("values.yaml"),
        global_values=optional("global.yaml"),
        templates=texts("templates"),
        hooks=_hooks(texts("hooks"), findings),
        files=_files(texts("files"), findings),
        helpers=optional("helpers.tpl"),
        notes=optional("notes.txt"),
        scenarios=optional("ci.yaml"),
        own=own,
    )
    if findings:
        raise FindingsError(findings)
    return feature


def _hooks(files: Mapping[str, Template], findings: list[Finding]) -> dict[str, Template]:
    """Texts by the hook that they are for; what is wrong with a file's name goes to findings."""
    found: dict[str, Template] = {}
    for file, template in sorted(files.items(), reverse=True):  # NAME.yaml before NAME.tpl
        name, dot, suffix = file.rpartition(".")
        if suffix not in HOOK_SUFFIXES:
            kinds = " or ".join(f"{name}{dot}{suffix}.{kind}" for kind in HOOK_SUFFIXES)
            message = f"the name of a hook's file ends in what it holds: {kinds}"
            findings.append(Finding(Location(template.source), "misplaced-file", message))
        elif name in found:
            other = found[name].source.rpartition("/")[2]
            message = f"the hook '{name}' is written twice; {other} does it too"
            findings.append(Finding(Location(template.source), "duplicate-template", message))
        else:
            found[name] = template
    return found


def _files(files: Mapping[str, Template], findings: list[Finding]) -> Mapping[str, Template]:
    """The same files; those that are there as a template too go to findings."""
    for file, template in files.items():
        name = file.removesuffix(TEMPLATE)
        if name != file and name in files:
            message = f"the file '{name}' is there twice, as it is and as a template"
            findings.append(Finding(Location(template.source), "misplaced-file", message))
    return files


def load_features(root: Path) -> dict[str, Feature]:
    """All features of the project at ``root``, by name, in the order in which charts apply them.

    Raises FindingsError with all that is wrong with them.
    """
    folders = [f for f in feature_folders(root / SPECS / FEATURES) if (f / FILE).is_file()]
    findings: list[Finding] = []
    read = (
        collect(partial(read_feature, folder, f"{SPECS}/{FEATURES}/{folder.name}"), findings)
        for folder in folders
    )
    features = [feature for feature in read if feature]
    if findings:
        raise FindingsError(findings)
    return {f.name: f for f in sorted(features, key=lambda f: (f.order, f.name))}


def hooks_asked(part: Template) -> Iterator[tuple[str, Location]]:
    """The hooks that a template's text asks for, with places."""
    for match in _ASKED.finditer(part.text):
        yield match[1], place_in(part, match.start())


def place_in(part: Template, start: int) -> Location:
    """The place of the character at ``start``, from 0, of a template's text."""
    line = part.text.count("\n", 0, start) + 1
    return Location(part.source, line, start - part.text.rfind("\n", 0, start))

"""The folders of features: which files they hold, and what feature.yaml says of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openim_charts.findings import Finding, Location
from openim_charts.ignored import hidden
from openim_charts.specs.keys.base import read as read_keys
from openim_charts.specs.keys.feature import MODE, SECTION, FeatureKeys
from openim_charts.specs.layout import FEATURES, FILES, FOLDERS, SPECS
from openim_charts.specs.schema import validate
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import read

FILE = "feature.yaml"


@dataclass(frozen=True, slots=True)
class Provided:
    """What a feature offers to others, with descriptions and places, by name."""

    hooks: Mapping[str, tuple[str, Location]] = field(default_factory=dict)
    templates: Mapping[str, tuple[str, Location]] = field(default_factory=dict)  # * is any text


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feature's feature.yaml says; the folder beside a spec has none, and the defaults."""

    name: str
    description: str = ""
    order: int = 0
    section: str = SECTION  # of its values
    mode: str = MODE  # of the dependency that the chart provides, in which its templates render
    when: str = ""  # Jinja expression over the chart; "" is always
    when_at: Location
    consumes: frozenset[str] = frozenset()
    others: tuple[tuple[str, Location], ...] = ()  # of them, settings of others, with places
    requires: tuple[tuple[tuple[str, ...], Location], ...] = ()  # features, one of each
    provides: Provided = field(default_factory=Provided)


def lacking(heads: Iterable[Head], present: Collection[str]) -> dict[tuple[str, ...], list[str]]:
    """What the features need that is not ``present``: features of which one is enough, each with
    the names of those that need it, in order."""
    found: dict[tuple[str, ...], list[str]] = {}
    for head in heads:
        for choices, _ in head.requires:
            if not set(choices) & set(present):
                found.setdefault(choices, []).append(head.name)
    return found


def read_head(folder: Path, shown: str) -> tuple[Head | None, list[Finding]]:
    """The head of a feature's folder, which findings call ``shown``; None with what is wrong."""
    document, findings = read(folder / FILE, f"{shown}/{FILE}", refuse_templates=False)
    if document is None or findings:
        return None, findings
    findings = validate(document, "feature")
    if findings:
        return None, findings
    keys = read_keys(FeatureKeys, document.data)
    head = Head(
        name=folder.name,
        description=keys.description,
        order=keys.order,
        section=keys.section,
        mode=keys.mode,
        when=keys.when,
        when_at=document.value(("when",)),
        consumes=frozenset((*keys.consumes, f"options.{folder.name}")),
        others=tuple(
            (key, document.value(("consumes", index)))
            for index, key in enumerate(keys.consumes)
            if key.startswith("options.")
        ),
        requires=tuple(
            (tuple(words.split(" or ")), document.value(("requires", index)))
            for index, words in enumerate(keys.requires)
        ),
        provides=Provided(
            _placed(document, "hooks", keys.provides.hooks),
            _placed(document, "templates", keys.provides.templates),
        ),
    )
    return head, []


def _placed(
    document: Document, kind: str, texts: Mapping[str, str]
) -> dict[str, tuple[str, Location]]:
    return {name: (text, document.keys["provides", kind, name]) for name, text in texts.items()}


OPTIONS = "options.yaml"
_SHOWN = f"{SPECS}/{FEATURES}"
_KNOWN = (FILE, OPTIONS, *FILES)


def feature_folders(features: Path) -> list[Path]:
    """The folders of features, sorted by name; none where there is no such folder."""
    if not features.is_dir():
        return []
    return [path for path in sorted(features.iterdir()) if path.is_dir() and not _hidden(path)]


def check_layout(features: Path) -> Iterator[Finding]:
    """Findings about what stands in the folder of all features and is no part of one."""
    for path in sorted(features.iterdir() if features.is_dir() else ()):
        if path.is_file() and not _hidden(path):
            message = "a feature is a folder; nothing reads this file"
            yield Finding(Location(f"{_SHOWN}/{path.name}"), "misplaced-file", message)
    for folder in feature_folders(features):
        shown = f"{_SHOWN}/{folder.name}"
        if (folder / FILE).is_file():
            yield from _check_parts(folder, shown)
        else:
            message = f"a feature has a {FILE}; write it, or remove the folder"
            yield Finding(Location(shown), "missing-file", message)


def _hidden(path: Path) -> bool:
    return hidden(path.name) or path.name.startswith("__")


def _check_parts(folder: Path, shown: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()):
        known = FOLDERS if path.is_dir() else _KNOWN
        if path.name not in known and path.suffix != ".md" and not _hidden(path):
            message = f"nothing reads '{path.name}' of a feature{hint(path.name, known)}"
            yield Finding(Location(f"{shown}/{path.name}"), "misplaced-file", message)

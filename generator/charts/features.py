"""Features: the capabilities that charts are composed of, read from their folders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.findings import Finding, FindingsError, Location, collect
from generator.litter import hidden
from generator.specs.feature_heads import FILE, Head, read_head
from generator.specs.suggest import hint
from generator.yamlio.text import decode

FEATURES = Path(__file__).parent.parent / "features"
_ASKED = re.compile(r"""\bslot\(["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Template:
    """A feature's text file, and the path that findings name it by."""

    source: str  # e.g. generator/features/service/templates/service.yaml
    text: str


@dataclass(frozen=True, slots=True)
class Feature(Head):
    """One folder of ``generator/features/``, or the folder beside a spec."""

    values: Template | None
    global_values: Template | None
    templates: Mapping[str, Template]  # path below templates/ -> text
    slots: Mapping[str, Template]
    helpers: Template | None
    notes: Template | None
    scenarios: Template | None  # ci.yaml: scenario -> values, merged over features into ci/
    own: bool  # the folder beside a spec, for that chart alone

    @property
    def parts(self) -> tuple[Template, ...]:
        """The texts that become a part of templates, and may ask for slots."""
        parts = (*self.templates.values(), *self.slots.values(), self.helpers)
        return tuple(part for part in parts if part)


def read_feature(folder: Path, shown: str, own: bool = False) -> Feature:
    """Read one feature folder; ``shown`` is the project-relative path used in findings.

    Raises FindingsError with every file of it that is not UTF-8 text, and for its feature.yaml.
    """
    head = Head(folder.name, "", 0, "", Location(shown), frozenset(), (), ())
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
        name=head.name,
        description=head.description,
        order=head.order,
        when=head.when,
        when_at=head.when_at,
        reads=head.reads,
        others=head.others,
        needs=head.needs,
        values=optional("values.yaml"),
        global_values=optional("global.yaml"),
        templates=texts("templates"),
        slots=texts("slots"),
        helpers=optional("helpers.tpl"),
        notes=optional("notes.txt"),
        scenarios=optional("ci.yaml"),
        own=own,
    )
    if findings:
        raise FindingsError(findings)
    return feature


def load_features() -> dict[str, Feature]:
    """All features of the generator, by name, in the order in which charts apply them.

    Raises FindingsError with all that is wrong with them.
    """
    folders = sorted(p for p in FEATURES.iterdir() if (p / FILE).is_file())
    findings: list[Finding] = []
    read = (
        collect(partial(read_feature, folder, f"generator/features/{folder.name}"), findings)
        for folder in folders
    )
    features = [feature for feature in read if feature]
    findings = findings or list(_unasked_slots(features))
    if findings:
        raise FindingsError(findings)
    return {f.name: f for f in sorted(features, key=lambda f: (f.order, f.name))}


def slots_of(text: str) -> list[str]:
    """Names of the slots that a template's text asks for."""
    return _ASKED.findall(text)


def _unasked_slots(features: Sequence[Feature]) -> Iterator[Finding]:
    """Slots that no template of any feature asks for."""
    asked = {name for f in features for part in f.parts for name in slots_of(part.text)}
    for feature in features:
        for name, template in feature.slots.items():
            if name not in asked:
                message = f"no template asks for the slot '{name}'{hint(name, asked)}"
                yield Finding(Location(template.source), "unknown-slot", message)

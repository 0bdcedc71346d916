"""Features: the capabilities that charts are composed of, read from their folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.findings import Finding, FindingsError
from generator.yamlio.reader import parse_plain
from generator.yamlio.text import decode

FEATURES = Path(__file__).parent.parent / "features"


@dataclass(frozen=True, slots=True)
class Template:
    """A feature's text file, and the path that findings name it by."""

    source: str  # e.g. generator/features/service/templates/service.yaml
    text: str


@dataclass(frozen=True, slots=True)
class Feature:
    """One folder of ``generator/features/``, or the folder beside a spec."""

    name: str
    description: str
    order: int
    when: str  # Jinja expression over the chart; "" is always
    values: Template | None
    global_values: Template | None
    templates: Mapping[str, Template]  # path below templates/ -> text
    slots: Mapping[str, Template]
    helpers: Template | None
    notes: Template | None
    scenarios: Template | None  # ci.yaml: scenario -> values, merged over features into ci/
    own: bool  # the folder beside a spec, for that chart alone


def read_feature(folder: Path, shown: str, own: bool = False) -> Feature:
    """Read one feature folder; ``shown`` is the project-relative path used in findings.

    Raises FindingsError with every file of it that is not UTF-8 text.
    """
    findings: list[Finding] = []

    def text(path: Path) -> Template:
        source = f"{shown}/{path.relative_to(folder).as_posix()}"
        content, wrong = decode(path.read_bytes(), source)
        findings.extend(wrong)
        return Template(source, content)

    def texts(name: str) -> dict[str, Template]:
        base = folder / name
        found = sorted(p for p in base.rglob("*") if p.is_file() and not p.name.startswith("."))
        return {p.relative_to(base).as_posix(): text(p) for p in found}

    def optional(name: str) -> Template | None:
        path = folder / name
        return text(path) if path.is_file() else None

    head = text(folder / "feature.yaml") if (folder / "feature.yaml").is_file() else None
    about = parse_plain(head.text, head.source) if head else {}
    feature = Feature(
        name=folder.name,
        description=about.get("description", ""),
        order=about.get("order", 500),
        when=about.get("when", ""),
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
    """All features of the generator, by name, in the order in which charts apply them."""
    folders = [p for p in FEATURES.iterdir() if (p / "feature.yaml").is_file()]
    features = [read_feature(p, f"generator/features/{p.name}") for p in folders]
    return {f.name: f for f in sorted(features, key=lambda f: (f.order, f.name))}

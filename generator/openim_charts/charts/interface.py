"""What features offer, and the hooks into which others may write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from openim_charts.charts.compiler import Compiler
from openim_charts.charts.features import Feature, Template, hooks_asked
from openim_charts.findings import Location
from openim_charts.specs.model import Catalog


@dataclass(frozen=True, slots=True)
class FeatureFacts:
    """A feature as its users see it; of each choice in ``requires`` one is enough."""

    name: str
    description: str
    when: str  # "" is always, where a spec or profile names it
    requires: tuple[tuple[str, ...], ...]
    values: tuple[str, ...]
    templates: tuple[str, ...]
    named: Mapping[str, str]  # named templates that others may use, with descriptions
    hooks: Mapping[str, str]  # hooks that its templates have, with descriptions
    fills: tuple[str, ...]  # hooks that it writes into
    charts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hook:
    """A place in a template that other features, and folders beside specs, may write into."""

    name: str
    description: str
    asked: tuple[Location, ...]
    filled: tuple[str, ...]  # sources of what is written there


def feature_facts(catalog: Catalog) -> list[FeatureFacts]:
    """All features, in the order in which charts apply them."""
    compiler = Compiler(catalog)
    having: dict[str, list[str]] = {}
    for chart in catalog.charts.values():
        for feature in compiler.features_of(chart):
            having.setdefault(feature.name, []).append(chart.name)
    return [_facts(feature, having.get(feature.name, [])) for feature in compiler.features.values()]


def _facts(feature: Feature, charts: list[str]) -> FeatureFacts:
    return FeatureFacts(
        name=feature.name,
        description=feature.description,
        when=feature.when,
        requires=tuple(choices for choices, _ in feature.requires),
        values=_values(feature),
        templates=tuple(sorted(feature.templates)),
        named={name: text for name, (text, _) in feature.provides.templates.items()},
        hooks={name: text for name, (text, _) in feature.provides.hooks.items()},
        fills=tuple(sorted(feature.hooks)),
        charts=tuple(sorted(charts)),
    )


def hooks(catalog: Catalog) -> list[Hook]:
    """All hooks, by name."""
    compiler = Compiler(catalog)
    found: dict[str, Feature] = dict(compiler.features)
    for chart in catalog.charts.values():
        found |= {f"{chart.name}/": f for f in compiler.features_of(chart) if f.own}
    about = {k: text for f in found.values() for k, (text, _) in f.provides.hooks.items()}
    asked: dict[str, set[Location]] = {}
    filled: dict[str, set[str]] = {}
    for feature in found.values():
        for part in feature.parts:
            for name, place in hooks_asked(part):
                asked.setdefault(name, set()).add(place)
        for name, template in feature.hooks.items():
            filled.setdefault(name, set()).add(template.source)
    return [
        Hook(name, about.get(name, ""), tuple(sorted(places)), tuple(sorted(filled.get(name, ()))))
        for name, places in sorted(asked.items())
    ]


def _values(feature: Feature) -> tuple[str, ...]:
    """Names of the values that a feature describes; those that depend on the chart too."""
    names = {f"global.{name}" for name in _top(feature.global_values)} | set(_top(feature.values))
    return tuple(sorted(names))


def _top(template: Template | None) -> list[str]:
    lines = template.text.splitlines() if template else []
    plain = "\n".join(line for line in lines if not line.lstrip().startswith("[%"))
    return re.findall(r"^([A-Za-z]\w*):", plain, re.MULTILINE)

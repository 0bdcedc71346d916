"""Checks that the features of a chart have what they, and its config files, take from others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from generator.charts.config import leaves
from generator.charts.features import Feature
from generator.findings import Finding
from generator.specs.feature_heads import lacking
from generator.specs.model import ChartSpec


def check_features(
    spec: ChartSpec, active: Iterable[Feature], givers: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Findings about a chart whose features ``active`` give something; ``givers`` are the features
    that give each key of ``global``."""
    features = list(active)
    present = [feature.name for feature in features]
    return [*_check_needs(spec, features, present), *_check_given(spec, present, givers)]


def _check_needs(
    spec: ChartSpec, features: Iterable[Feature], present: Collection[str]
) -> Iterator[Finding]:
    """One finding for each that is missing, at the first that needs it. A chart's own folder may
    hold what one of several features would give."""
    for choices, names in lacking(features, present).items():
        if not spec.folder or len(choices) == 1:
            first = min(names, key=spec.features.index)
            place = spec.origin("features", spec.features.index(first))
            message = f"the feature '{first}' needs {_advice(spec, choices)}"
            yield Finding(place, "missing-feature", message)


def _check_given(
    spec: ChartSpec, present: Collection[str], givers: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """The chart has the features whose values its config files take."""
    for index, file in enumerate(spec.config):
        paths = {leaf.get("bind", {}).get("global", "") for _, leaf in leaves(file)}
        for section in sorted({path.partition(".")[0] for path in paths} & givers.keys()):
            if not set(givers[section]) & {*present, spec.name}:
                message = (
                    f"the config file '{file.name}' takes values of global.{section}, so the chart "
                    f"needs {_advice(spec, sorted(givers[section]))}"
                )
                yield Finding(spec.origin("config", index), "missing-feature", message)


def _advice(spec: ChartSpec, choices: Iterable[str]) -> str:
    """The features, and what to do: those that the spec names already give the chart nothing."""
    idle = [f"'{name}'" for name in choices if name in spec.features]
    if idle:
        return f"{' or '.join(idle)}, which gives this chart nothing"
    names = [f"'{name}'" for name in choices]
    return f"{' or '.join(names)}; add {'it' if len(names) == 1 else 'one'} to features"

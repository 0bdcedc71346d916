"""Checks that what a spec says is read by a feature that the chart has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from openim_charts.findings import Finding, Location
from openim_charts.specs.index import Index, components
from openim_charts.specs.keys.value import nodes
from openim_charts.specs.layers import Layered

# How templates call what a key stands for, where that is not its name.
_WORDS = {
    "kubeblocks": "provides",
    "owner": "owned",
    "secret": "credentials|variables|of",
    "uses": "uses|dependencies",
}
_OPERATED = "kubeblocks"  # a dependency's key, beside those of a chart


def check_read(
    name: str, chart: Layered, index: Index, own: Callable[[], str]
) -> Iterator[Finding]:
    """Everything of the resolved chart that does nothing, since it lacks the feature for it.

    ``own`` gives the text of the files in the folder beside the spec, which may read it instead.
    """
    features = frozenset(chart.keys.features)
    if features - index.features.readable:
        return  # one that cannot be read may be the one that reads it
    missing = index.features.missing(features)  # which is said of the features that need them
    readers = {k: v for k, v in index.features.readers.items() if not v & missing}
    said = list(_said(name, chart, index))
    yield from _check_operated(chart, index, {key for key, _, _ in said})
    for key, place, what in said:
        if key in readers and not (readers[key] & features or _reads(own(), key)):
            names = " or ".join(f"'{feature}'" for feature in sorted(readers[key]))
            yield Finding(place, "unread-key", f"{what}; add {names} to its features")


def _reads(text: str, key: str) -> bool:
    words = "options" if key.startswith("options.") else _WORDS.get(key, key)
    return bool(re.search(rf"\b(?:chart|graph)\.(?:{words})\b", text))


def _check_operated(chart: Layered, index: Index, said: Collection[str]) -> Iterator[Finding]:
    """The feature that makes a Cluster takes its names from a dependency."""
    components = {name for d in index.dependencies.values() for name in d.keys.components}
    unreadable = index.dependency_names - index.dependencies.keys()
    if _OPERATED in said or unreadable or components - index.chart_names:
        return  # what cannot be read, or is no chart, may be the one that means this chart
    for number, feature in enumerate(chart.keys.features):
        if feature in index.features.readers.get(_OPERATED, ()):
            message = (
                f"the feature '{feature}' needs '{_OPERATED}' in the dependency whose component "
                "the chart is: names of the Cluster's Service and Secret"
            )
            yield Finding(chart.at("features", number), "missing-key", message)


def _said(name: str, chart: Layered, index: Index) -> Iterator[tuple[str, Location, str]]:
    """What features read, as feature.yaml names it; its place; and in words."""
    for key, value in chart.data.items():
        if value and key != "options":
            yield key, chart.at(key), f"the chart has no feature that reads '{key}'"
    for feature in index.features.settable & chart.keys.options.keys():
        key = f"options.{feature}"
        yield key, chart.at("options", feature), f"the chart has no feature that reads '{key}'"
    for number, file in enumerate(chart.keys.config_files):
        found = index.config.get((chart.keys.line_name, file))
        if found and any("secret" in node for _, node in nodes(found.document)):
            what = f"the config file '{file}' takes a Secret, and no feature of the chart gives it"
            yield "secret", chart.at("config", number), what
    yield from _owned(name, index)
    for dependency in index.dependencies.values():
        if dependency.keys.operated == name:
            what = f"the chart '{name}' has no feature that makes the Cluster"
            yield _OPERATED, dependency.key(_OPERATED), what


def _owned(name: str, index: Index) -> Iterator[tuple[str, Location, str]]:
    """Secrets that the chart makes."""
    places = [
        *((c.keys.owner, c.value("owner")) for c in index.credentials.values()),
        *(
            (name, d.value(*path))
            for d in index.dependencies.values()
            if d.keys.login
            for path, name in components(d)
        ),
    ]
    for owner, place in places:
        if owner == name:
            yield (
                "owner",
                place,
                f"the chart '{name}' has no feature that makes this Secret",
            )

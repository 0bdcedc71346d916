"""Checks that what a spec says is read by a feature that the chart has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.specs.known import Known
from openim_charts.specs.layers import Layered
from openim_charts.specs.schema import nodes

# How templates call what a key stands for, where that is not its name.
_WORDS = {
    "kubeblocks": "provides",
    "owner": "owned",
    "secret": "credentials|variables|of",
    "uses": "uses|dependencies",
}
_OPERATED = "kubeblocks"  # a dependency's key, beside those of a chart


def check_read(
    name: str, chart: Layered, known: Known, own: Callable[[], str]
) -> Iterator[Finding]:
    """Everything of the resolved chart that does nothing, since it lacks the feature for it.

    ``own`` gives the text of the files in the folder beside the spec, which may read it instead.
    """
    features = frozenset(chart.data.get("features", ()))
    if features - known.features.readable:
        return  # one that cannot be read may be the one that reads it
    missing = known.features.missing(features)  # which is said of the features that need them
    readers = {k: v for k, v in known.features.readers.items() if not v & missing}
    said = list(_said(name, chart, known))
    yield from _check_operated(chart, known, {key for key, _, _ in said})
    for key, place, what in said:
        if key in readers and not (readers[key] & features or _reads(own(), key)):
            names = " or ".join(f"'{feature}'" for feature in sorted(readers[key]))
            yield Finding(place, "unread-key", f"{what}; add {names} to its features")


def _reads(text: str, key: str) -> bool:
    words = "options" if key.startswith("options.") else _WORDS.get(key, key)
    return bool(re.search(rf"\b(?:chart|graph)\.(?:{words})\b", text))


def _check_operated(chart: Layered, known: Known, said: Collection[str]) -> Iterator[Finding]:
    """The feature that makes a Cluster takes its names from a dependency."""
    components = {dependency.data["component"] for dependency in known.dependencies.values()}
    unreadable = known.dependency_names - known.dependencies.keys()
    if _OPERATED in said or unreadable or components - known.chart_names:
        return  # what cannot be read, or is no chart, may be the one that means this chart
    for index, feature in enumerate(chart.data.get("features", ())):
        if feature in known.features.readers.get(_OPERATED, ()):
            message = (
                f"the feature '{feature}' needs '{_OPERATED}' in the dependency whose component "
                "the chart is: names of the Cluster's Service and Secret"
            )
            yield Finding(chart.at("features", index), "missing-key", message)


def _said(name: str, chart: Layered, known: Known) -> Iterator[tuple[str, Location, str]]:
    """What features read, as feature.yaml names it; its place; and in words."""
    for key, value in chart.data.items():
        if value and key != "options":
            yield key, chart.at(key), f"the chart has no feature that reads '{key}'"
    for feature in known.features.settable & chart.data.get("options", {}).keys():
        key = f"options.{feature}"
        yield key, chart.at("options", feature), f"the chart has no feature that reads '{key}'"
    for index, file in enumerate(chart.data.get("config", ())):
        document = known.config.get((chart.data.get("line", ""), file))
        if document and any("secret" in node for _, node in nodes(document)):
            what = f"the config file '{file}' takes a Secret, and no feature of the chart gives it"
            yield "secret", chart.at("config", index), what
    yield from _owned(name, known)
    for dependency in known.dependencies.values():
        if dependency.data["component"] == name and _OPERATED in dependency.data:
            what = f"the chart '{name}' has no feature that makes the Cluster"
            yield _OPERATED, dependency.key((_OPERATED,)), what


def _owned(name: str, known: Known) -> Iterator[tuple[str, Location, str]]:
    """Secrets that the chart makes."""
    places: list[tuple[Any, str]] = [
        *((document, "owner") for document in known.credentials.values()),
        *((d, "component") for d in known.dependencies.values() if "credential" in d.data),
    ]
    for document, key in places:
        if document.data.get(key) == name:
            yield (
                "owner",
                document.value((key,)),
                f"the chart '{name}' has no feature that makes this Secret",
            )

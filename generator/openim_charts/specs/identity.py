"""Checks of what a chart is: its name, place, version, kind, and that its parts are complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import semver

from openim_charts.findings import Finding, Location
from openim_charts.specs.layers import ATTEMPTS, HANDLERS, Layered
from openim_charts.specs.layout import SPECS, Source
from openim_charts.yamlio.document import Document

_LARGEST = 2**64 - 1  # Helm's SemVer library keeps each number in 64 bits


def check_name(source: Source, document: Document) -> Iterator[Finding]:
    """The chart is called like its file, and its version is SemVer."""
    name, version = document.data["name"], document.data["version"]
    if name != source.name:
        message = (
            f"the chart is called '{name}' in a file called '{source.name}.yaml'; use one name"
        )
        yield Finding(document.value(("name",)), "name-is-file-name", message)
    yield from _check_version(document, version)


def _check_version(document: Document, version: str) -> Iterator[Finding]:
    where = document.value(("version",))
    if semver.Version.is_valid(version):
        parsed = semver.Version.parse(version)
        if max(parsed.major, parsed.minor, parsed.patch) > _LARGEST:
            message = f"the version '{version}' has a number beyond {_LARGEST}, which Helm refuses"
            yield Finding(where, "version-is-semver", message)
        return
    guesses = (version.removeprefix("v"), f"{version}.0", f"{version}.0.0")
    good = next((guess for guess in guesses if semver.Version.is_valid(guess)), "")
    clue = f"; write {good}" if good else ""
    message = f"the version '{version}' is not SemVer (MAJOR.MINOR.PATCH){clue}"
    yield Finding(where, "version-is-semver", message)


def check_unique(sources: Sequence[Source]) -> Iterator[Finding]:
    """No two files stand for the same name; both places are named."""
    first: dict[str, Source] = {}
    for source in sources:
        other = first.setdefault(source.name, source)
        if other is not source:
            for here, there in ((source, other), (other, source)):
                message = f"the name '{source.name}' is also taken by {there.shown}; rename one"
                yield Finding(Location(here.shown), "duplicate-name", message)


def check_families(sources: Sequence[Source]) -> Iterator[Finding]:
    """No chart has the name of a family with other charts: in ``includes`` it would mean both."""
    sizes = Counter(source.folder for source in sources)
    for source in sources:
        if sizes[source.name] > int(source.folder == source.name):
            message = f"'{source.name}' is the name of a family, {SPECS}/{source.name}/; rename it"
            yield Finding(Location(source.shown), "duplicate-name", message)


def check_chart(source: Source, chart: Layered) -> Iterator[Finding]:
    """The resolved chart has a kind, sits in its family's folder, and is complete."""
    keys = chart.keys
    if not keys.kind:
        message = f"the profile '{keys.extends}' gives the chart no kind; add it there"
        yield Finding(chart.at("extends"), "missing-kind", message)
        return
    if keys.family and keys.family != source.folder:
        message = f"a chart of the family '{keys.family}' belongs in {SPECS}/{keys.family}/"
        yield Finding(Location(source.shown), "misplaced-file", message)
    if keys.kind == "umbrella" and not keys.included:
        message = "an umbrella needs 'includes': the families or charts that it holds"
        yield Finding(chart.at("includes"), "missing-key", message)
    if keys.kind != "umbrella" and "includes" in chart.data:
        message = f"only an umbrella may have 'includes', and this is a chart of kind {keys.kind}"
        yield Finding(chart.at("includes"), "includes-in-umbrella", message)
    yield from _check_release(chart)
    yield from _check_choices(chart)


def _check_release(chart: Layered) -> Iterator[Finding]:
    """A chart that runs something has images, complete, and says which version it runs."""
    keys = chart.keys
    if not keys.line_name and "config" in chart.data:
        message = "config files belong to a release line; add 'line'"
        yield Finding(chart.at("config"), "missing-key", message)
    elif not keys.line_name and keys.kind == "module":
        needed = {"appVersion": keys.app_version, "images": keys.layouts}
        lacking = [key for key, value in needed.items() if not value]
        if lacking:
            own = " and ".join(f"'{key}'" for key in lacking)
            message = f"the chart needs a 'line', or {own} of its own"
            yield Finding(chart.at(lacking[0]), "missing-key", message)
    if keys.exposure and chart.data["exposure"]:
        for key, value in (("path", keys.exposure.path), ("port", keys.exposure.port)):
            if not value:
                message = f"'exposure' lacks the key '{key}'; add it"
                yield Finding(chart.at("exposure"), "missing-key", message)


def _check_choices(chart: Layered) -> Iterator[Finding]:
    """Exactly one handler for each probe, exactly one attempt for the test."""
    places = [(("probes", name), HANDLERS) for name in chart.data.get("probes", {})]
    if "test" in chart.data:
        places.append((("test", ""), ATTEMPTS))
    for path, choices in places:
        where = tuple(part for part in path if part)
        value = chart.data
        for part in where:
            value = value[part]
        if len(choices & value.keys()) != 1:
            message = f"'{'.'.join(where)}' must have exactly one of {', '.join(sorted(choices))}"
            yield Finding(chart.at(*where), "one-of", message)


def check_exposures(charts: Mapping[str, Layered]) -> Iterator[Finding]:
    """No two charts are reached by the same path of one host."""
    first: dict[tuple[str, str], str] = {}
    for name, chart in sorted(charts.items()):
        exposure = chart.keys.exposure
        if exposure and exposure.path:
            host, path = exposure.host, exposure.path.rstrip("/")
            other = first.setdefault((host, path), name)
            if other != name:
                message = f"'{path}/' of the host '{host}' leads to the chart '{other}'; change one"
                yield Finding(chart.at("exposure", "path"), "duplicate-path", message)


def check_ports(chart: Layered) -> Iterator[Finding]:
    """No port number twice in one chart."""
    seen: dict[int, str] = {}
    for name, number in chart.keys.ports.items():
        other = seen.setdefault(number, name)
        if other != name:
            message = f"the ports '{other}' and '{name}' are both {number}; change one"
            yield Finding(chart.at("ports", name), "duplicate-port", message)

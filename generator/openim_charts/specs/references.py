"""Checks of what a chart refers to: charts, dependencies, lines, config files, features, ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.specs.image_files import check_named, check_options
from openim_charts.specs.index import Index
from openim_charts.specs.keys.chart import ResolvedKeys
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS
from openim_charts.specs.messages import show_path
from openim_charts.specs.suggest import hint


def check_references(name: str, family: str, chart: Layered, index: Index) -> Iterator[Finding]:
    """Every name in the resolved chart stands for something that exists."""
    yield from _listed(chart, "uses", *index.listed["uses"])
    yield from _check_uses(f"{family}/{name}" in index.folders, chart, index)
    yield from _check_features(name, family, chart, index)
    yield from index.features.check_options(chart)
    yield from check_options(chart, index)
    yield from _check_images(chart, index)
    yield from _check_calls(chart, index)
    yield from _check_includes(chart, index)
    yield from _listed(chart, "presets", *index.listed["presets"])
    yield from _check_bundles(chart)
    yield from _check_line(chart, index)
    yield from _check_port_names(chart, index)
    yield from _check_config_keys(chart, index)


def unknown(place: Location, key: str, what: str, word: str, names: Collection[str]) -> Finding:
    """A word of the key ``key`` is none of the ``names`` of a kind of thing, ``what``."""
    message = f"unknown {what} '{word}' in {key}{hint(word, names)}"
    return Finding(place, f"unknown-{what.replace(' ', '-')}", message)


def _unknown(
    chart: Layered, path: tuple[str | int, ...], what: str, word: str, names: Collection[str]
) -> Finding:
    return unknown(chart.at(*path), str(path[0]), what, word, names)


def _listed(chart: Layered, key: str, what: str, names: Collection[str]) -> Iterator[Finding]:
    for number, word in enumerate(chart.data.get(key, ())):
        if word not in names:
            yield _unknown(chart, (key, number), what, word, names)


def _check_uses(own: bool, chart: Layered, index: Index) -> Iterator[Finding]:
    """What a module with config files connects to, one of them says where it is."""
    line, files = chart.keys.line_name, chart.keys.config_files
    if not files or own or any((line, file) not in index.config for file in files):
        return  # the chart's own folder may say it
    bound = {name for file in files for name in index.dependencies_bound[line, file]}
    for number, name in enumerate(chart.keys.used):
        if name in index.dependency_names and name not in bound:
            message = (
                f"no config file of the chart says where '{name}' is; "
                "add the one that does to config, or remove it from uses"
            )
            yield Finding(chart.at("uses", number), "unbound-dependency", message)


def _check_bundles(chart: Layered) -> Iterator[Finding]:
    """Bundles are made of presets that the chart holds."""
    for target, presets in chart.data.get("bundles", {}).items():
        for number, word in enumerate(presets):
            if word not in chart.keys.presets:
                place = chart.at("bundles", target, number)
                yield unknown(place, f"bundles.{target}", "preset", word, chart.keys.presets)


def _check_features(name: str, family: str, chart: Layered, index: Index) -> Iterator[Finding]:
    own = f"{family}/{name}" in index.folders
    what, names = index.listed["features"]
    for number, word in enumerate(chart.keys.features):
        if word == name and own:
            message = (
                f"the folder {SPECS}/{family}/{name} applies by itself; remove it from features"
            )
            yield Finding(chart.at("features", number), "unknown-feature", message)
        elif word not in names:
            yield _unknown(chart, ("features", number), what, word, names)


def _check_calls(chart: Layered, index: Index) -> Iterator[Finding]:
    yield from _listed(chart, "calls", *index.listed["calls"])
    for number, name in enumerate(chart.keys.calls):
        callee = index.charts.get(name)
        if callee and not callee.keys.ports:
            message = f"'{name}' has no port, so it cannot be called; remove it from calls"
            yield Finding(chart.at("calls", number), "callee-has-port", message)


def _check_includes(chart: Layered, index: Index) -> Iterator[Finding]:
    what, names = index.listed["includes"]
    for number, name in enumerate(chart.keys.included):
        if name not in names:
            yield _unknown(chart, ("includes", number), what, name, names)
        elif name not in index.families and _is_umbrella(index.charts.get(name)):
            message = (
                f"'{name}' is an umbrella, and umbrellas do not hold one another; list its charts"
            )
            yield Finding(chart.at("includes", number), "umbrella-in-umbrella", message)


def _is_umbrella(chart: Layered | None) -> bool:
    return chart is not None and chart.keys.kind == "umbrella"


def _check_line(chart: Layered, index: Index) -> Iterator[Finding]:
    line = chart.keys.line_name
    if not line:
        return
    if line not in index.line_names:
        yield _unknown(chart, ("line",), "release line", line, index.line_names)
        return
    files = index.config_names.get(line, frozenset())
    yield from _listed(chart, "config", "config file", files)
    ports = chart.keys.ports
    said: dict[str, str] = {}
    for number, name in enumerate(chart.keys.config_files):
        for path, port in index.ports_needed.get((line, name), ()):
            key = f"{show_path(path)} of '{name}'"
            if said.setdefault(port, key) != key:
                message = f"{key} and {said[port]} both set the port '{port}'; it can have one key"
                yield Finding(chart.at("config", number), "duplicate-port", message)
            if port not in ports:
                message = (
                    f"the config file '{name}' needs the chart's port '{port}' "
                    f"({show_path(path)}){hint(port, ports)}"
                )
                yield Finding(chart.at("config", number), "unknown-port", message)


def _check_images(chart: Layered, index: Index) -> Iterator[Finding]:
    keys = chart.keys
    yield from check_named(keys.layouts, keys.app_version, False, index, lambda p: chart.at(*p))


def _check_port_names(chart: Layered, index: Index) -> Iterator[Finding]:
    ports = chart.keys.ports
    settings = index.features.port_settings(chart.keys.options)
    for path, port in (*_ports_used(chart.keys), *settings):
        names: Collection[Any] = ports.values() if isinstance(port, int) else ports
        if port not in names:
            message = f"the chart has no port '{port}'{hint(str(port), ports)}"
            yield Finding(chart.at(*path), "unknown-port", message)


def _check_config_keys(chart: Layered, index: Index) -> Iterator[Finding]:
    """What the options of a chart name in its configuration files is there."""
    line, files = chart.keys.line_name, set(chart.keys.config_files)
    for path, value in index.features.config_settings(chart.keys.options):
        file, *keys = value.split(".")
        found = index.config.get((line, file))
        if file not in files or found is None:
            if line in index.config_names and not files - index.config_names[line]:
                message = f"the chart has no config file '{file}'{hint(file, files)}"
                yield Finding(chart.at(*path), "unknown-config-key", message)
            continue
        node = found.document.data
        for key in keys:
            names = node.get("properties", {}) if isinstance(node, Mapping) else {}
            if key not in names:
                message = f"the config file '{file}' has no key '{key}'{hint(key, names)}"
                yield Finding(chart.at(*path), "unknown-config-key", message)
                break
            node = names[key]


def _ports_used(keys: ResolvedKeys) -> Iterator[tuple[tuple[str, ...], str | int]]:
    if keys.exposure and keys.exposure.port:
        yield ("exposure", "port"), keys.exposure.port
    for name, probe in keys.probes.items():
        for handler in ("httpGet", "tcpSocket", "grpc"):
            if handler in probe:
                yield ("probes", name, handler, "port"), probe[handler]["port"]
    test = keys.test
    if "tcp" in test:
        yield ("test", "tcp"), test["tcp"]
    if "http" in test:
        yield ("test", "http", "port"), test["http"]["port"]

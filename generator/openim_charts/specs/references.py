"""Checks of what a chart refers to: charts, dependencies, lines, config files, features, ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.specs.image_files import check_named, check_options
from openim_charts.specs.known import Known
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS
from openim_charts.specs.messages import show_path
from openim_charts.specs.suggest import hint


def check_references(name: str, family: str, chart: Layered, known: Known) -> Iterator[Finding]:
    """Every name in the resolved chart stands for something that exists."""
    yield from _listed(chart, "uses", *known.listed["uses"])
    yield from _check_uses(f"{family}/{name}" in known.folders, chart, known)
    yield from _check_features(name, family, chart, known)
    yield from known.features.check_options(chart)
    yield from check_options(chart, known)
    yield from _check_images(chart, known)
    yield from _check_calls(chart, known)
    yield from _check_includes(chart, known)
    yield from _listed(chart, "presets", *known.listed["presets"])
    yield from _check_line(chart, known)
    yield from _check_port_names(chart, known)
    yield from _check_config_keys(chart, known)


def unknown(place: Location, key: str, what: str, word: str, names: Collection[str]) -> Finding:
    """A word of the key ``key`` is none of the ``names`` of a kind of thing, ``what``."""
    message = f"unknown {what} '{word}' in {key}{hint(word, names)}"
    return Finding(place, f"unknown-{what.replace(' ', '-')}", message)


def _unknown(
    chart: Layered, path: tuple[str | int, ...], what: str, word: str, names: Collection[str]
) -> Finding:
    return unknown(chart.at(*path), str(path[0]), what, word, names)


def _listed(chart: Layered, key: str, what: str, names: Collection[str]) -> Iterator[Finding]:
    for index, word in enumerate(chart.data.get(key, ())):
        if word not in names:
            yield _unknown(chart, (key, index), what, word, names)


def _check_uses(own: bool, chart: Layered, known: Known) -> Iterator[Finding]:
    """What a module with config files connects to, one of them says where it is."""
    line, files = chart.data.get("line", ""), chart.data.get("config", ())
    if not files or own or any((line, file) not in known.config for file in files):
        return  # the chart's own folder may say it
    bound = {name for file in files for name in known.dependencies_bound[line, file]}
    for index, name in enumerate(chart.data.get("uses", ())):
        if name in known.dependency_names and name not in bound:
            message = (
                f"no config file of the chart says where '{name}' is; "
                "add the one that does to config, or remove it from uses"
            )
            yield Finding(chart.at("uses", index), "unbound-dependency", message)


def _check_features(name: str, family: str, chart: Layered, known: Known) -> Iterator[Finding]:
    own = f"{family}/{name}" in known.folders
    what, names = known.listed["features"]
    for index, word in enumerate(chart.data.get("features", ())):
        if word == name and own:
            message = (
                f"the folder {SPECS}/{family}/{name} applies by itself; remove it from features"
            )
            yield Finding(chart.at("features", index), "unknown-feature", message)
        elif word not in names:
            yield _unknown(chart, ("features", index), what, word, names)


def _check_calls(chart: Layered, known: Known) -> Iterator[Finding]:
    yield from _listed(chart, "calls", *known.listed["calls"])
    for index, name in enumerate(chart.data.get("calls", ())):
        callee = known.charts.get(name)
        if callee and not callee.data.get("ports"):
            message = f"'{name}' has no port, so it cannot be called; remove it from calls"
            yield Finding(chart.at("calls", index), "callee-has-port", message)


def _check_includes(chart: Layered, known: Known) -> Iterator[Finding]:
    what, names = known.listed["includes"]
    for index, name in enumerate(chart.data.get("includes", ())):
        if name not in names:
            yield _unknown(chart, ("includes", index), what, name, names)
        elif name not in known.families and _is_umbrella(known.charts.get(name)):
            message = (
                f"'{name}' is an umbrella, and umbrellas do not hold one another; list its charts"
            )
            yield Finding(chart.at("includes", index), "umbrella-in-umbrella", message)


def _is_umbrella(chart: Layered | None) -> bool:
    return chart is not None and chart.data.get("kind") == "umbrella"


def _check_line(chart: Layered, known: Known) -> Iterator[Finding]:
    line = chart.data.get("line")
    if line is None:
        return
    if line not in known.line_names:
        yield _unknown(chart, ("line",), "release line", line, known.line_names)
        return
    files = known.config_names.get(line, frozenset())
    yield from _listed(chart, "config", "config file", files)
    ports = chart.data.get("ports", {})
    said: dict[str, str] = {}
    for index, name in enumerate(chart.data.get("config", ())):
        for path, port in known.ports_needed.get((line, name), ()):
            key = f"{show_path(path)} of '{name}'"
            if said.setdefault(port, key) != key:
                message = f"{key} and {said[port]} both set the port '{port}'; it can have one key"
                yield Finding(chart.at("config", index), "duplicate-port", message)
            if port not in ports:
                message = (
                    f"the config file '{name}' needs the chart's port '{port}' "
                    f"({show_path(path)}){hint(port, ports)}"
                )
                yield Finding(chart.at("config", index), "unknown-port", message)


def _check_images(chart: Layered, known: Known) -> Iterator[Finding]:
    data = chart.data
    images = data.get("images", {})
    yield from check_named(images, data.get("appVersion", ""), False, known, lambda p: chart.at(*p))


def _check_port_names(chart: Layered, known: Known) -> Iterator[Finding]:
    ports = chart.data.get("ports", {})
    settings = known.features.port_settings(chart.data.get("options", {}))
    for path, port in (*_ports_used(chart.data), *settings):
        names: Collection[Any] = ports.values() if isinstance(port, int) else ports
        if port not in names:
            message = f"the chart has no port '{port}'{hint(str(port), ports)}"
            yield Finding(chart.at(*path), "unknown-port", message)


def _check_config_keys(chart: Layered, known: Known) -> Iterator[Finding]:
    """What the options of a chart name in its configuration files is there."""
    line, files = chart.data.get("line", ""), set(chart.data.get("config", ()))
    for path, value in known.features.config_settings(chart.data.get("options", {})):
        file, *keys = value.split(".")
        document = known.config.get((line, file))
        if file not in files or document is None:
            if line in known.config_names and not files - known.config_names[line]:
                message = f"the chart has no config file '{file}'{hint(file, files)}"
                yield Finding(chart.at(*path), "unknown-config-key", message)
            continue
        node = document.data
        for key in keys:
            names = node.get("properties", {}) if isinstance(node, Mapping) else {}
            if key not in names:
                message = f"the config file '{file}' has no key '{key}'{hint(key, names)}"
                yield Finding(chart.at(*path), "unknown-config-key", message)
                break
            node = names[key]


def _ports_used(data: Any) -> Iterator[tuple[tuple[str, ...], str | int]]:
    if "port" in data.get("exposure", {}):
        yield ("exposure", "port"), data["exposure"]["port"]
    for name, probe in data.get("probes", {}).items():
        for handler in ("httpGet", "tcpSocket", "grpc"):
            if handler in probe:
                yield ("probes", name, handler, "port"), probe[handler]["port"]
    test = data.get("test", {})
    if "tcp" in test:
        yield ("test", "tcp"), test["tcp"]
    if "http" in test:
        yield ("test", "http", "port"), test["http"]["port"]

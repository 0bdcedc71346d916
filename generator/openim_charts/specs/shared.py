"""Checks of what charts share: the repository, release lines, dependencies and credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.kubernetes.bundle import load_bundle
from openim_charts.specs import identity
from openim_charts.specs.image_files import check_image_files, check_images, check_named
from openim_charts.specs.index import Entry, Index, components
from openim_charts.specs.keys.line import ConfigFileKeys, LineKeys
from openim_charts.specs.keys.middleware import DependencyKeys, SecretKey
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.layout import TO_DECIDE, Layout
from openim_charts.specs.suggest import hint
from openim_charts.specs.value_nodes import check_values
from openim_charts.yamlio.document import Path

# Values under global.NAME that generator/openim_charts/charts/globals.py makes.
BUILT_IN = frozenset({"mode", "addresses", "existingSecret", "secretKeys"})


def check_middleware(index: Index) -> Iterator[Finding]:
    """Findings about all dependencies and credentials."""
    for dependency in index.dependencies.values():
        for path, component in components(dependency):
            yield from _check_chart(dependency, path, component, index)
        yield from _check_port(dependency, index)
        login = dependency.keys.login
        yield from _check_keys(dependency, login.secret_keys if login else {}, "credential", "keys")
        yield from _check_kubeblocks(dependency)
        yield from check_values(dependency.document, index.image_names)
        yield from _check_built_in(dependency, dependency.keys.values)
    yield from _check_components(index)
    for credential in index.credentials.values():
        keys = credential.keys
        yield from _check_chart(credential, ("owner",), keys.owner, index)
        yield from _check_built_in(credential, keys.values)
        if not (keys.owner or keys.optional):
            message = (
                "nobody makes this Secret: name the chart that does as its 'owner', or say "
                "'optional: true' where charts run without it"
            )
            yield Finding(credential.key(), "missing-key", message)
        yield from _check_keys(credential, keys.secret_keys, "keys")
        yield from check_values(credential.document, index.image_names)


def _check_chart(entry: Entry[Any], path: Path, chart: str, index: Index) -> Iterator[Finding]:
    if chart and chart not in index.chart_names:
        message = f"unknown chart '{chart}' in {path[0]}{hint(chart, index.chart_names)}"
        yield Finding(entry.value(*path), "unknown-chart", message)


def _check_built_in(entry: Entry[Any], values: Iterable[str]) -> Iterator[Finding]:
    """Values beside those that every dependency or credential has."""
    for name in values:
        if name in BUILT_IN:
            message = f"every dependency has the value '{name}'; give this one another name"
            yield Finding(entry.key("values", name), "reserved-value", message)


def _check_components(index: Index) -> Iterator[Finding]:
    """A chart provides one dependency: its mode decides what the chart renders."""
    first: dict[str, Entry[DependencyKeys]] = {}
    for dependency in index.dependencies.values():
        own: set[str] = set()
        for path, component in components(dependency):
            other = first.setdefault(component, dependency)
            if other is not dependency or component in own:
                message = (
                    f"{other.path} has the component '{component}' already; name another chart"
                )
                yield Finding(dependency.value(*path), "duplicate-name", message)
            own.add(component)


def _check_port(dependency: Entry[DependencyKeys], index: Index) -> Iterator[Finding]:
    port = dependency.keys.port_name
    for path, component in components(dependency):
        chart = index.charts.get(component)
        if chart and port not in chart.keys.ports:
            message = f"the chart '{component}' has no port '{port}'{hint(port, chart.keys.ports)}"
            place = ("portName",) if path == ("component",) else path
            yield Finding(dependency.value(*place), "unknown-port", message)


def _check_keys(entry: Entry[Any], keys: Mapping[str, SecretKey], *path: str) -> Iterator[Finding]:
    """A key of a Secret, of those at ``path``, is made or fixed, not both."""
    for name, key in keys.items():
        if key.generate is not None and key.value:
            message = f"the key '{name}' has both 'generate' and 'value'; remove one"
            yield Finding(entry.key(*path, name, "value"), "one-of", message)


def _check_kubeblocks(dependency: Entry[DependencyKeys]) -> Iterator[Finding]:
    """What a KubeBlocks cluster gives stands for keys and values that the dependency has."""
    operated, login = dependency.keys.kubeblocks, dependency.keys.login
    if not operated:
        return
    if dependency.keys.operated not in dependency.keys.components:
        message = (
            f"the chart '{operated.component}' is not among those of the dependency"
            f"{hint(operated.component, dependency.keys.components)}"
        )
        yield Finding(dependency.value("kubeblocks", "component"), "unknown-chart", message)
    parts = {
        "keys": (operated.keys, login.secret_keys if login else {}),
        "values": (operated.values, dependency.keys.values),
    }
    for part, (names, own) in parts.items():
        for name in names:
            if name not in own:
                message = f"unknown key '{name}' in 'kubeblocks.{part}'{hint(name, own)}"
                yield Finding(dependency.key("kubeblocks", part, name), "unknown-key", message)


_GLOBAL_NAME = re.compile(r"[a-z][A-Za-z0-9]*")


def check_shared(layout: Layout, index: Index) -> Iterator[Finding]:
    """Findings about the files that are not charts' own."""
    if index.repository:
        yield from _check_minors(index.repository)
        yield from _check_registry(index.repository, index)
        yield from check_images(index, index.repository)
    places = [*layout.dependency, *layout.credential]
    yield from identity.check_unique(places)
    for source in places:
        if not _GLOBAL_NAME.fullmatch(source.name):
            message = (
                f"the file's name becomes the key global.{source.name}, "
                "so it must be letters and digits, the first one lower-case; rename it"
            )
            yield Finding(Location(source.shown), "bad-name", message)
    yield from check_middleware(index)
    yield from check_image_files(index)
    yield from _check_discovery(index)
    yield from _check_products(index)
    yield from _check_decided(layout, index)
    for name, line in index.lines.items():
        yield from _check_line(name, line, index)
        yield from _check_filenames(name, index)


def _check_discovery(index: Index) -> Iterator[Finding]:
    """One value, global.discovery.type, selects the backend of all lines."""
    backends = {name: line.keys.discovery for name, line in index.lines_in_use.items()}
    if backends and not set.intersection(*map(set, backends.values())):
        said = "; ".join(f"{name} has {', '.join(own)}" for name, own in sorted(backends.items()))
        message = f"no backend is one of every release line ({said}), and one value selects it"
        for line in index.lines_in_use.values():
            yield Finding(line.value("discovery"), "common-discovery", message)


def _check_products(index: Index) -> Iterator[Finding]:
    """Charts of one product are of one line: global.config has one set of its files."""
    for name, line in index.lines_in_use.items():
        product = line.keys.product
        others = [
            other
            for other, entry in index.lines_in_use.items()
            if other != name and entry.keys.product == product
        ]
        if others:
            message = (
                f"charts use the line '{others[0]}' of the product '{product}' too; move all to "
                "one line, or give the product another name"
            )
            yield Finding(line.value("product"), "duplicate-name", message)


def _check_decided(layout: Layout, index: Index) -> Iterator[Finding]:
    """Nothing is left open in the lines that charts are of."""
    for source in (*layout.line, *layout.config):
        of_line = (source.folder or source.name) in index.lines_in_use
        if not of_line or (source.folder and (source.folder, source.name) not in index.config):
            continue
        lines = source.file.read_text("utf-8", errors="replace").splitlines()
        for number, text in enumerate(lines, 1):
            before, mark, words = text.partition(f"# {TO_DECIDE}")
            if mark and not before.strip():
                message = f"{words}; then remove this comment"
                yield Finding(Location(source.shown, number, len(before) + 1), "undecided", message)


def _check_filenames(line: str, index: Index) -> Iterator[Finding]:
    """No two config files of a line have the same name in the container."""
    first: dict[str, Entry[ConfigFileKeys]] = {}
    for (owner, _), file in index.config.items():
        if owner != line:
            continue
        other = first.setdefault(file.keys.filename, file)
        if other is not file:
            message = f"{other.path} has the same filename; rename one"
            yield Finding(file.value("filename"), "duplicate-name", message)


def _check_minors(repository: Entry[Repository]) -> Iterator[Finding]:
    minors = repository.keys.kubernetes
    supported = load_bundle().minors
    for number, minor in enumerate(minors):
        if minor not in supported:
            message = (
                f"there are no schemas of Kubernetes {minor}, only of {supported[0]} to "
                f"{supported[-1]}; make them with scripts/make-kubernetes-schemas, or remove it"
            )
            yield Finding(repository.value("kubernetes", number), "unknown-minor", message)
    versions = [int(minor.partition(".")[2]) for minor in minors]
    for number in range(1, len(versions)):
        if versions[number] < versions[number - 1]:
            message = (
                f"Kubernetes {minors[number]} stands behind {minors[number - 1]}; oldest first"
            )
            yield Finding(repository.value("kubernetes", number), "minors-in-order", message)


def _check_registry(repository: Entry[Repository], index: Index) -> Iterator[Finding]:
    """IDs on Artifact Hub are those of charts that exist."""
    for name in repository.keys.artifact_hub.registry_ids:
        if name not in index.chart_names:
            message = f"unknown chart '{name}' in registryIDs{hint(name, index.chart_names)}"
            place = repository.key("artifactHub", "registryIDs", name)
            yield Finding(place, "unknown-chart", message)


def _check_line(name: str, line: Entry[LineKeys], index: Index) -> Iterator[Finding]:
    keys = line.keys
    files = index.config_names.get(name, frozenset())
    for number, file in enumerate(keys.unprefixed_files):
        if file not in files:
            message = f"unknown config file '{file}' in unprefixedFiles{hint(file, files)}"
            where = line.value("unprefixedFiles", number)
            yield Finding(where, "unknown-config-file", message)
    for number, backend in enumerate(keys.discovery):
        if backend in keys.refused_discovery:
            message = f"'{backend}' is also in refusedDiscovery; remove it from one"
            yield Finding(line.value("discovery", number), "refused-discovery", message)
    place = line.document.key
    yield from check_named(keys.layouts, keys.app_version, True, index, place)

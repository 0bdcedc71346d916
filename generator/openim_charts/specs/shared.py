"""Checks of what charts share: the repository, release lines, dependencies and credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openim_charts.findings import Finding, Location
from openim_charts.kubernetes.bundle import load_bundle
from openim_charts.specs import identity
from openim_charts.specs.image_files import check_image_files, check_images, check_named
from openim_charts.specs.known import Known
from openim_charts.specs.layout import Layout
from openim_charts.specs.suggest import hint
from openim_charts.specs.value_nodes import check_values
from openim_charts.yamlio.document import Document, Path

# Values under global.NAME that generator/openim_charts/charts/globals.py makes.
BUILT_IN = frozenset({"mode", "addresses", "existingSecret", "secretKeys"})


def check_middleware(known: Known) -> Iterator[Finding]:
    """Findings about all dependencies and credentials."""
    for dependency in known.dependencies.values():
        yield from _check_chart(dependency, "component", known)
        yield from _check_port(dependency, known)
        yield from _check_keys(dependency, ("credential", "keys"))
        yield from _check_kubeblocks(dependency)
        yield from check_values(dependency, known.image_names)
        yield from _check_built_in(dependency)
    yield from _check_components(known)
    for credential in known.credentials.values():
        yield from _check_chart(credential, "owner", known)
        yield from _check_built_in(credential)
        if "owner" not in credential.data and not credential.data.get("optional"):
            message = (
                "nobody makes this Secret: name the chart that does as its 'owner', or say "
                "'optional: true' where charts run without it"
            )
            yield Finding(credential.key(()), "missing-key", message)
        yield from _check_keys(credential, ("keys",))
        yield from check_values(credential, known.image_names)


def _check_chart(document: Document, key: str, known: Known) -> Iterator[Finding]:
    chart = document.data.get(key)
    if chart and chart not in known.chart_names:
        message = f"unknown chart '{chart}' in {key}{hint(chart, known.chart_names)}"
        yield Finding(document.value((key,)), "unknown-chart", message)


def _check_built_in(document: Document) -> Iterator[Finding]:
    """Values beside those that every dependency or credential has."""
    for name in document.data.get("values", {}):
        if name in BUILT_IN:
            message = f"every dependency has the value '{name}'; give this one another name"
            yield Finding(document.key(("values", name)), "reserved-value", message)


def _check_components(known: Known) -> Iterator[Finding]:
    """A chart provides one dependency: its mode decides what the chart renders."""
    first: dict[str, Document] = {}
    for dependency in known.dependencies.values():
        component = dependency.data["component"]
        other = first.setdefault(component, dependency)
        if other is not dependency:
            message = f"{other.path} has the component '{component}' already; name another chart"
            yield Finding(dependency.value(("component",)), "duplicate-name", message)


def _check_port(dependency: Document, known: Known) -> Iterator[Finding]:
    component, port = dependency.data["component"], dependency.data["portName"]
    chart = known.charts.get(component)
    if chart is None:
        return
    ports = chart.data.get("ports", {})
    if port not in ports:
        message = f"the chart '{component}' has no port '{port}'{hint(port, ports)}"
        yield Finding(dependency.value(("portName",)), "unknown-port", message)


def _check_keys(document: Document, path: Path) -> Iterator[Finding]:
    """A key of a Secret is made or fixed, not both."""
    keys = document.data
    for part in path:
        keys = keys.get(part, {})
    for name, key in keys.items():
        if "generate" in key and "value" in key:
            message = f"the key '{name}' has both 'generate' and 'value'; remove one"
            yield Finding(document.key((*path, name, "value")), "one-of", message)


def _check_kubeblocks(dependency: Document) -> Iterator[Finding]:
    """What a KubeBlocks cluster gives stands for keys and values that the dependency has."""
    own = {
        "keys": dependency.data.get("credential", {}).get("keys", {}),
        "values": dependency.data.get("values", {}),
    }
    for part, known in own.items():
        for name in dependency.data.get("kubeblocks", {}).get(part, {}):
            if name not in known:
                message = f"unknown key '{name}' in 'kubeblocks.{part}'{hint(name, known)}"
                yield Finding(dependency.key(("kubeblocks", part, name)), "unknown-key", message)


_GLOBAL_NAME = re.compile(r"[a-z][A-Za-z0-9]*")


def check_shared(
    layout: Layout, documents: dict[str, dict[str, Document]], known: Known
) -> Iterator[Finding]:
    """Findings about the files that are not charts' own."""
    for repository in documents["repository"].values():
        yield from _check_minors(repository)
        yield from _check_registry(repository, known)
        yield from check_images(known, repository)
    places = [*layout.dependency, *layout.credential]
    yield from identity.check_unique(places)
    for source in places:
        if not _GLOBAL_NAME.fullmatch(source.name):
            message = (
                f"the file's name becomes the key global.{source.name}, "
                "so it must be letters and digits, the first one lower-case; rename it"
            )
            yield Finding(Location(source.shown), "bad-name", message)
    yield from check_middleware(known)
    yield from check_image_files(known)
    yield from _check_discovery(known)
    yield from _check_products(known)
    for name, line in known.lines.items():
        yield from _check_line(name, line, known)
        yield from _check_filenames(name, known)


def _check_discovery(known: Known) -> Iterator[Finding]:
    """One value, global.discovery.type, selects the backend of all lines."""
    backends = {name: line.data["discovery"] for name, line in known.lines_in_use.items()}
    if backends and not set.intersection(*map(set, backends.values())):
        said = "; ".join(f"{name} has {', '.join(own)}" for name, own in sorted(backends.items()))
        message = f"no backend is one of every release line ({said}), and one value selects it"
        for line in known.lines_in_use.values():
            yield Finding(line.value(("discovery",)), "common-discovery", message)


def _check_products(known: Known) -> Iterator[Finding]:
    """Charts of one product are of one line: global.config has one set of its files."""
    for name, line in known.lines_in_use.items():
        product = line.data["product"]
        others = [
            other
            for other, document in known.lines_in_use.items()
            if other != name and document.data["product"] == product
        ]
        if others:
            message = (
                f"charts use the line '{others[0]}' of the product '{product}' too; move all to "
                "one line, or give the product another name"
            )
            yield Finding(line.value(("product",)), "duplicate-name", message)


def _check_filenames(line: str, known: Known) -> Iterator[Finding]:
    """No two config files of a line have the same name in the container."""
    first: dict[str, Document] = {}
    for (owner, _), document in known.config.items():
        if owner != line:
            continue
        other = first.setdefault(document.data["filename"], document)
        if other is not document:
            message = f"{other.path} has the same filename; rename one"
            yield Finding(document.value(("filename",)), "duplicate-name", message)


def _check_minors(repository: Document) -> Iterator[Finding]:
    minors = repository.data["kubernetes"]
    supported = load_bundle().minors
    for index, minor in enumerate(minors):
        if minor not in supported:
            message = (
                f"there are no schemas of Kubernetes {minor}, only of {supported[0]} to "
                f"{supported[-1]}; make them with scripts/make-kubernetes-schemas, or remove it"
            )
            yield Finding(repository.value(("kubernetes", index)), "unknown-minor", message)
    numbers = [int(minor.partition(".")[2]) for minor in minors]
    for index in range(1, len(numbers)):
        if numbers[index] < numbers[index - 1]:
            message = f"Kubernetes {minors[index]} stands behind {minors[index - 1]}; oldest first"
            yield Finding(repository.value(("kubernetes", index)), "minors-in-order", message)


def _check_registry(repository: Document, known: Known) -> Iterator[Finding]:
    """IDs on Artifact Hub are those of charts that exist."""
    path = ("artifactHub", "registryIDs")
    for name in repository.data.get("artifactHub", {}).get("registryIDs", ()):
        if name not in known.chart_names:
            message = f"unknown chart '{name}' in registryIDs{hint(name, known.chart_names)}"
            yield Finding(repository.key((*path, name)), "unknown-chart", message)


def _check_line(name: str, line: Document, known: Known) -> Iterator[Finding]:
    files = known.config_names.get(name, frozenset())
    for index, file in enumerate(line.data.get("unprefixedFiles", ())):
        if file not in files:
            message = f"unknown config file '{file}' in unprefixedFiles{hint(file, files)}"
            where = line.value(("unprefixedFiles", index))
            yield Finding(where, "unknown-config-file", message)
    for index, backend in enumerate(line.data.get("discovery", ())):
        if backend in line.data.get("refusedDiscovery", ()):
            message = f"'{backend}' is also in refusedDiscovery; remove it from one"
            yield Finding(line.value(("discovery", index)), "refused-discovery", message)
    yield from check_named(line.data["images"], line.data["appVersion"], True, known, line.key)

"""Checks of dependencies and credentials: who provides them, their keys and their values."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings import Finding
from generator.specs.known import Known
from generator.specs.suggest import hint
from generator.specs.value_nodes import check_values
from generator.yamlio.document import Document, Path

# Values under global.NAME that generator/charts/globals.py makes.
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

"""Checks of ``bind``: what a config key's value is computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding
from openim_charts.specs.index import Index
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document, Path

_PLACES = ("dependency", "global", "chart", "port")
_FORMS = {
    "dependency": {"addresses", "address", "url", "publicURL"},
    "chart": {"url", "ports"},
    "global": {"first"},
    "port": set[str](),
}

# What a bound value is; a value at a path below global may be anything.
_TYPES = {
    "addresses": "array",
    "address": "string",
    "url": "string",
    "publicURL": "string",
    "ports": "array",
}


def check_bound_type(document: Document, path: Path, node: Mapping[str, Any]) -> Iterator[Finding]:
    """The key's type is that of the value it is bound to."""
    bind = node["bind"]
    form = "ports" if "port" in bind and "chart" not in bind else bind.get("as")
    wanted = _TYPES.get(form)
    if wanted and "type" in node and wanted not in (node["type"], *node["type"]):
        words = "a list" if wanted == "array" else "text"
        message = f"the bound value is {words}, so the type must be {wanted}, not {node['type']}"
        yield Finding(document.value((*path, "type")), "bound-type", message)


def check_bind(
    document: Document, path: Path, bind: Mapping[str, Any], index: Index
) -> Iterator[Finding]:
    """The bind has one source, which exists and can give the value in that form."""
    here = (*path, "bind")
    places = [place for place in _PLACES if place in bind]
    if places == ["chart", "port"]:
        places = ["chart"]
    if len(places) != 1 or ("chart" in bind and "port" not in bind):
        message = "a bind has one of dependency, global, port, or chart together with port"
        yield Finding(document.key(here), "one-of", message)
        return
    (place,) = places
    yield from _check_form(document, here, bind, place)
    name = bind[place]
    if place == "dependency":
        if name not in index.dependency_names:
            message = f"unknown dependency '{name}' in bind{hint(name, index.dependency_names)}"
            yield Finding(document.value((*here, place)), "unknown-dependency", message)
        elif bind.get("as") == "url" and not _scheme(name, index):
            message = f"the dependency '{name}' has no scheme, so no url; bind its address"
            yield Finding(document.value((*here, "as")), "unknown-form", message)
    elif place == "chart":
        yield from _check_bound_chart(document, here, bind, index)


def _scheme(dependency: str, index: Index) -> bool:
    known = index.dependencies.get(dependency)
    return known is None or bool(known.keys.scheme)


def _check_form(
    document: Document, here: Path, bind: Mapping[str, Any], place: str
) -> Iterator[Finding]:
    forms = _FORMS[place]
    form = bind.get("as")
    if form is None and place == "dependency":
        message = f"a bind to a dependency says 'as': one of {', '.join(sorted(forms))}"
        yield Finding(document.key(here), "missing-key", message)
    elif form is not None and form not in forms:
        wanted = f"can be {', '.join(sorted(forms))}" if forms else "is not used"
        message = f"'as' {wanted} in a bind to a {place}, not '{form}'"
        yield Finding(document.value((*here, "as")), "unknown-form", message)
    if "equals" in bind and (place != "global" or form is not None):
        message = "'equals' goes with 'global', and without 'as'"
        yield Finding(document.key((*here, "equals")), "unknown-form", message)
    if "twice" in bind and form != "addresses":
        message = "'twice' goes with a dependency 'as' addresses"
        yield Finding(document.key((*here, "twice")), "unknown-form", message)


def _check_bound_chart(
    document: Document, here: Path, bind: Mapping[str, Any], index: Index
) -> Iterator[Finding]:
    name = bind["chart"]
    if name not in index.chart_names:
        message = f"unknown chart '{name}' in bind{hint(name, index.chart_names)}"
        yield Finding(document.value((*here, "chart")), "unknown-chart", message)
        return
    chart = index.charts.get(name)
    ports = chart.keys.ports if chart else {bind["port"]: 0}
    if bind["port"] not in ports:
        message = f"the chart '{name}' has no port '{bind['port']}'{hint(bind['port'], ports)}"
        yield Finding(document.value((*here, "port")), "unknown-port", message)

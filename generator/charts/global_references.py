"""Checks of what specs say about values under ``global``, which dependencies and features make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.charts.config import leaves
from generator.charts.values import Node, Tree
from generator.findings import Finding, Location
from generator.specs.model import Catalog, ChartSpec, ConfigFile
from generator.specs.suggest import hint


def check_global_references(catalog: Catalog, tree: Tree) -> list[Finding]:
    """Paths below ``global`` that no value has, and texts that a value can never be, sorted.

    ``tree`` holds all values under ``global``.
    """
    findings: list[Finding] = []
    for spec in catalog.charts.values():
        findings += _check_only_with(spec, tree)
        findings += _check_host(spec, tree)
    for line in catalog.lines.values():
        for file in line.config.values():
            findings += _check_binds(file, tree)
    return sorted(set(findings))


def _check_only_with(spec: ChartSpec, tree: Tree) -> Iterator[Finding]:
    if spec.only_with:
        node = _find(spec.only_with.path, tree)
        if isinstance(node, str):
            yield Finding(spec.origin("onlyWith", "global"), "unknown-global", node)
            return
        for index, value in enumerate(spec.only_with.values):
            place = spec.origin("onlyWith", "values", index)
            yield from _check_choice(value, spec.only_with.path, node, place)


def _check_host(spec: ChartSpec, tree: Tree) -> Iterator[Finding]:
    if spec.exposure:
        node = _find(f"exposure.hosts.{spec.exposure.host}", tree)
        if isinstance(node, str):
            yield Finding(spec.origin("exposure", "host"), "unknown-global", node)


def _check_binds(file: ConfigFile, tree: Tree) -> Iterator[Finding]:
    for path, leaf in leaves(file):
        bind = leaf.get("bind", {})
        here = (*(part for key in path for part in ("properties", key)), "bind")
        if "global" in bind:
            yield from _check_bind(file, (*here, "global"), bind, leaf, tree)
        if "twice" in bind:
            yield from _check_bind(file, (*here, "twice", "global"), bind["twice"], leaf, tree)


def _check_bind(
    file: ConfigFile, here: tuple[str, ...], bind: Mapping[str, str], leaf: Node, tree: Tree
) -> Iterator[Finding]:
    place = file.positions.get(here, file.location)
    node = _find(bind["global"], tree)
    if isinstance(node, str):
        yield Finding(place, "unknown-global", node)
    elif "equals" in bind:
        yield from _check_choice(bind["equals"], bind["global"], node, place)
    elif "as" not in bind and not _fits(node, leaf):
        message = f"global.{bind['global']} is {_types(node)}, not {_types(leaf)}"
        yield Finding(place, "bound-type", message)


def _find(path: str, tree: Mapping[str, Node]) -> Node | str:
    """The node at a dotted path, or what is wrong with the path."""
    node: Node = {"properties": tree}
    for key in path.split("."):
        if "map" in node or "kubernetes" in node:
            return node
        known = node.get("properties", {})
        if key not in known:
            return f"there is no value global.{path}: unknown key '{key}'{hint(key, known)}"
        node = known[key]
    return node


def _check_choice(value: str, path: str, node: Node, place: Location) -> Iterator[Finding]:
    choices = [str(choice) for choice in node.get("enum", (value,))]
    if value not in choices:
        message = f"global.{path} is never '{value}'{hint(value, choices)}"
        yield Finding(place, "unknown-choice", message)


def _fits(node: Node, leaf: Node) -> bool:
    """Whether every value of the bound node is one of the leaf; True where a type is not said."""
    if "type" not in node or "type" not in leaf:
        return True
    wanted = {"integer"} if "number" in _names(leaf) else set()
    return _names(node) <= _names(leaf) | wanted


def _names(node: Node) -> set[str]:
    types = node["type"]
    return {types} if isinstance(types, str) else set(types)


def _types(node: Node) -> str:
    return " or ".join(sorted(_names(node)))

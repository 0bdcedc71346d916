"""The values of a chart: one tree of schema nodes, from which all that documents values is made.

A node is JSON Schema in a plain mapping, with two keywords of our own: ``map: TYPE`` (free keys,
values of that type) and ``kubernetes: KIND`` (that Kubernetes type); a third, ``image``, is written
out when a feature's file is read (``charts/images.py``), and ``upstream`` stands in its place. A
node with ``properties`` is a closed object.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from openim_charts.findings import Finding, FindingsError
from openim_charts.specs.model import ChartSpec
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.writer import dump, scalar

Node = Mapping[str, Any]
Tree = dict[str, Any]  # property name -> node
ABSENT = object()
SHARED = "Shared with other charts, in openim.yaml"  # the section of global


def merge_properties(target: Tree, added: Mapping[str, Node]) -> None:
    """Add property nodes to ``target`` in place; objects merge, the later leaf wins.

    Nodes are never changed, since trees share them: a merged object is a new node.
    """
    for key, node in added.items():
        known = target.get(key)
        if known and "properties" in known and "properties" in node:
            merged = dict(known["properties"])
            merge_properties(merged, node["properties"])
            target[key] = {**known, **node, "properties": merged}
        else:
            target[key] = node


def _override(
    tree: Tree, values: Mapping[str, Any], path: tuple[str, ...], spec: ChartSpec
) -> list[Finding]:
    findings = []
    for key, value in values.items():
        here = (*path, key)
        node = tree.get(key)
        if node is None:
            where = ".".join(path) or "values"
            findings.append(
                Finding(
                    spec.origin("values", *here),
                    "unknown-value",
                    f"'{key}' is no value of {where}{hint(key, tree)}",
                )
            )
        elif "properties" in node and isinstance(value, Mapping):
            # Nodes of global belong to all charts, so what changes is this chart's copy.
            tree[key] = {**node, "properties": dict(node["properties"])}
            findings += _override(tree[key]["properties"], value, here, spec)
        else:
            tree[key] = {**node, "default": value}
    return findings


def apply_defaults(tree: Tree, spec: ChartSpec) -> None:
    """Replace defaults by those of the spec's ``values``: in the tree, not in its nodes.

    Raises FindingsError that names every value which no feature of the chart has.
    """
    findings = _override(tree, spec.values, (), spec)
    if findings:
        raise FindingsError(findings)


def default_of(node: Node) -> Any:
    """The default value of a node; ``ABSENT`` (see ``defaults``) when it has none."""
    if "default" in node:
        return node["default"]
    if "properties" in node:
        return defaults(node["properties"])
    return ABSENT


def defaults(tree: Mapping[str, Node]) -> dict[str, Any]:
    """Default values of a tree; keys without a default are left out."""
    found = ((key, default_of(node)) for key, node in tree.items())
    return {key: value for key, value in found if value is not ABSENT}


def walk(
    tree: Mapping[str, Node], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node of the tree with its path, parents first, in order."""
    for key, node in tree.items():
        here = (*path, key)
        yield here, node
        yield from walk(node.get("properties", {}), here)


WIDTH = 100


@lru_cache(maxsize=8192)  # most descriptions are those of every chart
def _comment(text: str, pad: str) -> tuple[str, ...]:
    lines = textwrap.wrap(
        text, WIDTH - len(pad) - 2, break_on_hyphens=False, break_long_words=False
    )
    return tuple(f"{pad}# {line}" for line in lines)


def _entry(key: str, value: Any, pad: str) -> list[str]:
    return [pad + line for line in dump({key: value}).splitlines()]


def _node_lines(key: str, node: Node, pad: str) -> list[str]:
    lines = [*_comment(node.get("description", ""), pad), *_example(key, node, pad)]
    if "properties" in node and "default" not in node:
        inner = values_lines(node["properties"], pad + "  ")
        shown = any(not line.lstrip().startswith("#") for line in inner)
        return [*lines, f"{pad}{scalar(key)}:{'' if shown else ' {}'}", *inner]
    if "default" not in node:
        return [*lines, f"{pad}# {scalar(key)}:"]
    return lines + _entry(key, node["default"], pad)


def sectioned(tree: Tree, order: Sequence[str]) -> Tree:
    """The values of a chart as people look for them: by section in ``order``, what charts share
    last."""
    placed = {**tree, "global": {**tree["global"], "section": SHARED}}
    places = [*order, SHARED]
    return dict(sorted(placed.items(), key=lambda item: places.index(item[1]["section"])))


def _example(key: str, node: Node, pad: str) -> list[str]:
    if not node.get("examples") or node.get("default"):
        return []
    return [f"{pad}# For example:", *_entry(key, node["examples"][0], f"{pad}#   ")]


def values_lines(tree: Mapping[str, Node], pad: str = "") -> list[str]:
    """Lines for a tree of values; what has no default is shown as a comment."""
    lines: list[str] = []
    section = ""
    for key, node in tree.items():
        if lines and not pad:
            lines.append("")
        if not pad and node.get("section", section) != section:
            section = node["section"]
            lines += [f"# -- {section} ".ljust(WIDTH, "-"), ""]
        lines += _node_lines(key, node, pad)
    return lines


def values_yaml(title: str, tree: Mapping[str, Node]) -> str:
    """The whole file."""
    head = [f"# Default values of {title}.", "# Every value is described in README.md.", ""]
    return "\n".join(head + values_lines(tree)) + "\n"

"""A graph as Mermaid text, which GitHub and many wikis draw."""

from __future__ import annotations

import re
from itertools import groupby

from openim_charts.graph.model import Graph, Node

_ARROWS = {"calls": "-->", "uses": "-.->"}
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " "}


def mermaid(graph: Graph) -> str:
    """A flowchart from left to right: a box for each family, solid calls, dotted uses."""
    ids = _ids(graph)
    lines = ["flowchart LR"]
    charts = sorted((n for n in graph.nodes if not n.is_dependency), key=lambda n: (n.group, n.id))
    for number, (group, members) in enumerate(groupby(charts, lambda n: n.group)):
        lines.append(f'  subgraph family{number}["{_text(group)}"]')
        lines += [f'    {ids[n.id]}["{_text(n.label)}"]' for n in members]
        lines.append("  end")
    lines += [f'  {ids[n.id]}[("{_text(n.label)}")]' for n in graph.nodes if n.is_dependency]
    lines += [f"  {ids[e.source]} {_ARROWS[e.kind]} {ids[e.target]}" for e in graph.edges]
    return "\n".join(lines) + "\n"


def _ids(graph: Graph) -> dict[str, str]:
    """Mermaid's ids hold letters, digits and ``_``, and must not be a word of its own ("end")."""
    ids: dict[str, str] = {}
    for node in graph.nodes:
        ids[node.id] = _unused(f"n_{re.sub('[^A-Za-z0-9]', '_', _bare(node))}", set(ids.values()))
    return ids


def _unused(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number, free = number + 1, f"{name}_{number + 1}"
    return free


def _bare(node: Node) -> str:
    return node.id.partition(" ")[2]


def _text(text: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in text)

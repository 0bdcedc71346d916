"""The system as a graph: charts and middleware, and who calls or uses whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from openim_charts.findings import UserError
from openim_charts.specs.model import Catalog, ChartSpec, Dependency


@dataclass(frozen=True, order=True, slots=True)
class Node:
    """A chart, or a middleware that charts use."""

    id: str  # "chart NAME" or "dependency NAME"
    label: str
    description: str
    group: str  # family of a chart, "" for middleware

    @property
    def is_dependency(self) -> bool:
        """Whether it is a middleware."""
        return not self.group


@dataclass(frozen=True, order=True, slots=True)
class Edge:
    """``source`` calls or uses ``target`` (ids of nodes)."""

    source: str
    target: str
    kind: Literal["calls", "uses"]


@dataclass(frozen=True)
class Graph:
    """Nodes and edges, both sorted; every end of an edge is a node.

    ``providers``: charts that are a middleware themselves -> its node.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    providers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def joined(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges at each node that has any, sorted."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            for end in {edge.source, edge.target}:
                found.setdefault(end, []).append(edge)
        return {end: tuple(edges) for end, edges in found.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}


def system_graph(catalog: Catalog) -> Graph:
    """All modules, the middleware that they use, and other charts that take part in a call."""
    charts = [c for c in catalog.charts.values() if c.kind != "umbrella"]
    providers = _providers(catalog)
    edges = sorted({e for c in charts for e in _edges(c, providers)})
    ends = {end for e in edges for end in (e.source, e.target)}
    nodes = {_chart(c) for c in charts if c.name not in providers}
    nodes = {n for n in nodes if n.id in ends or catalog.charts[n.label].kind == "module"}
    nodes |= {n for n in map(_dependency, catalog.dependencies.values()) if n.id in ends}
    return Graph(tuple(sorted(nodes)), tuple(edges), providers)


def neighbourhood(graph: Graph, name: str) -> Graph:
    """The chart ``name`` and every node that an edge joins to it. UserError when it has none."""
    centre = graph.providers.get(name, f"chart {name}")
    edges = graph.joined.get(centre, ())
    if not edges:
        raise UserError(f"'{name}' calls nothing, uses nothing and is used by nothing")
    near = {end for e in edges for end in (e.source, e.target)}
    return Graph(tuple(sorted(graph.by_id[end] for end in near)), edges, graph.providers)


def _providers(catalog: Catalog) -> dict[str, str]:
    """Charts that are the middleware itself -> its node: they are drawn once."""
    dependencies = catalog.dependencies.values()
    components = {name: f"dependency {d.name}" for d in dependencies for name in d.components}
    return {
        c.name: components[c.component]
        for c in catalog.charts.values()
        if c.kind == "infrastructure" and c.component in components
    }


def _edges(chart: ChartSpec, providers: dict[str, str]) -> Iterable[Edge]:
    source = providers.get(chart.name, f"chart {chart.name}")
    for name in chart.calls:
        yield Edge(source, providers.get(name, f"chart {name}"), "calls")
    for dependency in chart.uses:
        yield Edge(source, f"dependency {dependency.name}", "uses")


def _chart(chart: ChartSpec) -> Node:
    return Node(f"chart {chart.name}", chart.name, chart.description, chart.family or chart.kind)


def _dependency(dependency: Dependency) -> Node:
    title = dependency.title or dependency.name
    return Node(f"dependency {dependency.name}", title, dependency.description, "")

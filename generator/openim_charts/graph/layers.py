"""Places in a layered drawing: columns of nodes, and lanes through them that edges pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openim_charts.graph.model import Graph


@dataclass(frozen=True, order=True, slots=True)
class Item:
    """A row of a column: a node, or the lane in which all edges to ``target`` pass together."""

    column: int
    target: str
    lane: bool


@dataclass(frozen=True, order=True, slots=True)
class Segment:
    """A piece of edges to ``target``, from one column to the next or within one."""

    source: Item
    target: Item
    kind: str


@dataclass(frozen=True, slots=True)
class Layers:
    """Columns from left to right, and the segments between their items."""

    columns: tuple[tuple[Item, ...], ...]
    segments: tuple[Segment, ...]


def layers(graph: Graph) -> Layers:
    """Callers left of what they call, middleware right of all; charts that call one another in a
    circle share a column."""
    column = _columns(graph)
    items = {Item(column[n.id], n.id, False) for n in graph.nodes}
    segments: set[Segment] = set()
    for edge in graph.edges:
        here, end = column[edge.source], column[edge.target]
        source = Item(here, edge.source, False)
        step = 1 if end > here else -1
        for passed in range(here + step, end, step) if end != here else ():
            lane = Item(passed, edge.target, True)
            items.add(lane)
            segments.add(Segment(source, lane, edge.kind))
            source = lane
        segments.add(Segment(source, Item(end, edge.target, False), edge.kind))
    rows: defaultdict[int, list[Item]] = defaultdict(list)
    for item in sorted(items):
        rows[item.column].append(item)
    return Layers(tuple(tuple(rows[c]) for c in sorted(rows)), tuple(sorted(segments)))


def _columns(graph: Graph) -> dict[str, int]:
    middleware = {n.id for n in graph.nodes if n.is_dependency}
    charts = [n.id for n in graph.nodes if not n.is_dependency]
    targets: dict[str, list[str]] = {name: [] for name in charts}
    for edge in graph.edges:
        if edge.source not in middleware and edge.target not in middleware:
            targets[edge.source].append(edge.target)
    height = _heights(targets)
    top = max(height.values(), default=0)
    joined = {end for edge in graph.edges for end in (edge.source, edge.target)}
    columns = {name: top - height[name] if name in joined else 0 for name in charts}
    used = sorted(set(columns.values()))
    return {n: used.index(c) for n, c in columns.items()} | dict.fromkeys(middleware, len(used))


def _heights(targets: Mapping[str, list[str]]) -> dict[str, int]:
    """Longest way down to a node that calls nothing outside its own circle."""
    height: dict[str, int] = {}
    for circle in circles(targets):  # callees come first
        below = {t for n in circle for t in targets[n]} - set(circle)
        height |= dict.fromkeys(circle, max((height[t] + 1 for t in below), default=0))
    return height


def circles(targets: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Strongly connected components, callees before callers (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    done: set[str] = set()
    for root in targets:
        work = [] if root in index else [(root, iter(targets[root]))]
        while work:
            name, rest = work[-1]
            if name not in index:
                index[name] = low[name] = len(index)
                stack.append(name)
            following = next((t for t in rest if t not in done), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    found.append(sorted(stack[stack.index(name) :]))
                    del stack[stack.index(name) :]
                    done.update(found[-1])
            elif following in index:
                low[name] = min(low[name], index[following])
            else:
                work.append((following, iter(targets[following])))
    return found


SWEEPS = 24  # the order of such graphs stops changing long before
NODE_HEIGHT = 30.0
LANE_HEIGHT = 6.0
GAP = 14.0


def place(layers: Layers) -> dict[Item, float]:
    """Vertical centre of every item, in pixels from 0: few crossings, short edges, no overlap."""
    near = _neighbours(layers)
    columns = [list(column) for column in layers.columns]
    centre = {item: y for column in columns for item, y in zip(column, _stack(column), strict=True)}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else columns[::-1]:
            middle = sum(centre.values()) / len(centre)
            wish = {item: _wish(near[item], centre, middle) for item in column}
            column.sort(key=lambda item: (wish[item], item))
            centre.update(_spread(column, [wish[item] for item in column]))
    top = min((y - _height(item) / 2 for item, y in centre.items()), default=0.0)
    return {item: round(y - top, 1) for item, y in centre.items()}


def _neighbours(layers: Layers) -> Mapping[Item, list[Item]]:
    near: defaultdict[Item, list[Item]] = defaultdict(list)
    for segment in layers.segments:
        near[segment.source].append(segment.target)
        near[segment.target].append(segment.source)
    return near


def _wish(near: Sequence[Item], centre: Mapping[Item, float], middle: float) -> float:
    return sum(centre[item] for item in near) / len(near) if near else middle


def _height(item: Item) -> float:
    return LANE_HEIGHT if item.lane else NODE_HEIGHT


def _stack(column: Sequence[Item]) -> list[float]:
    """Offsets of centres when the items of a column stand as close as they may."""
    offsets, edge = [], 0.0
    for item in column:
        offsets.append(edge + _height(item) / 2)
        edge += _height(item) + GAP
    return offsets


def _spread(column: Sequence[Item], wishes: Sequence[float]) -> dict[Item, float]:
    """Centres nearest to the wishes (least squares) that keep order and distance.

    Without the offsets of a close stack this is isotonic regression: pool adjacent violators.
    """
    offsets = _stack(column)
    pools: list[tuple[float, int]] = []  # mean, size
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, size = wish - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return {i: m + o for i, m, o in zip(column, means, offsets, strict=True)}

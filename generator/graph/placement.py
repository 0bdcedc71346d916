"""Order and coordinates of the rows of each column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from generator.graph.layers import Item, Layers

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

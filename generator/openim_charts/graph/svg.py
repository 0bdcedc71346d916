"""A graph as a self-contained SVG picture, light or dark as its reader's screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from openim_charts.graph.layers import NODE_HEIGHT, Item, Segment, layers, place
from openim_charts.graph.model import Graph, Node

_CHARACTER = 7.4  # advance of a 12 px monospace glyph, with a little room
_PADDING = 12.0
_CHANNEL = 96.0  # between columns, where edges bend
_MARGIN = 24.0
_FOOT = 34.0
_ARC = 9.0  # from the middle of a box's side
_COLOURS = (  # light, dark: readable on their backgrounds and told apart by the colour-blind
    ("#b3261e", "#ff8a80"),
    ("#1b7f3b", "#6fd08c"),
    ("#8a5a00", "#f2b84b"),
    ("#6a3fb5", "#bd9bff"),
    ("#00697d", "#5cc8de"),
    ("#a3246e", "#f58fc8"),
    ("#4d5b00", "#c3cf5a"),
    ("#364f9e", "#92abff"),
)
_LIGHT = {"page": "#ffffff", "box": "#f4f6f9", "edge": "#7a8699", "text": "#1d2733"}
_DARK = {"page": "#12161c", "box": "#1f2630", "edge": "#8593a8", "text": "#e6ebf2"}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Everything that is known once items have their places."""

    nodes: Mapping[str, Node]
    left: tuple[float, ...]  # of each column
    width: tuple[float, ...]
    centre: Mapping[Item, float]
    tint: Mapping[str, int]  # middleware -> its colour

    def ink(self, segment: Segment) -> str:
        """The class that colours a segment."""
        return f"e u{self.tint[segment.target.target]}" if segment.kind == "uses" else "e c"

    def sides(self, item: Item) -> tuple[float, float, float]:
        """Left, right and vertical centre of an item."""
        left = self.left[item.column]
        return left, left + self.width[item.column], self.centre[item] + _MARGIN


def svg(graph: Graph, title: str) -> str:
    """The picture; the same graph gives the same bytes."""
    layout = layers(graph)
    nodes = {node.id: node for node in graph.nodes}
    middleware = [node.id for node in graph.nodes if node.is_dependency]
    width = tuple(
        max(_width(nodes[item.target]) for item in column if not item.lane)
        for column in layout.columns
    )
    left = tuple(_MARGIN + sum(width[:n]) + _CHANNEL * n for n in range(len(width)))
    tint = {name: number % len(_COLOURS) for number, name in enumerate(middleware)}
    drawing = _Drawing(nodes, left, width, place(layout), tint)
    bottom = max((drawing.centre.values()), default=0.0) + NODE_HEIGHT / 2 + 2 * _MARGIN
    right = max((x + w for x, w in zip(left, width, strict=True)), default=0.0) + 2 * _MARGIN
    body = [
        *_segments(drawing, layout.segments),
        *_boxes(drawing),
        *_legend(bottom - 6),
    ]
    return "\n".join([*_head(max(right, 380.0), bottom + _FOOT, title), *body, "</svg>", ""])


def _width(node: Node) -> float:
    """Of a node's box: East Asian wide characters take two cells."""
    cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in node.label)
    return cells * _CHARACTER + 2 * _PADDING


def _head(width: float, height: float, title: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" role="img" aria-label={quoteattr(title)}>'
    )
    yield "<style>"
    yield "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}"
    yield ".e{fill:none;stroke-width:1.3;opacity:.75}"
    yield from _colours(_LIGHT, 0)
    yield "@media (prefers-color-scheme:dark){"
    yield from _colours(_DARK, 1)
    yield "}"
    yield "</style>"
    yield f'<rect class="page" width="{width:g}" height="{height:g}" rx="8"/>'


def _colours(theme: Mapping[str, str], mode: int) -> Iterator[str]:
    yield f".page{{fill:{theme['page']}}}text{{fill:{theme['text']}}}"
    yield f".b{{fill:{theme['box']};stroke:{theme['edge']}}}"
    yield f".c{{stroke:{theme['edge']}}}.a.c{{fill:{theme['edge']}}}"
    for number, colours in enumerate(_COLOURS):
        yield f".u{number}{{stroke:{colours[mode]}}}.a.u{number}{{fill:{colours[mode]}}}"


def _segments(drawing: _Drawing, segments: tuple[Segment, ...]) -> Iterator[str]:
    heads: set[str] = set()
    pairs = {(s.source, s.target) for s in segments}
    for segment in segments:
        ink = drawing.ink(segment)
        if segment.source.column == segment.target.column:
            path, head = _arc(drawing, segment)
            heads.add(_arrow(ink, *head, 1))
            if (segment.target, segment.source) in pairs and segment.target < segment.source:
                continue  # drawn once, with a head at either end
        else:
            path, end = _curve(drawing, segment)
            heads |= set() if segment.target.lane else {_arrow(ink, *end, -1)}
        yield f'<path class="{ink}" d="{path}"/>'
    yield from sorted(heads)


def _curve(drawing: _Drawing, segment: Segment) -> tuple[str, tuple[float, float]]:
    """From the right side of the source to the left side of the target, and along its lane."""
    _, start, y1 = drawing.sides(segment.source)
    end, beyond, y2 = drawing.sides(segment.target)
    middle = (start + end) / 2
    along = f"H{beyond:g}" if segment.target.lane else ""
    path = f"M{start:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {end:g} {y2:g}{along}"
    return path, (end, y2)


def _arc(drawing: _Drawing, segment: Segment) -> tuple[str, tuple[float, float]]:
    """Within a column: round the right side, off the middle, where edges to the right leave."""
    _, x, y1 = drawing.sides(segment.source)
    _, _, y2 = drawing.sides(segment.target)
    towards = _ARC if y2 > y1 else -_ARC
    y1, y2 = y1 + towards, y2 - towards
    far = x + 18 + min(_CHANNEL * 0.7, abs(y2 - y1) * 0.18)
    return f"M{x:g} {y1:g}C{far:g} {y1:g} {far:g} {y2:g} {x:g} {y2:g}", (x, y2)


def _arrow(ink: str, x: float, y: float, side: int) -> str:
    shape = f"M{x:g} {y:g}l{side * 8} -4v8z"
    return f'<path class="a {ink.removeprefix("e ")}" d="{shape}"/>'


def _boxes(drawing: _Drawing) -> Iterator[str]:
    for item in sorted(drawing.centre):
        if item.lane:
            continue
        node = drawing.nodes[item.target]
        left, right, y = drawing.sides(item)
        shape = (
            f'x="{left:g}" y="{y - NODE_HEIGHT / 2:g}" width="{right - left:g}"'
            f' height="{NODE_HEIGHT:g}" rx="{15 if node.is_dependency else 5}"'
        )
        ink = f"b u{drawing.tint[node.id]}" if node.is_dependency else "b"
        yield (
            f"<g><title>{escape(node.description or node.label)}</title>"
            f'<rect class="{ink}" {shape}/>'
            f'<text x="{left + _PADDING:g}" y="{y + 4:g}">{escape(node.label)}</text></g>'
        )


def _legend(y: float) -> Iterator[str]:
    for x, ink, text in (
        (_MARGIN, "e c", "calls"),
        (_MARGIN + 120, "e u0", "uses, in the colour of the middleware"),
    ):
        yield f'<path class="{ink}" d="M{x:g} {y:g}h28"/>'
        yield f'<text x="{x + 36:g}" y="{y + 4:g}">{text}</text>'

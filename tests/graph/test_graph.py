"""Pictures of the real system and of small ones made by hand."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from openim_charts.findings import UserError
from openim_charts.graph.api import Graph, mermaid, neighbourhood, svg, system_graph
from openim_charts.graph.layers import GAP, circles, layers, place
from openim_charts.graph.model import Edge, Node
from openim_charts.specs.model import Catalog

SVG = "{http://www.w3.org/2000/svg}"


def _graph(*calls: str, uses: tuple[str, ...] = ()) -> Graph:
    """``a>b`` is a call, in ``uses`` it leads to middleware."""
    edges = [Edge(*(f"chart {n}" for n in call.split(">")), "calls") for call in calls]
    for use in uses:
        source, target = use.split(">")
        edges.append(Edge(f"chart {source}", f"dependency {target}", "uses"))
    ends = {end for e in edges for end in (e.source, e.target)}
    nodes = [Node(i, i.split()[1], "", "f" if i.startswith("chart") else "") for i in ends]
    return Graph(tuple(sorted(nodes)), tuple(sorted(edges)))


def test_every_call_and_use_of_the_specs_is_drawn(catalog: Catalog) -> None:
    edges = {(e.source, e.target) for e in system_graph(catalog).edges}
    modules = [c for c in catalog.charts.values() if c.kind == "module"]
    for chart in modules:
        for dependency in chart.uses:
            assert (f"chart {chart.name}", f"dependency {dependency.name}") in edges
        for name in chart.calls:
            if catalog.charts[name].kind == "module":
                assert (f"chart {chart.name}", f"chart {name}") in edges
    ids = {node.id for node in system_graph(catalog).nodes}
    assert {f"chart {chart.name}" for chart in modules} <= ids
    assert {end for edge in edges for end in edge} <= ids


def test_a_middleware_and_its_chart_are_one_node(catalog: Catalog) -> None:
    graph = system_graph(catalog)
    labels = [node.label.lower() for node in graph.nodes]
    assert len(labels) == len(set(labels))


def test_neighbourhood(catalog: Catalog) -> None:
    graph = system_graph(catalog)
    chart = next(c for c in catalog.charts.values() if c.kind == "module" and c.calls and c.uses)
    near = neighbourhood(graph, chart.name)
    assert all(f"chart {chart.name}" in (e.source, e.target) for e in near.edges)
    callers = {f"chart {name}" for name in catalog.callers(chart.name)}
    assert callers <= {node.id for node in near.nodes}


def test_no_neighbourhood(catalog: Catalog) -> None:
    umbrella = next(c.name for c in catalog.charts.values() if c.kind == "umbrella")
    with pytest.raises(UserError, match=umbrella):
        neighbourhood(system_graph(catalog), umbrella)


def test_mermaid_ids_are_words_and_unlike() -> None:
    text = mermaid(_graph("a-b>a.b", "a_b>end", uses=("end>graph",)))
    ids = re.findall(r"^ +(\w+)[\[(]", text, re.MULTILINE)
    assert len(ids) == len(set(ids)) == 5
    assert "end" not in ids
    arrows = re.findall(r"^  (\w+) (-->|-\.->) (\w+)$", text, re.MULTILINE)
    assert [arrow for _, arrow, _ in arrows] == ["-->", "-->", "-.->"]
    assert {end for source, _, target in arrows for end in (source, target)} == set(ids)


def test_mermaid_escapes_labels() -> None:
    node = Node("chart x", 'say "hi" <b>#1</b>', "", "front")
    assert '["say #quot;hi#quot; #lt;b#gt;#35;1#lt;/b#gt;"]' in mermaid(Graph((node,), ()))


def test_callers_stand_left_of_what_they_call() -> None:
    found = layers(_graph("front>api", "api>rpc", "rpc>api2", "front>rpc", uses=("rpc>redis",)))
    column = {i.target: i.column for c in found.columns for i in c if not i.lane}
    assert column["chart front"] < column["chart api"] < column["chart rpc"]
    assert column["dependency redis"] == max(column.values())
    # The long edge passes the column between in a lane of its own.
    assert any(i.lane and i.target == "chart rpc" for c in found.columns for i in c)


def test_a_circle_shares_a_column() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": []}) == [["b", "c"], ["a"], ["d"]]
    found = layers(_graph("a>b", "b>c", "c>b"))
    column = {i.target: i.column for c in found.columns for i in c if not i.lane}
    assert column["chart b"] == column["chart c"] == column["chart a"] + 1


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {str(n): [str(n + 1)] for n in range(5000)} | {"5000": []}
    assert circles(chain)[0] == ["5000"]


def test_boxes_of_a_column_do_not_touch(catalog: Catalog) -> None:
    found = layers(system_graph(catalog))
    centre = place(found)
    for column in found.columns:
        rows = sorted(centre[item] for item in column)
        assert all(b - a >= GAP for a, b in pairwise(rows))
    assert min(centre.values()) >= 0


def test_svg_is_well_formed_and_shows_all(catalog: Catalog) -> None:
    graph = system_graph(catalog)
    picture = svg(graph, "the <system>")
    tree = ET.fromstring(picture)
    assert tree.get("aria-label") == "the <system>"
    shown = [text.text for text in tree.iter(f"{SVG}text")]
    assert {node.label for node in graph.nodes} <= set(shown)
    _, _, width, height = map(float, (tree.get("viewBox") or "").split())
    for box in tree.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height
    assert "prefers-color-scheme:dark" in picture
    assert svg(graph, "the <system>") == picture


def test_svg_escapes_text() -> None:
    node = Node("chart x", "a<b>&c", "</title><script>alert(1)</script>", "front")
    tree = ET.fromstring(svg(Graph((node,), ()), '"'))
    assert "a<b>&c" in [text.text for text in tree.iter(f"{SVG}text")]
    assert not list(tree.iter(f"{SVG}script"))


def test_an_empty_system() -> None:
    assert mermaid(Graph((), ())) == "flowchart LR\n"
    ET.fromstring(svg(Graph((), ()), "nothing"))

"""README.md of a chart: made from the same nodes as its values and their schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from openim_charts.charts.config import is_port, leaves, overridable, port_number
from openim_charts.charts.graph_view import GraphView, variables
from openim_charts.charts.jinja import template_from
from openim_charts.charts.values import Node, Tree
from openim_charts.specs.model import Catalog, ChartSpec, ConfigFile


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(value: Any) -> str:
    return f"`{_cell(json.dumps(value, ensure_ascii=False))}`"


def _type(node: Node) -> str:
    if "kubernetes" in node:
        return str(node["kubernetes"])
    kind = node.get("type", "object")
    name = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "enum" in node:
        return " or ".join(f"`{value}`" for value in node["enum"] if value != "") or name
    return name


def _row(key: str, node: Node) -> str:
    default = _code(node["default"]) if "default" in node else ""
    return f"| `{key}` | {_cell(_type(node))} | {default} | {_cell(node.get('description', ''))} |"


def value_rows(tree: Mapping[str, Node], path: str = "") -> Iterator[str]:
    """Rows of a Markdown table: key, type, default, description of every value."""
    for key, node in tree.items():
        here = f"{path}.{key}" if path else key
        if node.get("properties") and here not in ("config", "global.config"):
            yield from value_rows(node["properties"], here)
        else:
            yield _row(here, node)


def config_rows(file: ConfigFile, spec: ChartSpec, catalog: Catalog) -> Iterator[str]:
    """Rows for the keys of one configuration file: key, type, default, description."""
    for path, node in leaves(file):
        key = ".".join(path)
        bind = node.get("bind", {})
        if "secret" in node:
            source = node["secret"]
            default = f"from the Secret `{source['credential']}`, key `{source['key']}`"
        elif is_port(bind):
            default = _code([port_number(bind, spec, catalog)])
        elif bind:
            default = "set by the chart"
        else:
            default = _code(node.get("default"))
        about = _cell(node.get("description", ""))
        if overridable(node, everywhere=True) and not overridable(node, everywhere=False):
            about += " Only by `global.config`."
        yield f"| `{key}` | {_cell(_type(node))} | {default} | {about} |"


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    source = Path(__file__).with_name("README.md.jinja").read_text("utf-8")
    return template_from(source)


def chart_readme(
    spec: ChartSpec,
    catalog: Catalog,
    graph: GraphView,
    tree: Tree,
    members: Sequence[ChartSpec],
) -> str:
    """The whole README."""
    shared = tree["global"]["properties"]
    own = {key: node for key, node in tree.items() if key != "global"}
    return _template().render(
        chart=spec,
        repository=catalog.repository,
        graph=graph,
        members=members,
        variables=variables(spec),
        own_rows=list(value_rows(own)),
        global_rows=list(value_rows(shared, "global")),
        config_files=[(file, list(config_rows(file, spec, catalog))) for file in spec.config],
    )

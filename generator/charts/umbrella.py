"""Umbrella charts: many charts in one, with one schema for all their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.charts.assembly import Assembly
from generator.charts.globals import global_node
from generator.charts.model import Chart
from generator.charts.values import Tree, merge_properties

# What only readers need, or the umbrella's own schema already checks: it would only grow the
# release Secret, whose limit is 1 MiB.
_LEFT_OUT = ("README.md", "LICENSE", ".helmignore", "values.schema.json")


def _enabled(chart: Chart) -> dict[str, Any]:
    return {
        "type": "boolean",
        "default": True,
        "description": f"Install {chart.name}: {chart.spec.description}",
    }


def umbrella_trees(
    own: Mapping[str, Any], members: Sequence[tuple[Chart, Tree]]
) -> tuple[Tree, Tree]:
    """The umbrella's values (``global`` and which charts to install), and the tree of its schema.

    The schema's tree has, for every member, all the values that the member takes.
    """
    shared: Tree = {}
    for _, tree in members:
        merge_properties(shared, tree["global"]["properties"])
    values: Tree = {
        "global": global_node(shared),
        **own,
    }
    schema = dict(values)
    for chart, tree in members:
        about = {
            "type": "object",
            "description": f"Values of the chart {chart.name} ({chart.spec.title}).",
        }
        enabled = {"enabled": _enabled(chart)}
        rest = {key: node for key, node in tree.items() if key != "global"}
        values[chart.name] = {**about, "properties": enabled}
        schema[chart.name] = {
            **about,
            "properties": enabled | {"global": {"type": "object"}} | rest,
        }
    return values, schema


def vendor(charts: Iterable[Chart]) -> Assembly:
    """The members' files below ``charts/``, without what the umbrella has or nobody needs there."""
    files: dict[str, bytes] = {}
    origins = {}
    for chart in charts:
        folder = f"charts/{chart.name}"
        for path, content in chart.files.items():
            if path not in _LEFT_OUT and not path.startswith("ci/"):
                files[f"{folder}/{path}"] = content
        origins.update({f"{folder}/{path}": lines for path, lines in chart.origins.items()})
    return Assembly(files, origins)

"""values.yaml: default values, each under its description."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.charts.values import Node
from generator.yamlio.writer import dump, scalar

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
    lines = list(_comment(node.get("description", ""), pad))
    if "properties" in node and "default" not in node:
        inner = values_lines(node["properties"], pad + "  ")
        shown = any(not line.lstrip().startswith("#") for line in inner)
        return [*lines, f"{pad}{scalar(key)}:{'' if shown else ' {}'}", *inner]
    if "default" not in node:
        return [*lines, f"{pad}# {scalar(key)}:"]
    return lines + _entry(key, node["default"], pad)


def values_lines(tree: Mapping[str, Node], pad: str = "") -> list[str]:
    """Lines for a tree of values; what has no default is shown as a comment."""
    lines: list[str] = []
    for key, node in tree.items():
        if lines and not pad:
            lines.append("")
        lines += _node_lines(key, node, pad)
    return lines


def values_yaml(title: str, tree: Mapping[str, Node]) -> str:
    """The whole file."""
    head = [f"# Default values of {title}.", "# Every value is described in README.md.", ""]
    return "\n".join(head + values_lines(tree)) + "\n"

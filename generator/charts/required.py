"""Which values must not be taken away: Helm drops a key that is null before it asks the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.charts.values import Node


def required(tree: Mapping[str, Node]) -> dict[str, Any]:
    """A schema that asks for each key whose default templates rely on: sections, numbers, true,
    texts that say something, and lists that may not be empty. Where nothing is the default, null
    is the same."""
    sections = {key: node["properties"] for key, node in tree.items() if _is_section(node)}
    inner = {key: below for key, nodes in sections.items() if (below := required(nodes))}
    needed = [key for key, node in tree.items() if key in sections or _says_something(node)]
    return {
        **({"required": needed} if needed else {}),
        **({"properties": inner} if inner else {}),
    }


def _is_section(node: Node) -> bool:
    """Whether templates reach through the node for defaults of its keys."""
    if "properties" not in node or "default" in node:
        return False
    return any("default" in n or _is_section(n) for n in node["properties"].values())


def _says_something(node: Node) -> bool:
    default = node.get("default")
    if "null" in node.get("type", ()):
        return False
    number = isinstance(default, int | float) and not isinstance(default, bool)
    text = isinstance(default, str) and default != ""
    filled = bool(default) and node.get("minItems", 0) > 0
    return number or default is True or text or filled

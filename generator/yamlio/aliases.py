"""Guards against anchors that explode or that hold themselves."""

from __future__ import annotations

import yaml

from generator.findings import Finding
from generator.yamlio.nodes import MAX_DEPTH, place

MAX_VALUES = 20_000


def explosion(root: yaml.Node, path: str) -> Finding | None:
    """A finding when the document, with its aliases written out, is too large, deep or endless."""
    try:
        _measure(root, path, {}, set())
    except _BombError as bomb:
        return bomb.finding
    return None


class _BombError(Exception):
    def __init__(self, node: yaml.Node, path: str, message: str) -> None:
        self.finding = Finding(place(node.start_mark, path), "yaml-anchor-bomb", message)


def _measure(
    node: yaml.Node, path: str, known: dict[int, tuple[int, int]], open_nodes: set[int]
) -> tuple[int, int]:
    """Values and levels of a node written out; each node is measured once."""
    if isinstance(node, yaml.ScalarNode):
        return 1, 0
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_nodes:
        raise _BombError(node, path, "the value holds an alias to itself; remove the alias")
    open_nodes.add(id(node))
    pairs = isinstance(node, yaml.MappingNode)
    children = [child for pair in node.value for child in pair] if pairs else node.value
    size, depth = 1, 0
    for child in children:
        child_size, child_depth = _measure(child, path, known, open_nodes)
        size, depth = size + child_size, max(depth, child_depth + 1)
        if size > MAX_VALUES or depth > MAX_DEPTH:
            limit = f"{MAX_VALUES:,} values or {MAX_DEPTH} levels"
            culprit = node if isinstance(child, yaml.ScalarNode) else child
            raise _BombError(culprit, path, f"aliases make this more than {limit}; write it out")
    open_nodes.remove(id(node))
    known[id(node)] = (size, depth)
    return size, depth

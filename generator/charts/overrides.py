"""Which keys of configuration files values may set, as nodes of the values tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.charts.config import is_port, resolve
from generator.charts.values import Node, Tree
from generator.specs.model import ConfigFile, ReleaseLine

# One, since a pod takes the first; an ordinary user may not listen on those below 1024.
_PORT: Node = {
    "items": {"type": "integer", "minimum": 1024, "maximum": 65535},
    "minItems": 1,
    "maxItems": 1,
}


def overridable(node: Node, everywhere: bool) -> bool:
    """Whether values may set a key: for one chart, or ``everywhere`` (global.config)."""
    bind = node.get("bind", {})
    if "secret" in node:
        return False
    if everywhere:
        return not (node.get("shared") and "global" in bind)
    return not (node.get("shared") or is_port(bind))


def _shape(file: ConfigFile, node: Node) -> Node:
    """A leaf as a values node: no default (the file has it), shared shapes followed."""
    inner = ("default", "bind", "shared", "refused")
    kept = {k: v for k, v in resolve(file, node).items() if k not in inner}
    if is_port(node.get("bind", {})):
        kept |= _PORT
    if "properties" in kept:
        kept["properties"] = {k: _shape(file, v) for k, v in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _shape(file, kept["items"])
    return kept


def override_tree(file: ConfigFile, everywhere: bool) -> Tree:
    """Values nodes for what may be overridden: for one chart, or ``everywhere`` (global.config).

    Left out: secrets, and, for one chart, what others must know too: what all modules must agree
    on, and the ports that they listen on.
    """

    def visit(properties: Mapping[str, Node]) -> Tree:
        tree: Tree = {}
        for key, node in properties.items():
            if "properties" in node:
                nested = visit(node["properties"])
                if nested:
                    about = {k: v for k, v in node.items() if k in ("description",)}
                    tree[key] = {"type": "object", **about, "properties": nested}
            elif overridable(node, everywhere):
                tree[key] = _shape(file, node)
        return tree

    return visit(file.schema["properties"])


def global_config(lines: Iterable[ReleaseLine]) -> Tree:
    """``global.config``: for each product the files of its line, and what they accept."""
    return {
        line.product: {
            "type": "object",
            "description": f"Keys of {line.product}'s configuration files, for all modules.",
            "properties": {
                name: {"type": "object", "description": file.description, "properties": tree}
                for name, file in sorted(line.config.items())
                if (tree := override_tree(file, everywhere=True))
            },
        }
        for line in lines
    }

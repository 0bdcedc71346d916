"""The keyword ``image`` of the values language: a closed object that says where an image is."""

from __future__ import annotations

from collections.abc import Mapping

from generator.charts.values import Node, Tree
from generator.image import DEFAULT_REGISTRY


def with_images(tree: Mapping[str, Node]) -> Tree:
    """The tree, each node with ``image: {repository, tag, registry, digest}`` written out.

    The keyword's values become the defaults of four properties, before those that the node has
    itself.
    """
    return {key: _node(node) for key, node in tree.items()}


def _node(node: Node) -> Node:
    if "image" in node:
        kept = {key: value for key, value in node.items() if key != "image"}
        own = node.get("properties", {})
        return {"type": "object", **kept, "properties": {**_properties(node["image"]), **own}}
    if "properties" not in node:
        return node
    return {**node, "properties": with_images(node["properties"])}


def _properties(image: Mapping[str, str]) -> Tree:
    return {
        "registry": {
            "type": "string",
            "default": image.get("registry", DEFAULT_REGISTRY),
            "pattern": "^([A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._/-]+)?)?$",
            "description": "Registry; global.image.registry wins.",
        },
        "repository": {
            "type": "string",
            "default": image["repository"],
            "pattern": "^[a-z0-9._/-]+$",
            "description": "Repository.",
        },
        "tag": {
            "type": "string",
            "default": image["tag"],
            "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
            "description": "Tag.",
        },
        "digest": {
            "type": "string",
            "default": image.get("digest", ""),
            "pattern": "^(sha256:[a-f0-9]{64})?$",
            "description": "Digest, sha256:…; wins over the tag.",
        },
    }

"""The keyword ``image`` of the values language: a closed object that says where an image is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.charts.values import Node, Tree
from generator.findings import Finding, FindingsError, Location
from generator.images.model import DEFAULT_REGISTRY

_REQUIRED = {"repository", "tag"}
_KEYS = _REQUIRED | {"registry", "digest"}


def with_images(tree: Mapping[str, Node], source: str) -> Tree:
    """The tree, each node with ``image: {repository, tag, registry, digest}`` written out.

    The keyword's values become the defaults of four properties, before those that the node has
    itself. ``source`` names the file in
    findings. Raises FindingsError for a keyword with other keys or values that are no text.
    """
    return {key: _node(node, (key,), source) for key, node in tree.items()}


def _node(node: Node, path: tuple[str, ...], source: str) -> Node:
    if "image" in node:
        kept = {key: value for key, value in node.items() if key != "image"}
        own = node.get("properties", {})
        written = _properties(node["image"], path, source)
        return {"type": "object", **kept, "properties": {**written, **own}}
    if "properties" not in node:
        return node
    inner = {key: _node(part, (*path, key), source) for key, part in node["properties"].items()}
    return {**node, "properties": inner}


def _properties(image: Any, path: tuple[str, ...], source: str) -> Tree:
    said = set(image) if isinstance(image, Mapping) else set()
    if not _REQUIRED <= said <= _KEYS or not all(isinstance(v, str) for v in image.values()):
        wrong = (
            f"'image' of {'.'.join(path)} has to be {{repository, tag}} and may have registry and "
            "digest, all of them text (put a tag like 1.0 between quotes)"
        )
        raise FindingsError([Finding(Location(source), "image-keyword", wrong)])
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

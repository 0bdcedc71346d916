"""The keyword ``image`` of the values language: a closed object that says where an image is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from openim_charts.charts.values import Node, Tree
from openim_charts.specs.image_model import ImageFile
from openim_charts.specs.model import ChartSpec

Named = Callable[[str], ImageFile]


def with_images(tree: Mapping[str, Node], named: Named) -> Tree:
    """The tree, each node with ``image: NAME`` written out as ``named(NAME)`` is.

    The image's repository, tag and digest become the defaults of properties, before those that the
    node has itself. Its registry is no default, so that one which a user names can be told from it;
    it stays in the node as ``upstream``. A node without this keyword in it stays the same object.
    """
    return {key: _node(node, named) for key, node in tree.items()}


def images_for(chart: ChartSpec, images: Mapping[str, ImageFile]) -> Named:
    """Images by name as one chart runs them: placeholders in their repositories are filled."""
    own = {layout.image.name: layout.image for layout in chart.images.values()}

    def named(name: str) -> ImageFile:
        found = own.get(name, images[name])
        repository = found.repository.replace("{name}", chart.name)
        return replace(found, repository=repository.replace("{binary}", chart.binary))

    return named


def _node(node: Node, named: Named) -> Node:
    if "image" in node:
        kept = {key: value for key, value in node.items() if key != "image"}
        own = node.get("properties", {})
        return {
            "type": "object",
            "upstream": named(node["image"]).registry,
            **kept,
            "properties": {**_properties(named(node["image"])), **own},
        }
    if "properties" not in node:
        return node
    properties = with_images(node["properties"], named)
    same = all(properties[key] is inner for key, inner in node["properties"].items())
    return node if same else {**node, "properties": properties}


def _properties(image: ImageFile) -> Tree:
    return {
        "registry": {
            "type": "string",
            "default": "",
            "pattern": "^([A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._/-]+)?)?$",
            "description": f"Registry of the image. Empty means {image.registry}, or what "
            "global.image says in its place.",
            "examples": ["registry.example.com:5000"],
        },
        "repository": {
            "type": "string",
            "default": image.repository,
            "pattern": "^[a-z0-9._/-]+$",
            "description": "Repository of the image.",
        },
        "tag": {
            "type": "string",
            "default": image.tag,
            "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
            "description": "Tag of the image.",
        },
        "digest": {
            "type": "string",
            "default": image.digest,
            "pattern": "^(sha256:[a-f0-9]{64})?$",
            "description": "Digest of the image (sha256:…); takes precedence over the tag.",
        },
    }

"""values.schema.json: the strict draft-07 form of a values tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.charts.values import Node

DRAFT = "http://json-schema.org/draft-07/schema#"
_OWN = ("default", "map", "kubernetes", "bind", "secret", "shared", "refused")
_KEY = "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
_LABEL = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"
# Kubernetes, "Labels and Selectors": the syntax of keys and values.
_MAPS: dict[str, dict[str, Any]] = {
    "labels": {
        "type": "object",
        "propertyNames": {"pattern": _KEY},
        "additionalProperties": {"type": "string", "pattern": _LABEL},
    },
    "annotations": {
        "type": "object",
        "propertyNames": {"pattern": _KEY},
        "additionalProperties": {"type": "string"},
    },
}
_NESTED_LISTS = ("anyOf", "oneOf", "allOf")
_NESTED = ("if", "then", "else", "not", "contains", "propertyNames")

Definitions = dict[str, Any]
KubernetesDefinition = Callable[[str], Mapping[str, Any]]


class SchemaWriter:
    """Turns nodes into JSON Schema, gathering the definitions that they refer to.

    ``described``: keep descriptions and defaults (for editors), or only what validates.
    """

    def __init__(self, kubernetes: KubernetesDefinition, described: bool) -> None:
        self._kubernetes = kubernetes
        self._described = described
        self.definitions: Definitions = {}

    def _reference(self, kind: str) -> dict[str, Any]:
        definition = dict(self._kubernetes(kind))
        nested = definition.pop("definitions", {})
        if set(definition) == {"$ref"}:
            self.definitions.update(nested)
            return definition
        self.definitions.update(nested)
        self.definitions.setdefault(kind, definition)
        return {"$ref": f"#/definitions/{kind}"}

    def object(self, tree: Mapping[str, Node]) -> dict[str, Any]:
        """A closed object with these properties."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: self.node(node) for key, node in tree.items()},
        }

    def node(self, node: Node) -> dict[str, Any]:
        """One node as JSON Schema."""
        result = {k: self._nested(k, v) for k, v in node.items() if k not in _OWN}
        if "properties" in node:
            result |= self.object(node["properties"])
        if "map" in node:
            result |= self._map(node["map"])
        if "kubernetes" in node:
            reference = self._reference(node["kubernetes"])
            # A $ref hides its siblings in draft-07.
            result.pop("type", None)
            result["allOf"] = [*result.get("allOf", []), reference]
        if not self._described:
            result.pop("description", None)
        elif "default" in node:
            result["default"] = node["default"]
        if set(result) == {"allOf"} and len(result["allOf"]) == 1:
            return dict(result["allOf"][0])
        return result

    def _map(self, shape: Any) -> dict[str, Any]:
        if isinstance(shape, str):
            known = _MAPS.get(shape)
            return known or {"type": "object", "additionalProperties": {"type": shape}}
        return {"type": "object", "additionalProperties": self.node(shape)}

    def _nested(self, keyword: str, value: Any) -> Any:
        if keyword == "items":
            return self.node(value)
        if keyword in _NESTED:
            return self._condition(value)
        if keyword in _NESTED_LISTS:
            return [self._condition(v) for v in value]
        return value

    def _condition(self, value: Any) -> Any:
        """Schemas inside conditions stay open: they judge what the closed object already names."""
        if not isinstance(value, Mapping):
            return value
        if "kubernetes" in value or "map" in value:
            return self.node(value)
        return {
            k: {p: self._condition(n) for p, n in v.items()} if k == "properties" else v
            for k, v in value.items()
        }

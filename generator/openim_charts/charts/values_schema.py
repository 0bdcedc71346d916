"""values.schema.json: the strict draft-07 form of a values tree, with each shape written once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from openim_charts.charts.values import Node

DRAFT = "http://json-schema.org/draft-07/schema#"
_OWN = (
    "section",
    "examples",
    "default",
    "map",
    "kubernetes",
    "upstream",
    "bind",
    "secret",
    "shared",
    "refused",
)
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
        else:
            result |= {key: node[key] for key in ("default", "examples") if key in node}
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


WORTH = 100  # characters of JSON, more or less, from which a repeated part becomes a definition
_SAID = (
    "description",
    "default",
    "examples",
)  # what may differ between two places of one definition
_OBJECTS = ("properties", "definitions")
_SINGLE = ("items", "additionalProperties")


class _Parts:
    """Equal parts of a schema get equal numbers; how often each occurs, and how long it is."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._of: dict[int, int] = {}  # id(schema) -> number; the schemas outlive this object
        self.counts: list[int] = []
        self.sizes: list[int] = []

    def number(self, schema: Mapping[str, Any]) -> int:
        """The number of a part that was counted."""
        return self._of[id(schema)]

    def count(self, schema: Mapping[str, Any]) -> int:
        """Count a part and all below it; gives its number."""
        fields: list[Hashable] = []
        size = 2
        for key, value in sorted(schema.items()):
            if key in _SAID:
                continue
            frozen, length = self._freeze(key, value)
            fields.append((key, frozen))
            size += len(key) + length
        number = self._numbers.setdefault(tuple(fields), len(self._numbers))
        if number == len(self.counts):
            self.counts.append(0)
            self.sizes.append(size)
        self.counts[number] += 1
        self._of[id(schema)] = number
        return number

    def _freeze(self, key: str, value: Any) -> tuple[Hashable, int]:
        if key in _OBJECTS:
            pairs = [(name, self.count(part)) for name, part in value.items()]
            return tuple(pairs), sum(len(n) + self.sizes[number] for n, number in pairs)
        if key in _SINGLE and isinstance(value, Mapping):
            number = self.count(value)
            return ("part", number), self.sizes[number]
        text = repr(value)
        return text, len(text)


class _Sharing:
    """Rebuilds a schema with references to the parts that are worth a definition."""

    def __init__(self, parts: _Parts, prefix: str) -> None:
        self._parts = parts
        self._prefix = prefix
        self._names: dict[int, str] = {}
        self.definitions: dict[str, Any] = {}

    def visit(self, schema: Mapping[str, Any]) -> Any:
        number = self._parts.number(schema)
        if self._parts.counts[number] < 2 or self._parts.sizes[number] < WORTH:
            return self.rebuilt(schema)
        name = self._names.get(number)
        if name is None:
            name = self._names[number] = f"{self._prefix}{len(self._names) + 1}"
            bare = {k: v for k, v in schema.items() if k not in _SAID}
            self.definitions[name] = self.rebuilt(bare)
        reference = {"$ref": f"#/definitions/{name}"}
        said = {k: schema[k] for k in _SAID if k in schema}
        # In draft-07 a $ref hides its siblings, so they stand beside an allOf.
        return {**said, "allOf": [reference]} if said else reference

    def rebuilt(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._fields(schema))

    def _fields(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in schema.items():
            if key in _OBJECTS:
                yield key, {name: self.visit(part) for name, part in value.items()}
            elif key in _SINGLE and isinstance(value, Mapping):
                yield key, self.visit(value)
            else:
                yield key, value


def share_repeated(schema: Mapping[str, Any], prefix: str = "s") -> dict[str, Any]:
    """The same schema, in which each large part that occurs twice is a definition (``s1``, …).

    Descriptions and defaults stay where they are; definitions that it already has are left alone.
    """
    own = {k: v for k, v in schema.items() if k != "definitions"}
    parts = _Parts()
    parts.count(own)
    sharing = _Sharing(parts, prefix)
    result = sharing.rebuilt(own)
    definitions = {**schema.get("definitions", {}), **sharing.definitions}
    return {**result, **({"definitions": definitions} if definitions else {})}

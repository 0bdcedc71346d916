"""What a YAML mapping may say, as a type: its JSON Schema and its reader come from the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import msgspec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PREFIX = "#/$defs/"
_EMPTY: tuple[Any, ...] = (None, "", (), [], {})


class Keys(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):
    """A mapping of a file. Each field is a key: ``registry_ids`` is written ``registryIds``, unless
    the field names it. A field with ``about()`` describes and limits the value; one whose default
    is empty may be left out."""

    conditions: ClassVar[Mapping[str, Any]] = {}  # keywords of JSON Schema about the whole mapping


KeysType = TypeVar("KeysType", bound=Keys)


def about(description: str, **keywords: Any) -> msgspec.Meta:
    """What a value means, and keywords of JSON Schema that limit it; ``expects`` says a pattern in
    words. A keyword of Python is written with ``_`` behind it."""
    extra = {
        key.rstrip("_"): list(value) if isinstance(value, tuple) else value
        for key, value in keywords.items()
    }
    return msgspec.Meta(description=description, extra_json_schema=extra or None)


def of(kind: type[Keys]) -> dict[str, Any]:
    """JSON Schema of a value that the type ``kind`` describes, and that is read as it stands."""
    return {"$ref": f"{_PREFIX}{kind.__name__}"}


def inline(kind: Any) -> dict[str, Any]:
    """JSON Schema of a value that is no mapping of its own, such as a name."""
    return msgspec.json.schema(kind)


def read(kind: type[KeysType], data: Any) -> KeysType:
    """The data of a mapping that keeps the schema of ``kind``."""
    return msgspec.convert(data, kind)


def written(keys: Keys | Sequence[Keys]) -> Any:
    """The data of mappings as files say them: what is as it is without a key is left out."""
    return msgspec.json.decode(msgspec.json.encode(keys))


@lru_cache
def json_schema(kind: type[Keys], title: str) -> dict[str, Any]:
    """The JSON Schema of a file of this kind, with the types of its parts under ``$defs``."""
    shapes = parts(kind)
    own = shapes.pop(kind.__name__)
    return {"$schema": DRAFT, "title": title, **own, "$defs": shapes}


def parts(kind: type[Keys]) -> dict[str, dict[str, Any]]:
    """JSON Schemas of ``kind`` and of all types that it refers to, by name."""
    types = _types()
    found = {kind.__name__: _shape(kind)}
    waiting = [found[kind.__name__]]
    while waiting:
        for name in set(_references(waiting.pop())) - found.keys():
            found[name] = _shape(types[name])
            waiting.append(found[name])
    return dict(sorted(found.items()))


@lru_cache
def _shape(kind: type[Keys]) -> dict[str, Any]:
    """JSON Schema of one type, which refers to others by name."""
    _, shapes = msgspec.json.schema_components([kind], ref_template=f"{_PREFIX}{{name}}")
    shape = shapes[kind.__name__]
    _clean(shape)
    shape.pop("title", None)
    return {**shape, **kind.conditions}


def _types() -> dict[str, type[Keys]]:
    """All types of mappings by name."""
    found: dict[str, type[Keys]] = {}
    waiting: list[type[Keys]] = [Keys]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found |= {kind.__name__: kind for kind in subclasses}
        waiting += subclasses
    return found


def _references(node: Any) -> Iterator[str]:
    """Names of the types that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix(_PREFIX)
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _clean(schema: dict[str, Any]) -> None:
    """Leave out what msgspec writes and a file cannot say: null for a key that is not there, and
    empty defaults. Types that are alternatives become a list of types; keys that must be there
    come first."""
    properties = schema.get("properties", {})
    items = (schema.get(key) for key in ("items", "additionalProperties", "propertyNames"))
    for inner in (*properties.values(), *items, *schema.get("anyOf", ())):
        if isinstance(inner, dict):
            _clean(inner)
    required = schema.get("required", [])
    if properties:
        schema["properties"] = {key: properties[key] for key in (*required, *properties)}
    if not required:
        schema.pop("required", None)
    _merge_choices(schema)
    if "$ref" in schema or "enum" in schema:
        for implied in ("type", "additionalProperties"):
            schema.pop(implied, None)
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    default = schema.get("default", 0)
    if isinstance(default, dict) or (default in _EMPTY and default is not False):
        del schema["default"]


def _merge_choices(schema: dict[str, Any]) -> None:
    choices = schema.pop("anyOf", [])
    if schema.get("default", 0) is None:
        choices = [choice for choice in choices if choice != {"type": "null"}]
    if len(choices) == 1:
        schema.update({**choices[0], **schema})
    elif choices and all(choice.keys() == {"type"} for choice in choices):
        schema["type"] = [choice["type"] for choice in choices]
    elif choices:
        schema["anyOf"] = choices

"""CustomResourceDefinitions as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_META = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}


def crd_schemas(crd: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(apiVersion, kind, strict schema) of each served version of a CRD manifest (v1).

    A schema refers to ObjectMeta under ``definitions``.
    """
    spec = crd["spec"]
    kind = spec["names"]["kind"]
    for version in spec["versions"]:
        if not version.get("served", True):
            continue
        api = f"{spec['group']}/{version['name']}"
        schema = strict(version.get("schema", {}).get("openAPIV3Schema", {"type": "object"}))
        schema.setdefault("properties", {})
        schema["properties"] |= {
            "apiVersion": {"enum": [api]},
            "kind": {"enum": [kind]},
            "metadata": _META,
        }
        schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind"})
        yield api, kind, schema


def defaults(
    schema: Mapping[str, Any], value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any, bool]]:
    """(path, default, whether the field is there) of each field with a default that belongs to an
    object which is there; ``schema`` is the structural schema of ``value``.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
    """
    if isinstance(value, Mapping):
        for name, inner in schema.get("properties", {}).items():
            if "default" in inner:
                yield (*path, name), inner["default"], name in value
            if name in value:
                yield from defaults(inner, value[name], (*path, name))
        free = schema.get("additionalProperties")
        if isinstance(free, Mapping):
            for name, one in value.items():
                yield from defaults(free, one, (*path, name))
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, one in enumerate(value):
            yield from defaults(schema["items"], one, (*path, index))


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A structural schema as draft-07: unknown fields refused, Kubernetes' extensions resolved."""
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: strict(inner) for name, inner in value.items()}
        elif key in ("items", "additionalProperties", "not") and isinstance(value, Mapping):
            result[key] = strict(value)
        elif key in ("anyOf", "allOf", "oneOf"):
            result[key] = [_open(inner) for inner in value]
        elif key == "pattern" and "(?" in value:
            continue  # Go's inline flags, which other regular expressions do not have
        elif key not in ("description", "default", "example", "nullable", "format") and (
            not key.startswith("x-kubernetes-")
        ):
            result[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        result["type"] = ["integer", "string"]
    if schema.get("nullable") and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    _bounds(result)
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields")
    if "properties" in result and "additionalProperties" not in result and not open_ended:
        result["additionalProperties"] = False
    return result


def _open(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema inside anyOf and its like judges what the outer one names already."""
    inner = strict(schema)
    _loosen(inner)
    return inner


def _loosen(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for value in schema.values():
            _loosen(value)
    elif isinstance(schema, list):
        for value in schema:
            _loosen(value)


def _bounds(schema: dict[str, Any]) -> None:
    """OpenAPI's exclusive bounds are flags, JSON Schema's are numbers."""
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(flag), bool) and schema.pop(flag) and bound in schema:
            schema[flag] = schema.pop(bound)

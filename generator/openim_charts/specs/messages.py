"""Errors of JSON Schema in the words of the person who wrote the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from openim_charts.findings import Finding
from openim_charts.specs.suggest import hint, nearest
from openim_charts.yamlio.document import Document, Path

_ARTICLES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


def show_path(path: Path) -> str:
    """``ports.rpc`` or ``config[2]``: a path as people write it."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def explain_all(
    errors: Iterable[Any], schema: Mapping[str, Any], document: Document
) -> set[Finding]:
    """Findings for all errors of jsonschema_rs about ``document``. A key that is only misspelt is
    unknown, and not missing too."""
    known = list(errors)
    unknown = [e for e in known if e.kind.name == "additionalProperties"]
    meant = {
        (*error.instance_path, nearest(key, _parent(error, schema).get("properties", ())))
        for error in unknown
        for key in error.kind.as_dict()["unexpected"]
    }
    found: set[Finding] = set()
    for error in known:
        missing = error.kind.as_dict()["property"] if error.kind.name == "required" else None
        if missing is None or (*error.instance_path, missing) not in meant:
            found.update(_explain(error, schema, document))
    return found


def _explain(error: Any, schema: Mapping[str, Any], document: Document) -> Iterator[Finding]:
    """Findings for one error of jsonschema_rs about ``document``."""
    path: Path = tuple(error.instance_path)
    rule = error.kind.name
    details = error.kind.as_dict()
    if rule == "additionalProperties":
        yield from _unknown_keys(details["unexpected"], path, _parent(error, schema), document)
    elif rule == "required":
        message = f"{_quote(path, document)} lacks the key '{details['property']}'; add it"
        yield Finding(document.key(path), "missing-key", message)
    elif rule == "uniqueItems":
        yield from _repeats(error.instance, path, document)
    elif rule == "propertyNames" and "properties" in (holder := _names_holder(error, schema)):
        yield from _unknown_keys([details["error"].instance], path, holder, document)
    elif rule == "propertyNames":
        inner = details["error"]
        expects = _expects(_parent(inner, schema)) or _expects(_parent(error, schema))
        key = inner.instance
        rest = f"must be {expects}" if expects else f"is not allowed: {inner.message}"
        message = f"the key '{key}' in {_quote(path, document)} {rest}"
        yield Finding(document.key((*path, key)), "bad-key", message)
    else:
        say = _SAYERS.get(rule, _say_other)
        message = say(error, details, _parent(error, schema))
        kind = "wrong-type" if rule == "type" else "bad-value"
        yield Finding(document.value(path), kind, f"{_quote(path, document)} {message}")


def _quote(path: Path, document: Document) -> str:
    return f"'{show_path(path)}'" if path else document.path.rsplit("/", 1)[-1]


def _parent(error: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema object that holds the failed keyword."""
    return _at(error.schema_path[:-1], schema)


def _names_holder(error: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema object that holds the ``propertyNames`` which a key fails; {} when a reference
    has led elsewhere."""
    path = list(error.schema_path)
    if "propertyNames" not in path:
        return {}
    return _at(path[: len(path) - 1 - path[::-1].index("propertyNames")], schema)


def _at(path: Iterable[str | int], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    node: Any = schema
    for part in path:
        while isinstance(node, Mapping) and part not in node and "$ref" in node:
            node = referred(schema, node["$ref"])
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return node if isinstance(node, Mapping) else {}


def referred(schema: Mapping[str, Any], reference: str) -> Any:
    """What a reference ``#/KEY/NAME`` leads to; {} when that is nothing."""
    _, key, name = reference.split("/")
    return schema.get(key, {}).get(name, {})


def _expects(schema: Mapping[str, Any]) -> str:
    return str(schema.get("expects", ""))


def _unknown_keys(
    keys: list[str], path: Path, schema: Mapping[str, Any], document: Document
) -> Iterator[Finding]:
    known = set(schema.get("properties", ()))
    where = f" in '{show_path(path)}'" if path else ""
    for key in keys:
        message = f"unknown key '{key}'{where}{hint(key, known)}"
        yield Finding(document.key((*path, key)), "unknown-key", message)


def _repeats(items: list[Any], path: Path, document: Document) -> Iterator[Finding]:
    seen: list[Any] = []
    for index, item in enumerate(items):
        if item in seen:
            message = f"'{show_path(path)}' repeats {show(item)}; remove one"
            yield Finding(document.value((*path, index)), "repeated-item", message)
        seen.append(item)


def show(value: Any) -> str:
    """A value of a file in one line, as people write it."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return names[type(value)]


def _say_type(error: Any, details: Mapping[str, Any], _schema: Mapping[str, Any]) -> str:
    types = details["types"]
    wanted = " or ".join(_ARTICLES[t] for t in types)
    message = f"must be {wanted}, not {_kind(error.instance)}"
    if "string" in types and isinstance(error.instance, bool | int | float):
        message += "; write it in quotes"
    return message


def _say_enum(error: Any, details: Mapping[str, Any], _schema: Mapping[str, Any]) -> str:
    options = [str(option) for option in details["options"]]
    message = f"must be one of {', '.join(options)}, not {show(error.instance)}"
    guess = hint(str(error.instance), options)
    return message + guess if "did you mean" in guess else message


def _say_expected(error: Any, _details: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    expects = _expects(schema)
    if not expects:
        return _say_other(error, _details, schema)
    return f"must be {expects}, not {show(error.instance)}"


def _say_other(error: Any, _details: Mapping[str, Any], _schema: Mapping[str, Any]) -> str:
    return f"is not allowed: {error.message}"


def _say_any(error: Any, details: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    choices = [_choice(choice) for choice in schema.get("anyOf", ())]
    if not choices or not all(choices):
        return _say_other(error, details, schema)
    return f"must be {' or '.join(choices)}, not {show(error.instance)}"


def _choice(schema: Mapping[str, Any]) -> str:
    """One alternative of ``anyOf`` in words; "" for what is more than a type and its limits."""
    if not isinstance(schema.get("type"), str) or schema.keys() - _CHOICE_KEYS:
        return ""
    pattern = f" like {schema['pattern']}" if "pattern" in schema else ""
    least = f" of at least {schema['minimum']}" if "minimum" in schema else ""
    return f"{_ARTICLES[schema['type']]}{pattern}{least}"


def _bound(words: str) -> Callable[[Any, Mapping[str, Any], Mapping[str, Any]], str]:
    def say(error: Any, details: Mapping[str, Any], _schema: Mapping[str, Any]) -> str:
        (limit,) = details.values()
        return f"must be {words} {limit}, not {show(error.instance)}"

    return say


def _say_empty(_error: Any, details: Mapping[str, Any], _schema: Mapping[str, Any]) -> str:
    (limit,) = details.values()
    return "must not be empty" if limit == 1 else f"must have at least {limit} items"


_CHOICE_KEYS = {"type", "pattern", "minimum"}
_SAYERS = {
    "anyOf": _say_any,
    "type": _say_type,
    "enum": _say_enum,
    "pattern": _say_expected,
    "maxLength": _say_expected,
    "minLength": _say_empty,
    "minItems": _say_empty,
    "minProperties": _say_empty,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("greater than"),
}

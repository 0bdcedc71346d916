"""Details of a chart, read from its archive."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from openim_charts.findings import UserError
from openim_charts.packaging.api import ArchiveError, unpack
from openim_charts.repository.page.model import Change, ChartDetails, Image, ValueRow

_MISSING = object()
# Definitions named like a type (Affinity, io.k8s.api.core.v1.Volume) are Kubernetes' own, whose
# fields are documented elsewhere; others are parts of the chart's schema that occur repeatedly.
_TYPE_NAME = re.compile(r"^[A-Z]|\.")
_DEPTH = 20  # deeper than any chart's values; ends schemas that refer to themselves

Schema = Mapping[str, Any]


def _references(schema: Schema) -> Iterator[str]:
    for part in (schema, *(p for p in schema.get("allOf", ()) if isinstance(p, Mapping))):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rsplit("/", 1)[-1]


def _resolved(schema: Any, definitions: Schema) -> dict[str, Any]:
    """The schema with the chart's own definitions put in; its own keywords win."""
    result = dict(_mapping(schema))
    for name in _references(result):
        if _TYPE_NAME.search(name):
            result.setdefault("title", name.rsplit(".", 1)[-1])
        else:
            result = {**_mapping(definitions.get(name)), **result}
    return result


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(v, ensure_ascii=False) for v in schema["enum"])
    kind = schema.get("type", schema.get("title", "any"))
    if isinstance(kind, list):
        return " | ".join(map(str, kind))
    items = _mapping(schema.get("items")).get("type")
    return f"{items}[]" if kind == "array" and isinstance(items, str) else str(kind)


def _row(key: str, schema: Schema, value: Any) -> ValueRow:
    default = schema.get("default", value)
    shown = "" if default is _MISSING else json.dumps(default, ensure_ascii=False, default=str)
    description = " ".join(str(schema.get("description", "")).split())
    return ValueRow(key, _type(schema), shown, description)


def _properties(node: Schema, value: Any) -> Mapping[str, Any]:
    """Schemas below a node; where the schema says nothing at all, the default value's keys."""
    if not {"properties", "type", "title", "items"} & node.keys():
        return {key: {} for key in _mapping(value)}
    return _mapping(node.get("properties"))


class _Walk:
    def __init__(self, schema: Schema, shared: Collection[str]) -> None:
        self._definitions = _mapping(schema.get("definitions"))
        self._shared = shared

    def rows(self, schema: Any, value: Any, path: tuple[str, ...]) -> Iterator[ValueRow]:
        node = _resolved(schema, self._definitions)
        properties = _properties(node, value)
        if path and path[0] in self._shared:
            properties = {k: p for k, p in properties.items() if k in _mapping(value)}
        if path and (not properties or len(path) > _DEPTH):
            yield _row(".".join(path), node, value)
            return
        for key, child in properties.items():
            yield from self.rows(child, _mapping(value).get(key, _MISSING), (*path, key))


def value_rows(
    schema: Schema, values: Mapping[str, Any], subcharts: Collection[str] = ()
) -> tuple[ValueRow, ...]:
    """All values of a chart, its own before the shared ones.

    ``schema`` is its values.schema.json (draft-07; may be empty), ``values`` its values.yaml, which
    supplies defaults that the schema lacks. Under ``global`` and under the names of ``subcharts``
    the schema admits what other charts read, so only the keys that ``values`` shows are listed.
    """
    walk = _Walk(schema, {"global", *subcharts})
    known = _mapping(schema.get("properties"))
    whole = {**schema, "properties": {**{key: {} for key in values}, **known}}
    rows = list(walk.rows(whole, values, ()))
    return tuple(sorted(rows, key=lambda row: row.key.split(".", 1)[0] == "global"))


def key_comments(text: str) -> dict[str, str]:
    """Dotted key -> the comment that stands right above it, at the same depth.

    ``text`` is valid YAML. A leading ``--``, which helm-docs asks for, is left out.
    """
    lines = text.splitlines()
    found = {}
    for key, line, column in _keys(yaml.compose(text, Loader=_LOADER), ""):
        if comment := _above(lines, line, column):
            found[key] = comment
    return found


def _keys(node: yaml.Node | None, path: str) -> Iterator[tuple[str, int, int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        mark = key.start_mark
        yield f"{path}{key.value}", mark.line, mark.column
        yield from _keys(value, f"{path}{key.value}.")


def _above(lines: list[str], line: int, column: int) -> str:
    start = line
    head = " " * column + "#"
    while start > 0 and lines[start - 1].startswith(head):
        start -= 1
    words = [part[len(head) :].strip() for part in lines[start:line]]
    return " ".join(words).strip().removeprefix("-- ")


_WANTED = ("Chart.yaml", "values.yaml", "values.schema.json", "README.md")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _files(archive: bytes) -> dict[str, str]:
    """The wanted files at the top of the chart's folder, as text."""
    try:
        files = unpack(archive)
    except ArchiveError as error:
        raise UserError(f"not a chart archive (.tgz): {error}") from error
    if "Chart.yaml" not in files:
        raise UserError("not a chart archive (.tgz): it has no Chart.yaml")
    return {path: files[path].decode("utf-8", "replace") for path in _WANTED if path in files}


def _yaml(text: str, name: str) -> Any:
    try:
        return yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" line {where.line + 1}" if where else ""
        raise UserError(f"{name}{line} in a chart archive is not YAML") from error


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _annotated(metadata: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Entries of an Artifact Hub annotation that holds a YAML list; plain text is a description."""
    annotation = f"artifacthub.io/{name}"
    text = _mapping(metadata.get("annotations")).get(annotation)
    entries = _yaml(str(text), annotation) if text else None
    for entry in entries if isinstance(entries, list) else ():
        yield entry if isinstance(entry, Mapping) else {"description": entry}


def _schema(text: str) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(text))
    except ValueError as error:
        raise UserError(f"values.schema.json in a chart archive is not JSON: {error}") from error


def _subcharts(metadata: Mapping[str, Any]) -> list[str]:
    entries = [_mapping(entry) for entry in metadata.get("dependencies") or ()]
    return [str(entry.get("alias") or entry.get("name") or "") for entry in entries]


def _value_rows(files: Mapping[str, str], metadata: Mapping[str, Any]) -> tuple[ValueRow, ...]:
    """Rows of the values; what the schema does not describe, comments in values.yaml may."""
    text = files.get("values.yaml", "")
    values = _mapping(_yaml(text, "values.yaml"))
    schema = _schema(files.get("values.schema.json", "{}"))
    rows = value_rows(schema, values, _subcharts(metadata))
    if all(row.description for row in rows):
        return rows
    comments = key_comments(text)
    return tuple(
        row if row.description else replace(row, description=comments.get(row.key, ""))
        for row in rows
    )


def details_from_archive(archive: bytes, svg: str = "") -> ChartDetails:
    """What the page shows of a chart, from the bytes of its ``.tgz``.

    ``svg`` is its dependency picture, which the archive does not hold. Annotations are those of
    https://artifacthub.io/docs/topics/annotations/helm/. Raises UserError for bytes that are no
    chart archive.
    """
    files = _files(archive)
    metadata = _mapping(_yaml(files["Chart.yaml"], "Chart.yaml"))
    changes = _annotated(metadata, "changes")
    images = _annotated(metadata, "images")
    return ChartDetails(
        readme=files.get("README.md", ""),
        values=_value_rows(files, metadata),
        changes=tuple(
            Change(str(c.get("kind", "")), str(c.get("description", ""))) for c in changes
        ),
        images=tuple(Image(str(i.get("name", "")), str(i.get("image", ""))) for i in images),
        license=str(_mapping(metadata.get("annotations")).get("artifacthub.io/license", "")),
        svg=svg,
    )

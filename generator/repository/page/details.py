"""Details of a chart, read from its archive."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from generator.findings import UserError
from generator.packaging.api import ArchiveError, unpack
from generator.repository.page.comments import key_comments
from generator.repository.page.model import Change, ChartDetails, Image, ValueRow
from generator.repository.page.rows import value_rows

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

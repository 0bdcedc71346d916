"""docs/spec-reference.md: what a spec may say, from the schemas that check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openim_charts.charts.features import Feature, load_features
from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.layout import FEATURES, SPECS
from openim_charts.specs.schema import KINDS, load_schema

Schema = Mapping[str, Any]

_HEAD = """# Spec reference

Made by `make docs` from `generator/openim_charts/specs/keys/` and the features; do not edit by
hand. What the files are for and how they fit together is in [architecture.md](architecture.md).
"""


def _target(schema: Schema, document: Schema) -> Schema:
    """A schema with its local ``$ref`` followed; what stands beside the reference wins."""
    reference = schema.get("$ref", "")
    if not reference.startswith("#/$defs/"):
        return schema
    shape = _target(document["$defs"][reference.rsplit("/", 1)[-1]], document)
    return {**shape, **{k: v for k, v in schema.items() if k != "$ref"}}


def _kind(schema: Schema, document: Schema) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(_target(schema.get('items', {}), document), document)}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _rows(schema: Schema, document: Schema, path: str, depth: int) -> Iterator[str]:
    required = schema.get("required", ())
    for key, raw in schema.get("properties", {}).items():
        node = _target(raw, document)
        here = f"{path}{key}"
        need = "yes" if key in required else ""
        about = " ".join(node.get("description", "").split()).replace("|", "\\|")
        yield f"| `{here}` | {_kind(node, document)} | {need} | {about} |"
        if depth:
            yield from _rows(node, document, f"{here}.", depth - 1)


def _section(name: str) -> Iterator[str]:
    document = load_schema(name)
    yield f"\n## {document['title']}\n"
    yield f"{document.get('description', '')}\n"
    yield "| key | type | required | description |"
    yield "| --- | --- | --- | --- |"
    yield from _rows(document, document, "", depth=2)


def _values() -> Iterator[str]:
    """What one value may say, wherever values are described."""
    document = load_schema("values")
    yield f"\n## {document['title']}\n"
    yield f"{document['description']} Each value, by its name, has these keys:\n"
    yield "| key | type | required | description |"
    yield "| --- | --- | --- | --- |"
    yield from _rows(document["$defs"]["Value"], document, "", depth=0)


def _features(root: Path) -> Iterator[str]:
    """The capabilities that ``features`` of a chart or profile may name."""
    yield "\n## Features\n"
    yield (
        "What a chart can do, in the order in which features are applied. A chart that says what "
        "only some of them consume has one of these (see `consumes` of a feature).\n"
    )
    yield "| feature | what charts get | consumes |"
    yield "| --- | --- | --- |"
    for name, feature in load_features(root).items():
        consumes = ", ".join(f"`{key}`" for key in sorted(feature.consumes))
        yield f"| `{name}` | {feature.description} | {consumes} |"


def _provided(root: Path) -> Iterator[str]:
    """What templates of other features, and of folders beside specs, may use."""
    features = load_features(root).values()
    yield "\n## What features provide\n"
    yield "Hooks, into which the file `hooks/NAME.yaml` or `hooks/NAME.tpl` writes:\n"
    hooks = [(name, f, about) for f in features for name, (about, _) in f.provides.hooks.items()]
    yield from _interface("hook", "what it is for", hooks)
    yield "\nNamed templates, called as `PREFIX.NAME`; `*` is a dependency or a credential:\n"
    named = [(n, f, about) for f in features for n, (about, _) in f.provides.templates.items()]
    yield from _interface("named template", "what it gives", named)


def _interface(kind: str, what: str, found: Iterable[tuple[str, Feature, str]]) -> Iterator[str]:
    yield f"| {kind} | feature | {what} |"
    yield "| --- | --- | --- |"
    for name, feature, about in sorted(found, key=lambda entry: entry[0]):
        yield f"| `{name}` | `{feature.name}` | {about} |"


def _options(root: Path) -> Iterator[str]:
    """What the features take below ``options`` of a chart or profile."""
    document = FeatureFiles(root / SPECS / FEATURES).schema
    yield "\n## Options of features\n"
    yield f"{document['description']}\n"
    yield "| key | type | required | description |"
    yield "| --- | --- | --- | --- |"
    for name, shape in document["properties"]["options"]["properties"].items():
        yield from _rows(shape, document, f"options.{name}.", depth=1)


def spec_reference(root: Path) -> str:
    """The whole document, with the features of the project at ``root``."""
    sections = (line for name in KINDS for line in _section(name))
    return (
        "\n".join(
            [_HEAD, *sections, *_values(), *_features(root), *_provided(root), *_options(root)]
        )
        + "\n"
    )

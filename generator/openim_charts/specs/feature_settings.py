"""The settings that features take from specs: their shapes, and what is wrong with those given."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from openim_charts.findings import Finding
from openim_charts.jsonschema import CONDITIONS, HOLDERS, jsonschema_rs, walk
from openim_charts.specs.features import (
    FILE,
    OPTIONS,
    Head,
    check_layout,
    feature_folders,
    lacking,
    read_head,
)
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import FEATURES, SPECS
from openim_charts.specs.messages import explain_all
from openim_charts.specs.schema import load_schema
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document, Path
from openim_charts.yamlio.reader import read

_UNKNOWN_SHAPE = "unknown-shape"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_KEYWORDS = {
    *HOLDERS,
    *("$ref", "type", "enum", "const", "description", "default"),
    *("pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("exclusiveMinimum", "exclusiveMaximum"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("required", "dependentRequired"),
    "expects",  # ours: a pattern in words
}


def read_shape(folder: pathlib.Path, shown: str) -> tuple[dict[str, Any], list[Finding]]:
    """A feature's settings as a JSON Schema; with faults it takes everything."""
    document, wrong = read(folder / OPTIONS, f"{shown}/{OPTIONS}", refuse_templates=False)
    if document and not wrong:
        wrong = _check(document)
    if wrong or document is None:
        return {"additionalProperties": True}, wrong
    return document.data, []


def _check(document: Document) -> list[Finding]:
    """What is wrong with a file as a JSON Schema of settings."""
    meta = jsonschema_rs.Draft202012Validator({"$ref": _DRAFT}, offline=True)
    errors = explain_all(meta.iter_errors(document.data), {}, document)
    if errors:
        return sorted(errors)
    shared = load_schema("options")
    nodes = list(walk(document.data))
    found = [f for path, node in nodes for f in _faults(document, path, node, shared["$defs"])]
    if not any(finding.rule == _UNKNOWN_SHAPE for finding in found):
        found += _bad_defaults(document, nodes, shared)
    return sorted(found)


def _faults(
    document: Document, path: Path, node: Mapping[str, Any], shared: Mapping[str, Any]
) -> Iterator[Finding]:
    """What JSON Schema lets pass: keywords that nothing reads, keys that must be and cannot; and
    references to what is not among the ``shared`` definitions."""
    for key in node:
        if key not in _KEYWORDS:
            message = f"unknown key '{key}'{hint(key, _KEYWORDS)}"
            yield Finding(document.key((*path, key)), "unknown-key", message)
    shapes = [f"#/$defs/{name}" for name in shared]
    if node.get("$ref", shapes[0]) not in shapes:
        message = f"unknown definition '{node['$ref']}'{hint(node['$ref'], shapes)}"
        yield Finding(document.value((*path, "$ref")), _UNKNOWN_SHAPE, message)
    if "properties" in node and CONDITIONS.isdisjoint(path):
        known = node["properties"]
        for index, name in enumerate(node.get("required", ())):
            if name not in known:
                message = f"unknown setting '{name}' in required{hint(name, known)}"
                yield Finding(document.value((*path, "required", index)), "unknown-key", message)


def _bad_defaults(
    document: Document, nodes: Iterable[tuple[Path, Mapping[str, Any]]], shared: Mapping[str, Any]
) -> Iterator[Finding]:
    for path, node in nodes:
        if "default" not in node:
            continue
        schema = {"$schema": _DRAFT, "$defs": shared["$defs"], **node}
        validator = jsonschema_rs.Draft202012Validator(schema, offline=True)
        for error in validator.iter_errors(node["default"]):
            message = f"the default does not fit its own type: {error.message}"
            yield Finding(document.value((*path, "default")), "bad-default", message)


_SETTINGS = "options."
_PORT = "#/$defs/portName"
_IMAGE = "#/$defs/imageName"
_CONFIG_KEY = "#/$defs/configKey"


class FeatureFiles:
    """The feature.yaml and options.yaml of all features of a folder; ``findings``: their faults."""

    def __init__(self, features: pathlib.Path) -> None:
        self.findings: list[Finding] = list(check_layout(features))
        self._heads: dict[str, Head | None] = {}
        self._shapes: dict[str, Any] = {}
        for folder in feature_folders(features):
            name, shown = folder.name, f"{SPECS}/{FEATURES}/{folder.name}"
            self._heads[name] = None
            if (folder / FILE).is_file():
                self._heads[name], wrong = read_head(folder, shown)
                self.findings += wrong
            if (folder / OPTIONS).is_file():
                self._shapes[name], wrong = read_shape(folder, shown)
                self.findings += wrong
        self.findings += [*self._unknown_settings(), *self._unknown_requirements()]

    def _unknown_settings(self) -> Iterator[Finding]:
        """Settings that a feature consumes and no feature takes."""
        for head in self._heads.values():
            for key, place in head.others if head else ():
                if key.removeprefix(_SETTINGS) not in self._shapes:
                    known = [f"{_SETTINGS}{name}" for name in self._shapes]
                    message = f"unknown settings '{key}' in consumes{hint(key, known)}"
                    yield Finding(place, "unknown-feature", message)

    def _unknown_requirements(self) -> Iterator[Finding]:
        for head in self._heads.values():
            for choices, place in head.requires if head else ():
                for word in choices:
                    if word not in self._heads:
                        message = f"unknown feature '{word}' in requires{hint(word, self._heads)}"
                        yield Finding(place, "unknown-feature", message)

    def missing(self, named: Collection[str]) -> frozenset[str]:
        """Features that a chart with the features ``named`` surely lacks, whatever it says."""
        heads = (self._heads.get(name) for name in named)
        always = [head for head in heads if head and not head.when]
        return frozenset(name for choices in lacking(always, named) for name in choices)

    @property
    def names(self) -> frozenset[str]:
        """All features, also those that could not be read."""
        return frozenset(self._heads)

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """Features by what of a spec only they read, as ``consumes`` of feature.yaml says it."""
        found: dict[str, set[str]] = {}
        for name, head in self._heads.items():
            for key in head.consumes if head else ():
                found.setdefault(key, set()).add(name)
        return {key: frozenset(names) for key, names in found.items()}

    @property
    def settable(self) -> frozenset[str]:
        """Features that take settings."""
        return frozenset(self._shapes)

    @property
    def readable(self) -> frozenset[str]:
        """Features whose feature.yaml has no fault."""
        return frozenset(name for name, head in self._heads.items() if head)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of a chart's or profile's ``options``, with nothing free in it."""
        closed = {"type": "object", "additionalProperties": False, "description": "Settings."}
        options = {name: {**closed, **shape} for name, shape in self._shapes.items()}
        return {
            **load_schema("options"),
            "properties": {"options": {**closed, "properties": options}},
        }

    @cached_property
    def _validator(self) -> Any:
        return jsonschema_rs.Draft202012Validator(self.schema, offline=True)

    def port_settings(self, options: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Settings of a chart that name a port of it: each one's path and value."""
        return self._settings(options, _PORT)

    def image_settings(self, options: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Settings of a chart that name an image: each one's path and value."""
        return self._settings(options, _IMAGE)

    def config_settings(self, options: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Settings of a chart that name a key of its configuration files: each path and value."""
        return self._settings(options, _CONFIG_KEY)

    def _settings(self, options: Mapping[str, Any], shape: str) -> Iterator[tuple[Path, str]]:
        for feature, settings in options.items():
            shapes = self._shapes.get(feature, {}).get("properties", {})
            for key, value in settings.items() if isinstance(settings, Mapping) else ():
                node = shapes.get(key)
                if not isinstance(node, Mapping):
                    continue
                if node.get("$ref") == shape and isinstance(value, str):
                    yield ("options", feature, key), value
                elif node.get("items", {}).get("$ref") == shape and isinstance(value, list):
                    for index, item in enumerate(value):
                        yield ("options", feature, key, index), item

    def check_options(self, chart: Layered) -> Iterator[Finding]:
        """Everything that is wrong with the settings of a resolved chart."""
        needed = (
            f for f in chart.data.get("features", ()) if "required" in self._shapes.get(f, ())
        )
        data = {"options": {**{f: {} for f in needed}, **chart.data.get("options", {})}}
        if self._validator.is_valid(data):
            return
        places = {path: origin.location for path, origin in chart.origins.items()}
        for index, name in enumerate(chart.data.get("features", ())):  # where options are missing
            places.setdefault(("options", name), chart.at("features", index))
        document = Document(chart.path, data, places, places)
        yield from explain_all(self._validator.iter_errors(data), self.schema, document)

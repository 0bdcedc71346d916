"""Validate a document against the schema of its kind: every error, in words, at its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from openim_charts.findings import Finding
from openim_charts.jsonschema import jsonschema_rs
from openim_charts.specs.keys.base import DRAFT, Keys, inline, json_schema, parts
from openim_charts.specs.keys.chart import Chart, Profile
from openim_charts.specs.keys.feature import FeatureKeys
from openim_charts.specs.keys.image import BaseKeys, ImageKeys
from openim_charts.specs.keys.imports import ImportKeys
from openim_charts.specs.keys.line import ConfigFileKeys, LineKeys
from openim_charts.specs.keys.middleware import CredentialKeys, DependencyKeys
from openim_charts.specs.keys.options import definitions
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.keys.value import Value, Values
from openim_charts.specs.messages import explain_all
from openim_charts.yamlio.document import Document

# Kinds of files with what a reader calls them, in the order of the reference page.
KINDS: dict[str, tuple[str, type[Keys]]] = {
    "chart": ("Chart", Chart),
    "profile": ("Profile", Profile),
    "line": ("Release line", LineKeys),
    "config-file": ("Config file", ConfigFileKeys),
    "image": ("Image", ImageKeys),
    "image-base": ("Base of images", BaseKeys),
    "dependency": ("Dependency", DependencyKeys),
    "credential": ("Credential", CredentialKeys),
    "repository": ("Repository", Repository),
    "feature": ("Feature", FeatureKeys),
    "import": ("Import", ImportKeys),
}


_SCENARIOS = {
    "$schema": DRAFT,
    "title": "Scenarios",
    "type": "object",
    "description": "Values with which every build renders a chart: ci.yaml of a feature, or of the "
    "folder beside a spec.",
    "additionalProperties": {
        "type": ["object", "null"],
        "description": "Values of the chart.",
        "additionalProperties": True,
    },
    "propertyNames": {
        "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        "expects": "a name such as ingress-nginx, since it becomes the file ci/NAME-values.yaml",
    },
}


def _values() -> dict[str, Any]:
    description = (
        "Values that a feature, or the folder beside a spec, adds to a chart: values.yaml, and "
        "global.yaml for those under global."
    )
    shape = inline(Values)
    about = {"$schema": DRAFT, "title": "Values", "description": description}
    return {**shape, **about, "$defs": parts(Value)}


def _options() -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "title": "Options",
        "type": "object",
        "additionalProperties": False,
        "description": "Settings for features, below options in a chart or profile. Each feature's "
        "options.yaml adds its own.",
        "$defs": definitions(),
    }


SCHEMAS = (*KINDS, "options", "values", "scenarios")  # all that load_schema() takes


@lru_cache
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file: one of SCHEMAS."""
    if name in KINDS:
        title, kind = KINDS[name]
        return json_schema(kind, title)
    others: dict[str, Callable[[], dict[str, Any]]] = {"values": _values, "options": _options}
    return others[name]() if name in others else _SCENARIOS


@lru_cache
def _validator(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(load_schema(name), offline=True)


def validate(document: Document, name: str) -> list[Finding]:
    """All errors of ``document`` against the schema that ``load_schema(name)`` gives."""
    validator = _validator(name)
    if validator.is_valid(document.data):
        return []
    schema = load_schema(name)
    return sorted(explain_all(validator.iter_errors(document.data), schema, document))

"""Validate a document against one of ``schemas/``: every error, in words, at its place."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.findings import Finding, UserError
from generator.jsonschema import jsonschema_rs
from generator.specs.messages import explain_all
from generator.yamlio.document import Document

SCHEMAS = Path(__file__).parents[2] / "schemas"
_SHARED = "chart.schema.json"  # definitions that the other schemas refer to


@lru_cache
def load_schema(name: str) -> dict[str, Any]:
    """``schemas/NAME.schema.json`` as one schema: definitions of the chart's schema are put in.

    Raises UserError when the schemas are not beside the generator.
    """
    try:
        text = (SCHEMAS / f"{name}.schema.json").read_text("utf-8")
        shared = json.loads((SCHEMAS / _SHARED).read_text("utf-8"))["$defs"]
    except OSError as error:
        raise UserError(f"{error.filename} is missing: run from a complete checkout") from error
    schema: dict[str, Any] = json.loads(text.replace(f'"{_SHARED}#/', '"#/'))
    return {**schema, "$defs": {**shared, **schema.get("$defs", {})}}


@lru_cache
def _validator(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(load_schema(name), offline=True)


def validate(document: Document, name: str) -> list[Finding]:
    """All errors of ``document`` against ``schemas/NAME.schema.json``."""
    validator = _validator(name)
    if validator.is_valid(document.data):
        return []
    schema = load_schema(name)
    return sorted(explain_all(validator.iter_errors(document.data), schema, document))

"""openim.yaml: its JSON Schema and its reference, from the ``global`` that all charts share."""

from __future__ import annotations

import json
from typing import Any

from generator.charts.compiler import Compiler
from generator.charts.readme import value_rows
from generator.charts.values import Tree

_HEAD = """# openim.yaml

Made by `make docs` from features, dependencies, credentials and configuration files; do not edit
by hand.

`openim.yaml` is one file that every chart takes with `-f openim.yaml`. Everything sits under
`global:`; [schemas/openim.schema.json](../schemas/openim.schema.json) describes it to editors.
Below the charts' own names, an umbrella chart takes the values of the charts that it holds; their
READMEs list them.

| key | type | default | description |
| --- | --- | --- | --- |
"""


def openim_schema(compiler: Compiler) -> dict[str, Any]:
    """schemas/openim.schema.json: the shared values, and beside them values of any chart."""
    schema = compiler.schema({"global": {"description": "What all charts of an instance share."}})
    properties = {"global": schema["properties"]["global"]}
    for name in compiler.catalog.charts:
        properties[name] = {"type": "object", "description": f"Values of the chart {name}."}
    return {
        "$schema": schema["$schema"],
        "title": "openim.yaml",
        "description": "What the charts of one OpenIM share, and values of single charts.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "definitions": schema["definitions"],
    }


def schema_text(compiler: Compiler) -> str:
    """The schema as a file, one key a line."""
    return json.dumps(openim_schema(compiler), indent=1, ensure_ascii=False) + "\n"


def openim_reference(tree: Tree) -> str:
    """docs/openim-yaml.md: one row for each shared value."""
    return _HEAD + "".join(f"{row}\n" for row in value_rows(tree, "global"))

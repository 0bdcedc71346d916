"""A small repository for tests of its page: real archives, with texts that try to be code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.findings import Location
from openim_charts.packaging.api import package_files
from openim_charts.repository.bundles import Listed
from openim_charts.repository.page import ChartDetails, PageInfo, details_from_archive

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>'\"\\u2028{{ 1 }}"
DATE = 1_700_000_000
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text y="12">sample</text></svg>'

INFO = PageInfo(
    name="samples",
    url="https://charts.example.com/samples/",
    title="Sample charts",
    description="Charts that show the page.",
    home="https://example.com",
    license="Apache-2.0",
    umbrella="everything",
    values_file="samples.yaml",
    signing_key="samples.gpg",
    fingerprint="0123 4567 89AB CDEF",
    svg=SVG,
    bundles=(
        Listed(
            "everything",
            "everything-compose-small-1.0.0.tgz",
            "everything-compose-small",
            "sh start.sh && echo <started>",
            "0" * 64,
        ),
    ),
)

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "definitions": {
        "Affinity": {"type": "object", "properties": {"nodeAffinity": {"type": "object"}}},
        "s1": {
            "type": "object",
            "properties": {"size": {"type": "string", "default": "1Gi", "description": "Space."}},
        },
    },
    "properties": {
        "replicaCount": {
            "type": "integer",
            "default": 2,
            "description": "How many pods run.",
        },
        "affinity": {
            "description": "Where pods may run.",
            "default": {},
            "allOf": [{"$ref": "#/definitions/Affinity"}],
        },
        "storage": {"$ref": "#/definitions/s1"},
        "mode": {"enum": ["fast", "safe"], "default": "safe", "description": HOSTILE},
        "plain": {"type": "array", "items": {"type": "string"}},
        "global": {
            "type": "object",
            "properties": {
                "instance": {"type": "string", "default": "", "description": "Its name."},
                "unread": {"type": "string", "default": ""},
            },
        },
    },
}

VALUES = """\
replicaCount: 2
affinity: {}
# -- Words that the schema does not describe.
plain: [a, "b"]
mode: safe
storage:
  size: 1Gi
global:
  instance: ""
"""

README = """\
# widget

Makes *widgets*, **fast**; see [the site](https://example.com/a) or [this](javascript:alert(3)).

## Install

    helm install widget

- one `a|b`
- two
  - nested

| key | what |
| --- | --- |
| `a` | x \\| y |

| key | what |
| --- | --- |
| `b` | another table |

## Values

| replicaCount | REPEATED |

## After

<b onclick="alert(4)">not bold</b>
"""

CHANGES = """\
- kind: added
  description: A picture.
- plain words
"""


def chart_yaml(name: str, version: str, **more: Any) -> dict[str, Any]:
    """Chart.yaml, as data."""
    return {
        "apiVersion": "v2",
        "name": name,
        "version": version,
        "appVersion": "9.1",
        "description": f"What {name} does.",
        "keywords": ["sample", name],
        "kubeVersion": ">=1.31.0-0",
        "home": "https://example.com",
        "sources": ["https://example.com/source"],
        "maintainers": [{"name": "Someone"}],
        **more,
    }


def archive(metadata: Mapping[str, Any], files: Mapping[str, str] | None = None) -> bytes:
    """The ``.tgz`` of a chart with these further files."""
    content = {"Chart.yaml": json.dumps(metadata), **(files or {})}
    name = metadata["name"]
    encoded = {path: text.encode() for path, text in content.items()}
    return package_files(name, encoded, DATE, Location("spec.yaml"))


def widget() -> bytes:
    """A chart with everything that the page shows."""
    annotations = {
        "artifacthub.io/changes": CHANGES,
        "artifacthub.io/images": "- name: widget\n  image: docker.io/example/widget:9.1\n",
        "artifacthub.io/license": "MIT",
    }
    files = {
        "values.yaml": VALUES,
        "values.schema.json": json.dumps(SCHEMA),
        "README.md": README,
    }
    return archive(chart_yaml("widget", "1.2.0", annotations=annotations), files)


def entry(name: str, version: str, **more: Any) -> dict[str, Any]:
    """An entry of the index."""
    return {
        **chart_yaml(name, version),
        "created": "2023-11-14T22:13:20Z",
        "digest": f"{abs(hash_of(name + version)):064x}",
        "urls": [f"{name}-{version}.tgz"],
        **more,
    }


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(text.encode(), "big") % 16**64


def index() -> dict[str, Any]:
    """An index of three charts; one has three versions, of which one is withdrawn."""
    return {
        "apiVersion": "v1",
        "entries": {
            "widget": [
                entry("widget", "1.2.0"),
                entry(
                    "widget",
                    "1.10.0-rc.1",
                    urls=["https://charts.example.com/samples/widget-1.10.0-rc.1.tgz"],
                ),
                entry(
                    "widget",
                    "1.1.0",
                    deprecated=True,
                    annotations={"charts.openim.io/withdrawn": "Loses widgets."},
                ),
            ],
            "hostile": [entry("hostile", "0.1.0", description=HOSTILE, keywords=["odd", "sample"])],
            "everything": [
                entry("everything", "2.0.0", dependencies=[{"name": "widget", "version": "1.2.0"}])
            ],
        },
    }


def details() -> dict[str, ChartDetails]:
    """Details of one of them, from its archive."""
    return {"widget": details_from_archive(widget(), SVG)}


def many(charts: int, versions: int) -> dict[str, Any]:
    """An index of ``charts`` times ``versions`` entries."""
    return {
        "entries": {
            f"chart-{number:04}": [
                entry(f"chart-{number:04}", f"1.{minor}.0") for minor in range(versions)
            ]
            for number in range(charts)
        }
    }


def texts(value: Any) -> Iterator[str]:
    """Every text in some data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from texts(child)

"""All generated documents of the project, by path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openim_charts.charts.alerts import PAGE, Alert, all_alerts, inhibitions
from openim_charts.charts.compiler import Compiler
from openim_charts.charts.readme import value_rows
from openim_charts.charts.values import Tree
from openim_charts.checks.docs import checks_markdown
from openim_charts.diff.docs import versioning
from openim_charts.docs.clusters import PAGE as CLUSTERS
from openim_charts.docs.clusters import clusters_page
from openim_charts.docs.images import images_reference
from openim_charts.docs.spec_reference import spec_reference
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from openim_charts.specs.schema import SCHEMAS, load_schema

_HEAD_OPENIM_YAML = """# openim.yaml

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


def schema_text(schema: Mapping[str, Any]) -> str:
    """The schema as a file, one key a line."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def openim_reference(tree: Tree) -> str:
    """docs/openim-yaml.md: one row for each shared value."""
    return _HEAD_OPENIM_YAML + "".join(f"{row}\n" for row in value_rows(tree, "global"))


DATA = "docs/data/failures.json"
_HEAD = """\
# Failures

What happens when a part of OpenIM fails, as
[tests/product/node](../tests/product/node/README.md) measured it with the preset `minimal`,
which has one pod of everything, while one message a second was sent and a client was connected to
the gateway. Nobody did anything: all of it comes back by itself.

- **back**: seconds from the moment at which the cause was gone until a message was accepted and
  pushed again, and so were all that followed. The cause of a deleted pod is gone at once, that of a
  middleware that is away when its pod is ready again, that of an upgrade when Helm ends.
- **refused**: sends that got an error or no answer, so that a client sends again, **of** all that
  were tried; **in a row** is the longest time in which none was accepted.
- **lost**: messages that were accepted and that their receiver could not read afterwards.
- **alerts**: what Prometheus raised meanwhile. **Bold** are those that wake somebody: they are
  critical, and Alertmanager had no other alert that explained them.

{run}

| failure | back (s) | refused | of | in a row (s) | lost | alerts |
| --- | --- | --- | --- | --- | --- | --- |
"""


def failures(root: Path) -> str:
    """The document, from the results that the project keeps."""
    data: Mapping[str, Any] = json.loads((root / DATA).read_text("utf-8"))
    rows = "".join(f"| {' | '.join(_cells(o))} |\n" for o in data["outcomes"])
    return _HEAD.format(run=data["run"]) + rows


def _cells(outcome: Mapping[str, Any]) -> list[str]:
    numbers = ("back", "refused", "sent", "refused_in_a_row", "lost")
    pages = outcome["pages"]
    alerts = ", ".join(f"**{a}**" if a in pages else a for a in outcome["alerts"]) or "–"
    return [outcome["failure"], *(str(outcome[n]) for n in numbers), alerts]


def alerts_page(catalog: Catalog) -> str:
    """The whole document."""
    found = all_alerts(catalog)
    held = {alert.name: causes for alert, causes in inhibitions(catalog)}
    lines = [_row(alert) for alert in found]
    heading = ""
    for alert in found:
        title = "Pods, volumes and hosts" if alert.general else alert.chart.title
        if title != heading:
            lines += ["", f"## {title}"]
            heading = title
        lines += _section(alert, held)
    head = Path(__file__).with_name("alerts-head.md").read_text("utf-8")
    return head + "\n".join(lines) + "\n"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _row(alert: Alert) -> str:
    cells = (_link(alert.name), alert.severity, alert.wait or "at once", alert.summary)
    return f"| {' | '.join(cells)} |"


def _section(alert: Alert, held: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield from ("", f"### {alert.name}", "")
    when = f"after {alert.wait}" if alert.wait else "at once"
    yield f"{alert.summary} (`{alert.severity}`, {when})."
    yield from ("", alert.meaning, "", f"**Users:** {alert.users}", "", "**Look at**", "")
    yield from (f"    {line}" for line in alert.look)
    yield from ("", "**What to do**", "")
    yield from (f"- {step}" for step in alert.steps)
    causes = held.get(alert.name)
    if causes:
        yield from ("", f"Kept back by {', '.join(_link(name) for name in causes)}.")


def documents(root: Path) -> Mapping[str, str]:
    """Path below ``root`` and text of every generated document. Raises FindingsError, UserError."""
    compiler = Compiler(load_catalog(root))
    return {
        "docs/spec-reference.md": spec_reference(root),
        "docs/openim-yaml.md": openim_reference(compiler.globals),
        "docs/images.md": images_reference(compiler),
        "docs/checks.md": checks_markdown(),
        "docs/versioning.md": versioning(),
        PAGE: alerts_page(compiler.catalog),
        "docs/failures.md": failures(root),
        CLUSTERS: clusters_page(root, compiler.catalog),
        "schemas/openim.schema.json": schema_text(openim_schema(compiler)),
        **{f"schemas/{name}.schema.json": schema_text(load_schema(name)) for name in SCHEMAS},
    }

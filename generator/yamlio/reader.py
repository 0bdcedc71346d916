"""Read YAML as Helm reads it, with the place of everything and all mistakes of a file at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from generator.findings import Finding, FindingsError, Location
from generator.yamlio.aliases import explosion
from generator.yamlio.builder import Builder, PlacingBuilder
from generator.yamlio.document import Document
from generator.yamlio.nodes import compose, place
from generator.yamlio.recovery import more_findings
from generator.yamlio.text import decode, tabs


def parse(
    content: bytes, shown: str, *, refuse_templates: bool = True, places: bool = True
) -> tuple[Document | None, list[Finding]]:
    """Parse the bytes of a file that holds one mapping.

    ``shown`` is the path that findings name. The document is None when there is no mapping to work
    with; a document may come together with findings about parts of it. ``refuse_templates`` makes
    an opening mark of a template language in any text a finding; without ``places`` the document
    does not know where its parts stand.
    """
    text, findings = decode(content, shown)
    if findings:
        return None, findings
    findings = tabs(text, shown)
    nodes, fault = compose(text, shown)
    if fault:
        lines_with_tabs = {finding.location.line for finding in findings}
        more = more_findings(text, shown, fault, refuse_templates)
        findings += [f for f in more if f.location.line not in lines_with_tabs]
        return None, findings
    if len(nodes) > 1:
        message = "a second document; a file holds one, so split it or remove the '---'"
        findings.append(Finding(place(nodes[1].start_mark, shown), "yaml-documents", message))
    if not nodes:
        message = "the file is empty; it must hold a mapping (key: value)"
        return None, [*findings, Finding(Location(shown), "yaml-not-a-mapping", message)]
    document, mistakes = _build(nodes[0], text, shown, refuse_templates, places)
    return document, findings + mistakes


def _build(
    root: yaml.Node, text: str, shown: str, refuse_templates: bool, places: bool
) -> tuple[Document | None, list[Finding]]:
    if not isinstance(root, yaml.MappingNode):
        message = "the file must hold a mapping (key: value)"
        return None, [Finding(place(root.start_mark, shown), "yaml-not-a-mapping", message)]
    bomb = explosion(root, shown) if "*" in text else None
    if bomb:
        return None, [bomb]
    if not places:
        plain = Builder(shown, text, refuse_templates)
        return Document(shown, plain.build(root), {}, {}), plain.findings
    builder = PlacingBuilder(shown, text, refuse_templates)
    data = builder.build(root)
    return Document(shown, data, builder.keys, builder.values), builder.findings


def read(
    path: Path, shown: str, *, refuse_templates: bool = True
) -> tuple[Document | None, list[Finding]]:
    """Like ``parse``, for a file on disk; a file that cannot be read is a finding too."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return None, [Finding(Location(shown), "unreadable", message)]
    return parse(content, shown, refuse_templates=refuse_templates)


def parse_plain(text: str, shown: str) -> dict[str, Any]:
    """The data of a YAML text of ours, {} when it holds none; templates in its texts are allowed.

    Raises FindingsError with everything that is wrong with it.
    """
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return {}
    document, findings = parse(text.encode(), shown, refuse_templates=False, places=False)
    if findings or document is None:
        raise FindingsError(findings)
    data: dict[str, Any] = document.data
    return data

"""Read YAML as Helm reads it, with the place of everything and all mistakes of a file at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.yamlio.builder import Builder, PlacingBuilder
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.nodes import MAX_DEPTH, SyntaxFault, compose, place
from openim_charts.yamlio.text import decode, tabs

_TOP_KEY = re.compile(r"^[^\s#\-\[\]{}][^\n]*?:(?=\s|$)", re.MULTILINE)
_MOST_FAULTS = 20


def more_findings(
    text: str, path: str, fault: SyntaxFault, refuse_templates: bool
) -> list[Finding]:
    """``fault`` and everything else that is wrong with a text whose syntax is broken there."""
    findings: list[Finding] = []
    current: SyntaxFault | None = fault
    while current and len(findings) < _MOST_FAULTS:
        findings.append(current.finding)
        before, text = _split(text, current.line)
        findings += _findings(before, path, refuse_templates)
        nodes, current = compose(text, path)
        if current is None:
            findings += _findings(text, path, refuse_templates) if nodes else []
        elif not current.recoverable:
            break
    return findings


def _split(text: str, line: int) -> tuple[str, str]:
    """The text before the top-level key of ``line``, and the text from the next one on.

    The rest keeps its line numbers: empty lines stand for what is left out.
    """
    before = position = 0
    number = 1
    for match in _TOP_KEY.finditer(text):
        number += text.count("\n", position, match.start())
        position = match.start()
        if number > line:
            return text[:before], "\n" * (number - 1) + text[position:]
        before = position
    return text[:before], ""


def _findings(text: str, path: str, refuse_templates: bool) -> list[Finding]:
    nodes, _ = compose(text, path)
    if not nodes or not isinstance(nodes[0], yaml.MappingNode):
        return []
    bomb = explosion(nodes[0], path)
    if bomb:
        return [bomb]
    builder = Builder(path, text, refuse_templates)
    builder.build(nodes[0])
    return builder.findings


MAX_VALUES = 20_000


def explosion(root: yaml.Node, path: str) -> Finding | None:
    """A finding when the document, with its aliases written out, is too large, deep or endless."""
    try:
        _measure(root, path, {}, set())
    except _BombError as bomb:
        return bomb.finding
    return None


class _BombError(Exception):
    def __init__(self, node: yaml.Node, path: str, message: str) -> None:
        self.finding = Finding(place(node.start_mark, path), "yaml-anchor-bomb", message)


def _measure(
    node: yaml.Node, path: str, known: dict[int, tuple[int, int]], open_nodes: set[int]
) -> tuple[int, int]:
    """Values and levels of a node written out; each node is measured once."""
    if isinstance(node, yaml.ScalarNode):
        return 1, 0
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_nodes:
        raise _BombError(node, path, "the value holds an alias to itself; remove the alias")
    open_nodes.add(id(node))
    pairs = isinstance(node, yaml.MappingNode)
    children = [child for pair in node.value for child in pair] if pairs else node.value
    size, depth = 1, 0
    for child in children:
        child_size, child_depth = _measure(child, path, known, open_nodes)
        size, depth = size + child_size, max(depth, child_depth + 1)
        if size > MAX_VALUES or depth > MAX_DEPTH:
            limit = f"{MAX_VALUES:,} values or {MAX_DEPTH} levels"
            culprit = node if isinstance(child, yaml.ScalarNode) else child
            raise _BombError(culprit, path, f"aliases make this more than {limit}; write it out")
    open_nodes.remove(id(node))
    known[id(node)] = (size, depth)
    return size, depth


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

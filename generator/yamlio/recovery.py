"""After a syntax error: the rest of the file, from its next top-level key on."""

from __future__ import annotations

import re

import yaml

from generator.findings import Finding
from generator.yamlio.aliases import explosion
from generator.yamlio.builder import Builder
from generator.yamlio.nodes import SyntaxFault, compose

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

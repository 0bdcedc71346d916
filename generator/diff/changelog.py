"""Entries for changelogs, to be edited by hand."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diff.model import Change, ChartDiff
from generator.yamlio.writer import dump

# Sections of Keep a Changelog 1.1.0, with Artifact Hub's words for them.
_SECTIONS = ("added", "changed", "deprecated", "removed", "fixed", "security")


def artifact_hub_changes(diffs: list[ChartDiff]) -> str:
    """YAML: for each chart that changed, the ``changes`` of its spec."""
    found = {
        diff.name: {
            "changes": [{"kind": kind, "description": f"{text}."} for kind, text in _entries(diff)]
        }
        for diff in diffs
        if any(_entries(diff))
    }
    return dump(found) if found else ""


def changelog_lines(diffs: list[ChartDiff]) -> str:
    """Markdown: the sections of a release in CHANGELOG.md."""
    lines: dict[str, list[str]] = {section: [] for section in _SECTIONS}
    for diff in diffs:
        for kind, text in _entries(diff):
            lines[kind].append(f"- {diff.name} {diff.head}: {text}.")
    return "\n".join(
        f"### {section.capitalize()}\n\n" + "\n".join(entries) + "\n"
        for section, entries in lines.items()
        if entries
    )


def _entries(diff: ChartDiff) -> Iterator[tuple[str, str]]:
    if diff.head and not diff.base:
        yield "added", "First release of the chart"
    for seen in diff.seen():
        if seen.change.kind.changelog:
            yield seen.change.kind.changelog, sentence(seen.change)


def sentence(change: Change) -> str:
    """``Default changed: replicaCount: 1 → 2``, on one line."""
    detail = f": {change.detail}" if change.detail else ""
    # Texts of specs may not hold the opening marks of template languages.
    text = f"{change.kind.heading[0].upper()}{change.kind.heading[1:]}: {change.subject}{detail}"
    for mark in ("{{", "[[", "[%", "[#"):
        text = text.replace(mark, " ".join(mark))
    return " ".join(text.split())

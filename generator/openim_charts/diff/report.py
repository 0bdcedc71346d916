"""Differences as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.diff.kinds import Step
from openim_charts.diff.model import Change, ChartDiff, Seen
from openim_charts.diff.step import needed, shortfall
from openim_charts.yamlio.writer import dump

_LONGEST = 40  # changes of one chart that a report for people lists
_MOST = 60_000  # characters of a summary; a comment on GitHub takes 65,536
_DEFAULTS = "default values"


def as_text(diffs: Sequence[ChartDiff]) -> str:
    """A block for each chart that changed, the largest step first."""
    blocks = []
    for diff in _changed(diffs):
        lines = [f"{_title(diff)}: {_size(diff)}"]
        for seen in _listed(diff):
            found = seen.change
            detail = f": {found.detail}" if found.detail else ""
            where = f" ({_where(seen)})" if _where(seen) else ""
            lines.append(
                f"  {found.step!s:5}  {found.kind.heading}: {found.subject}{detail}{where}"
            )
            if found.advice:
                lines.append(f"         {found.advice}")
        blocks.append("\n".join([*lines, *_rest(diff, "  ")]) + "\n")
    return "\n".join(blocks) or "nothing changed\n"


def as_markdown(diffs: Sequence[ChartDiff]) -> str:
    """A summary that can be put into a comment: a table of charts, then details to unfold."""
    changed = _changed(diffs)
    if not changed:
        return "No chart changes.\n"
    rows = [
        f"| {diff.name} | {diff.base or '–'} | {diff.head or '–'} | {_size(diff)} "
        f"| {_verdict(diff)} |"
        for diff in changed
    ]
    head = ["| chart | from | to | smallest step | version |", "| --- | --- | --- | --- | --- |"]
    summary = "\n".join(["## Charts", "", *head, *rows, "", ""])
    details = ["\n".join(_details(diff)) + "\n" for diff in changed if diff.changes]
    fit, room = 0, _MOST - len(summary)
    while fit < len(details) and len(details[fit]) <= room:
        room -= len(details[fit])
        fit += 1
    left = len(details) - fit
    more = f"\n… and details of {left} more charts (--format text lists them)\n" if left else ""
    return f"{summary}{''.join(details[:fit])}{more}"


def as_json(diffs: Sequence[ChartDiff]) -> str:
    """A list of all charts with all changes."""
    rows = [
        {
            "chart": diff.name,
            "from": diff.base,
            "to": diff.head,
            "step": str(diff.step),
            "problem": shortfall(diff),
            "changes": [_row(seen) for seen in diff.seen()],
        }
        for diff in diffs
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


REPORTS: Mapping[str, Callable[[Sequence[ChartDiff]], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}


def _row(seen: Seen) -> dict[str, Any]:
    found = seen.change
    return {
        "kind": found.kind.id,
        "step": str(found.step),
        "subject": found.subject,
        "detail": found.detail,
        "advice": found.advice,
        "scenarios": list(seen.scenarios),
    }


def _changed(diffs: Sequence[ChartDiff]) -> list[ChartDiff]:
    changed = (d for d in diffs if d.changes or d.base != d.head)
    return sorted(changed, key=lambda diff: (-diff.step, diff.name))


def _listed(diff: ChartDiff) -> list[Seen]:
    return list(diff.seen())[:_LONGEST]


def _rest(diff: ChartDiff, indent: str) -> list[str]:
    more = len(list(diff.seen())) - _LONGEST
    return [f"{indent}… and {more} more (--format json lists all)"] if more > 0 else []


def _title(diff: ChartDiff) -> str:
    return f"{diff.name} {diff.base or 'nothing'} → {diff.head or 'nothing'}"


def _size(diff: ChartDiff) -> str:
    if not diff.base:
        return "new"
    if not diff.head:
        return "removed"
    return str(needed(diff.base, diff.step))


def _verdict(diff: ChartDiff) -> str:
    wrong = shortfall(diff)
    return f"❌ {_cell(wrong)}" if wrong else "✅"


def _details(diff: ChartDiff) -> list[str]:
    breaking = sum(seen.change.step is Step.MAJOR for seen in diff.seen())
    note = f", {breaking} breaking" if breaking else ""
    count = len(list(diff.seen()))
    lines = [f"<details{' open' if breaking else ''}>"]
    lines += [f"<summary>{diff.name}: {count} change{'s' * (count > 1)}{note}</summary>", ""]
    lines += ["| step | change | what | with |", "| --- | --- | --- | --- |"]
    for seen in _listed(diff):
        found = seen.change
        what = f"{_code(found.subject)}" + (f" {_cell(found.detail)}" if found.detail else "")
        what += f"<br>**Way out:** {_cell(found.advice)}" if found.advice else ""
        lines.append(f"| {found.step} | {found.kind.heading} | {what} | {_cell(_where(seen))} |")
    return [*lines, "", *_rest(diff, ""), "</details>", ""]


def _where(seen: Seen) -> str:
    """With which values a change shows; "" for one that no values decide."""
    if seen.scenarios == ("",):
        return ""
    names = [name.removeprefix("ci/").removesuffix("-values.yaml") for name in seen.scenarios]
    return ", ".join(name or _DEFAULTS for name in names)


def _cell(text: str) -> str:
    """Text for a cell of a table: it comes from specs, so nothing in it may be markup."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "\\`"), ("@", "&#64;")):
        text = text.replace(plain, safe)
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', '').replace('|', ' ').split())}`"


# Sections of Keep a Changelog 1.1.0, with Artifact Hub's words for them.
_SECTIONS = ("added", "changed", "deprecated", "removed", "fixed", "security")


def artifact_hub_changes(diffs: list[ChartDiff]) -> str:
    """YAML: for each chart that changed, the ``changes`` of its spec."""
    found = {diff.name: {"changes": change_entries(diff)} for diff in diffs if any(_entries(diff))}
    return dump(found) if found else ""


def change_entries(diff: ChartDiff) -> list[dict[str, str]]:
    """The ``changes`` of the chart's spec: entries for Artifact Hub."""
    return [{"kind": kind, "description": f"{text}."} for kind, text in _entries(diff)]


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

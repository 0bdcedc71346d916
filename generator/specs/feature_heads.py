"""``feature.yaml``: what a feature is, when a chart has it, what of a spec it alone reads, and
which other features it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.findings import Finding, Location
from generator.specs.schema import validate
from generator.yamlio.reader import read

FILE = "feature.yaml"


@dataclass(frozen=True, slots=True)
class Head:
    """What a feature's feature.yaml says."""

    name: str
    description: str
    order: int
    when: str  # Jinja expression over the chart; "" is always
    when_at: Location
    reads: frozenset[str]
    others: tuple[tuple[str, Location], ...]  # of them, settings of other features, with places
    needs: tuple[tuple[tuple[str, ...], Location], ...]  # features, one of each, with places


def lacking(heads: Iterable[Head], present: Collection[str]) -> dict[tuple[str, ...], list[str]]:
    """What the features need that is not ``present``: features of which one is enough, each with
    the names of those that need it, in order."""
    found: dict[tuple[str, ...], list[str]] = {}
    for head in heads:
        for choices, _ in head.needs:
            if not set(choices) & set(present):
                found.setdefault(choices, []).append(head.name)
    return found


def read_head(folder: Path, shown: str) -> tuple[Head | None, list[Finding]]:
    """The head of a feature's folder, which findings call ``shown``; None with what is wrong."""
    document, findings = read(folder / FILE, f"{shown}/{FILE}", refuse_templates=False)
    if document is None or findings:
        return None, findings
    findings = validate(document, "feature")
    if findings:
        return None, findings
    data = document.data
    reads = data.get("reads", ())
    head = Head(
        name=folder.name,
        description=data["description"],
        order=data["order"],
        when=data.get("when", ""),
        when_at=document.value(("when",)),
        reads=frozenset((*reads, f"options.{folder.name}")),
        others=tuple(
            (key, document.value(("reads", index)))
            for index, key in enumerate(reads)
            if key.startswith("options.")
        ),
        needs=tuple(
            (tuple(words.split(" or ")), document.value(("needs", index)))
            for index, words in enumerate(data.get("needs", ()))
        ),
    )
    return head, []

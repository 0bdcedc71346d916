"""Lists of images as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from generator.findings import Finding
from generator.image import Image
from generator.images.check import Answer
from generator.images.model import UsedImage

Answers = Mapping[Image, Answer]
Stale = Mapping[Image, Sequence[Finding]]  # facts that are no longer true


def as_text(images: Sequence[UsedImage], answers: Answers, stale: Stale) -> str:
    """One line an image: the reference, its charts, and what its registry says."""
    lines = []
    for used in images:
        lines.append(f"{used.image}  {', '.join(use.chart for use in used.uses)}")
        answer = answers.get(used.image)
        if answer:
            said = answer.problem or f"{answer.digest} {' '.join(answer.platforms)}"
            lines.append(f"  {said}")
        lines += [f"  {finding}" for finding in stale.get(used.image, ())]
    return "".join(f"{line}\n" for line in lines)


def as_json(images: Sequence[UsedImage], answers: Answers, stale: Stale) -> str:
    """A list of objects: image, charts with scenarios, and the registry's answer if asked."""
    rows = []
    for used in images:
        row: dict[str, object] = {
            "image": str(used.image),
            "registry": used.image.registry,
            "repository": used.image.repository,
            "tag": used.image.tag,
            "digest": used.image.digest,
            "charts": {use.chart: list(use.scenarios) for use in used.uses},
        }
        answer = answers.get(used.image)
        if answer:
            row["found"] = {
                "digest": answer.digest,
                "platforms": list(answer.platforms),
                "problem": answer.problem,
                "stale": [_stale(finding) for finding in stale.get(used.image, ())],
            }
        rows.append(row)
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _stale(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
    }

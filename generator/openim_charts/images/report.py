"""Images and tags as text and JSON."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from openim_charts.findings import Finding, UserError
from openim_charts.image import Image
from openim_charts.images.check import Answer
from openim_charts.images.model import UsedImage
from openim_charts.repository.versions import is_version

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


_LONGEST = 128  # characters of a tag, by the OCI distribution specification
_OTHER = re.compile(r"[^A-Za-z0-9_.-]+")
_CANDIDATE = re.compile(r"(?:.*/)?rc(0|[1-9]\d*)")
_RELEASE = re.compile(r"(?:refs/tags/)?(?:release-)?v?(\d.*)")


def branch_tag(branch: str) -> str:
    """The tag of a branch build: the branch's name, made fit for a tag. Raises UserError.

    A name that had to be changed ends in a hash, so that two branches never share a tag.
    """
    name = branch.removeprefix("refs/heads/")
    if not name:
        raise UserError("a branch build needs the name of its branch: --branch NAME")
    tag = _OTHER.sub("-", name).lstrip(".-")
    if tag == name and len(tag) <= _LONGEST and not _reserved(tag):
        return tag
    suffix = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{tag[: _LONGEST - 9]}-{suffix}".lstrip("-")


def _reserved(tag: str) -> bool:
    """Whether a tag belongs to another environment."""
    return bool(_CANDIDATE.fullmatch(tag)) or tag.startswith("release-v") or tag == "latest"


def test_tag(existing: Iterable[str]) -> str:
    """The tag of the next test build: rc0, or one more than the highest that exists."""
    numbers = [int(match[1]) for tag in existing if (match := _CANDIDATE.fullmatch(tag))]
    return f"rc{max(numbers, default=-1) + 1}"


def release_tag(version: str) -> str:
    """The tag of a release: release-vX.Y.Z, from X.Y.Z with or without ``v``. Raises UserError.

    A suffix such as -patch.15 or -rc.1, which makes a pre-release in SemVer, stays. Build metadata
    is refused: a tag cannot hold its plus sign.
    """
    match = _RELEASE.fullmatch(version)
    if match is None or not is_version(match[1]) or "+" in match[1]:
        raise UserError(f"a release needs a version like 3.8.3 or 3.8.3-patch.15, not '{version}'")
    tag = f"release-v{match[1]}"
    if len(tag) > _LONGEST:
        raise UserError(f"'{tag}' is longer than {_LONGEST} characters, which no registry takes")
    return tag

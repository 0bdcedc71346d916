"""What became of a release's configuration files, for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from openim_charts.findings import Finding
from openim_charts.releases.entries import MARK
from openim_charts.releases.infer import nothing, public
from openim_charts.releases.model import Change, FileChanges, Kind, Mark, NewLine
from openim_charts.specs.layout import SPECS
from openim_charts.yamlio.edit import flow

_TITLES = {
    Kind.ADDED: "added",
    Kind.REMOVED: "removed",
    Kind.RENAMED: "renamed",
    Kind.RETYPED: "retyped",
    Kind.DEFAULT: "new default",
    Kind.KEPT: "own default kept",
    Kind.COMPUTED: "computed by the charts",
    Kind.LEFT_OUT: "left out",
}


def as_text(line: NewLine, findings: Sequence[Finding]) -> str:
    """The report as lines: each file that differs, then what is to be decided. ``findings`` are
    those of 'validate' in the new line."""
    return "".join(f"{text}\n" for text in _lines(line, findings))


def _lines(line: NewLine, findings: Sequence[Finding]) -> Iterator[str]:
    same = 0
    for file in line.files:
        changes = list(_changes(file.changes))
        if file.state or changes:
            yield f"{file.filename}:{_state(file)}"
            yield from (f"  {text}" for text in changes)
        else:
            same += 1
    yield f"{same} of {len(line.files)} files have the same keys and defaults as in {line.base}"
    if line.marks:
        yield f"to decide, marked with {MARK.strip(': ')} in {SPECS}/lines/{line.name}/:"
    yield from (f"  {text}" for text in _to_decide(line))
    rest = [found for found in findings if not _marked(line, found)]
    if len(rest) < len(findings):
        number = len(findings) - len(rest)
        yield f"until then 'openim-charts validate' fails; it names {number} of these lines"
    if rest:
        yield "what 'openim-charts validate' names as well:"
    yield from (f"  {found}" for found in rest)


def _to_decide(line: NewLine) -> Iterator[str]:
    """The marks, those of a file that say the same together."""
    found: dict[tuple[str, str], list[str]] = {}
    for mark in line.marks:
        found.setdefault((mark.path, mark.text), []).append(str(mark.line))
    for (path, text), numbers in found.items():
        yield f"{path.removeprefix(f'{SPECS}/lines/{line.name}/')}:{','.join(numbers)}: {text}"


def _marked(line: NewLine, finding: Finding) -> bool:
    """Whether a finding is placed right below a mark."""
    path = finding.location.path.removeprefix(f"{SPECS}/lines/{line.name}/")
    above = line.texts.get(path, "").splitlines()[: finding.location.line]
    first = finding.location.line == 1
    comments = takewhile(lambda text: text.startswith("#"), map(str.strip, above[-2 + first :: -1]))
    return any(MARK in text for text in comments)


def _state(file: FileChanges) -> str:
    if file.state == "added":
        return " added"
    readers = f", and read by {', '.join(file.readers)}" if file.readers else ""
    return f" no longer there{readers}" if file.state else ""


def _changes(changes: Iterable[Change]) -> Iterator[str]:
    order = list(Kind)
    for change in sorted(changes, key=lambda change: order.index(change.kind)):
        yield f"{_TITLES[change.kind]}: {'.'.join(change.path)}{_detail(change)}"


def _detail(change: Change) -> str:
    if change.kind is Kind.RENAMED:
        return f" is {change.name}"
    if change.kind in (Kind.LEFT_OUT, Kind.REMOVED):
        return f" ({change.because})" if change.because else ""
    if change.secret:
        return ""
    after = _shown(change.after)
    if change.kind is Kind.ADDED:
        return f" = {after}"
    verb = "upstream's" if change.kind is Kind.KEPT else "now"
    return f": {_shown(change.before)}, {verb} {after}"


def _shown(value: Any) -> str:
    return "empty" if nothing(value) else flow(public(value))


def as_data(line: NewLine, findings: Sequence[Finding]) -> dict[str, Any]:
    """The same as data of JSON."""
    return {
        "line": line.name,
        "from": line.base,
        "files": [_file(file) for file in line.files],
        "marks": [_mark(mark) for mark in line.marks],
        "findings": [str(finding) for finding in findings],
    }


def _file(file: FileChanges) -> dict[str, Any]:
    return {
        "file": file.filename,
        "state": file.state or ("changed" if file.changes else "same"),
        "readBy": list(file.readers),
        "changes": [_change(change) for change in file.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    values = (
        {} if change.secret else {"before": public(change.before), "after": public(change.after)}
    )
    return {
        "kind": change.kind.value,
        "key": ".".join(change.path),
        **values,
        **({"name": change.name} if change.name else {}),
        **({"because": change.because} if change.because else {}),
        "decide": list(change.decide),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"path": mark.path, "line": mark.line, "text": mark.text}

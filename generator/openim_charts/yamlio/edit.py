"""Changes to single keys of a YAML text; everything else in it stays as a person wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from openim_charts.findings import FindingsError
from openim_charts.yamlio.nodes import compose
from openim_charts.yamlio.writer import scalar

Path = tuple[str, ...]
_ADDED, _COMMENTED, _REPLACED = range(3)  # what comes first of changes in the same place


def flow(value: Any) -> str:
    """A value on one line, as it can stand anywhere. Raises TypeError and ValueError for what Helm
    cannot read."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(k)}: {flow(v)}' for k, v in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


class Text:
    """A YAML text with one mapping, and the places of its keys and comments.

    A path is keys from the root. Raises FindingsError for a text that cannot be read, and KeyError
    for a path that is not there.
    """

    def __init__(self, text: str, shown: str) -> None:
        self.text = text if text.endswith("\n") else f"{text}\n"
        nodes, fault = compose(self.text, shown)
        if fault:
            raise FindingsError([fault.finding])
        self._root = nodes[0] if nodes else None

    def comments(self, path: Path) -> tuple[str, ...]:
        """The comment above a key, line by line, and the one behind a value on its line, without
        ``#``."""
        key, value = self.entry(path)
        above = self.text[self.above(key) : self.line(key.start_mark.index)].splitlines()
        end = self.end(value)
        block = isinstance(value, yaml.CollectionNode) and not value.flow_style
        behind = "" if block else self.text[end : self.next_line(end)].strip()
        lines = [line.strip() for line in (*above, behind) if line.strip().startswith("#")]
        return tuple(words for line in lines if (words := line.lstrip("#").strip()))

    def entry(self, path: Path) -> tuple[yaml.Node, yaml.Node]:
        """The nodes of a key and of its value."""
        parent = self._node(path[:-1])
        for key, value in parent.value if isinstance(parent, yaml.MappingNode) else ():
            if key.value == path[-1]:
                return key, value
        raise KeyError(path)

    def _node(self, path: Path) -> yaml.Node | None:
        return self.entry(path)[1] if path else self._root

    def mapping(self, path: Path) -> yaml.MappingNode:
        """The node of a mapping."""
        node = self._node(path)
        if not isinstance(node, yaml.MappingNode):
            raise KeyError(path)
        return node

    def line(self, index: int) -> int:
        """Where the line of an index starts."""
        return self.text.rfind("\n", 0, index) + 1

    def next_line(self, index: int) -> int:
        """Where the line after that of an index starts."""
        return self.text.index("\n", index) + 1

    def above(self, key: yaml.Node) -> int:
        """Where the comment right above a key starts, else its line."""
        start = self.line(key.start_mark.index)
        while start:
            before = self.line(start - 1)
            line = self.text[before : start - 1]
            column = len(line) - len(line.lstrip())
            if not line.lstrip().startswith("#") or column != key.start_mark.column:
                break
            start = before
        return start

    def end(self, node: yaml.Node) -> int:
        """Where a value ends: of a block, its last line without what stands behind it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip())


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    end: int
    text: str
    kind: int
    depth: int = 0


@dataclass(slots=True)
class Changes:
    """Changes to a text; all paths are those of the text as it was, and no two are of one place."""

    source: Text
    _changes: list[_Change] = field(default_factory=list)
    _removed: dict[Path, set[str]] = field(default_factory=dict)
    _gained: set[Path] = field(default_factory=set)  # flow mappings whose keys are all new

    def put(self, path: Path, value: Any) -> None:
        """Give a key another value, on one line."""
        key, old = self.source.entry(path)
        end = self.source.end(old)
        block = isinstance(old, yaml.CollectionNode) and not old.flow_style
        if block or old.start_mark.index == key.end_mark.index + 1:
            self._add(key.end_mark.index + 1, end, f" {flow(value)}", _REPLACED)
        else:
            self._add(old.start_mark.index, end, flow(value), _REPLACED)

    def rename(self, path: Path, name: str) -> None:
        """Give a key another name."""
        key, _ = self.source.entry(path)
        self._add(key.start_mark.index, key.end_mark.index, scalar(name), _REPLACED)

    def remove(self, path: Path) -> None:
        """Take a key away, with its value and the comment right above it."""
        self.source.entry(path)
        self._removed.setdefault(path[:-1], set()).add(path[-1])

    def replace(self, path: Path, lines: Sequence[str]) -> None:
        """Put these lines, of the column 0, in the place of a key and its value in a block."""
        key, value = self.source.entry(path)
        start = self.source.line(key.start_mark.index)
        end = self.source.next_line(self.source.end(value))
        self._add(start, end, _indented(lines, key.start_mark.column), _REPLACED)

    def add(self, path: Path, lines: Sequence[str], value: Any, behind: str = "") -> None:
        """Add a key behind another one of the same mapping, else as its first: in a block as these
        lines of the column 0, in braces with this value."""
        mapping = self.source.mapping(path[:-1])
        if mapping.flow_style:
            self._add_in_braces(path, mapping, f"{scalar(path[-1])}: {flow(value)}", behind)
            return
        column = mapping.value[0][0].start_mark.column
        if behind:
            end = self.source.end(self.source.entry((*path[:-1], behind))[1])
            start = self.source.next_line(end)
        else:
            start = self.source.above(mapping.value[0][0])
        self._add(start, start, _indented(lines, column), _ADDED, len(path))

    def _add_in_braces(self, path: Path, mapping: yaml.MappingNode, text: str, behind: str) -> None:
        if behind:
            end = self.source.end(self.source.entry((*path[:-1], behind))[1])
            self._add(end, end, f", {text}", _ADDED, len(path))
            return
        start = mapping.start_mark.index + 1
        gone = self._removed.get(path[:-1], set())
        left = any(key.value not in gone for key, _ in mapping.value)
        first = path[:-1] not in self._gained
        self._gained.add(path[:-1])
        text = f"{text}, " if left else text if first else f", {text}"
        self._add(start, start, text, _ADDED, len(path))

    def comment(self, path: Path, lines: Sequence[str]) -> None:
        """Put comments above a key; above the mapping that it is in where that is in braces."""
        mappings = [self.source.mapping(path[:size]) for size in range(len(path))]
        size = next((n for n, found in enumerate(mappings) if found.flow_style), len(path))
        key, _ = self.source.entry(path[: size or 1])
        start = self.source.line(key.start_mark.index)
        text = _indented([f"# {line}" for line in lines], key.start_mark.column)
        self._add(start, start, text, _COMMENTED)

    def _add(self, start: int, end: int, text: str, kind: int, depth: int = 0) -> None:
        self._changes.append(_Change(start, end, text, kind, depth))

    def __str__(self) -> str:
        """The text with all changes."""
        spans = [span for path, names in self._removed.items() for span in self._gone(path, names)]
        ordered = sorted(
            [*self._changes, *(_Change(a, b, "", _REPLACED) for a, b in spans)],
            key=lambda change: (change.start, change.kind, -change.depth),
        )
        text, position = [], 0
        for change in ordered:
            text += [self.source.text[position : change.start], change.text]
            position = change.end
        return "".join([*text, self.source.text[position:]])

    def _gone(self, path: Path, names: set[str]) -> Iterator[tuple[int, int]]:
        """What to cut out of the text for the removed keys of a mapping."""
        mapping = self.source.mapping(path)
        if not mapping.flow_style:
            for key, value in mapping.value:
                if key.value in names:
                    end = self.source.next_line(self.source.end(value))
                    yield self.source.above(key), end
            return
        kept_end: int | None = None  # of the last key so far that stays
        waiting: int | None = None  # where what is to be cut starts
        for key, value in mapping.value:
            if key.value in names:
                waiting = key.start_mark.index if waiting is None else waiting
                continue
            if waiting is not None:
                yield waiting, key.start_mark.index
            kept_end, waiting = self.source.end(value), None
        if waiting is not None:
            yield kept_end or waiting, self.source.end(mapping) - 1


def _indented(lines: Sequence[str], column: int) -> str:
    return "".join(f"{' ' * column}{line}\n" for line in lines)

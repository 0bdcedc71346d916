"""What the comments of a values.yaml say of its keys."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def key_comments(text: str) -> dict[str, str]:
    """Dotted key -> the comment that stands right above it, at the same depth.

    ``text`` is valid YAML. A leading ``--``, which helm-docs asks for, is left out.
    """
    lines = text.splitlines()
    found = {}
    for key, line, column in _keys(yaml.compose(text, Loader=_LOADER), ""):
        if comment := _above(lines, line, column):
            found[key] = comment
    return found


def _keys(node: yaml.Node | None, path: str) -> Iterator[tuple[str, int, int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        mark = key.start_mark
        yield f"{path}{key.value}", mark.line, mark.column
        yield from _keys(value, f"{path}{key.value}.")


def _above(lines: list[str], line: int, column: int) -> str:
    start = line
    head = " " * column + "#"
    while start > 0 and lines[start - 1].startswith(head):
        start -= 1
    words = [part[len(head) :].strip() for part in lines[start:line]]
    return " ".join(words).strip().removeprefix("-- ")

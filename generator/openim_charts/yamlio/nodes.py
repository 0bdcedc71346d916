"""Text to YAML nodes with marks, by PyYAML's C parser, safe against hostile nesting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import yaml

from openim_charts.findings import Finding, Location, UserError

try:
    from yaml import CSafeDumper
    from yaml._yaml import CParser
except ImportError as _error:
    raise UserError(
        "PyYAML was built without its C extension; install a binary wheel: "
        "pip install --force-reinstall --only-binary :all: PyYAML"
    ) from _error

__all__ = ["CParser", "CSafeDumper"]


PLAIN = "plain"  # tag of a scalar without quotes and without a tag of its own
STRING = "tag:yaml.org,2002:str"
MAX_DEPTH = 64

# The parser recurses in C for every level; below this bound no stack can overflow.
_SAFE_DEPTH = 1000
# What libyaml itself says, from the release in PyYAML 6.0.4 on.
_LIBRARYS_LIMIT = "exceeded maximum nesting depth"


class _Parser(CParser):
    """Composes nodes; scalars are resolved later, by Helm's rules and not by PyYAML's."""

    def resolve(self, kind: type, _value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return PLAIN if implicit[0] else STRING
        name = "map" if kind is yaml.MappingNode else "seq"
        return f"tag:yaml.org,2002:{name}"

    def descend_resolver(self, *_: Any) -> None: ...

    def ascend_resolver(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A syntax error, and the line where the broken construct starts."""

    finding: Finding
    line: int
    recoverable: bool  # whether what follows can be read without what is broken


def compose(text: str, path: str) -> tuple[list[yaml.Node], SyntaxFault | None]:
    """The root nodes of the documents in ``text``, up to the first syntax error."""
    nodes: list[yaml.Node] = []
    try:
        deep = _too_deep(text, path)
        if deep:
            return [], SyntaxFault(deep, deep.location.line, False)
        parser = _Parser(text)
        while parser.check_node():
            nodes.append(cast(yaml.Node, parser.get_node()))
    except yaml.MarkedYAMLError as error:
        return nodes, _syntax(error, path)
    return nodes, None


def _too_deep(text: str, path: str) -> Finding | None:
    """A finding when the document nests deeper than MAX_DEPTH.

    A block level needs a column of its own (a list may share its key's), a flow level a bracket;
    only a text that could exceed the safe depth by that measure is read twice.
    """
    columns = max(map(len, text.split("\n")))
    if 2 * columns + text.count("[") + text.count("{") < _SAFE_DEPTH:
        return None
    try:
        return _first_too_deep(text, path)
    except yaml.MarkedYAMLError as error:
        if error.problem != _LIBRARYS_LIMIT or error.problem_mark is None:
            raise
        # Found while looking ahead for a key: what stands before it is deep enough.
        return _first_too_deep(text[: error.problem_mark.index], path)


def _first_too_deep(text: str, path: str) -> Finding | None:
    depth = 0
    parser = _Parser(text)
    while parser.check_event():
        event = parser.get_event()
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                message = f"nested more than {MAX_DEPTH} levels deep"
                return Finding(place(event.start_mark, path), "yaml-depth", message)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def place(mark: Any, path: str) -> Location:
    """The location of a parser's mark."""
    return Location(path, mark.line + 1, mark.column + 1)


_ADVICE = {
    "mapping values are not allowed in this context": (
        "no key can stand here; check the indentation, or write a text that holds ': ' in quotes"
    ),
    "found character that cannot start any token": (
        "a text cannot start with this character; write it in quotes"
    ),
    "did not find expected key": "a key is expected here; check the indentation of this line",
    "could not find expected ':'": "a key without ':' before this line",
    "found unexpected end of stream": "the quoted text is never closed",
    "did not find expected ',' or ']'": "a list in brackets is not closed before this place",
    "did not find expected ',' or '}'": "a mapping in braces is not closed before this place",
    "did not find expected node content": "a value is expected here",
}


def _syntax(error: yaml.MarkedYAMLError, path: str) -> SyntaxFault:
    problem = error.problem or "not YAML"
    message = _ADVICE.get(problem, problem)
    mark = error.problem_mark or error.context_mark
    where = place(mark, path) if mark else Location(path)
    line = where.line
    if error.context and error.context_mark:
        start = error.context_mark.line + 1
        if not error.context.startswith("while"):  # "found duplicate anchor …; first occurrence"
            message = f"{error.context} on line {start}"
        elif "block mapping" not in error.context:
            line = start
            if start != where.line:
                message += f"; what is broken starts on line {start}"
    recoverable = not isinstance(error, yaml.composer.ComposerError)
    return SyntaxFault(Finding(where, "yaml-syntax", message), line, recoverable)

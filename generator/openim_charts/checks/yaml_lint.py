"""yamllint over rendered documents.

yamllint tokenizes with PyYAML's Python scanner, 18 ms for a document of a hundred lines. Plainly
written documents need no tokens at all (yaml_plain); for the others its rules are fed by PyYAML's C
scanner, some eight times faster; when they have anything to say, yamllint itself reads the document
and its answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.error import Mark
from yamllint import linter, parser
from yamllint.config import YamlLintConfig

# Tabs and all that YAML, unlike yamllint, takes for the end of a line; lines that a rule for whole
# lines forbids.
_ODD = re.compile("[\t\r\x85\u2028\u2029\ufeff]| \n|\n\n\n\n|\n\n\\Z|\\A\\s")
_LINE = re.compile(
    r"""
    (?P<indent>\ *) (?P<dash>-(?:\ |$))?
    (?: (?P<key> [A-Za-z0-9][\w./-]* | "[^"\\\n]*" ) : (?:\ (?=[^\ ])|$) )?
    (?: (?P<block> [|>][-+]? )
      | (?P<plain> (?:[A-Za-z0-9/_.$(] | -[^\ ] | :[0-9]) (?:[^:\#] | :(?=[^\ ]) | (?<=\S)\#)* )
      | "(?:[^"\\]|\\.)*"
      | '(?:[^']|'')*'
      | \{\} | \[\]
      | \[ (?P<flow> (?:WORD,\ )* WORD ) \]
      | \{ WORD:\ (?P<only>WORD) \}
      | (?P<empty>)
    )
    """.replace("WORD", r"""(?: (?:--)?[A-Za-z0-9/_][\w./-]* | "[^"\\]*" )"""),
    re.VERBOSE | re.ASCII,
)
_COMMENT = re.compile(r" *#(?: .*)?")
_TRUTHY = frozenset(("yes", "no", "on", "off", "y", "n", "true", "false"))
_STEP = 2

_Open = tuple[int, bool, set[str]]  # column, whether it is a sequence, a mapping's keys so far


def is_plain(text: str) -> bool:
    """Whether the document, which must be YAML, is surely clean by the rules in yaml_lint.CONFIG
    (duplicate keys included). False says nothing."""
    if _ODD.search(text) or not text.endswith("\n"):
        return False
    stack: list[_Open] = [(0, False, set())]
    awaiting: int | None = None  # column of a key whose value may stand on the next lines
    scalar: int | None = None  # lines further in than this belong to a block scalar
    for line in text.split("\n"):
        if not line:
            continue
        if scalar is not None and len(line) - len(line.lstrip(" ")) > scalar:
            continue
        scalar = None
        row = _row(line)
        if row is None:
            return False
        if row is _SILENT:
            continue
        column = _place(stack, row, awaiting)
        if column is None:
            return False
        awaiting = column if row.opens else None
        scalar = column if row.block else None
    return True


@dataclass(frozen=True, slots=True)
class _Row:
    """What one line says: where it stands, whether it begins an item, its key ("" for none), and
    whether its value is on the next lines, or is a block scalar there."""

    column: int
    item: bool
    key: str
    opens: bool
    block: bool


_SILENT = _Row(0, False, "", False, False)  # of a comment


@lru_cache(16384)  # most lines stand in many documents
def _row(line: str) -> _Row | None:
    """The line, None when it is none of those that are surely clean."""
    if _COMMENT.fullmatch(line):
        return _SILENT
    found = _LINE.fullmatch(line)
    if found is None or any(_is_truthy(word) for word in _words(found)):
        return None
    key, item = found["key"] or "", found["dash"] is not None
    if not key and not item:
        return None
    opens = found["empty"] is not None
    return _Row(len(found["indent"]), item, key, opens, found["block"] is not None)


def _place(stack: list[_Open], row: _Row, awaiting: int | None) -> int | None:
    """The column of the line's key, or of its item; None when it stands where it should not."""
    column = row.column
    if not _enter(stack, column, row.item, awaiting):
        return None
    if row.item and row.key:
        column += _STEP
        stack.append((column, False, set()))
    return None if row.key and _repeats(stack[-1][2], row.key) else column


def _words(line: re.Match[str]) -> list[str]:
    """Plain scalars of the line that could be taken for true or false."""
    if line["flow"]:
        return list(line["flow"].split(", "))
    return [word for word in (line["plain"], line["only"]) if word]


def _is_truthy(word: str) -> bool:
    return word not in ("true", "false") and word.lower() in _TRUTHY


def _enter(stack: list[_Open], column: int, sequence: bool, awaiting: int | None) -> bool:
    """Open what the line at ``column`` begins, or close what ended before it."""
    if awaiting is not None and (column == awaiting + _STEP or (sequence and column == awaiting)):
        stack.append((column, sequence, set()))
        return True
    while stack and stack[-1][:2] != (column, sequence):
        stack.pop()
    return bool(stack)


def _repeats(keys: set[str], key: str) -> bool:
    bare = key.strip('"')
    if bare in keys:
        return True
    keys.add(bare)
    return False


# What a rendered document may differ in from hand-written YAML: it starts without a marker, its
# lines may be long (commands, expressions), comments may stand where a template put them.
CONFIG = """
extends: default
rules:
  comments: {min-spaces-from-content: 1}
  comments-indentation: disable
  document-start: disable
  empty-lines: {max: 2}
  indentation: {spaces: consistent, indent-sequences: whatever}
  line-length: disable
  truthy: {allowed-values: ["true", "false"], check-keys: false}
"""
_LINE_RULES = re.compile(r"[ \t\r]\n|\n\n\n\n|\A\s")
# Rules that act only on documents with one of these tokens.
_NEEDS = {
    "braces": (yaml.FlowMappingStartToken,),
    "brackets": (yaml.FlowSequenceStartToken,),
    "commas": (yaml.FlowEntryToken,),
    "anchors": (yaml.AnchorToken, yaml.AliasToken),
}


@cache
def _config() -> Any:
    return YamlLintConfig(CONFIG)


def lint_text(text: str) -> list[tuple[int, int, str]]:
    """(line, column, message) of what yamllint finds in one document that is YAML."""
    if is_plain(text) or _looks_clean(text):
        return []
    return [(p.line, p.column, p.message) for p in linter.run(text, _config())]


def _looks_clean(text: str) -> bool:
    # The two scanners differ over tabs.
    if _LINE_RULES.search(text) or "\t" in text or not text.endswith("\n"):
        return False
    try:
        tokens = list(_tokens(text))
        return not any(_token_problems(tokens)) and not any(_comment_problems(text, tokens))
    except (yaml.YAMLError, TypeError):  # TypeError: yamllint loses its way in a broken document
        return False


def _tokens(text: str) -> Iterator[Any]:
    scanner = CParser(text)
    buffer = text + "\0"
    while (token := scanner.get_token()) is not None:
        for name in ("start_mark", "end_mark"):
            mark = getattr(token, name)
            full = Mark("", mark.index, mark.line, mark.column, buffer, mark.index)
            setattr(token, name, full)
        if isinstance(token, yaml.ScalarToken) and not token.style:
            token.style = None  # as the Python scanner says that a scalar is plain
        yield token


def _token_problems(tokens: list[Any]) -> Iterator[Any]:
    kinds = {type(token) for token in tokens}
    rules: list[tuple[Any, Any, dict[str, Any]]] = [
        (rule.check, _config().rules[rule.ID], {})
        for rule in _config().enabled_rules(None)
        if rule.TYPE == "token" and (rule.ID not in _NEEDS or kinds.intersection(_NEEDS[rule.ID]))
    ]
    around = zip(
        [None, *tokens], tokens, [*tokens[1:], None], [*tokens[2:], None, None], strict=False
    )
    for before, token, after, next_but_one in around:
        for check, settings, context in rules:
            yield from check(settings, token, before, after, next_but_one, context)


def _comment_problems(text: str, tokens: list[Any]) -> Iterator[Any]:
    if "#" not in text:
        return
    rules = [rule for rule in _config().enabled_rules(None) if rule.TYPE == "comment"]
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        for comment in parser.comments_between_tokens(token, after):
            for rule in rules:
                yield from rule.check(_config().rules[rule.ID], comment)

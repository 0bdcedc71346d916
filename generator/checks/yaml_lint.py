"""yamllint over rendered documents.

yamllint tokenizes with PyYAML's Python scanner, 18 ms for a document of a hundred lines. Plainly
written documents need no tokens at all (yaml_plain); for the others its rules are fed by PyYAML's C
scanner, some eight times faster; when they have anything to say, yamllint itself reads the document
and its answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.error import Mark
from yamllint import linter, parser
from yamllint.config import YamlLintConfig

from generator.checks.yaml_plain import is_plain

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

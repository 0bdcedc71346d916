"""YAML nodes to plain data, the place of everything in it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from openim_charts.findings import Finding, Location
from openim_charts.yamlio.document import Path
from openim_charts.yamlio.nodes import PLAIN, STRING, place
from openim_charts.yamlio.text import unwritable

Scalar = str | int | float | bool | None

# JSON numbers reach Helm's templates as float64: larger integers lose digits.
EXACT = 2**53

_TRUE = ("y", "yes", "on", "true")
_FALSE = ("n", "no", "off", "false")


def _spellings(words: tuple[str, ...]) -> set[str]:
    return {f(word) for word in words for f in (str.lower, str.upper, str.capitalize)}


_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(_spellings(_TRUE), True),
    **dict.fromkeys(_spellings(_FALSE), False),
    **dict.fromkeys(("", "~", *_spellings(("null",)))),
}
_DIGITS = {"0x": 16, "0b": 2, "0o": 8}
_PATTERNS = {16: "[0-9a-fA-F]+", 2: "[01]+", 8: "[0-7]+", 10: "0|[1-9][0-9]*"}
_INTEGERS = {base: re.compile(pattern) for base, pattern in _PATTERNS.items()}
_FLOAT = re.compile(r"(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_PARTED = re.compile(r"(?<=[0-9])_(?=[0-9])")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class UnrepresentableError(ValueError):
    """A number that Helm refuses or rounds; the message says which and what to do."""


@lru_cache(maxsize=16384)
def plain(text: str) -> Scalar:
    """The value that Helm gives to the plain scalar ``text``.

    Whole floats come back as integers, because Helm's values pass through JSON.
    Raises UnrepresentableError for infinity, NaN and integers that a float64 cannot hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INFINITE.fullmatch(text):
        raise UnrepresentableError(f"Helm refuses the number {text}")
    # "_" is ignored anywhere, but behind a leading point it may only part digits.
    number = _number(_PARTED.sub("", text) if text[0] == "." else text.replace("_", ""))
    return text if number is None else number


def _number(text: str) -> int | float | None:
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("+", "-") else text
    whole = _integer(digits)
    if whole is None:
        if not _FLOAT.fullmatch(digits):
            return None
        real = float(digits)
        if real == float("inf"):
            raise UnrepresentableError(f"Helm cannot hold the number {text}")
        if not real.is_integer() or real > EXACT:
            return sign * real
        whole = int(real)
    if whole > EXACT:
        raise UnrepresentableError(
            f"Helm rounds integers beyond 2^53, so {text} would change; write it in quotes"
        )
    return sign * whole


def _integer(digits: str) -> int | None:
    base = _DIGITS.get(digits[:2].lower())
    if base:
        digits = digits[2:]
    elif len(digits) > 1 and digits[0] == "0":
        base, digits = 8, digits[1:]
    else:
        base = 10
    return int(digits, base) if _INTEGERS[base].fullmatch(digits) else None


_TEMPLATE = re.compile(r"\{\{|\[\[|\[%|\[#")
_TAGS = {
    yaml.ScalarNode: (STRING, PLAIN),
    yaml.MappingNode: ("tag:yaml.org,2002:map",),
    yaml.SequenceNode: ("tag:yaml.org,2002:seq",),
}
_KINDS = {bool: "a boolean", int: "a number", float: "a number", type(None): "null"}


class Builder:
    """Builds the data of one document; ``findings`` collects every mistake on the way."""

    def __init__(self, path: str, text: str, refuse_templates: bool) -> None:
        self.path = path
        self.text = text
        self.refuse_templates = refuse_templates
        self.findings: list[Finding] = []

    def build(self, node: yaml.Node) -> Any:
        """The value of ``node``."""
        self._check_tag(node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.MappingNode):
            return {key: self.build(value) for key, _, value in self._entries(node)}
        return [self.build(item) for item in node.value]

    def _check_tag(self, node: yaml.Node) -> None:
        if node.tag not in _TAGS[type(node)]:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(node, "yaml-tag", f"the tag {tag} is not supported; write a plain value")

    def _entries(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key, its node and the value's node of each entry that counts."""
        seen: dict[str, yaml.Node] = {}
        for key_node, value_node, merged in self._pairs(node):
            key = self._key(key_node)
            if key not in seen:
                seen[key] = key_node
                yield key, key_node, value_node
            elif not merged:
                first = seen[key].start_mark.line + 1
                message = f"duplicate key {key!r}, first on line {first}; remove one"
                self._report(key_node, "yaml-duplicate-key", message)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node, bool]]:
        """Entries of a mapping, then those that ``<<`` merges into it."""
        merges = []
        for key, value in node.value:
            if key.tag == PLAIN and key.value == "<<":
                merges.append(value)
            else:
                yield key, value, False
        for merge in merges:
            sources = merge.value if isinstance(merge, yaml.SequenceNode) else [merge]
            for source in sources:
                if not isinstance(source, yaml.MappingNode):
                    self._report(source, "yaml-merge", "'<<' takes a mapping or a list of mappings")
                    continue
                for key, value, _ in self._pairs(source):
                    yield key, value, True

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            index = node.start_mark.index
            if self.refuse_templates and self.text[index - 1 : index + 1] == "{{":
                self._refuse_template(index - 1, "{{")
            else:
                self._report(node, "yaml-key", "a key must be text, not a list or mapping")
            return f"?{index}"
        key = self._scalar(node)
        if not isinstance(key, str):
            kind = _KINDS[type(key)]
            written = node.value or "null"
            message = f'the key {written} is {kind} to Helm; write "{written}" in quotes'
            self._report(node, "yaml-key", message)
            return str(node.value)
        return key

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if self.refuse_templates:
            found = _TEMPLATE.search(text)
            if found:
                start = node.start_mark.index
                index = self.text.find(found[0], start, node.end_mark.index)
                self._refuse_template(start if index < 0 else index, found[0])
        if node.tag != PLAIN:
            return self._quoted(node)
        try:
            return plain(text)
        except UnrepresentableError as error:
            self._report(node, "yaml-number", str(error))
            return 0

    def _quoted(self, node: yaml.ScalarNode) -> str:
        text: str = node.value
        if self.refuse_templates and not text.isprintable():
            code = unwritable(text)
            if code:
                message = f"the text holds the control character {code} as an escape; remove it"
                self._report(node, "yaml-encoding", message)
        return text

    def _refuse_template(self, index: int, token: str) -> None:
        before = self.text[:index]
        location = Location(self.path, before.count("\n") + 1, index - before.rfind("\n"))
        message = f"'{token}' starts template code, and a spec's text is data; remove it"
        self.findings.append(Finding(location, "template-in-text", message))

    def _report(self, node: yaml.Node, rule: str, message: str) -> None:
        self.findings.append(Finding(place(node.start_mark, self.path), rule, message))


class PlacingBuilder(Builder):
    """A builder that also tells where each key and each value stands."""

    def __init__(self, path: str, text: str, refuse_templates: bool) -> None:
        super().__init__(path, text, refuse_templates)
        self.keys: dict[Path, Location] = {}
        self.values: dict[Path, Location] = {}

    def build(self, node: yaml.Node, path: Path = ()) -> Any:
        """The value of ``node``, which sits at ``path``."""
        if isinstance(node, yaml.ScalarNode):
            return super().build(node)
        self._check_tag(node)
        self.values[path] = place(node.start_mark, self.path)
        if not isinstance(node, yaml.MappingNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, key_node, value_node in self._entries(node):
            here = (*path, key)
            self.keys[here] = self.values[here] = place(key_node.start_mark, self.path)
            if value_node.tag != PLAIN or value_node.value:
                self.values[here] = place(value_node.start_mark, self.path)
            data[key] = self.build(value_node, here)
        return data

    def _item(self, node: yaml.Node, path: Path) -> Any:
        self.keys[path] = self.values[path] = place(node.start_mark, self.path)
        return self.build(node, path)

"""Write YAML that Helm reads back as exactly the same data.

Layout is ours (two spaces, lists indented below their key, as Helm charts have it); whether a text
needs quotes is decided by PyYAML, and by the reader's rules for what Helm takes for another value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from openim_charts.yamlio.builder import EXACT, UnrepresentableError, plain
from openim_charts.yamlio.nodes import CSafeDumper

# YAML parsers refuse implicit keys of more than 1024 characters.
_LONGEST_KEY = 800


# Most texts are words; they skip PyYAML when no reader could take them for anything else.
_WORDS = re.compile(r"[A-Za-z/][A-Za-z0-9/_.-]*(?: [A-Za-z0-9/_.][A-Za-z0-9/_.-]*)*")
_RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

# Single quotes would fold these.
_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")

# A block text keeps every character but these as it is.
_NOT_IN_BLOCK = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "| (?:\n|$)"
)


def dump(data: Any) -> str:
    """``data`` (mappings with text keys, lists, text, numbers, booleans, None) as block YAML.

    Ends in a line end. Raises ValueError for numbers that Helm would refuse or round, TypeError for
    what is not JSON data.
    """
    if isinstance(data, Mapping) and data:
        return "".join(_mapping(data, ""))
    if _is_list(data) and data:
        return "".join(_list(data, ""))
    return f"{_inline(data, '')}\n"


def scalar(value: Any) -> str:
    """One scalar, on one line, as it can stand anywhere: after a key, in brackets, as a key."""
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > EXACT:
            raise ValueError(f"Helm would round the integer {value}")
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"Helm refuses the number {value}")
        return repr(value)
    raise TypeError(f"cannot write a {type(value).__name__} as YAML")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        if not isinstance(key, str):
            raise TypeError(f"the key {key!r} is not text")
        written = _text(key)
        if len(written) > _LONGEST_KEY:
            written = f"? {written}\n{indent}"
        yield f"{indent}{written}:"
        yield from _value(value, indent)


def _value(value: Any, indent: str) -> Iterator[str]:
    """What follows a key's colon, line end included."""
    if value and isinstance(value, Mapping):
        yield "\n"
        yield from _mapping(value, indent + "  ")
    elif value and _is_list(value):
        yield "\n"
        yield from _list(value, indent + "  ")
    else:
        yield f" {_inline(value, indent)}\n"


def _list(items: Sequence[Any], indent: str) -> Iterator[str]:
    inner = indent + "  "
    for item in items:
        if item and (isinstance(item, Mapping) or _is_list(item)):
            lines = "".join(
                _mapping(item, inner) if isinstance(item, Mapping) else _list(item, inner)
            )
            yield f"{indent}- {lines[len(inner) :]}"
        else:
            yield f"{indent}- {_inline(item, indent)}\n"


def _inline(value: Any, indent: str) -> str:
    """A scalar, an empty collection or a block text whose lines follow."""
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, str):
        return _block(value, indent + "  ") if "\n" in value else _block_text(value)
    return "[]" if _is_list(value) else scalar(value)


def _block(text: str, indent: str) -> str:
    """A text of several lines as ``|``, or in quotes when a block cannot hold (or show) it."""
    body = text.rstrip("\n")
    if not body.strip() or _NOT_IN_BLOCK.search(text):
        return _text(text)
    ends = len(text) - len(body)
    chomping = "-" if ends == 0 else "" if ends == 1 else "+"
    first = next(line for line in body.split("\n") if line)
    hint = "2" if first.startswith(" ") or text.startswith("\n") else ""
    lines = [indent + line if line else "" for line in body.split("\n")]
    return f"|{hint}{chomping}\n" + "\n".join(lines) + "\n" * max(0, ends - 1)


@lru_cache(maxsize=65536)
def _text(text: str) -> str:
    """A text on one line, fit for every context: keys and brackets too."""
    return text if _is_word(text) else _quoted(text, flow=True)[1:-2]


@lru_cache(maxsize=65536)
def _block_text(text: str) -> str:
    """A text on one line behind a key or a dash, where commas and brackets need no quotes."""
    return text if _is_word(text) else _quoted(text, flow=False)[2:-1]


def _is_word(text: str) -> bool:
    return bool(_WORDS.fullmatch(text)) and text.lower() not in _RESERVED


def _quoted(text: str, flow: bool) -> str:
    style = '"' if _BREAKS.search(text) else "'" if _is_value(text) else None
    written: str = yaml.dump(
        [text],
        Dumper=CSafeDumper,
        default_flow_style=flow,
        default_style=style,
        allow_unicode=True,
        width=1_000_000_000,
    )
    return written


def _is_value(text: str) -> bool:
    """Whether Helm takes the bare text for something else than text, or refuses it."""
    try:
        return not isinstance(plain(text), str)
    except UnrepresentableError:
        return True

"""What Helm makes of a plain (unquoted) scalar.

Helm's parser follows neither YAML 1.1 nor 1.2: ``no`` and ``y`` are booleans, ``0o10`` and ``010``
are 8, ``08`` is 8, ``1e3`` is 1000, and dates and times are text. The rules are those of go-yaml v2
behind sigs.k8s.io/yaml, measured on Helm 3.22 and 4.3.
"""

from __future__ import annotations

import re
from functools import lru_cache

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

"""Did you mean …?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST_LISTED = 12


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that ``word`` was meant to be, by its letters; "" when none is like it.

    ``likeness`` is the least share of letters, of 1, that both have in the same order.
    """
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=likeness)
    return near[0] if near else ""


def hint(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the known word nearest to ``word``, else the known words."""
    words = sorted(set(known))
    meant = nearest(word, words)
    if meant:
        return f"; did you mean '{meant}'?"
    if not words:
        return ""
    if len(words) > _MOST_LISTED:
        return "; no known one is like it"
    return f"; known: {', '.join(words)}"

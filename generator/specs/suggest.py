"""Did you mean …?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST_LISTED = 12


def hint(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the known word nearest to ``word``, else the known words."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    if not words:
        return ""
    if len(words) > _MOST_LISTED:
        return "; no known one is like it"
    return f"; known: {', '.join(words)}"

"""The program that a container runs, as one that is on the host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.checks.api import listing

_SHELLS = ("ash", "bash", "sh")
# A shell that only finds the program, in a folder of which * stands for a part, and becomes it.
_BECOMES = re.compile(r"exec ([\w./*-]+)((?: [\w./:=,@+-]+)*)")


@dataclass(frozen=True, slots=True)
class Program:
    """``name`` is that of its file, ``arguments`` may refer to variables as Kubernetes does."""

    name: str
    arguments: tuple[str, ...]


def program_of(container: Mapping[str, Any]) -> Program | None:
    """The program of a container; None where the image decides, or a script of a shell."""
    words = [str(w) for key in ("command", "args") for w in listing(container, key)]
    if not listing(container, "command"):
        return None
    name = words[0].rpartition("/")[2]
    if name not in _SHELLS:
        return Program(name, tuple(words[1:]))
    becomes = _BECOMES.fullmatch(words[2]) if words[1:2] == ["-c"] and len(words) == 3 else None
    if becomes is None:
        return None
    return Program(becomes[1].rpartition("/")[2], tuple(becomes[2].split()))

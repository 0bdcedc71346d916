"""What stops when a part fails and how long: docs/failures.md, made from a run of tests/node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA = "docs/data/failures.json"
_HEAD = """\
# Failures

What happens when a part of OpenIM fails, as [tests/node](../tests/node/README.md) measured it with
the preset `minimal`, which has one pod of everything, while one message a second was sent and a
client was connected to the gateway. Nobody did anything: all of it comes back by itself.

- **back**: seconds from the moment at which the cause was gone until a message was accepted and
  pushed again, and so were all that followed. The cause of a deleted pod is gone at once, that of a
  middleware that is away when its pod is ready again, that of an upgrade when Helm ends.
- **refused**: sends that got an error or no answer, so that a client sends again, **of** all that
  were tried; **in a row** is the longest time in which none was accepted.
- **lost**: messages that were accepted and that their receiver could not read afterwards.
- **alerts**: what Prometheus raised meanwhile. **Bold** are those that wake somebody: they are
  critical, and Alertmanager had no other alert that explained them.

{run}

| failure | back (s) | refused | of | in a row (s) | lost | alerts |
| --- | --- | --- | --- | --- | --- | --- |
"""


def failures(root: Path) -> str:
    """The document, from the results that the project keeps."""
    data: Mapping[str, Any] = json.loads((root / DATA).read_text("utf-8"))
    rows = "".join(f"| {' | '.join(_cells(o))} |\n" for o in data["outcomes"])
    return _HEAD.format(run=data["run"]) + rows


def _cells(outcome: Mapping[str, Any]) -> list[str]:
    numbers = ("back", "refused", "sent", "refused_in_a_row", "lost")
    pages = outcome["pages"]
    alerts = ", ".join(f"**{a}**" if a in pages else a for a in outcome["alerts"]) or "–"
    return [outcome["failure"], *(str(outcome[n]) for n in numbers), alerts]

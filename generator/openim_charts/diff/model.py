"""The result of comparing two versions of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from openim_charts.diff.kinds import KINDS, Kind, Step

MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``subject`` is a dotted key or an object, ``detail`` what became of it.

    ``scenario`` names the values that show it ("" for the defaults, and for what no values
    decide); ``advice`` is the way out of a breaking change.
    """

    kind: Kind
    subject: str
    detail: str = ""
    scenario: str = ""
    advice: str = ""

    @property
    def step(self) -> Step:
        """The step of the version that it asks for."""
        return self.kind.step


@dataclass(frozen=True, slots=True)
class Seen:
    """A change, and all values that show it."""

    change: Change
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartDiff:
    """What changed in one chart; ``base`` or ``head`` (versions) is "" where it does not exist."""

    name: str
    base: str
    head: str
    changes: tuple[Change, ...] = ()

    @property
    def step(self) -> Step:
        """The largest step that a change asks for."""
        return max((change.step for change in self.changes), default=Step.NONE)

    def seen(self) -> Iterator[Seen]:
        """Changes from the largest step to the smallest, each once."""
        order = list(KINDS)

        def key(change: Change) -> tuple[int, int, str, str, str]:
            kind = change.kind
            return -kind.step, order.index(kind.id), change.subject, change.detail, change.advice

        for _, same in groupby(sorted(self.changes, key=key), key=key):
            group = list(same)
            yield Seen(group[0], tuple(dict.fromkeys(change.scenario for change in group)))


def change(
    kind: str, subject: str, detail: str = "", scenario: str = "", advice: str = ""
) -> Change:
    """A change of the kind with this id."""
    return Change(KINDS[kind], subject, detail, scenario, advice)


def shown(value: Any, limit: int = 60) -> str:
    """A value as a report shows it: short, on one line."""
    import json

    if value is MISSING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def became(old: Any, new: Any) -> str:
    """``old → new``, cut where both are long."""
    return f"{shown(old)} → {shown(new)}"


def differences(
    old: Any, new: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Path, old and new value of everything that differs; MISSING where there is none.

    Lists of mappings with names are compared by name, other lists by place.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        by_name = _named(old), _named(new)
        if by_name[0] is not None and by_name[1] is not None:
            yield from _mappings(by_name[0], by_name[1], path)
        else:
            places = (dict(_numbered(old)), dict(_numbered(new)))
            yield from _mappings(*places, path)
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _mappings(
    old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    for key in dict.fromkeys((*old, *new)):
        yield from differences(old.get(key, MISSING), new.get(key, MISSING), (*path, key))


def _numbered(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for index, item in enumerate(items):
        yield f"[{index}]", item


def _named(items: list[Any]) -> dict[str, Any] | None:
    names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return None
    return {f"[{name}]": item for name, item in zip(names, items, strict=True)}


def dotted(path: Iterable[str]) -> str:
    """``spec.containers[app].image``."""
    return ".".join(path).replace(".[", "[")

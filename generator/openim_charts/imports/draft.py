"""An ``openim.yaml`` in the making: its values, Secrets to make, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.checks.rules.secrets_in_text import signs_of_secret
from openim_charts.imports.model import Given, same

Path = tuple[str, ...]

SECRET = (
    "The value looks like a secret, so it is not written here; set it by hand, without the secret, "
    "or give it to the programs in another way."
)
_LOGIN_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


class Draft:
    """Values of ``openim.yaml`` with their origins. What is set first wins over later values."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.defaults = defaults  # of the chart's values
        self.values: dict[str, Any] = {}
        self.origins: dict[Path, Given] = {}
        self.remarks: dict[Path, str] = {}  # what to know about a value
        self.left: dict[str, list[Given]] = {}  # by what is said about them
        self.secrets: dict[str, dict[str, Given]] = {}  # credential -> key of its Secret
        self.well_known: dict[str, dict[str, Given]] = {}  # the same, as published

    def leave(self, given: Given, why: str) -> None:
        """Remember that a setting is not taken over, and why."""
        seen = self.left.setdefault(why, [])
        if given not in seen:
            seen.append(given)

    def put(self, path: Path, value: Any, given: Given, remark: str = "") -> None:
        """Set a value of openim.yaml, unless it is the charts' own or looks like a secret."""
        if value is None:
            return
        if path[-1].endswith("[]"):
            path = (*path[:-1], path[-1].removesuffix("[]"))
            value = [*(self.get(path) or []), value]
        elif (known := self.get(path)) is not None:
            if not same(known, value):
                first = self.origins.get(path)
                name = ".".join(path)
                self.leave(given, f"{name} is one value for all, and {_of(first)} set it.")
            return
        elif self.is_default(path, value):
            return
        if _holds_secret(path, value):
            self.leave(given, SECRET)
            return
        _set(self.values, path, value)
        self.origins.setdefault(path, given)
        if remark:
            self.remarks[path] = remark

    def get(self, path: Path) -> Any:
        """The value at a path; None where there is none yet."""
        return _get(self.values, path)

    def drop(self, path: Path, why: str) -> bool:
        """Take a value out again; False when there is none."""
        if not path or self.get(path) is None:
            return False
        given = self.origins.get(path)
        if given:
            self.leave(given, why)
        else:
            self.left.setdefault(f"{'.'.join(path)}: {why}", [])
        _remove(self.values, path)
        return True

    def is_default(self, path: Path, value: Any) -> bool:
        """Whether the charts have the value by themselves."""
        return same(_get(self.defaults, path), value)

    def mark_external(self, name: str) -> None:
        """Say that a dependency is outside the cluster, before all else of it."""
        section = self.get(("global", name)) or {}
        _set(self.values, ("global", name), {"mode": "external", **section})

    def name_secret(self, credential: str, given: Given) -> None:
        """Let the charts take a credential from a Secret that is still to be made."""
        path = ("global", credential, "existingSecret")
        _set(self.values, path, f"imported-{kebab(credential)}")
        self.origins[path] = given


def _of(given: Given | None) -> str:
    return given.shown if given else "another setting"


def _holds_secret(path: Path, value: Any) -> bool:
    """Whether a value, or a part of it, is a login, or is secret by the name of its key."""
    configured = path[:2] == ("global", "config")
    return any(
        bool(_LOGIN_IN_URL.search(str(text)))
        or any(True for _ in signs_of_secret(name if configured else "", text))
        for name, text in _leaves(path[-1], value)
    )


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner)
    else:
        yield name, value


def _get(data: Any, path: Path) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _set(data: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value


def _remove(data: dict[str, Any], path: Path) -> None:
    """Remove a value, and sections that are empty then."""
    if len(path) > 1:
        _remove(data[path[0]], path[1:])
        if data[path[0]]:
            return
    del data[path[0]]

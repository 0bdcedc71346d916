"""Every key of the configuration files of the releases in use, by its name and its variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from openim_charts.charts.config import is_port, leaves, overridable, resolve
from openim_charts.charts.graph_view import variable_name
from openim_charts.specs.model import Catalog, ConfigFile, ReleaseLine
from openim_charts.specs.suggest import hint, nearest

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One key that holds a value; the parts of a shape that keys share are keys of their own."""

    line: ReleaseLine
    file: ConfigFile
    path: tuple[str, ...]
    node: Node
    settable: bool  # under global.config

    @property
    def name(self) -> str:
        """PRODUCT.FILE.KEY"""
        return ".".join((self.line.product, self.file.name, *self.path))

    @property
    def default(self) -> Any:
        """What the charts write; None for what they compute."""
        return self.node.get("default")

    @property
    def bind(self) -> Mapping[str, Any]:
        """What the charts compute the value from."""
        bind: Mapping[str, Any] = self.node.get("bind", {})
        return bind


class ConfigKeys:
    """The keys of all release lines in use."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.lines = catalog.lines_in_use
        found = [key for line in self.lines for key in _keys(line)]
        self.by_name = {key.name: key for key in found}
        self.by_variable = {
            variable_name(key.line, key.file, key.path): key.name
            for key in found
            if key.file.name not in key.line.unprefixed_files
        }

    def files(self, filename: str) -> list[tuple[ReleaseLine, ConfigFile]]:
        """The configuration files that are called so, of each product."""
        stem = filename.removesuffix(".yaml").removesuffix(".yml")
        return [
            (line, file)
            for line in self.lines
            for file in line.config.values()
            if file.filename.removesuffix(".yml") == stem
        ]

    def section(self, name: str) -> bool:
        """Whether keys are below this name."""
        return name in self._sections and name not in self.by_name

    def wrong(self, target: str) -> str:
        """What is wrong with a target of a setting, or ""; ``*`` stands for any word."""
        if target in self._sections:
            return ""
        level = self._level(target)
        if any(fnmatchcase(name, target) for name in level):
            return ""
        return f"no release in use has the key '{target}'{hint(target, level)}"

    def hint(self, name: str) -> str:
        """``; did you mean …?`` for a key that there is not."""
        parent, _, word = name.rpartition(".")
        near = [n.rpartition(".")[2] for n in self._level(name) if n.startswith(f"{parent}.")]
        meant = nearest(word, near)
        return f"; did you mean '{meant}'?" if meant else ""

    def _level(self, name: str) -> list[str]:
        """Keys and sections whose names have as many words as this one."""
        return [known for known in self._sections if known.count(".") == name.count(".")]

    @cached_property
    def _sections(self) -> frozenset[str]:
        return frozenset(
            name[:end]
            for name in self.by_name
            for end in (*(i for i, c in enumerate(name) if c == "."), len(name))
        )

    def own_port(self, key: ConfigKey) -> int | None:
        """The number of the port that a key is bound to; None when it is bound to none."""
        if not is_port(key.bind):
            return None
        charts = self._catalog.charts
        named = charts.get(key.bind.get("chart", ""))
        readers = (c for c in charts.values() if key.file in c.config)
        chart = named or next(readers, None)
        return chart.ports.get(key.bind["port"]) if chart else None


def _keys(line: ReleaseLine) -> Iterator[ConfigKey]:
    for file in line.config.values():
        for path, leaf in leaves(file):
            yield from _parts(line, file, path, leaf, overridable(leaf, everywhere=True))


def _parts(
    line: ReleaseLine, file: ConfigFile, path: tuple[str, ...], leaf: Node, settable: bool
) -> Iterator[ConfigKey]:
    properties = leaf.get("properties")
    if not properties:
        yield ConfigKey(line, file, path, leaf, settable)
        return
    whole = leaf.get("default") or {}
    for name, raw in properties.items():
        node = resolve(file, raw)
        part = {**node, "default": whole.get(name, node.get("default"))}
        yield from _parts(line, file, (*path, name), part, settable)

"""A release's configuration file against the line's, key by key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.releases.infer import (
    fits,
    has_type,
    looks_like_address,
    looks_like_port,
    looks_secret,
    nothing,
    same,
    types,
)
from openim_charts.releases.model import Change, Kind, Path
from openim_charts.releases.upstream import UpstreamFile
from openim_charts.specs.model import ConfigFile

Node = Mapping[str, Any]
_LIKE = 0.6  # of difflib's ratio, from which two names are one


@dataclass(frozen=True, slots=True)
class Stock:
    """What upstream's file had before, of one key: its values, as far as somebody knows them."""

    values: tuple[Any, ...] | None  # None where nobody does
    left_out: str = ""  # why the line has no such key, though upstream's file has
    omitted: bool = False  # whether upstream's file did not have the key, which the line has


Known = Callable[[Path, Node | None], Stock]


def compare(file: ConfigFile, new: UpstreamFile, known: Known) -> tuple[Change, ...]:
    """All keys that differ, in the order of the new file, the removed ones last.

    ``known`` gives what upstream's file had before at a path, where the line has this node or none.
    """
    return tuple(_Comparison(file, new, known).mapping(file.properties, new.data, (), ()))


def questions(name: str, value: Any) -> Iterator[str]:
    """What a person must decide about an added key with this value."""
    if isinstance(value, Mapping) and value:
        yield "a new section: describe it"
        return
    yield "a new key: describe it"
    if looks_secret(name, value):
        yield "it may be a secret: give it 'secret', or a default"
    elif looks_like_port(name, value):
        yield "it is a port: bind it to one of the chart's, or give a default"
    elif looks_like_address(value):
        yield "it is an address of upstream's own machine: bind it, or give another default"
    elif nothing(value) and not isinstance(value, str):
        yield "upstream's file has no value, so look up the type"


@dataclass(frozen=True, slots=True)
class _Comparison:
    file: ConfigFile
    new: UpstreamFile
    known: Known

    def mapping(
        self, old: Mapping[str, Node], new: Node, path: Path, source: Path
    ) -> Iterator[Change]:
        """The keys of a mapping at ``path`` of the line's file and at ``source`` of the new one."""
        names = self._renamed(old, new, path)
        earlier = {name: was for was, name in names.items()} | {n: n for n in new if n in old}
        behind = ""
        for name, value in new.items():
            if name not in earlier:
                yield self._added((*path, name), (*source, name), behind)
                continue
            behind = earlier[name]
            here = (*path, behind)
            if name not in old:
                yield _rename(here, name)
            yield from self.key(here, _resolved(self.file, old[behind]), value, (*source, name))
        for name, raw in old.items():
            if name not in new and name not in names and not self._omitted((*path, name), raw):
                yield _removal((*path, name), _resolved(self.file, raw))

    def key(self, path: Path, node: Node, value: Any, source: Path) -> Iterator[Change]:
        """One key that both have."""
        inner = self._inner(node)
        if inner is None:
            yield from self._leaf(path, node, value)
        elif isinstance(value, Mapping) and value:
            yield from self.mapping(inner, value, path, source)
        elif not nothing(value):
            yield _retyping(path, node, value)

    def _inner(self, node: Node) -> Mapping[str, Node] | None:
        """The keys of a mapping; of one of a shape, those that its default has."""
        properties: Mapping[str, Node] | None = node.get("properties")
        if properties is None or not isinstance(whole := node.get("default"), Mapping):
            return properties
        return {
            name: {**_resolved(self.file, properties.get(name, {})), "default": value}
            for name, value in whole.items()
        }

    def _omitted(self, path: Path, node: Node) -> bool:
        return self.known(path, _resolved(self.file, node)).omitted

    def _added(self, path: Path, source: Path, behind: str) -> Change:
        name, value = source[-1], self.new.value(source)
        secret = looks_secret(name, value)
        reason = self.known(path, None).left_out
        if reason:
            return Change(Kind.LEFT_OUT, path, after=value, secret=secret, because=reason)
        decide = tuple(questions(name, value))
        return Change(
            *(Kind.ADDED, path, None, value),
            behind=behind,
            source=source,
            secret=secret,
            decide=decide,
        )

    def _leaf(self, path: Path, node: Node, value: Any) -> Iterator[Change]:
        stock = self.known(path, node).values
        if stock is not None and any(same(value, was) for was in stock):
            return
        if not has_type(node, value):
            yield _retyping(path, node, value)
        elif "bind" in node or "secret" in node:
            if stock is not None:
                secret = "secret" in node or looks_secret(path[-1], value)
                yield Change(Kind.COMPUTED, path, stock[0], value, secret=secret)
        elif not same(value, default := node.get("default")):
            yield self._default_change(path, node, stock or (default,), value)

    def _default_change(self, path: Path, node: Node, stock: tuple[Any, ...], value: Any) -> Change:
        default = node.get("default")
        if not any(same(default, was) for was in stock):
            decide = f"the line's own default stays, and upstream's is {_shown(value)} now"
            return Change(Kind.KEPT, path, default, value, decide=(decide,))
        wrong = "the new default breaks the key's limits: see to both"
        broken = () if fits(node, value) else (wrong,)
        return Change(Kind.DEFAULT, path, default, value, decide=broken)

    def _renamed(self, old: Mapping[str, Node], new: Node, path: Path) -> dict[str, str]:
        """New names of keys that are gone, where one key that came is the same by all signs."""
        gone = [n for n in old if n not in new and not self._omitted((*path, n), old[n])]
        came = [name for name in new if name not in old]
        found: dict[str, str] = {}
        for was in gone:
            node = _resolved(self.file, old[was])
            likely = [n for n in came if self._is_same((*path, was), node, n, new[n])]
            exact = [name for name in likely if name.casefold() == was.casefold()]
            chosen = exact or likely
            if len(chosen) == 1 and chosen[0] not in found.values():
                found[was] = chosen[0]
        return found

    def _is_same(self, path: Path, node: Node, name: str, value: Any) -> bool:
        """Whether a key that is gone has another name now: a name that is alike, the same type, and
        the same value, or of a mapping the same keys."""
        was = path[-1]
        alike = was.casefold() == name.casefold()
        if not alike and difflib.SequenceMatcher(None, was, name).ratio() < _LIKE:
            return False
        inner = self._inner(node)
        if inner is not None:
            return isinstance(value, Mapping) and _folded(inner) == _folded(value)
        if isinstance(value, Mapping) or not has_type(node, value):
            return False
        stock = self.known(path, node).values
        return alike or (
            stock is not None and not nothing(value) and any(same(value, known) for known in stock)
        )


def _rename(path: Path, name: str) -> Change:
    alike = path[-1].casefold() == name.casefold()
    what = f"'{path[-1]}' is '{name}' now{', equal but for capitals' if alike else ''}"
    advice = "confirm that it is the same key, and look for its old name in charts"
    return Change(Kind.RENAMED, path, name=name, decide=(f"{what}: {advice}",))


def _removal(path: Path, node: Node) -> Change:
    bound = node.get("bind", {}).get("global", "")
    lost = f"it was bound to global.{bound}" if bound else ""
    secret = "secret" in node
    return Change(Kind.REMOVED, path, node.get("default"), secret=secret, because=lost)


def _retyping(path: Path, node: Node, value: Any) -> Change:
    was = " or ".join(types(node))
    decide = f"upstream's value was of the type {was}, and no longer is: see to type and limits"
    secret = "secret" in node or looks_secret(path[-1], value)
    return Change(
        *(Kind.RETYPED, path, node.get("default"), value), secret=secret, decide=(decide,)
    )


def _folded(names: Mapping[str, Any]) -> set[str]:
    return {name.casefold() for name in names}


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, str) else repr(value)
    return "empty" if nothing(value) else text.splitlines()[0]


def _resolved(file: ConfigFile, node: Node) -> Node:
    reference = node.get("$ref")
    if reference is None:
        return node
    shape = file.definitions[reference.rsplit("/", 1)[-1]]
    whole = {**shape, **{key: value for key, value in node.items() if key != "$ref"}}
    if "default" not in whole:
        whole.pop("properties", None)  # it has no keys, as long as it has no default
    return whole

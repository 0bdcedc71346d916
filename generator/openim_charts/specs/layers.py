"""A spec as layers: its profiles under what it says itself, each key with its origin."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.specs.keys.base import json_schema, read
from openim_charts.specs.keys.chart import Profile, ResolvedKeys
from openim_charts.specs.model import Origin
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document, Path

_KEYS = json_schema(Profile, "")["properties"]
# Lists that add to the profile's; every other list replaces it.
APPENDED = frozenset(key for key, schema in _KEYS.items() if "appends" in schema)

HANDLERS = frozenset({"httpGet", "tcpSocket", "exec", "grpc"})
ATTEMPTS = frozenset({"http", "tcp"})


@dataclass(frozen=True)
class Layered:
    """A document after merging; ``origins`` knows the place and layer of everything in it."""

    path: str
    data: Mapping[str, Any]
    origins: Mapping[Path, Origin]

    @cached_property
    def keys(self) -> ResolvedKeys:
        """What the document of a chart says, as a type."""
        return read(ResolvedKeys, self.data)

    def at(self, *path: str | int) -> Location:
        """The place of the key or item at ``path``, or of the nearest enclosing one."""
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin:
                return origin.location
        return Location(self.path)


def layer(document: Document, name: str) -> Layered:
    """A document as a single layer called ``name``."""
    origins = {path: Origin(location, name) for path, location in document.keys.items()}
    return Layered(document.path, document.data, origins)


def merge(base: Layered, over: Layered) -> Layered:
    """``over`` on top of ``base``: mappings merge, ``over`` wins, APPENDED lists add up."""
    origins = dict(base.origins)
    data = _merge_mapping(base.data, over.data, (), origins, over.origins)
    return Layered(over.path, data, origins)


def _merge_mapping(
    base: Mapping[str, Any],
    over: Mapping[str, Any],
    path: Path,
    origins: dict[Path, Origin],
    new: Mapping[Path, Origin],
) -> dict[str, Any]:
    result = dict(base)
    for other in _displaced(over, path) & base.keys():
        _forget(result.pop(other), (*path, other), origins)
    for key, value in over.items():
        here = (*path, key)
        known = result.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            result[key] = _merge_mapping(known, value, here, origins, new)
            origins[here] = new[here]
        elif not path and key in APPENDED and key in result:
            result[key] = _append(known, value, key, origins, new)
        else:
            if isinstance(known, dict | list):
                _forget(known, here, origins)
            for place in _paths(value, here):
                origins[place] = new[place]
            result[key] = value
    return result


def _displaced(over: Mapping[str, Any], path: Path) -> frozenset[str]:
    """Alternatives of the base that ``over`` replaces by choosing another one."""
    choices = ATTEMPTS if path == ("test",) else HANDLERS if path[:-1] == ("probes",) else None
    if not choices:
        return frozenset()
    chosen = choices & over.keys()
    return choices - chosen if chosen else frozenset()


def _append(
    base: Any, over: Any, key: str, origins: dict[Path, Origin], new: Mapping[Path, Origin]
) -> list[Any]:
    result = list(base)
    for index, item in enumerate(over):
        if item not in result:
            origins[(key, len(result))] = new[(key, index)]
            result.append(item)
    origins[(key,)] = new[(key,)]
    return result


def _paths(value: Any, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _forget(value: Any, path: Path, origins: dict[Path, Origin]) -> None:
    for place in _paths(value, path):
        origins.pop(place, None)


def resolve_profiles(
    documents: Mapping[str, Document], names: Collection[str]
) -> tuple[dict[str, Layered], list[Finding]]:
    """Every profile over its bases. Those that are broken or extend a broken one are left out.

    ``names`` are all profiles that exist, also those that could not be read.
    """
    resolved: dict[str, Layered] = {}
    findings = [finding for name in documents for finding in _bad_base(name, documents, names)]

    def resolve(name: str, chain: tuple[str, ...]) -> Layered | None:
        if name in resolved or name not in documents or name in chain:
            return resolved.get(name)
        document = documents[name]
        own = layer(document, f"profile {name}")
        base = document.data.get("extends")
        if base is not None:
            below = resolve(base, (*chain, name))
            if below is None:
                return None
            own = merge(below, own)
        resolved[name] = own
        return own

    for name in documents:
        resolve(name, ())
    return resolved, findings


def _bad_base(
    name: str, documents: Mapping[str, Document], names: Collection[str]
) -> list[Finding]:
    document = documents[name]
    base = document.data.get("extends")
    if base is None:
        return []
    if base not in names:
        message = f"unknown profile '{base}' in extends{hint(base, names)}"
        return [Finding(document.value(("extends",)), "unknown-profile", message)]
    chain = [name]
    while base in documents and base not in chain:
        chain.append(base)
        base = documents[base].data.get("extends")
    # A cycle is reported once, in the profile of it that comes first by name.
    if base == name and name == min(chain):
        message = f"the profiles extend one another in a circle: {' -> '.join([*chain, name])}"
        return [Finding(document.value(("extends",)), "profile-cycle", message)]
    return []

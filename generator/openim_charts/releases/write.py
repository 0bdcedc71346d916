"""The config files of a new line: those of the line that it starts from, with what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.jsonschema import walk
from openim_charts.releases.entries import entry, marks, new_entry
from openim_charts.releases.infer import empty, nothing, schema
from openim_charts.releases.model import Change, Kind, Path
from openim_charts.releases.upstream import UpstreamFile
from openim_charts.yamlio.edit import Changes, Text, flow
from openim_charts.yamlio.reader import parse_plain

_LIMITED = ("description", "shared")  # what a key keeps when its type is another one


def new_file(filename: str, upstream: UpstreamFile) -> str:
    """The text of a config file that the line has not."""
    lines = marks(
        [
            "a new file: describe it above 'properties', and name it in 'config' of the charts "
            "that read it"
        ]
    )
    lines = [*(f"# {line}" for line in lines), f"filename: {filename}", "properties:"]
    for name in upstream.data:
        lines += (f"  {line}" for line in new_entry(upstream, (name,), {}))
    return "".join(f"{line}\n" for line in lines)


def changed_file(text: str, shown: str, changes: Sequence[Change], upstream: UpstreamFile) -> str:
    """The text of the line's config file with these changes; the same where there are none."""
    if not changes:
        return text
    old = parse_plain(text, shown)
    result = Changes(Text(text, shown))
    for change in changes:
        _apply(result, old, change, upstream)
    new = str(result)
    return _with_shapes(new, shown, old)


def _apply(result: Changes, old: Mapping[str, Any], change: Change, new: UpstreamFile) -> None:
    path = place(old, change.path)
    inside = "default" in path[:-1]  # of the default of a shape
    if change.kind is Kind.ADDED:
        shapes = old.get("definitions", {})
        lines = [] if inside else list(new_entry(new, change.source, shapes))
        result.add(path, lines, None if change.secret else change.after, change.behind)
        return
    if change.kind is Kind.REMOVED:
        result.remove(path)
    elif change.kind is Kind.RENAMED:
        result.rename(path, change.name)
    elif change.kind is Kind.DEFAULT:
        _set_default(result, path, inside, _at(old, path), change.after)
    elif change.kind is Kind.RETYPED:
        _retype(result, path, inside, _at(old, path), change)
    if change.decide:
        result.comment(path, marks(change.decide))


def _set_default(result: Changes, path: Path, inside: bool, node: Any, after: Any) -> None:
    if inside:
        result.put(path, after)
        return
    value = empty(node) if nothing(after) else after
    where = (*path, "default")
    if "default" in node:
        result.put(where, value)
    else:
        result.add(where, [f"default: {flow(value)}"], value, list(node)[-1])


def _retype(result: Changes, path: Path, inside: bool, node: Any, change: Change) -> None:
    """What the charts compute keeps its form, which is that of the computed value."""
    if inside:
        result.put(path, change.after)
    elif "bind" not in node and "secret" not in node:
        kept = {key: node[key] for key in _LIMITED if key in node}
        result.replace(path, entry(path[-1], {**schema(path[-1], change.after), **kept}))


def place(data: Mapping[str, Any], path: Path) -> Path:
    """Where a config file of a line says something of the key: below ``properties``, of a part of a
    shape in the ``default`` of the key that has it."""
    found: tuple[str, ...] = ()
    node: Any = data
    for size, name in enumerate(path):
        if "properties" not in node:
            return (*found, "default", *path[size:])
        found = (*found, "properties", name)
        node = node["properties"].get(name, {})
    return found


def _at(data: Any, path: Path) -> Any:
    for name in path:
        data = data[name]
    return data


def _with_shapes(text: str, shown: str, old: Mapping[str, Any]) -> str:
    """The text whose shapes have the keys that their defaults have now."""
    new = parse_plain(text, shown)
    result = Changes(Text(text, shown))
    shapes = new.get("definitions", {})
    users = {name: dict(_defaults(new, name)) for name in shapes}
    unused = {name for name in shapes if _unused(name, new) and not _unused(name, old)}
    if unused and unused == set(shapes):
        result.remove(("definitions",))
        return str(result)
    for name in unused:
        result.remove(("definitions", name))
    for name, now in users.items():
        here = ("definitions", name)
        if not now:
            continue
        shape = shapes[name]
        was = [default for _, default in _defaults(old, name)]
        _fit(result, here, shape, was, list(now.values()))
        for path, names in _missing(shape, was, now):
            words = f"upstream's file has no '{', '.join(names)}' here, and the shape '{name}' has"
            result.comment(path, marks([f"{words}: give it another shape"]))
    return str(result)


def _unused(shape: str, data: Mapping[str, Any]) -> bool:
    """Whether nothing in a file refers to the shape."""
    reference = f"#/definitions/{shape}"
    found = (node for top in ("properties", "definitions") for node in data.get(top, {}).values())
    return not any(inner.get("$ref") == reference for n in found for _, inner in walk(n))


def _defaults(data: Mapping[str, Any], shape: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Where keys have this shape, and their defaults."""

    def visit(node: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        for name, inner in node.get("properties", {}).items():
            here = (*path, "properties", name)
            if inner.get("$ref") == f"#/definitions/{shape}":
                yield here, inner.get("default") or {}
            yield from visit(inner, here)

    yield from visit(data, ())


def _fit(
    result: Changes,
    path: Path,
    shape: Mapping[str, Any],
    was: Sequence[Mapping[str, Any]],
    now: Sequence[Mapping[str, Any]],
) -> None:
    """Take from a shape what no default has any more, and give it what one has."""
    properties = shape.get("properties", {})
    behind = ""
    for name, node in properties.items():
        here = (*path, "properties", name)
        if not _with(now, name) and _with(was, name):
            result.remove(here)
            continue
        behind = name
        if "properties" in node:
            _fit(result, here, node, _with(was, name), _with(now, name))
    for name in dict.fromkeys(name for default in now for name in default):
        if name not in properties:
            value = next(default[name] for default in now if name in default)
            node = {k: v for k, v in schema(name, value).items() if k != "default"}
            lines = [f"# {line}" for line in marks(["a new key of this shape: describe it"])]
            result.add((*path, "properties", name), [*lines, *entry(name, node)], node, behind)


def _with(defaults: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [default[name] for default in defaults if name in default]


def _missing(
    shape: Mapping[str, Any],
    was: Sequence[Mapping[str, Any]],
    now: Mapping[Path, Mapping[str, Any]],
) -> Iterator[tuple[Path, list[str]]]:
    """Keys of a shape that some of its defaults have and others lost."""
    had = [name for name in shape.get("properties", {}) if len(_with(was, name)) == len(was)]
    for path, default in now.items():
        names = [n for n in had if n not in default and _with(now.values(), n)]
        if names:
            yield path, names

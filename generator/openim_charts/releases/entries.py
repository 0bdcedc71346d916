"""The lines of a config file of a line: keys that are added, with what a person must decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openim_charts.releases.compare import questions
from openim_charts.releases.infer import schema
from openim_charts.releases.model import Path
from openim_charts.releases.upstream import UpstreamFile
from openim_charts.specs.layout import TO_DECIDE
from openim_charts.yamlio.edit import flow
from openim_charts.yamlio.writer import scalar

MARK = TO_DECIDE
_WIDEST = 120  # of a key on one line


def marks(texts: Sequence[str], comments: Sequence[str] = ()) -> list[str]:
    """Comments, without ``#``, that mark what stands below them; upstream's own go with them."""
    return [*(f"{MARK}{text}" for text in texts), *(f"upstream: {text}" for text in comments)]


def entry(name: str, node: Mapping[str, Any]) -> list[str]:
    """A key with its schema, on one line where that is short."""
    line = f"{scalar(name)}: {flow(node)}"
    if "properties" not in node and len(line) <= _WIDEST:
        return [line]
    return [f"{scalar(name)}:", *(f"  {line}" for line in _keywords(node))]


def _keywords(node: Mapping[str, Any]) -> Iterator[str]:
    for key, value in node.items():
        if key == "properties":
            yield "properties:"
            for name, inner in value.items():
                yield from (f"  {line}" for line in entry(name, inner))
        else:
            yield f"{scalar(key)}: {flow(value)}"


def new_entry(
    upstream: UpstreamFile, path: Path, shapes: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """A key of upstream's file that the line has not, with its marks. A mapping with the keys of
    one of the ``shapes`` of the file, and with their types, becomes that shape."""
    name, value = path[-1], upstream.value(path)
    lines = marks(tuple(questions(name, value)), upstream.comments(path))
    yield from (f"# {line}" for line in lines)
    if not isinstance(value, Mapping) or not value:
        yield from entry(name, schema(name, value))
        return
    shape = next((shape for shape, node in shapes.items() if has_shape(node, value)), "")
    if shape:
        yield from entry(name, {"$ref": f"#/definitions/{shape}", "default": value})
        return
    yield from (f"{scalar(name)}:", "  type: object", "  properties:")
    for inner in value:
        yield from (f"    {line}" for line in new_entry(upstream, (*path, inner), shapes))


def has_shape(shape: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    """Whether the keys of a mapping, and their types, are those of the shape."""
    own = schema("", value).get("properties", {})
    return bool(_outline(shape) == _outline({"properties": own}))


def _outline(node: Mapping[str, Any]) -> Any:
    inner = node.get("properties")
    return {k: _outline(v) for k, v in inner.items()} if inner else node.get("type")

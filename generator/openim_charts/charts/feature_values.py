"""The values that the features of a chart give together, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from openim_charts.charts.features import Feature, Template
from openim_charts.charts.jinja import Lines, expand, expand_properties, unmark
from openim_charts.charts.values import Node, Tree, merge_properties
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import parse

Keys = tuple[str, ...]


def merged_values(
    features: Iterable[Feature],
    pick: Callable[[Feature], Template | None],
    context: Callable[[Feature], Mapping[str, Any]],
    prefix: str = "",
    named_at: Callable[[Feature], Location | None] = lambda _: None,
) -> tuple[Tree, dict[str, Feature]]:
    """The union of what one file of each feature says, in feature order, and which feature is the
    first to give each of its values.

    Raises FindingsError where two say the same value in different ways: which of them holds would
    depend on their order. It is found where the later is named (``named_at``), else in its file;
    ``prefix`` is what stands before the names of the values.
    """
    tree: Tree = {}
    first: dict[str, Feature] = {}
    seen: list[tuple[Feature, Tree]] = []
    findings: list[Finding] = []
    for feature in features:
        template = pick(feature)
        if template is None:
            continue
        properties = expand_properties(template, context(feature))
        for keys in _contradictions(tree, properties):
            other = next(f.name for f, known in seen if _has(known, keys))
            named = named_at(feature)
            place = named or place_of(template, context(feature), keys)
            message = (
                f"the value '{prefix}{'.'.join(keys)}' is that of the feature '{other}' already; "
                + (f"'{feature.name}' cannot be beside it" if named else "give it another name")
            )
            findings.append(Finding(place or Location(template.source), "duplicate-value", message))
        seen.append((feature, properties))
        merge_properties(tree, properties)
        first = dict.fromkeys(properties, feature) | first
    if findings:
        raise FindingsError(findings)
    return tree, first


def _has(tree: Mapping[str, Node], keys: Keys) -> bool:
    key, *rest = keys
    return key in tree and (not rest or _has(tree[key].get("properties", {}), tuple(rest)))


def _contradictions(
    known: Mapping[str, Node], added: Mapping[str, Node], path: Keys = ()
) -> Iterator[Keys]:
    for key in known.keys() & added.keys():
        one, other = known[key], added[key]
        if one is other:
            continue
        if "properties" in one and "properties" in other:
            yield from _contradictions(one["properties"], other["properties"], (*path, key))
        elif one != other:
            yield (*path, key)


def described(keys: Keys) -> Keys:
    """Where a JSON Schema describes the value at ``keys``."""
    return tuple(part for key in keys for part in ("properties", key))


def place_of(template: Template, context: Mapping[str, Any], keys: Keys) -> Location | None:
    """Where a feature's values.yaml or global.yaml describes the node at ``keys``."""
    lines, document = _parsed(template, context)
    path = described(keys)[1:]
    written = [path]
    if len(path) > 2:  # the keyword stands for what is below it
        written.append((*path[:-2], "image"))
    for place in written:
        if document is not None and place in document.keys:
            return lines[document.keys[place].line - 1][1]
    return None


def image_named(template: Template, context: Mapping[str, Any], keys: Keys) -> str:
    """The image that the node above ``keys`` names by the keyword ``image``; "" without one."""
    _, document = _parsed(template, context)
    node = document.data if document else None
    for part in (*described(keys)[1:-2], "image"):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node if isinstance(node, str) else ""


def _parsed(template: Template, context: Mapping[str, Any]) -> tuple[Lines, Document | None]:
    """The rendered lines of a template with their origins, and what they say."""
    lines = unmark(expand(template, context))
    text = "\n".join(line for line, _ in lines)
    document, _ = parse(text.encode(), template.source, refuse_templates=False)
    return lines, document

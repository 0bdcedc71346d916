"""Where the default of a value comes from: feature, profile, spec, or the shared ``global``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from openim_charts.charts.compiler import Compiler
from openim_charts.charts.config import is_port, leaves, port_number
from openim_charts.charts.feature_values import Keys, described, image_named, place_of
from openim_charts.charts.features import Template
from openim_charts.charts.values import ABSENT, Node, default_of, walk
from openim_charts.findings import Location, UserError
from openim_charts.specs.model import Catalog, ChartSpec, ConfigFile

_OF_IMAGE = ("registry", "repository", "tag", "digest")  # what the keyword image stands for
Place = tuple[str, Template | None, Mapping[str, Any]]  # a feature, its text and what that sees


@dataclass(frozen=True, slots=True)
class Source:
    """One place that has a say in a value."""

    layer: str  # "feature NAME", "profile NAME", "spec", "dependency NAME", …
    location: Location


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value's default and type, and the places that set it; the last one wins."""

    key: str
    default: str  # JSON text, "" when there is none
    description: str
    sources: tuple[Source, ...]


def _of_features(compiler: Compiler, spec: ChartSpec, keys: Keys) -> Iterator[Source]:
    """The features that describe a value: those of the chart, or of the charts that an umbrella
    holds. A section of global that a feature only reads is described by features of other charts.
    """
    if keys[0] != "global":
        assembler = compiler.assembler(spec)
        places = ((f.name, f.values, assembler.context(f)) for f in assembler.features)
        yield from _described(compiler.catalog, places, keys)
        return
    charts = compiler.catalog.charts
    own = [charts[name] for name in (spec.name, *spec.includes)]
    catalog = compiler.catalog
    found = list(_described(catalog, _shared_places(compiler, own), keys[1:]))
    everywhere = _shared_places(compiler, charts.values())
    yield from found or _described(catalog, everywhere, keys[1:])


def _described(catalog: Catalog, places: Iterable[Place], keys: Keys) -> Iterator[Source]:
    for name, template, context in places:
        location = place_of(template, context, keys) if template and keys else None
        if template and location:
            yield Source(f"feature {name}", location)
            image = catalog.images.get(image_named(template, context, keys))
            if image and keys[-1] in _OF_IMAGE:
                yield Source(f"image {image.name}", image.at(keys[-1]))


def _shared_places(compiler: Compiler, charts: Iterable[ChartSpec]) -> Iterator[Place]:
    """Where the features of the charts describe global."""
    features = {f.name: f for chart in charts for f in compiler.features_of(chart)}
    for name, feature in features.items():
        yield name, feature.global_values, {"catalog": compiler.catalog}


def _file_of(catalog: Catalog, spec: ChartSpec, keys: Keys) -> tuple[ConfigFile, Keys] | None:
    """The configuration file that a value belongs to, and the key in it: the chart's own files
    below ``config``, those of the release lines below ``global.config.PRODUCT``."""
    files: Iterable[ConfigFile] = ()
    inner: Keys = ()
    if keys[0] == "config":
        files, inner = spec.config, keys[1:]
    elif keys[:2] == ("global", "config"):
        product, inner = keys[2:3], keys[3:]
        lines = [line for line in catalog.lines_in_use if (line.product,) == product]
        files = (file for line in lines for file in line.config.values())
    return next(((file, inner[1:]) for file in files if inner[:1] == (file.name,)), None)


def _of_data(catalog: Catalog, spec: ChartSpec, keys: Keys) -> Iterator[Source]:
    """Sections of ``global`` that dependencies and credentials describe, and config files."""
    if keys[0] == "global" and len(keys) > 1:
        for kind, found in (
            ("dependency", catalog.dependencies.get(keys[1])),
            ("credential", catalog.credentials.get(keys[1])),
        ):
            if found:
                path = ("values", *described(keys[2:])[1:])
                yield Source(f"{kind} {keys[1]}", found.positions.get(path, found.location))
                return
    found_file = _file_of(catalog, spec, keys)
    if found_file:
        file, inner = found_file
        path = described(inner)
        yield Source(f"config file {file.filename}", file.positions.get(path, file.location))


def _of_spec(spec: ChartSpec, keys: Keys) -> Iterator[Source]:
    for length in range(len(keys), 0, -1):
        origin = spec.origins.get(("values", *keys[:length]))
        if origin:
            yield Source(origin.layer, origin.location)
            return
    included = spec.origins.get(("includes",))
    if included and keys[0] in spec.includes:
        yield Source(included.layer, included.location)


def _reader(catalog: Catalog, spec: ChartSpec, file: ConfigFile) -> ChartSpec:
    """The chart itself, or the first of those that read a file which it does not read."""
    readers = (chart for chart in catalog.charts.values() if file in chart.config)
    return spec if file in spec.config else next(readers, spec)


def _config_default(catalog: Catalog, spec: ChartSpec, file: ConfigFile, keys: Keys) -> Any:
    for path, node in leaves(file):
        if path == keys:
            bind = node.get("bind", {})
            if is_port(bind):
                return [port_number(bind, _reader(catalog, spec, file), catalog)]
            return node.get("bind", node.get("secret", node.get("default")))
    return ABSENT


def _written(key: str, nodes: Iterable[Keys]) -> Keys:
    """The keys that a dotted text names: one of them may have dots of its own, as a registry's name
    has, which Helm's option --set wants behind a backslash."""
    plain = key.replace("\\.", ".")
    return next((keys for keys in nodes if ".".join(keys) == plain), tuple(key.split(".")))


def _node(nodes: Mapping[Keys, Node], keys: Keys, name: str) -> Node:
    if keys in nodes:
        return nodes[keys]
    key = ".".join(keys)
    for length in range(len(keys) - 1, 0, -1):
        above = nodes.get(keys[:length])
        if above is not None and not above.get("properties"):
            whole = ".".join(keys[:length])
            raise UserError(f"'{key}' is a part of '{whole}', which has one default; ask for that")
    near = get_close_matches(key, [".".join(k) for k in nodes], 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise UserError(f"the chart {name} has no value '{key}'{hint}")


def explain(catalog: Catalog, name: str, key: str, compiler: Compiler) -> Explanation:
    """Explain the value ``key`` (dotted) of the chart ``name``, which may be an umbrella.

    Raises UserError for a chart or a key that does not exist.
    """
    spec = catalog.charts.get(name)
    if spec is None:
        near = get_close_matches(name, catalog.charts, 1)
        raise UserError(f"no chart '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    keys: Keys = tuple(key.split("."))
    if keys[0] in spec.includes and keys[1:] not in ((), ("enabled",)):
        return replace(explain(catalog, keys[0], ".".join(keys[1:]), compiler), key=key)
    tree = compiler.compile_parts(name)[1]
    nodes = dict(walk(tree))
    keys = _written(key, nodes)
    node = _node(nodes, keys, name)
    sources: Sequence[Source] = [
        *_of_features(compiler, spec, keys),
        *_of_data(catalog, spec, keys),
        *_of_spec(spec, keys),
    ]
    of_file = _file_of(catalog, spec, keys)
    value = _config_default(catalog, spec, *of_file) if of_file else ABSENT
    value = default_of(node) if value is ABSENT else value
    text = "" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return Explanation(key, text, node.get("description", ""), tuple(sources))

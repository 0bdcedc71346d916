"""OpenIM's configuration files, and the Helm templates that write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.jinja import Line, Lines
from openim_charts.charts.values import Node, Tree
from openim_charts.specs.model import Catalog, ChartSpec, ConfigFile, ReleaseLine
from openim_charts.yamlio.writer import dump, scalar

Path = tuple[str, ...]


def resolve(file: ConfigFile, node: Node) -> Node:
    """The node with its ``$ref`` followed; its own description and default win."""
    reference = node.get("$ref")
    if reference is None:
        return node
    shape = file.schema["definitions"][reference.rsplit("/", 1)[-1]]
    return {**shape, **{k: v for k, v in node.items() if k != "$ref"}}


def leaves(file: ConfigFile) -> Iterator[tuple[Path, Node]]:
    """Every key of the file that holds a value, with its path; shared shapes count as one leaf."""

    def visit(properties: Mapping[str, Node], path: Path) -> Iterator[tuple[Path, Node]]:
        for key, node in properties.items():
            if "properties" in node:
                yield from visit(node["properties"], (*path, key))
            else:
                yield (*path, key), resolve(file, node)

    return visit(file.schema["properties"], ())


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value of a key that an installation is refused with."""

    file: str
    path: Path
    name: str  # of the value that sets it
    value: str  # as Helm prints it
    because: str


def refusals(spec: ChartSpec) -> tuple[Refusal, ...]:
    """The values that keys of the chart's configuration files must not have."""
    return tuple(
        Refusal(
            file.name,
            path,
            f"global.{leaf['bind']['global']}"
            if "global" in leaf.get("bind", {})
            else ".".join(("config", file.name, *path)),
            str(dump(leaf["refused"]["value"])).strip(),
            leaf["refused"]["because"],
        )
        for file in spec.config
        for path, leaf in leaves(file)
        if "refused" in leaf
    )


def _global(path: str, catalog: Catalog) -> str:
    """Helm's expression for a global value. One of a dependency whose login KubeBlocks makes is
    that of KubeBlocks's user there."""
    value = f".Values.global.{path}"
    name, _, key = path.partition(".")
    dependency = catalog.dependencies.get(name)
    operated = dependency.kubeblocks.values if dependency and dependency.kubeblocks else {}
    if key not in operated:
        return value
    is_operated = (
        f'(and (eq .Values.global.{name}.mode "kubeblocks") '
        f"(not .Values.global.{name}.existingSecret))"
    )
    return f'(ternary "{operated[key]}" {value} {is_operated})'


def is_port(bind: Mapping[str, Any]) -> bool:
    """Whether a key is bound to a port that a chart's pods listen on."""
    return "port" in bind and bind.get("as") != "url"


def port_number(bind: Mapping[str, Any], spec: ChartSpec, catalog: Catalog) -> int:
    """The number that the specs give to the port which a key of the chart's files is bound to."""
    chart = catalog.charts[bind["chart"]] if "chart" in bind else spec
    return chart.ports[bind["port"]]


def _bound(bind: Mapping[str, Any], spec: ChartSpec, catalog: Catalog) -> str:
    """The Helm text that writes a bound value as JSON."""
    prefix = spec.name
    form = bind.get("as")
    if is_port(bind):
        return f"[{port_number(bind, spec, catalog)}]"
    if "global" in bind:
        value = _global(bind["global"], catalog)
        if "equals" in bind:
            return f'{{{{ eq {value} "{bind["equals"]}" }}}}'
        return f"{{{{ {'first ' if form == 'first' else ''}{value} | toJson }}}}"
    if "chart" in bind:
        callee = catalog.charts[bind["chart"]]
        host = f'{{{{ include "{prefix}.instance" . }}}}-{callee.component}'
        return f"http://{host}:{callee.ports[bind['port']]}"
    name = bind["dependency"]
    if form == "publicURL":
        return f'{{{{ include "{prefix}.{name}.publicURL" . | quote }}}}'
    addresses = f'include "{prefix}.{name}.addresses" .'
    if form == "addresses":
        return _addresses(addresses, bind.get("twice"), catalog)
    first = f"{addresses} | fromJsonArray | first"
    if form == "url":
        scheme = catalog.dependencies[name].scheme
        return f'{{{{ printf "{scheme}://%s" ({first}) | quote }}}}'
    return f'{{{{ {first} | default "" | quote }}}}'


def _addresses(addresses: str, twice: Mapping[str, str] | None, catalog: Catalog) -> str:
    """The Helm text that writes a list of addresses, an only one twice where that is wanted."""
    if not twice:
        return f"{{{{ {addresses} }}}}"
    found = f"({addresses} | fromJsonArray)"
    wanted = f'(eq {_global(twice["global"], catalog)} "{twice["equals"]}")'
    alone = f"(and {wanted} (eq (len {found}) 1))"
    return f"{{{{ ternary (concat {found} {found}) {found} {alone} | toJson }}}}"


def _value_lines(key: str, node: Node, spec: ChartSpec, catalog: Catalog) -> list[str]:
    name = scalar(key)
    if "secret" in node:
        return [f"{name}: null"]
    if "bind" in node:
        return [f"{name}: {_bound(node['bind'], spec, catalog)}"]
    value = node.get("default")
    if isinstance(value, (dict, list)) and value:
        return [f"{name}:", *("  " + line for line in dump(value).splitlines())]
    if isinstance(value, (dict, list)):
        return [f"{name}: {'{}' if isinstance(value, dict) else '[]'}"]
    return [f"{name}: {scalar(value)}"]


def template_lines(file: ConfigFile, spec: ChartSpec, catalog: Catalog) -> Lines:
    """The file as the body of a named template: the defaults, and bound values as Helm text."""

    def visit(properties: Mapping[str, Node], path: Path) -> Lines:
        lines: list[Line] = []
        pad = "  " * len(path)
        for key, raw in properties.items():
            here = (*path, key)
            origin = file.positions.get(("properties", *_schema_path(here)), file.location)
            if "properties" in raw:
                lines.append((f"{pad}{scalar(key)}:", origin))
                lines += visit(raw["properties"], here)
            else:
                texts = _value_lines(key, resolve(file, raw), spec, catalog)
                lines += [(pad + text, origin) for text in texts]
        return lines

    return visit(file.schema["properties"], ())


def _schema_path(path: Path) -> Path:
    """A key's path inside the schema document, behind its first ``properties``."""
    result: list[str] = []
    for index, key in enumerate(path):
        result += ([] if index == 0 else ["properties"]) + [key]
    return tuple(result)


# One, since a pod takes the first; an ordinary user may not listen on those below 1024.
_PORT: Node = {
    "items": {"type": "integer", "minimum": 1024, "maximum": 65535},
    "minItems": 1,
    "maxItems": 1,
}


def overridable(node: Node, everywhere: bool) -> bool:
    """Whether values may set a key: for one chart, or ``everywhere`` (global.config)."""
    bind = node.get("bind", {})
    if "secret" in node:
        return False
    if everywhere:
        return not (node.get("shared") and "global" in bind)
    return not (node.get("shared") or is_port(bind))


def _shape(file: ConfigFile, node: Node) -> Node:
    """A leaf as a values node: no default (the file has it), shared shapes followed."""
    inner = ("default", "bind", "shared", "refused", "selects")
    kept = {k: v for k, v in resolve(file, node).items() if k not in inner}
    if is_port(node.get("bind", {})):
        kept |= _PORT
    if "properties" in kept:
        kept["properties"] = {k: _shape(file, v) for k, v in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _shape(file, kept["items"])
    return kept


def override_tree(file: ConfigFile, everywhere: bool) -> Tree:
    """Values nodes for what may be overridden: for one chart, or ``everywhere`` (global.config).

    Left out: secrets, and, for one chart, what others must know too: what all modules must agree
    on, and the ports that they listen on.
    """

    def visit(properties: Mapping[str, Node]) -> Tree:
        tree: Tree = {}
        for key, node in properties.items():
            if "properties" in node:
                nested = visit(node["properties"])
                if nested:
                    about = {k: v for k, v in node.items() if k in ("description",)}
                    tree[key] = {"type": "object", **about, "properties": nested}
            elif overridable(node, everywhere):
                tree[key] = _shape(file, node)
        return tree

    return visit(file.schema["properties"])


def global_config(lines: Iterable[ReleaseLine]) -> Tree:
    """``global.config``: for each product the files of its line, and what they accept."""
    return {
        line.product: {
            "type": "object",
            "description": f"Keys of {line.product}'s configuration files, for all modules.",
            "properties": {
                name: {"type": "object", "description": file.description, "properties": tree}
                for name, file in sorted(line.config.items())
                if (tree := override_tree(file, everywhere=True))
            },
        }
        for line in lines
    }

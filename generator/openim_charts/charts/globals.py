"""``global``: the values that all charts share, which is the content of openim.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openim_charts.charts.config import global_config, leaves
from openim_charts.charts.feature_values import merged_values
from openim_charts.charts.features import Feature
from openim_charts.charts.images import with_images
from openim_charts.charts.jinja import expand_properties, kebab
from openim_charts.charts.values import Node, Tree, merge_properties
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.specs.keys.feature import MODE
from openim_charts.specs.model import Catalog, ChartSpec, ConfigFile, Credential, Dependency
from openim_charts.specs.suggest import hint

_SHORT = 5


def _secret_properties(credential: Credential) -> Tree:
    keys = {
        key.name: {
            "type": "string",
            "default": key.name,
            "pattern": "^[-._a-zA-Z0-9]+$",
            "description": f"Key of the Secret that holds: {key.description}",
        }
        for key in credential.keys.values()
    }
    own = f"<instance>-{kebab(credential.name)}"
    made = f"Without it the chart {credential.makers} creates {own}."
    return {
        "existingSecret": {
            "type": "string",
            "default": "",
            "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$",
            "description": f"Secret that holds {credential.description[0].lower()}"
            f"{credential.description[1:]} {made if credential.owner else 'Empty means none.'}",
            "examples": [f"my-{kebab(credential.name)}"],
        },
        "secretKeys": {
            "type": "object",
            "description": "Names of the Secret's keys.",
            "properties": keys,
        },
    }


def _login_rules(dependency: Dependency) -> list[Node]:
    """A login that is asked for needs a Secret where neither a chart nor an operator makes it."""
    credential, operated = dependency.credential, dependency.kubeblocks
    if not credential or not credential.optional or "auth" not in dependency.values:
        return []
    modes = ["external", *(["kubeblocks"] if operated and not operated.secret else [])]
    login = {"properties": {"enabled": {"const": True}}, "required": ["enabled"]}
    asked = {"properties": {"mode": {"enum": modes}, "auth": login}, "required": ["mode", "auth"]}
    return [{"if": asked, "then": {"properties": {"existingSecret": {"minLength": 1}}}}]


def _instead(dependency: Dependency) -> str:
    """What the description of the addresses says of a Secret that makes them superfluous."""
    return (
        f"; without any, the key {dependency.whole} of the Secret says where it is"
        if dependency.whole
        else ""
    )


def _own_modes(dependency: Dependency) -> str:
    """What the description of the mode says of those in which a chart provides it."""
    if not dependency.alternatives:
        return f"{MODE} (the chart {dependency.component} of the same instance)"
    return f"{' or '.join(dependency.modes)} (the chart of that name and of the same instance)"


def _dependency_node(dependency: Dependency) -> Node:
    own = [*dependency.modes]
    modes = [*own, "external", *(["kubeblocks"] if dependency.kubeblocks else [])]
    operated = ", or kubeblocks (run by the KubeBlocks operator)" if dependency.kubeblocks else ""
    properties: Tree = {
        "mode": {
            "type": "string",
            "enum": modes,
            "default": own[0],
            "description": f"Where {dependency.title} is: {_own_modes(dependency)}, external "
            f"(elsewhere, see addresses){operated}.",
        },
        "addresses": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Za-z0-9.:\\[\\]_-]+:[0-9]+$"},
            "default": [],
            "description": f"Addresses (host:port) of {dependency.title} in external mode"
            f"{_instead(dependency)}.",
            "examples": [[f"{dependency.component}.example.com:{dependency.port}"]],
        },
    }
    needed: dict[str, Node] = {} if dependency.whole else {"addresses": {"minItems": 1}}
    if dependency.credential:
        properties |= _secret_properties(dependency.credential)
        if not dependency.credential.optional:
            needed["existingSecret"] = {"minLength": 1}
    properties |= dict(dependency.values)
    login = _login_rules(dependency)
    return {
        "type": "object",
        "description": f"{dependency.title}. {dependency.description}",
        "properties": properties,
        "if": {"properties": {"mode": {"const": "external"}}, "required": ["mode"]},
        "then": {"properties": needed},
        **({"allOf": login} if login else {}),
    }


def _credential_node(credential: Credential) -> Node:
    properties: Tree = dict(credential.values)
    return {
        "type": "object",
        "description": credential.description,
        "properties": properties | _secret_properties(credential),
    }


def _own_credentials(catalog: Catalog) -> Iterable[Credential]:
    return (c for n, c in sorted(catalog.credentials.items()) if n not in catalog.dependencies)


def _feature_globals(features: Iterable[Feature], catalog: Catalog) -> Tree:
    context = {"catalog": catalog}
    return merged_values(features, lambda f: f.global_values, lambda _: context, "global.")[0]


def givers(features: Iterable[Feature], catalog: Catalog) -> dict[str, frozenset[str]]:
    """For each key of ``global`` that features which specs can name give: their names."""
    found: dict[str, frozenset[str]] = {}
    for feature in features:
        for key in expand_properties(feature.global_values, {"catalog": catalog}):
            found[key] = found.get(key, frozenset()) | {feature.name}
    return found


def all_globals(catalog: Catalog, features: Iterable[Feature]) -> Tree:
    """Everything that openim.yaml may say under ``global``.

    Raises FindingsError when a dependency or credential has the name of something else there.
    """
    tree = _feature_globals(features, catalog)
    places = {name: dependency.location for name, dependency in catalog.dependencies.items()}
    places |= {credential.name: credential.location for credential in _own_credentials(catalog)}
    findings = [
        Finding(place, "duplicate-name", f"global.{name} is a feature's; rename the file")
        for name, place in places.items()
        if name in {*tree, "config"}
    ]
    if findings:
        raise FindingsError(findings)
    nodes = {d.name: _dependency_node(d) for d in catalog.dependencies.values()}
    nodes |= {c.name: _credential_node(c) for c in _own_credentials(catalog)}
    merge_properties(tree, with_images(nodes, catalog.images.__getitem__))
    tree["config"] = {
        "type": "object",
        "default": {},
        "description": "Keys of configuration files, by product and file, for all modules.",
        "properties": global_config(catalog.lines_in_use),
    }
    return tree


def open_names(properties: Iterable[str]) -> Tree:
    """JSON Schema for the keys of ``global``: those of ``properties``, and strangers' keys.

    Helm hands ``global`` to every chart of a release, so a parent chart's keys and an installer's
    (Rancher's ``cattle``) come along. A key is refused that is one of ours but for a slip: a letter
    that is missing, wrong, one too many, or two in the wrong order. Names of five letters and less
    are too much like others for that. Helm's engine has no lookahead, so the slips are written out.
    """
    names = sorted(properties)
    slips = (
        f"{name[:place]}.{{1,3}}{name[place + 2 :]}"
        for name in names
        if len(name) > _SHORT
        for place in range(len(name) - 1)
    )
    slip = {"pattern": f"^({'|'.join(slips)})$"}
    return {"propertyNames": {"anyOf": [{"enum": names}, {"not": slip}]}}


def closed_names(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The values schema of a chart without strangers' keys below ``global`` (see ``open_names``).

    It is stricter, and compiled in a third of the time, which goes into the pattern of the slips.
    """
    match schema:
        case {"definitions": {"global": {"propertyNames": {"anyOf": [known, *_]}}} as definitions}:
            closed = {**definitions["global"], "propertyNames": known}
            return {**schema, "definitions": {**definitions, "global": closed}}
    return dict(schema)


def global_node(properties: Tree) -> Node:
    """The node of ``global`` itself."""
    about = "Shared by all charts of an instance; kept in one file, openim.yaml."
    return {"type": "object", "description": about, "properties": properties}


def shown_globals(
    everything: Tree, catalog: Catalog, features: Iterable[Feature], names: Iterable[str]
) -> Tree:
    """The part of ``all_globals`` that one chart reads: its features', and the named sections."""
    own = (expand_properties(feature.global_values, {"catalog": catalog}) for feature in features)
    wanted = set(names).union(*own)
    return {key: node for key, node in everything.items() if key in wanted}


def check_global_references(catalog: Catalog, tree: Tree) -> list[Finding]:
    """Paths below ``global`` that no value has, and texts that a value can never be, sorted.

    ``tree`` holds all values under ``global``.
    """
    findings: list[Finding] = []
    for spec in catalog.charts.values():
        findings += _check_only_with(spec, tree)
        findings += _check_host(spec, tree)
    for line in catalog.lines.values():
        for file in line.config.values():
            findings += _check_binds(file, tree)
            findings += _check_selects(file, catalog)
    return sorted(set(findings))


def _check_only_with(spec: ChartSpec, tree: Tree) -> Iterator[Finding]:
    if spec.only_with:
        node = _find(spec.only_with.path, tree)
        if isinstance(node, str):
            yield Finding(spec.origin("onlyWith", "global"), "unknown-global", node)
            return
        for index, value in enumerate(spec.only_with.values):
            place = spec.origin("onlyWith", "values", index)
            yield from _check_choice(value, spec.only_with.path, node, place)


def _check_host(spec: ChartSpec, tree: Tree) -> Iterator[Finding]:
    if spec.exposure:
        node = _find(f"exposure.hosts.{spec.exposure.host}", tree)
        if isinstance(node, str):
            yield Finding(spec.origin("exposure", "host"), "unknown-global", node)


def _check_binds(file: ConfigFile, tree: Tree) -> Iterator[Finding]:
    for path, leaf in leaves(file):
        bind = leaf.get("bind", {})
        here = (*(part for key in path for part in ("properties", key)), "bind")
        if "global" in bind:
            yield from _check_bind(file, (*here, "global"), bind, leaf, tree)
        if "twice" in bind:
            yield from _check_bind(file, (*here, "twice", "global"), bind["twice"], leaf, tree)


def _check_selects(file: ConfigFile, catalog: Catalog) -> Iterator[Finding]:
    """What a key selects exists, and all charts see one value of the key, which can be that one."""
    for path, leaf in leaves(file):
        here = (*(part for key in path for part in ("properties", key)), "selects")
        for value, name in leaf.get("selects", {}).items():
            place = file.positions.get((*here, value), file.location)
            if not leaf.get("shared"):
                message = (
                    "a key that selects something must be the same everywhere: add shared: true"
                )
                yield Finding(place, "unshared-selector", message)
            choices = leaf.get("enum", ())
            if value not in choices:
                message = f"'{path[-1]}' is never '{value}'{hint(value, map(str, choices))}"
                yield Finding(place, "unknown-choice", message)
            if name not in catalog.dependencies and name not in catalog.credentials:
                known = (*catalog.dependencies, *catalog.credentials)
                message = f"unknown dependency or credential '{name}' in selects{hint(name, known)}"
                yield Finding(place, "unknown-dependency", message)


def _check_bind(
    file: ConfigFile, here: tuple[str, ...], bind: Mapping[str, str], leaf: Node, tree: Tree
) -> Iterator[Finding]:
    place = file.positions.get(here, file.location)
    node = _find(bind["global"], tree)
    if isinstance(node, str):
        yield Finding(place, "unknown-global", node)
    elif "equals" in bind:
        yield from _check_choice(bind["equals"], bind["global"], node, place)
    elif "as" not in bind and not _fits(node, leaf):
        message = f"global.{bind['global']} is {_types(node)}, not {_types(leaf)}"
        yield Finding(place, "bound-type", message)


def _find(path: str, tree: Mapping[str, Node]) -> Node | str:
    """The node at a dotted path, or what is wrong with the path."""
    node: Node = {"properties": tree}
    for key in path.split("."):
        if "map" in node or "kubernetes" in node:
            return node
        known = node.get("properties", {})
        if key not in known:
            return f"there is no value global.{path}: unknown key '{key}'{hint(key, known)}"
        node = known[key]
    return node


def _check_choice(value: str, path: str, node: Node, place: Location) -> Iterator[Finding]:
    choices = [str(choice) for choice in node.get("enum", (value,))]
    if value not in choices:
        message = f"global.{path} is never '{value}'{hint(value, choices)}"
        yield Finding(place, "unknown-choice", message)


def _fits(node: Node, leaf: Node) -> bool:
    """Whether every value of the bound node is one of the leaf; True where a type is not said."""
    if "type" not in node or "type" not in leaf:
        return True
    wanted = {"integer"} if "number" in _names(leaf) else set()
    return _names(node) <= _names(leaf) | wanted


def _names(node: Node) -> set[str]:
    types = node["type"]
    return {types} if isinstance(types, str) else set(types)


def _types(node: Node) -> str:
    return " or ".join(sorted(_names(node)))

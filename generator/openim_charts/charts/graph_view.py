"""What a chart's templates see of the graph: callers, dependencies, ports and secret variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openim_charts.charts.alerts import Alert, alerts, general_alerts, inhibitions
from openim_charts.charts.config import Path, Refusal, is_port, leaves, refusals
from openim_charts.charts.values import Node
from openim_charts.specs.model import (
    Catalog,
    ChartSpec,
    ConfigFile,
    Credential,
    Dependency,
    ReleaseLine,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a Secret fills, and the configuration key it stands for."""

    name: str
    credential: str
    key: str
    file: str
    path: Path


def variable_name(line: ReleaseLine, file: ConfigFile, path: Path) -> str:
    """The environment variable that replaces a key of a configuration file.

    PREFIX + file + path, upper case, ``-`` and ``.`` as ``_`` (open-im-server
    pkg/common/config/env.go, chat pkg/common/config/env.go).
    """
    prefix = "" if file.name in line.unprefixed_files else line.environment_prefix
    stem = file.filename.removesuffix(".yml")
    return prefix + "_".join((stem, *path)).replace("-", "_").upper()


def variables(spec: ChartSpec) -> tuple[Variable, ...]:
    """Variables for all secret keys of the chart's files, in file order."""
    if spec.line is None:
        return ()
    found = []
    for file in spec.config:
        for path, node in leaves(file):
            secret = node.get("secret")
            if secret:
                name = variable_name(spec.line, file, path)
                found.append(Variable(name, secret["credential"], secret["key"], file.name, path))
    return tuple(found)


def bound_dependencies(spec: ChartSpec) -> tuple[str, ...]:
    """Names of dependencies whose addresses the chart's files hold, or that it uses, sorted."""
    bound = {
        node["bind"]["dependency"]
        for file in spec.config
        for _, node in leaves(file)
        if "dependency" in node.get("bind", {})
    }
    return tuple(sorted(bound | {d.name for d in spec.uses}))


def port_key(spec: ChartSpec, port: str) -> tuple[str, ...]:
    """The key below ``global.config`` that sets a port of the chart; () when nothing can."""
    if spec.line is None:
        return ()
    for file in spec.config:
        for path, node in leaves(file):
            bind = node.get("bind", {})
            own = bind.get("chart", spec.name) == spec.name
            if own and is_port(bind) and bind["port"] == port:
                return (spec.line.product, file.name, *path)
    return ()


def port_values(spec: ChartSpec) -> tuple[str, ...]:
    """The values, dotted, that set ports of the chart, in the order of its ports."""
    keys = (port_key(spec, port) for port in spec.ports)
    return tuple(".".join(("global", "config", *key)) for key in keys if key)


def port_expression(spec: ChartSpec, number: int) -> str:
    """Helm's expression for the port that the pods of a chart have in place of ``number``.

    That is the number that the spec gives to a port, and the port of its Service for ever; the
    expression holds in all charts of an instance, since ``global`` is the same for them.
    """
    key = port_key(spec, _port_name(spec, number))
    if not key:
        return str(number)
    words = " ".join(f'"{word}"' for word in key)
    return f"(dig {words} (list {number}) $.Values.global.config | first | int)"


def own_port(spec: ChartSpec, number: int) -> str:
    """The same within the chart itself, which has a named template for each port that can move."""
    name = _port_name(spec, number)
    return f'(include "{spec.name}.port.{name}" $ | int)' if port_key(spec, name) else str(number)


def own_port_text(spec: ChartSpec, number: int) -> str:
    """The same as the text of a template."""
    name = _port_name(spec, number)
    return f'{{{{ include "{spec.name}.port.{name}" $ }}}}' if port_key(spec, name) else str(number)


@dataclass(frozen=True, slots=True)
class Selector:
    """A configuration key that says whether a chart uses what a section of ``global`` describes."""

    key: str  # the value that sets it, such as global.config.server.FILE.KEY
    value: str  # Helm's expression for it, the same in every chart, since the key is shared
    condition: str  # Helm's expression for whether the section is used


def selector(spec: ChartSpec, section: str) -> Selector | None:
    """What selects a dependency or credential for a chart; None where it is used always."""
    for file in spec.config:
        for path, leaf in leaves(file):
            chosen = [v for v, name in leaf.get("selects", {}).items() if name == section]
            if chosen and set(leaf.get("enum", ())) != set(chosen):
                key, value = _shared_value(spec, file, path, leaf)
                words = " ".join(f'"{word}"' for word in chosen)
                return Selector(key, value, f"(has {value} (list {words}))")
    return None


def _shared_value(spec: ChartSpec, file: ConfigFile, path: Path, leaf: Node) -> tuple[str, str]:
    """The name of the value that sets a shared key, and Helm's expression for what it is."""
    if "global" in leaf.get("bind", {}):
        name = f"global.{leaf['bind']['global']}"
        return name, f"$.Values.{name}"
    words = (spec.line.product if spec.line else "", file.name, *path)
    steps = " ".join(f'"{word}"' for word in words)
    expression = f'(dig {steps} "{leaf.get("default")}" $.Values.global.config)'
    return ".".join(("global.config", *words)), expression


def used_if(users: Iterable[ChartSpec], section: str) -> str:
    """Helm's expression for whether any of the charts uses a dependency; "" when one always does,
    and when there is none."""
    found = [selector(user, section) for user in users]
    if not found or None in found:
        return ""
    conditions = {each.condition: None for each in found if each}
    return f"(or {' '.join(conditions)})" if len(conditions) > 1 else next(iter(conditions))


def reads(spec: ChartSpec, credential: str) -> bool:
    """Whether a Secret of the credential fills variables of the chart."""
    return any(variable.credential == credential for variable in variables(spec))


def _port_name(spec: ChartSpec, number: int) -> str:
    return next((name for name, known in spec.ports.items() if known == number), "")


def entry_port(spec: ChartSpec) -> str:
    """The port on which other modules call a chart: ``rpc``, else its first port."""
    return "rpc" if "rpc" in spec.ports else next(iter(spec.ports))


@dataclass(frozen=True, slots=True)
class GraphView:
    """One chart's surroundings; all tuples are sorted by name, ``variables`` by file."""

    callers: tuple[ChartSpec, ...]
    calls: tuple[ChartSpec, ...]
    users: tuple[ChartSpec, ...]  # charts that use the middleware which this chart provides
    uses: tuple[Dependency, ...]  # what the module connects to
    dependencies: tuple[Dependency, ...]  # the same, and what its files only mention
    variables: tuple[Variable, ...]
    credentials: tuple[Credential, ...]  # whose Secrets fill a variable
    owned: tuple[Credential, ...]  # whose Secrets this chart makes
    provides: tuple[Dependency, ...]  # middleware that this chart is

    @property
    def chosen(self) -> bool:
        """Whether a configuration key of its users says if they use this middleware."""
        return any(selector(user, d.name) for d in self.provides for user in self.users)

    @staticmethod
    def entry_port(spec: ChartSpec) -> str:
        """See the function of that name."""
        return entry_port(spec)

    @staticmethod
    def port_values(spec: ChartSpec) -> tuple[str, ...]:
        """See the function of that name."""
        return port_values(spec)

    @staticmethod
    def moves(spec: ChartSpec, number: int) -> bool:
        """Whether values can give the pods another port in place of ``number``."""
        return port_expression(spec, number) != str(number)

    @staticmethod
    def port_expression(spec: ChartSpec, number: int) -> str:
        """See the function of that name."""
        return port_expression(spec, number)

    @staticmethod
    def own_port(spec: ChartSpec, number: int) -> str:
        """See the function of that name."""
        return own_port(spec, number)

    @staticmethod
    def own_port_text(spec: ChartSpec, number: int) -> str:
        """See the function of that name."""
        return own_port_text(spec, number)

    @staticmethod
    def selector(spec: ChartSpec, section: str) -> Selector | None:
        """See the function of that name."""
        return selector(spec, section)

    @staticmethod
    def used_if(users: Iterable[ChartSpec], section: str) -> str:
        """See the function of that name."""
        return used_if(users, section)

    @staticmethod
    def reads(spec: ChartSpec, credential: str) -> bool:
        """See the function of that name."""
        return reads(spec, credential)

    @staticmethod
    def refusals(spec: ChartSpec) -> tuple[Refusal, ...]:
        """See the function of that name."""
        return refusals(spec)

    @staticmethod
    def alerts(spec: ChartSpec) -> tuple[Alert, ...]:
        """See the function of that name."""
        return alerts(spec)

    @staticmethod
    def general_alerts(spec: ChartSpec) -> tuple[Alert, ...]:
        """See the function of that name."""
        return general_alerts(spec)

    @staticmethod
    def inhibitions(catalog: Catalog) -> tuple[tuple[Alert, tuple[str, ...]], ...]:
        """See the function of that name."""
        return inhibitions(catalog)

    def of(self, credential: str) -> tuple[Variable, ...]:
        """The variables that one credential fills."""
        return tuple(v for v in self.variables if v.credential == credential)


def _owned(
    spec: ChartSpec, catalog: Catalog, provides: tuple[Dependency, ...]
) -> tuple[Credential, ...]:
    provided = {d.credential.name for d in provides if d.credential}
    return tuple(
        c
        for name, c in sorted(catalog.credentials.items())
        if c.owner == spec.name or name in provided
    )


def view(spec: ChartSpec, catalog: Catalog) -> GraphView:
    """The surroundings of one chart of the catalog."""
    found = variables(spec)
    names = sorted({v.credential for v in found})
    provides = tuple(d for d in catalog.dependencies.values() if spec.name in d.components)
    return GraphView(
        callers=tuple(catalog.charts[n] for n in catalog.callers(spec.name)),
        calls=tuple(catalog.charts[n] for n in sorted(spec.calls)),
        users=tuple(catalog.charts[n] for n in catalog.users(spec.name)),
        uses=tuple(sorted(spec.uses, key=lambda d: d.name)),
        dependencies=tuple(catalog.dependencies[n] for n in bound_dependencies(spec)),
        variables=found,
        credentials=tuple(catalog.credentials[n] for n in names),
        owned=_owned(spec, catalog, provides),
        provides=provides,
    )

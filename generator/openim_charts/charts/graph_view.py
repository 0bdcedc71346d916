"""What a chart's templates see of the graph: callers, dependencies, ports and secret variables."""

from __future__ import annotations

from dataclasses import dataclass

from openim_charts.charts.alerts import Alert, alerts, general_alerts, inhibitions
from openim_charts.charts.config import Path, Refusal, is_port, leaves, refusals
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
    provides = tuple(d for d in catalog.dependencies.values() if d.component == spec.name)
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

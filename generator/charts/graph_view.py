"""What a chart's templates see of the graph of modules and middleware."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts.alerts import Alert, alerts, general_alerts, inhibitions
from generator.charts.config import Refusal, refusals
from generator.charts.ports import listening, listening_text, port_values
from generator.charts.variables import Variable, bound_dependencies, variables
from generator.specs.model import Catalog, ChartSpec, Credential, Dependency


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
    def listening(spec: ChartSpec, number: int) -> str:
        """See the function of that name."""
        return listening(spec, number)

    @staticmethod
    def listening_text(spec: ChartSpec, number: int) -> str:
        """See the function of that name."""
        return listening_text(spec, number)

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

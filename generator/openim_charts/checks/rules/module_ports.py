"""Ports of modules are theirs alone, and their configuration files know them."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.charts.graph_view import port_key
from openim_charts.charts.model import Chart
from openim_charts.checks.rule import ChartRule, Problem
from openim_charts.specs.model import Catalog


class ModulePorts(ChartRule):
    """Each port of a chart of a release line."""

    id = "module-ports"
    summary = (
        "Each port of a module has a number of its own, and a key of its own in the module's "
        "configuration files."
    )
    rationale = (
        "A module listens where its files say, so nothing listens on a port that no file has, and "
        "users cannot move that port. A key below `global.config` that sets ports of two charts "
        "moves both. Modules with one number cannot run side by side in one container or on one "
        "machine, which is how OpenIM's own scripts start them."
    )

    def check(self, chart: Chart, catalog: Catalog) -> Iterator[Problem]:
        spec = chart.spec
        if spec.line is None:
            return
        others = [
            (other, port)
            for other in catalog.charts.values()
            for port in other.ports
            if other.line and other.name != spec.name
        ]
        numbers = {other.ports[port]: (other.name, port) for other, port in others}
        keys = {port_key(other, port): (other.name, port) for other, port in others}
        for port, number in spec.ports.items():
            place = ("ports", port)
            if number in numbers:
                name, theirs = numbers[number]
                message = f"{number} is the port '{theirs}' of {name} already; choose another"
                yield Problem(message, spec=place)
            key = port_key(spec, port)
            if not key:
                message = (
                    f"no configuration file of the chart has a key for the port '{port}'; list in "
                    f"config a file that has one, with 'bind: {{port: {port}}}' at the key"
                )
                yield Problem(message, spec=place)
            elif key in keys:
                name, theirs = keys[key]
                message = (
                    f"the key {'.'.join(key)} sets the port '{theirs}' of {name} too; give one of "
                    "them a configuration file of its own"
                )
                yield Problem(message, spec=place)

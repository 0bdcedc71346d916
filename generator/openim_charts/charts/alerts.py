"""Alerts of charts: what specs say of them, as rules for Prometheus and as a page for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.model import Catalog, ChartSpec

PAGE = "docs/alerts.md"
_FEATURE = "alerts"
_SELECTOR = re.compile(r"\{(selector|scope|namespace)(?=[,}])")
_NAME = re.compile(r"\{(name|fullname|instance|place)\}")
_TEXT_NAME = re.compile(r"\{(title|name|description)\}")
_LABEL = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a chart. Texts are as Helm's templates have them."""

    chart: ChartSpec
    general: bool  # about pods and volumes of all charts
    name: str
    wait: str  # "" raises it at once
    severity: str
    summary: str
    description: str
    meaning: str
    users: str
    look: tuple[str, ...]
    steps: tuple[str, ...]
    outage: bool  # the program does not do its work
    causes: tuple[str, ...]  # names of alerts and charts
    raw: str  # the expression as the spec has it

    def expression(self, namespace: str, instance: str, fullname: str) -> str:
        """The expression in one line, for one instance; the arguments may be Helm's expressions."""
        place = f'namespace="{namespace}"'
        scope = f'{place},app_kubernetes_io_part_of="{instance}"'
        prefix = self.chart.options.get("monitoring", {}).get("jobPrefix", "")
        selectors = {
            "selector": f'job="{prefix}{self.chart.name}",{scope}',
            "scope": scope,
            "namespace": place,
        }
        names = {"name": self.chart.name, "fullname": fullname}
        names |= {"instance": instance, "place": namespace}
        text = _NAME.sub(lambda m: names[m[1]], " ".join(self.raw.split()))
        return _SELECTOR.sub(lambda m: "{" + selectors[m[1]], text)

    def runbook(self, repository: Repository) -> str:
        """The address of what the page of alerts says about it."""
        return f"{repository.home}/blob/main/{PAGE}#{self.name.lower()}"


def _label(match: re.Match[str]) -> str:
    known = {"value": "$value | humanize", "percent": "$value | humanizePercentage"}
    inner = known.get(match[1], f"$labels.{match[1]}")
    return f"{{{{ `{{{{ {inner} }}}}` }}}}"


def _alert(
    chart: ChartSpec, data: Mapping[str, Any], general: bool = False, down: bool = False
) -> Alert:
    def text(value: str) -> str:
        return _TEXT_NAME.sub(lambda m: str(getattr(chart, m[1])), value)

    return Alert(
        chart=chart,
        general=general,
        name=data["alert"].replace("{Name}", chart.name.title().replace("-", "")),
        wait=data.get("for", ""),
        severity=data["severity"],
        summary=text(data["summary"]),
        description=_LABEL.sub(_label, text(data["description"])),
        meaning=text(data["meaning"]),
        users=text(data["users"]),
        look=tuple(text(line) for line in data["look"]),
        steps=tuple(text(line) for line in data["steps"]),
        outage=down or data.get("outage", False),
        causes=tuple(data.get("causes", ())),
        raw=data["expr"],
    )


def alerts(chart: ChartSpec) -> tuple[Alert, ...]:
    """The alerts about a chart, the one that it is down first."""
    options = chart.options.get(_FEATURE)
    if _FEATURE not in chart.features or not options:
        return ()
    down = _alert(chart, options["down"], down=True)
    return (down, *(_alert(chart, data) for data in options.get("rules", ())))


def general_alerts(chart: ChartSpec) -> tuple[Alert, ...]:
    """The alerts about all charts that a chart has for them."""
    rules = chart.options.get(_FEATURE, {}).get("general", ())
    return tuple(_alert(chart, data, general=True) for data in rules)


def all_alerts(catalog: Catalog) -> tuple[Alert, ...]:
    """Every alert of every chart, those about all charts first."""
    charts = catalog.charts.values()
    general = [alert for chart in charts for alert in general_alerts(chart)]
    return (*general, *(alert for chart in charts for alert in alerts(chart)))


def inhibitions(catalog: Catalog) -> tuple[tuple[Alert, tuple[str, ...]], ...]:
    """Alerts that others explain, each with the names of those, which are critical.

    What a spec names explains an alert; of charts to choose from, each one does. Where people
    would be woken, so do outages of the middleware that its chart uses and, unless it is the alert
    that its chart is down, that its chart or one that it calls is down.
    """
    found = all_alerts(catalog)
    result = []
    for alert in found:
        names, charts = {*alert.causes}, {*alert.causes}
        for dependency in catalog.dependencies.values():
            if charts & {*dependency.components}:
                charts |= {*dependency.components}
        if alert.severity == "critical" and not alert.general:
            names |= _down(alert, catalog)
            charts |= {name for used in alert.chart.uses for name in used.components}
        causes = {
            other.name
            for other in found
            if other.severity == "critical"
            and (other.name in names or (other.outage and other.chart.name in charts))
        }
        if causes - {alert.name}:
            result.append((alert, tuple(sorted(causes - {alert.name}))))
    return tuple(result)


def _down(alert: Alert, catalog: Catalog) -> set[str]:
    """The alerts that the chart of an alert, or one that it calls, is down; not those that the
    alert itself explains."""
    own = alerts(alert.chart)[0]
    if alert.name == own.name:
        return set()
    called = (own, *(a for name in alert.chart.calls for a in alerts(catalog.charts[name])[:1]))
    return {down.name for down in called if alert.name not in down.causes}

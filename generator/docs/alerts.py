"""docs/alerts.md: what each alert means and what to do about it, from the specs of the charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.charts.alerts import Alert, all_alerts, inhibitions
from generator.specs.model import Catalog


def alerts_page(catalog: Catalog) -> str:
    """The whole document."""
    found = all_alerts(catalog)
    held = {alert.name: causes for alert, causes in inhibitions(catalog)}
    lines = [_row(alert) for alert in found]
    heading = ""
    for alert in found:
        title = "Pods, volumes and hosts" if alert.general else alert.chart.title
        if title != heading:
            lines += ["", f"## {title}"]
            heading = title
        lines += _section(alert, held)
    head = Path(__file__).with_name("alerts-head.md").read_text("utf-8")
    return head + "\n".join(lines) + "\n"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _row(alert: Alert) -> str:
    cells = (_link(alert.name), alert.severity, alert.wait or "at once", alert.summary)
    return f"| {' | '.join(cells)} |"


def _section(alert: Alert, held: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield from ("", f"### {alert.name}", "")
    when = f"after {alert.wait}" if alert.wait else "at once"
    yield f"{alert.summary} (`{alert.severity}`, {when})."
    yield from ("", alert.meaning, "", f"**Users:** {alert.users}", "", "**Look at**", "")
    yield from (f"    {line}" for line in alert.look)
    yield from ("", "**What to do**", "")
    yield from (f"- {step}" for step in alert.steps)
    causes = held.get(alert.name)
    if causes:
        yield from ("", f"Kept back by {', '.join(_link(name) for name in causes)}.")

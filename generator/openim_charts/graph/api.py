"""Pictures of the system, for the other packages."""

from __future__ import annotations

from openim_charts.graph.mermaid import mermaid
from openim_charts.graph.model import Graph, neighbourhood, system_graph
from openim_charts.graph.svg import svg

__all__ = ["Graph", "mermaid", "neighbourhood", "svg", "system_graph"]

"""Pictures of the system, for the other rooms."""

from __future__ import annotations

from generator.graph.mermaid import mermaid
from generator.graph.model import Graph, neighbourhood, system_graph
from generator.graph.svg import svg

__all__ = ["Graph", "mermaid", "neighbourhood", "svg", "system_graph"]

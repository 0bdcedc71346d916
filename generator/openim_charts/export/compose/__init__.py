"""One machine with Docker: compose.yaml, and the files that it mounts."""

from openim_charts.export.compose.target import COMPOSE

__all__ = ["COMPOSE"]

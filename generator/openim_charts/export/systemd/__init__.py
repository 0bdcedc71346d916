"""A host with systemd: units for programs that are there, and what they read."""

from openim_charts.export.systemd.target import SYSTEMD

__all__ = ["SYSTEMD"]

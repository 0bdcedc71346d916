"""What the probes of containers say, for any target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.checks.api import get

SECONDS, TIMES, TIMEOUT = 10, 3, 1  # Kubernetes' defaults of a probe's numbers


def probe_of(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """What says that a container is ready; {} where nothing does."""
    found: Mapping[str, Any] = (
        get(container, "readinessProbe") or get(container, "startupProbe") or {}
    )
    return found


def lasting(probe: Mapping[str, Any] | None) -> int:
    """Seconds until a probe that fails has failed often enough."""
    if not probe:
        return 0
    times = int(probe.get("failureThreshold", TIMES))
    return times * int(probe.get("periodSeconds", SECONDS))

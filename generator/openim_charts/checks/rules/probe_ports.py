"""Probes try ports that the container has."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import RenderedObject, get, listing
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


class ProbePorts(ObjectRule):
    """Names and numbers of probed ports are declared by the same container."""

    id = "probe-ports"
    of_values = Severity.ERROR
    summary = "A probe's port is a port of its container."
    rationale = "The API server does not check it; the pod just never becomes ready."

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        pod = pod_of(obj)
        for path, container in pod.containers() if pod else ():
            ports = listing(container, "ports")
            known = {get(port, field) for port in ports for field in ("name", "containerPort")}
            for probe in _PROBES:
                for handler in ("httpGet", "tcpSocket", "grpc"):
                    port = get(container, probe, handler, "port")
                    if port is not None and port not in known:
                        message = f"the container has no port {port!r}"
                        yield Problem(
                            message, obj, (*path, probe, handler, "port"), spec=("ports",)
                        )

"""Health checks, which Docker runs inside the container: with what its image has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.checks.api import get, listing
from openim_charts.export.compose.text import literal
from openim_charts.export.probes import SECONDS, TIMEOUT, TIMES, lasting, probe_of
from openim_charts.export.system import Pod
from openim_charts.specs.image_model import ImageFile


def health(
    pod: Pod, container: Mapping[str, Any], image: ImageFile | None, host: str = "127.0.0.1"
) -> dict[str, Any] | None:
    """The health check of a container that runs on ``host``, with programs of an image; None where
    it is not known to have one for it."""
    probe = probe_of(container)
    test = _test(pod, probe, image, host)
    if test is None:
        return None
    interval = int(probe.get("periodSeconds", SECONDS))
    # For Compose it is over with what is unhealthy, so that takes as long as Kubernetes would wait
    # before it ends the container.
    patience = lasting(get(container, "livenessProbe"))
    return {
        "test": ["CMD", *test],
        "interval": f"{interval}s",
        "timeout": f"{int(probe.get('timeoutSeconds', TIMEOUT))}s",
        "retries": max(int(probe.get("failureThreshold", TIMES)), -(-patience // interval)),
        "start_period": f"{lasting(get(container, 'startupProbe'))}s",
    }


def _test(
    pod: Pod, probe: Mapping[str, Any], image: ImageFile | None, host: str
) -> list[str] | None:
    if "exec" in probe:
        return [literal(str(word)) for word in listing(probe, "exec", "command")]

    def has(program: str) -> bool:
        return image is not None and image.has(program) is True

    web, socket = probe.get("httpGet"), probe.get("tcpSocket")
    if web and not web.get("httpHeaders") and web.get("scheme", "HTTP") == "HTTP":
        url = literal(f"http://{host}:{pod.port(web['port'])}{web.get('path', '/')}")
        if has("wget"):
            return ["wget", "-q", "-O", "/dev/null", url]
        if has("curl"):
            return ["curl", "-fsS", "-o", "/dev/null", url]
    if socket and has("nc"):
        return ["nc", "-z", "-w", "3", host, str(pod.port(socket["port"]))]
    return None

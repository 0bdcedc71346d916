"""Services of the export's own, which run a program of a small image and may do nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.export.compose.images import OwnImage
from openim_charts.export.compose.text import literal

Service = dict[str, Any]

STARTED, HEALTHY, DONE = "service_started", "service_healthy", "service_completed_successfully"
LOGS = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}
_NOBODY = "65534:65534"


def small(image: OwnImage, words: list[str], account: str = _NOBODY) -> Service:
    """A service that runs a program of an image, as an account with no rights but to run."""
    return {
        "image": literal(image.reference),
        "entrypoint": words[:1],
        "command": words[1:],
        "user": account,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "logging": LOGS,
    }


def idle(tools: OwnImage) -> Service:
    """A service that runs, and does nothing. It may hold the network of a pod's containers, which
    each of them would take away from the others when it ends; or it asks others how they are."""
    return {
        **small(tools, ["tail", "-f", "/dev/null"]),
        "stop_grace_period": "0s",
        "restart": "unless-stopped",
    }


def owner(tools: OwnImage, account: str, volumes: Mapping[str, str]) -> Service:
    """Gives volumes to an account at each start: new ones belong to root."""
    paths = {volume: f"/volumes/{name}" for name, volume in volumes.items()}
    return {
        **small(tools, ["chown", account, *paths.values()], "0:0"),
        "cap_add": ["CHOWN"],
        "network_mode": "none",
        "volumes": [
            {"type": "volume", "source": volume, "target": path} for volume, path in paths.items()
        ],
        "restart": "no",
    }

"""The target ``compose``: everything but what watches the rest, on one machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release, get
from openim_charts.export.compose.containers import DIGEST, ready, services_of
from openim_charts.export.compose.edge import PATH, PORT, nginx
from openim_charts.export.compose.images import EDGE, TOOLS, own_image
from openim_charts.export.compose.own import Service, small
from openim_charts.export.compose.refusals import problems
from openim_charts.export.compose.text import NETWORK
from openim_charts.export.compose.volumes import bound, claims
from openim_charts.export.files import FOLDER, files_of
from openim_charts.export.model import Files, Target
from openim_charts.export.proxy.routes import ROUTE, rules
from openim_charts.export.secrets import script
from openim_charts.export.system import ONCE, Pod, System
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.writer import dump

_EDGE = "edge"
_HEAD = """\
# Made by 'openim-charts export compose', which makes it anew: what you change belongs into
# compose.override.yaml, which Compose reads too. The passwords come from .env; secrets.sh makes it.
"""
_SECRETS = """\
#!/bin/sh
# Writes what is missing in the file .env beside this script: passwords, which are made up here and
# are in no other file. Run it again after each export; what is there stays.
set -eu
umask 077
cd "$(dirname "$0")"
file=.env
"""


def _defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:
    """Secrets come from .env, routes are the proxy's, and Compose waits for what pods use."""
    names = chart.spec.includes or (chart.name,)
    waiting = {"waitForDependencies": {"enabled": False}}
    users = {name: waiting for name in names if catalog.charts[name].uses}
    exposure = {
        "type": "httpRoute",
        "hosts": {"main": "localhost", "admin": "admin.localhost"},
        "port": PORT,
        "gateway": {"parentRefs": [{"name": _EDGE}]},
    }
    shared = {"secrets": {"provider": "existing"}, "exposure": exposure}
    own = users if chart.spec.includes else users.get(chart.name, {})
    return {"global": shared, **own}


def _refused(release: Release) -> Iterator[Problem]:
    yield from problems(System(release))


def _files(release: Release) -> Files:
    system = System(release)
    mounted = {pod.name: files_of(system, pod) for pod in system.pods}
    services: dict[str, Service] = {}
    for pod in _ordered(system):
        needs = _needs(system, pod, services)
        tools = own_image(release, TOOLS)
        services |= services_of(system, pod, mounted[pod.name], tools, needs)
    made = {path: content for files in mounted.values() for path, content in files.items()}
    found = rules(system.of(ROUTE))
    if found:
        text = nginx(found).encode()
        made[f"{FOLDER}/{_EDGE}/{PATH.rpartition('/')[2]}"] = text
        services[_EDGE] = _edge(release, text)
    volumes = sorted(name for pod in system.pods for name in claims(pod).values())
    project = {
        "name": release.name,
        "services": {name: services[name] for name in sorted(services)},
        "networks": {"default": {"ipam": {"config": [_addresses()]}}},
        **({"volumes": {name: {} for name in volumes}} if volumes else {}),
    }
    made["compose.yaml"] = (_HEAD + dump(project)).encode()
    made["secrets.sh"] = script(system, _SECRETS).encode()
    return made


def _ordered(system: System) -> list[Pod]:
    """Pods that others need come before them: workloads of a middleware, its Jobs, the rest."""
    dependencies = system.release.catalog.dependencies.values()
    used = {name for dependency in dependencies for name in dependency.components}

    def rank(pod: Pod) -> tuple[bool, bool, str]:
        component = system.release.spec_of(pod.obj).component
        return component not in used, pod.obj.kind == ONCE, pod.name

    return sorted(system.pods, key=rank)


def _needs(system: System, pod: Pod, services: Mapping[str, Service]) -> dict[str, str]:
    """What a pod's chart uses, and for a Job its own chart's workloads, once they are ready."""
    spec = system.release.spec_of(pod.obj)
    components = {name for dependency in spec.uses for name in dependency.components}
    found: dict[str, str] = {}
    for other in system.pods:
        provides = system.release.spec_of(other.obj).component in components
        own = pod.obj.kind == ONCE and other.chart == pod.chart and other.obj.kind != ONCE
        if (provides or own) and other is not pod:
            found |= ready(services, other)
    return found


def _edge(release: Release, config: bytes) -> Service:
    words = ["nginx", "-e", "stderr", "-c", PATH, "-g", "daemon off;"]
    port = get(release.values, "global", "exposure", "port") or 80
    return {
        **small(own_image(release, EDGE), words, "101:101"),
        "tmpfs": ["/tmp:mode=1777,uid=101,gid=101"],
        "volumes": [bound(f"{FOLDER}/{_EDGE}", PATH.rpartition("/")[0])],
        "ports": [f"${{PORT:-{port}}}:{PORT}"],
        "healthcheck": {
            "test": ["CMD", "nc", "-z", "127.0.0.1", str(PORT)],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
        },
        "restart": "unless-stopped",
        "labels": {DIGEST: hashlib.sha256(config).hexdigest()},
    }


def _addresses() -> Mapping[str, str]:
    """Fixed addresses are in the lower half, so Docker gives others from the upper one."""
    return {
        "subnet": f"{NETWORK}.0/24",
        "ip_range": f"{NETWORK}.128/25",
        "gateway": f"{NETWORK}.1",
    }


COMPOSE = Target(
    description="compose.yaml for Docker Compose, and the files that it mounts.",
    defaults=_defaults,
    refused=_refused,
    files=_files,
    kept=frozenset({".env", "compose.override.yaml"}),
    start="sh secrets.sh && docker compose up --detach --wait",
)

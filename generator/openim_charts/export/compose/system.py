"""The pods of a release as Compose runs them: what they are called, and where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openim_charts.checks.api import (
    PodTemplate,
    Release,
    RenderedObject,
    get,
    listing,
    mapping,
    pod_of,
    selects,
)

RUNNING = ("Deployment", "StatefulSet")
ONCE = "Job"
ADDRESSES = ("status.podIP", "status.podIPs")
# The first three numbers of all addresses; Compose takes another one from .env.
NETWORK = "${NETWORK:-172.31.77}"
# Artifact Hub's name for charts that watch others. They find pods by the API of Kubernetes.
_WATCHING = "monitoring-logging"
_FIRST = 2  # last number of the first fixed address; the gateway has 1


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod: the one of a workload, or of a Job that ends."""

    template: PodTemplate
    chart: str
    address: str  # its fixed one as text of Compose, "" where it has none

    @property
    def obj(self) -> RenderedObject:
        """The workload or Job."""
        return self.template.obj

    @property
    def name(self) -> str:
        """The service of its main container."""
        return self.obj.name

    @property
    def host(self) -> str:
        """The name that Kubernetes gives to the pod, where it is always the same."""
        return f"{self.name}-0" if self.obj.kind == "StatefulSet" else self.name

    @property
    def main(self) -> Mapping[str, Any]:
        """Its first container, whose network the others share."""
        found: Mapping[str, Any] = self.template.spec["containers"][0]
        return found

    def port(self, port: Any) -> int:
        """The number of a port of its containers, by number or name."""
        named = dict(self.template.ports())
        return int(named.get(str(port), 0) or port)


@dataclass(frozen=True)
class System:
    """A release without what watches it."""

    release: Release

    def watches(self, obj: RenderedObject) -> bool:
        """Whether an object is left out, since its chart is for Kubernetes alone."""
        return self.release.spec_of(obj).category == _WATCHING

    @cached_property
    def objects(self) -> tuple[RenderedObject, ...]:
        """Everything that is not left out; tests, and hooks, are."""
        return tuple(o for o in self.release.objects if not o.hook and not self.watches(o))

    def of(self, *kinds: str) -> Iterator[RenderedObject]:
        """The objects of these kinds."""
        return (obj for obj in self.objects if obj.kind in kinds)

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """All pods, sorted by name; those that ask for their address have a fixed one."""
        found: list[Pod] = []
        fixed = 0
        for obj in sorted(self.of(*RUNNING, ONCE), key=lambda obj: obj.name):
            template = pod_of(obj)
            if template is None:
                continue
            address = ""
            if _asks_address(template):
                address = f"{NETWORK}.{_FIRST + fixed}"
                fixed += 1
            found.append(Pod(template, self.release.spec_of(obj).name, address))
        return tuple(found)

    @cached_property
    def domain(self) -> str:
        """What names of Services end in."""
        given = get(self.release.values, "global", "clusterDomain")
        return str(given or get(self.release.chart.values, "global", "clusterDomain"))

    def aliases(self, pod: Pod) -> list[str]:
        """The names by which others find a pod beside the one of its service, sorted."""
        found = set()
        for service in self.of("Service"):
            if pod.obj.kind in RUNNING and selects(
                mapping(service.data, "spec", "selector"), pod.template.labels
            ):
                whole = f"{service.name}.{self.release.namespace}.svc.{self.domain}"
                found |= {service.name, whole}
                if get(pod.obj.data, "spec", "serviceName") == service.name:
                    found.add(f"{pod.host}.{whole}")
        return sorted(found - {pod.name})


def _asks_address(template: PodTemplate) -> bool:
    return any(
        str(get(variable, "valueFrom", "fieldRef", "fieldPath")) in ADDRESSES
        for _, container in template.containers()
        for variable in listing(container, "env")
    )

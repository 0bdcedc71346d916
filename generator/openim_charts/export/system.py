"""The pods of a release that runs without a cluster, and under which names others find them."""

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
# Artifact Hub's name for charts that watch others. They find pods by the API of Kubernetes.
_WATCHING = "monitoring-logging"
_GRACE = 30  # Kubernetes' default of terminationGracePeriodSeconds


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod: the one of a workload, or of a Job that ends."""

    template: PodTemplate
    chart: str
    number: int | None  # among those that ask for their address, from 0; None where it does not

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

    @property
    def grace(self) -> int:
        """Seconds that it has to end."""
        given = get(self.template.spec, "terminationGracePeriodSeconds")
        return _GRACE if given is None else int(given)

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
        """All pods, sorted by name."""
        found: list[Pod] = []
        asking = 0
        for obj in sorted(self.of(*RUNNING, ONCE), key=lambda obj: obj.name):
            template = pod_of(obj)
            if template is None:
                continue
            asks = _asks_address(template)
            chart = self.release.spec_of(obj).name
            found.append(Pod(template, chart, asking if asks else None))
            asking += asks
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

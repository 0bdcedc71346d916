"""Names inside a pod are unique."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from openim_charts.checks.release import PodTemplate, pod_of
from openim_charts.checks.rendered import Path, RenderedObject, get, listing
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog


class UniqueNames(ObjectRule):
    """Environment variables, containers, volumes, ports."""

    id = "unique-names"
    of_values = Severity.ERROR
    summary = "No variable, container, volume or port of a pod is named twice."
    rationale = (
        "Of two variables with one name the last wins, and server-side apply refuses lists whose "
        "keys repeat."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        pod = pod_of(obj)
        for path, what, names in _lists(pod) if pod else ():
            for name, count in Counter(names).items():
                if count > 1:
                    yield Problem(f"{what} {name!r} is given {count} times", obj, path)


def _lists(pod: PodTemplate) -> Iterator[tuple[Path, str, list[str]]]:
    spec = (*pod.path, "spec")
    yield spec, "container", [str(get(c, "name")) for _, c in pod.containers()]
    volumes = listing(pod.spec, "volumes")
    yield (*spec, "volumes"), "volume", [str(get(v, "name")) for v in volumes]
    ports: list[str] = []
    for path, container in pod.containers():
        env = listing(container, "env")
        yield (*path, "env"), "variable", [str(get(e, "name")) for e in env]
        ports += [
            f"{get(p, 'containerPort')}/{get(p, 'protocol') or 'TCP'}"
            for p in listing(container, "ports")
        ]
        named = [str(get(p, "name")) for p in listing(container, "ports") if get(p, "name")]
        yield (*path, "ports"), "port", named
    yield spec, "port", ports

"""The target ``helmfile``: a helmfile.yaml with one release, or one for each of several clusters.

Facts are those of https://helmfile.readthedocs.io.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.checks.api import Release
from openim_charts.export.gitops.common import (
    HEAD,
    ONE,
    TIMEOUT,
    Part,
    Plan,
    defaults,
    namespace_text,
    planned,
    secrets_in_values,
)
from openim_charts.export.model import Files, Target
from openim_charts.yamlio.writer import dump

_NAMESPACE = "namespace.yaml"


def _files(releases: Mapping[str, Release], apart: bool) -> Files:
    plan = planned(releases, apart)
    registry = {"oci": True} if plan.registry else {}
    state = {
        "repositories": [{"name": plan.repository, "url": plan.address, **registry}],
        "helmDefaults": {
            "createNamespace": False,
            "timeout": TIMEOUT,
            "wait": True,
            "waitForJobs": True,
        },
        "releases": [_release(plan, part) for part in plan.parts],
    }
    texts = {"helmfile.yaml": dump(state), _NAMESPACE: namespace_text(plan)}
    texts |= {part.path: HEAD + part.text for part in plan.parts}
    return {path: text.encode() for path, text in texts.items()}


def _release(plan: Plan, part: Part) -> Mapping[str, Any]:
    place = plan.namespace if part.cluster == ONE else f"{part.cluster}/{plan.namespace}"
    remote = {"kubeContext": part.cluster, "labels": {"cluster": part.cluster}}
    needs = [f"{place}/{name}" for name in part.needs]
    return {
        "name": part.name,
        "namespace": plan.namespace,
        **({} if part.cluster == ONE else remote),
        **({"needs": needs} if needs else {}),
        "chart": f"{plan.repository}/{part.chart}",
        "version": part.version,
        "values": [part.path],
        "hooks": [_namespace(part.cluster)],
    }


def _namespace(cluster: str) -> Mapping[str, Any]:
    """Helm makes a namespace without labels, so kubectl makes it before."""
    context = [] if cluster == ONE else ["--context", cluster]
    arguments = ["apply", "--server-side", *context, "--filename", _NAMESPACE]
    return {"events": ["presync"], "showlogs": True, "command": "kubectl", "args": arguments}


HELMFILE = Target(
    description="A helmfile.yaml, for one cluster or several.",
    defaults=defaults,
    refused=secrets_in_values,
    files=lambda release: _files({ONE: release}, apart=False),
    copies=_files,
)

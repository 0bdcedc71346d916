"""The target ``helmfile``: a helmfile.yaml with one release, or one for each of several clusters.

Facts are those of https://helmfile.readthedocs.io.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.export.gitops.common import (
    ONE,
    TIMEOUT,
    Part,
    Plan,
    namespace_text,
    secrets_in_values,
    target,
)
from openim_charts.yamlio.writer import dump

_NAMESPACE = "namespace.yaml"


def _texts(plan: Plan) -> Mapping[str, str]:
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
    return {"helmfile.yaml": dump(state), _NAMESPACE: namespace_text(plan), **plan.values}


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


HELMFILE = target("A helmfile.yaml, for one cluster or several.", _texts, secrets_in_values)

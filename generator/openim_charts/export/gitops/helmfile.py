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
    defaults,
    namespace_text,
    origin,
    secrets_in_values,
    values_paths,
    values_text,
)
from openim_charts.export.model import Files, Target
from openim_charts.yamlio.writer import dump

_NAMESPACE = "namespace.yaml"


def _files(releases: Mapping[str, Release]) -> Files:
    first = next(iter(releases.values()))
    place, values = origin(first), values_paths(releases)
    repository = first.catalog.repository.name
    state = {
        "repositories": [
            {"name": repository, "url": place.address, **({"oci": True} if place.registry else {})}
        ],
        "helmDefaults": {
            "createNamespace": False,
            "timeout": TIMEOUT,
            "wait": True,
            "waitForJobs": True,
        },
        "releases": [
            {
                "name": one.name,
                "namespace": one.namespace,
                **(
                    {}
                    if cluster == ONE
                    else {"kubeContext": cluster, "labels": {"cluster": cluster}}
                ),
                "chart": f"{repository}/{place.chart}",
                "version": place.version,
                "values": [values[cluster]],
                "hooks": [_namespace(cluster)],
            }
            for cluster, one in releases.items()
        ],
    }
    texts = {"helmfile.yaml": dump(state), _NAMESPACE: namespace_text(releases.values())}
    texts |= {values[cluster]: HEAD + values_text(one) for cluster, one in releases.items()}
    return {path: text.encode() for path, text in texts.items()}


def _namespace(cluster: str) -> Mapping[str, Any]:
    """Helm makes a namespace without labels, so kubectl makes it before."""
    context = [] if cluster == ONE else ["--context", cluster]
    arguments = ["apply", "--server-side", *context, "--filename", _NAMESPACE]
    return {"events": ["presync"], "showlogs": True, "command": "kubectl", "args": arguments}


HELMFILE = Target(
    description="A helmfile.yaml, for one cluster or several.",
    defaults=defaults,
    refused=secrets_in_values,
    files=lambda release: _files({ONE: release}),
    copies=_files,
)

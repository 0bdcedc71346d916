"""The target ``flux``: a HelmRelease, or one for each of several clusters.

Facts are those of https://fluxcd.io/flux/components: source/helmrepositories,
source/ocirepositories, helm/helmreleases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from openim_charts.export.gitops.common import (
    ONE,
    TIMEOUT,
    Part,
    Plan,
    documents,
    kustomization,
    namespace_text,
    secrets_in_values,
    target,
)

_SOURCES = "source.toolkit.fluxcd.io/v1"
_AGAIN = "1h"  # how often the repository is asked, and the cluster compared
_KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def _texts(plan: Plan) -> Mapping[str, str]:
    objects = {
        "namespace.yaml": namespace_text(plan, _KEPT),
        "source.yaml": documents(_sources(plan)),
        "release.yaml": documents(_release(plan, part) for part in plan.parts),
    }
    maps = [_map(plan, part) for part in plan.parts]
    index = kustomization(objects, configMapGenerator=maps)
    return {**objects, "kustomization.yaml": index, **plan.values}


def _sources(plan: Plan) -> Iterator[Mapping[str, Any]]:
    """The repository, or each chart's place in a registry."""
    if not plan.registry:
        yield _source(plan, "HelmRepository", plan.name, {"url": plan.url})
        return
    for part in {part.name: part for part in plan.parts}.values():
        spec = {
            "url": f"{plan.url}/{part.chart}",
            "ref": {"tag": part.version},
            "layerSelector": {"mediaType": _LAYER, "operation": "copy"},
        }
        yield _source(plan, "OCIRepository", part.name, spec)


def _source(plan: Plan, kind: str, name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": plan.namespace}
    spec = {"interval": _AGAIN, **spec}
    return {"apiVersion": _SOURCES, "kind": kind, "metadata": metadata, "spec": spec}


def _release(plan: Plan, part: Part) -> Mapping[str, Any]:
    remote = part.cluster != ONE
    # What waits for a database has no use for a release that is taken back.
    strategy = {"strategy": {"name": "RetryOnFailure"}}
    reached = {"kubeConfig": {"secretRef": {"name": f"{part.cluster}-kubeconfig"}}}
    needs = [{"name": replace(part, name=name).title} for name in part.needs]
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": part.title, "namespace": plan.namespace},
        "spec": {
            "interval": _AGAIN,
            "timeout": f"{TIMEOUT // 60}m",
            "releaseName": part.name,
            **_chart(plan, part),
            **({"dependsOn": needs} if needs else {}),
            **(reached if remote else {}),
            "install": {**({"createNamespace": True} if remote else {}), **strategy},
            "upgrade": strategy,
            "driftDetection": {"mode": "enabled"},
            "valuesFrom": [{"kind": "ConfigMap", "name": f"{part.title}-values"}],
        },
    }


def _chart(plan: Plan, part: Part) -> Mapping[str, Any]:
    if plan.registry:
        return {"chartRef": {"kind": "OCIRepository", "name": part.name}}
    source = {"kind": "HelmRepository", "name": plan.name}
    return {"chart": {"spec": {"chart": part.chart, "version": part.version, "sourceRef": source}}}


def _map(plan: Plan, part: Part) -> Mapping[str, Any]:
    """The ConfigMap of the values, whose change is seen at once and whose '${…}' stays."""
    return {
        "name": f"{part.title}-values",
        "namespace": plan.namespace,
        "files": [f"values.yaml={part.path}"],
        "options": {
            "disableNameSuffixHash": True,
            "labels": {"reconcile.fluxcd.io/watch": "Enabled"},
            "annotations": {"kustomize.toolkit.fluxcd.io/substitute": "disabled"},
        },
    }


FLUX = target(
    "A HelmRelease of Flux, or one for each of several clusters.", _texts, secrets_in_values
)

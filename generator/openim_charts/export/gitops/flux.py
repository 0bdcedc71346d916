"""The target ``flux``: a HelmRelease, or one for each of several clusters.

Facts are those of https://fluxcd.io/flux/components: source/helmrepositories,
source/ocirepositories, helm/helmreleases.
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
    documents,
    kustomization,
    namespace_text,
    origin,
    secrets_in_values,
    values_paths,
    values_text,
)
from openim_charts.export.model import Files, Target
from openim_charts.yamlio.writer import dump

_SOURCES = "source.toolkit.fluxcd.io/v1"
_AGAIN = "1h"  # how often the repository is asked, and the cluster compared
_KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def _files(releases: Mapping[str, Release]) -> Files:
    first = next(iter(releases.values()))
    values = values_paths(releases)
    texts = {
        "namespace.yaml": namespace_text(releases.values(), _KEPT),
        "source.yaml": dump(_source(first)),
        "release.yaml": documents(_release(cluster, one) for cluster, one in releases.items()),
    }
    maps = [_map(cluster, one, values[cluster]) for cluster, one in releases.items()]
    texts["kustomization.yaml"] = kustomization(texts, configMapGenerator=maps)
    texts |= {values[cluster]: HEAD + values_text(one) for cluster, one in releases.items()}
    return {path: text.encode() for path, text in texts.items()}


def _source(release: Release) -> Mapping[str, Any]:
    place = origin(release)
    kind = "HelmRepository"
    spec: dict[str, Any] = {"interval": _AGAIN, "url": place.url}
    if place.registry:
        kind = "OCIRepository"
        spec |= {
            "url": f"{place.url}/{place.chart}",
            "ref": {"tag": place.version},
            "layerSelector": {"mediaType": _LAYER, "operation": "copy"},
        }
    metadata = _named(release, release.name)
    return {"apiVersion": _SOURCES, "kind": kind, "metadata": metadata, "spec": spec}


def _release(cluster: str, release: Release) -> Mapping[str, Any]:
    place = origin(release)
    if place.registry:
        chart: Mapping[str, Any] = {"chartRef": {"kind": "OCIRepository", "name": release.name}}
    else:
        source = {"kind": "HelmRepository", "name": release.name}
        spec = {"chart": place.chart, "version": place.version, "sourceRef": source}
        chart = {"chart": {"spec": spec}}
    remote = cluster != ONE
    # What waits for a database has no use for a release that is taken back.
    strategy = {"strategy": {"name": "RetryOnFailure"}}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": _named(release, _name(cluster, release)),
        "spec": {
            "interval": _AGAIN,
            "timeout": f"{TIMEOUT // 60}m",
            "releaseName": release.name,
            **chart,
            **({"kubeConfig": {"secretRef": {"name": f"{cluster}-kubeconfig"}}} if remote else {}),
            "install": {**({"createNamespace": True} if remote else {}), **strategy},
            "upgrade": strategy,
            "driftDetection": {"mode": "enabled"},
            "valuesFrom": [{"kind": "ConfigMap", "name": _values(cluster, release)}],
        },
    }


def _map(cluster: str, release: Release, path: str) -> Mapping[str, Any]:
    """The ConfigMap of the values, whose change is seen at once and whose '${…}' stays."""
    options = {
        "disableNameSuffixHash": True,
        "labels": {"reconcile.fluxcd.io/watch": "Enabled"},
        "annotations": {"kustomize.toolkit.fluxcd.io/substitute": "disabled"},
    }
    named = _named(release, _values(cluster, release))
    return {**named, "files": [f"values.yaml={path}"], "options": options}


def _name(cluster: str, release: Release) -> str:
    return release.name if cluster == ONE else f"{release.name}-{cluster}"


def _values(cluster: str, release: Release) -> str:
    return f"{_name(cluster, release)}-values"


def _named(release: Release, name: str) -> Mapping[str, Any]:
    return {"name": name, "namespace": release.namespace}


FLUX = Target(
    description="A HelmRelease of Flux, or one for each of several clusters.",
    defaults=defaults,
    refused=secrets_in_values,
    files=lambda release: _files({ONE: release}),
    copies=_files,
)

"""The target ``fleet``: a folder with a fleet.yaml, for one cluster or several.

Facts are those of https://fleet.rancher.io/reference/ref-fleet-yaml and of Fleet's own source
(rancher/fleet: pkg/apis/fleet.cattle.io/v1alpha1, internal/bundlereader, internal/helmdeployer).
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
    namespace_labels,
    origin,
    secrets_in_values,
    values_paths,
    values_text,
)
from openim_charts.export.model import Files, Target
from openim_charts.yamlio.writer import dump


def _files(releases: Mapping[str, Release]) -> Files:
    values = values_paths(releases)
    texts = {"fleet.yaml": dump(_bundle(releases, values))}
    texts |= {values[cluster]: HEAD + values_text(one) for cluster, one in releases.items()}
    return {path: text.encode() for path, text in texts.items()}


def _bundle(releases: Mapping[str, Release], values: Mapping[str, str]) -> Mapping[str, Any]:
    release = next(iter(releases.values()))
    labels = namespace_labels(releases.values())
    return {
        "defaultNamespace": release.namespace,
        **({"namespaceLabels": labels} if labels else {}),
        "helm": {
            "releaseName": release.name,
            **_chart(release),
            **({"valuesFiles": [values[ONE]]} if ONE in releases else {}),
            # Otherwise '${…}' in values would be Fleet's.
            "disablePreProcess": True,
            "timeoutSeconds": TIMEOUT,
            "waitForJobs": True,
        },
        **({} if ONE in releases else _clusters(values)),
    }


def _chart(release: Release) -> Mapping[str, str]:
    place = origin(release)
    if place.registry:
        return {"chart": f"{place.url}/{place.chart}", "version": place.version}
    return {"repo": place.url, "chart": place.chart, "version": place.version}


def _clusters(values: Mapping[str, str]) -> Mapping[str, Any]:
    """A cluster that the GitRepo targets and that has no values gets nothing."""
    return {
        "overrideTargets": [{"clusterName": cluster} for cluster in values],
        "targetCustomizations": [
            {"name": cluster, "clusterName": cluster, "helm": {"valuesFiles": [path]}}
            for cluster, path in values.items()
        ],
    }


FLEET = Target(
    description="A fleet.yaml of Rancher's Fleet, for one cluster or several.",
    defaults=defaults,
    refused=secrets_in_values,
    files=lambda release: _files({ONE: release}),
    copies=_files,
)

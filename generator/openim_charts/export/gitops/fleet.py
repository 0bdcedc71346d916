"""The target ``fleet``: a folder with a fleet.yaml, for one cluster or several.

Facts are those of https://fleet.rancher.io/reference/ref-fleet-yaml and of Fleet's own source
(rancher/fleet: pkg/apis/fleet.cattle.io/v1alpha1, internal/bundlereader, internal/helmdeployer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openim_charts.export.gitops.common import (
    TIMEOUT,
    Part,
    Plan,
    secrets_in_values,
    target,
)
from openim_charts.yamlio.writer import dump


def _texts(plan: Plan) -> Mapping[str, str]:
    bundles: dict[str, list[Part]] = {}
    for part in plan.parts:
        bundles.setdefault(part.name, []).append(part)
    texts: dict[str, str] = {}
    for parts in bundles.values():
        texts[f"{parts[0].folder}fleet.yaml"] = dump(_bundle(plan, parts))
    return {**texts, **plan.values}


def _bundle(plan: Plan, parts: Sequence[Part]) -> Mapping[str, Any]:
    first, *_ = parts
    needs = [{"name": name} for name in sorted({name for part in parts for name in part.needs})]
    return {
        # Otherwise Fleet makes a name of the GitRepo's and the folder's, which others cannot know.
        **({"name": first.name} if plan.apart else {}),
        **({"dependsOn": needs} if needs else {}),
        "defaultNamespace": plan.namespace,
        **({"namespaceLabels": plan.labels} if plan.labels else {}),
        "helm": {
            "releaseName": first.name,
            **_chart(plan, first),
            **({"valuesFiles": [first.file]} if plan.single else {}),
            # Otherwise '${…}' in values would be Fleet's.
            "disablePreProcess": True,
            "timeoutSeconds": TIMEOUT,
            "waitForJobs": True,
        },
        **({} if plan.single else _clusters(parts)),
    }


def _chart(plan: Plan, part: Part) -> Mapping[str, str]:
    if plan.registry:
        return {"chart": f"{plan.url}/{part.chart}", "version": part.version}
    return {"repo": plan.url, "chart": part.chart, "version": part.version}


def _clusters(parts: Sequence[Part]) -> Mapping[str, Any]:
    """A cluster that the GitRepo targets and that has no values gets nothing."""
    return {
        "overrideTargets": [{"clusterName": part.cluster} for part in parts],
        "targetCustomizations": [
            {
                "name": part.cluster,
                "clusterName": part.cluster,
                "helm": {"valuesFiles": [part.file]},
            }
            for part in parts
        ],
    }


FLEET = target(
    "A fleet.yaml of Rancher's Fleet, for one cluster or several.", _texts, secrets_in_values
)

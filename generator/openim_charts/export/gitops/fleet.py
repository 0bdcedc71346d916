"""The target ``fleet``: a folder with a fleet.yaml, for one cluster or several.

Facts are those of https://fleet.rancher.io/reference/ref-fleet-yaml and of Fleet's own source
(rancher/fleet: pkg/apis/fleet.cattle.io/v1alpha1, internal/bundlereader, internal/helmdeployer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openim_charts.checks.api import Release
from openim_charts.export.gitops.common import (
    HEAD,
    ONE,
    TIMEOUT,
    Part,
    Plan,
    defaults,
    planned,
    secrets_in_values,
)
from openim_charts.export.model import Files, Target
from openim_charts.yamlio.writer import dump


def _files(releases: Mapping[str, Release], apart: bool) -> Files:
    plan = planned(releases, apart)
    bundles: dict[str, list[Part]] = {}
    for part in plan.parts:
        bundles.setdefault(part.name, []).append(part)
    texts: dict[str, str] = {}
    for parts in bundles.values():
        texts[f"{parts[0].folder}fleet.yaml"] = dump(_bundle(plan, parts, apart))
        texts |= {part.path: HEAD + part.text for part in parts}
    return {path: text.encode() for path, text in texts.items()}


def _bundle(plan: Plan, parts: Sequence[Part], named: bool) -> Mapping[str, Any]:
    first, *_ = parts
    needs = [{"name": name} for name in sorted({name for part in parts for name in part.needs})]
    return {
        # Otherwise Fleet makes a name of the GitRepo's and the folder's, which others cannot know.
        **({"name": first.name} if named else {}),
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


FLEET = Target(
    description="A fleet.yaml of Rancher's Fleet, for one cluster or several.",
    defaults=defaults,
    refused=secrets_in_values,
    files=lambda release: _files({ONE: release}, apart=False),
    copies=_files,
)

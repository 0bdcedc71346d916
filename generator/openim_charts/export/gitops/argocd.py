"""The target ``argocd``: an Application, or an ApplicationSet for several clusters.

Facts are those of https://argo-cd.readthedocs.io: user-guide/helm, sync-options, diff-strategies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Problem, Release
from openim_charts.export.gitops.common import (
    Part,
    Plan,
    contents,
    documents,
    kustomization,
    secrets_in_values,
    target,
)
from openim_charts.export.model import EVENTS, events_of

_API = "argoproj.io/v1alpha1"
_NAMESPACE = "argocd"  # where Argo CD itself is, by its own manifests
_HERE = "https://kubernetes.default.svc"
_OWN_HOOK = "argocd.argoproj.io/hook"
_RUN = {
    "crd-install",
    "post-delete",
    "post-install",
    "post-upgrade",
    "pre-delete",
    "pre-install",
    "pre-upgrade",
}
_NOTES = ("metadata", "annotations")
_ANEW = (
    "Argo CD renders without asking the cluster, so that each rendering would make another "
    "password; choose another global.secrets.provider"
)


def _refused(release: Release) -> Iterator[Problem]:
    written = list(secrets_in_values(release))
    yield from written
    named = {problem.obj.name for problem in written if problem.obj}
    for obj in release.of("Secret"):
        if obj.name not in named and any(contents(obj)):
            yield Problem(_ANEW, obj, ("kind",))
    for obj in release.objects:
        for event in sorted(events_of(obj) - _RUN):
            yield Problem(f"Argo CD does not run hooks for {event}", obj, (*_NOTES, EVENTS))
        if _OWN_HOOK in obj.annotations and any(events_of(other) for other in release.objects):
            message = "beside a hook of its own Argo CD runs none of Helm's, which make the Secrets"
            yield Problem(message, obj, (*_NOTES, _OWN_HOOK))


def _texts(plan: Plan) -> Mapping[str, str]:
    path = "application.yaml" if plan.single else "applicationset.yaml"
    objects = [_application(plan, part) for part in plan.parts] if plan.single else [_set(plan)]
    return {path: documents(objects), "kustomization.yaml": kustomization([path])}


def _application(plan: Plan, part: Part) -> Mapping[str, Any]:
    metadata, spec = _body(plan, part, {"server": _HERE}, part.text)
    metadata = {"name": part.name, "namespace": _NAMESPACE, **metadata}
    return {"apiVersion": _API, "kind": "Application", "metadata": metadata, "spec": spec}


def _set(plan: Plan) -> Mapping[str, Any]:
    """Values stand in the list, since the template would take '{{' in them for its own."""
    elements = [
        {
            "cluster": part.cluster,
            "release": part.name,
            "chart": part.chart,
            "version": part.version,
            "values": part.text,
        }
        for part in plan.parts
    ]
    fields = Part("{{ .cluster }}", "{{ .release }}", "{{ .chart }}", "{{ .version }}", {})
    metadata, spec = _body(plan, fields, {"name": fields.cluster}, "{{ .values }}")
    return {
        "apiVersion": _API,
        "kind": "ApplicationSet",
        "metadata": {"name": plan.name, "namespace": _NAMESPACE},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"list": {"elements": elements}}],
            # What is taken out of the list goes on running.
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": {"metadata": {"name": fields.title, **metadata}, "spec": spec},
        },
    }


def _body(
    plan: Plan, part: Part, destination: Mapping[str, str], values: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What an Application and a template of some have: annotations, and the spec."""
    # Without it, defaults that the API server writes would count as differences.
    metadata = {"annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}}
    policy = {
        "automated": {"prune": True, "selfHeal": True},
        **({"managedNamespaceMetadata": {"labels": plan.labels}} if plan.labels else {}),
        "syncOptions": [
            "CreateNamespace=true",
            "ServerSideApply=true",
            "FailOnSharedResource=true",
        ],
        "retry": {"limit": 5, "backoff": {"duration": "30s", "factor": 2, "maxDuration": "10m"}},
    }
    spec = {
        "project": "default",
        "destination": {**destination, "namespace": plan.namespace},
        "source": {
            "repoURL": plan.address,
            "chart": part.chart,
            "targetRevision": part.version,
            "helm": {"releaseName": part.name, "values": values},
        },
        "syncPolicy": policy,
    }
    return metadata, spec


ARGOCD = target(
    "An Application of Argo CD, or an ApplicationSet for several clusters.", _texts, _refused
)

"""The target ``argocd``: an Application, or an ApplicationSet for several clusters.

Facts are those of https://argo-cd.readthedocs.io: user-guide/helm, sync-options, diff-strategies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.api import Problem, Release
from openim_charts.export.gitops.common import (
    ONE,
    contents,
    defaults,
    kustomization,
    namespace_labels,
    origin,
    secrets_in_values,
    values_text,
)
from openim_charts.export.model import EVENTS, Files, Target, events_of
from openim_charts.yamlio.writer import dump

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


def _one(releases: Mapping[str, Release]) -> Mapping[str, Any]:
    release = releases[ONE]
    destination = {"server": _HERE}
    return _application(release.name, releases, destination, values_text(release))


def _set(releases: Mapping[str, Release]) -> Mapping[str, Any]:
    """Values stand in the list, since the template would take '{{' in them for its own."""
    first = next(iter(releases.values()))
    elements = [
        {"cluster": cluster, "values": values_text(release)}
        for cluster, release in releases.items()
    ]
    application = _application(
        f"{first.name}-{{{{ .cluster }}}}",
        releases,
        {"name": "{{ .cluster }}"},
        "{{ .values }}",
    )
    metadata = application["metadata"]
    return {
        "apiVersion": _API,
        "kind": "ApplicationSet",
        "metadata": {"name": first.name, "namespace": _NAMESPACE},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"list": {"elements": elements}}],
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": {
                "metadata": {"name": metadata["name"], "annotations": metadata["annotations"]},
                "spec": application["spec"],
            },
        },
    }


def _application(
    name: str, releases: Mapping[str, Release], destination: Mapping[str, str], values: str
) -> Mapping[str, Any]:
    release = next(iter(releases.values()))
    place = origin(release)
    labels = namespace_labels(releases.values())
    source = {
        "repoURL": place.address,
        "chart": place.chart,
        "targetRevision": place.version,
        "helm": {"releaseName": release.name, "values": values},
    }
    policy = {
        "automated": {"prune": True, "selfHeal": True},
        **({"managedNamespaceMetadata": {"labels": labels}} if labels else {}),
        "syncOptions": [
            "CreateNamespace=true",
            "ServerSideApply=true",
            "FailOnSharedResource=true",
        ],
        "retry": {"limit": 5, "backoff": {"duration": "30s", "factor": 2, "maxDuration": "10m"}},
    }
    return {
        "apiVersion": _API,
        "kind": "Application",
        "metadata": {
            "name": name,
            "namespace": _NAMESPACE,
            # Without it, defaults that the API server writes would count as differences.
            "annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"},
        },
        "spec": {
            "project": "default",
            "destination": {**destination, "namespace": release.namespace},
            "source": source,
            "syncPolicy": policy,
        },
    }


def _files(releases: Mapping[str, Release]) -> Files:
    single = ONE in releases
    path = "application.yaml" if single else "applicationset.yaml"
    obj = _one(releases) if single else _set(releases)
    texts = {path: dump(obj), "kustomization.yaml": kustomization([path])}
    return {path: text.encode() for path, text in texts.items()}


ARGOCD = Target(
    description="An Application of Argo CD, or an ApplicationSet for several clusters.",
    defaults=defaults,
    refused=_refused,
    files=lambda release: _files({ONE: release}),
    copies=_files,
)

"""Rendered files → documents in one order, whichever Helm rendered them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import yaml

from openim_charts.helm.adapter import RenderedFile, Rendering

# Both lists: helm.sh/helm/v4 pkg/release/v1/util (kind_sorter.go, manifest_sorter.go).
_INSTALL_ORDER = (
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
)
_RANK = {kind: rank for rank, kind in enumerate(_INSTALL_ORDER)}
_HOOKS = frozenset(
    (
        "pre-install",
        "post-install",
        "pre-delete",
        "post-delete",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "test",
        "test-success",
    )
)

_SEPARATOR = re.compile(r"(?m)^---[ \t]*")
_KIND = re.compile(r"(?m)^kind:[ \t]*[\"']?([A-Za-z0-9]+)")


def split(text: str) -> Iterator[str]:
    """The documents of one rendered file, cut where Helm cuts, without surrounding blanks."""
    for document in _SEPARATOR.split(text):
        stripped = document.strip()
        if stripped:
            yield stripped + "\n"


def arrange(documents: Iterable[tuple[str, str]], notes: str) -> Rendering:
    """Sort (path, document) pairs into manifests and hooks in install order.

    The order is kind (Helm's install order, then other kinds by name), path, place in the file.
    A document with an unknown hook event is left out, as Helm leaves it out.
    """
    manifests: list[tuple[tuple[int, str, str], RenderedFile]] = []
    hooks: list[tuple[tuple[int, str, str], RenderedFile]] = []
    for path, text in documents:
        events = _hook_events(text)
        if events and not events <= _HOOKS:
            continue
        kind = _KIND.search(text)
        name = kind[1] if kind else ""
        rank = _RANK.get(name, len(_RANK))
        key = (rank, name if rank == len(_RANK) else "", path)
        (hooks if events else manifests).append((key, RenderedFile(path, text)))
    return Rendering(
        tuple(file for _, file in sorted(manifests, key=lambda item: item[0])),
        tuple(file for _, file in sorted(hooks, key=lambda item: item[0])),
        notes,
    )


@lru_cache(1024)  # most documents are the same in all renderings of a chart
def _hook_events(text: str) -> frozenset[str]:
    if "helm.sh/hook" not in text:
        return frozenset()
    try:
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return frozenset()
    metadata = document.get("metadata") if isinstance(document, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = annotations.get("helm.sh/hook") if isinstance(annotations, dict) else None
    if not isinstance(value, str):
        return frozenset()
    return frozenset(event.strip().lower() for event in value.split(","))

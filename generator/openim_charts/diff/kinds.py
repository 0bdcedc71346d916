"""Which change asks for which step of the version: the table behind docs/versioning.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Step(IntEnum):
    """How far a version moves (Semantic Versioning 2.0.0), by size."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table: a kind of change and the smallest honest step for it.

    ``heading`` names it in reports, ``what`` says when it applies and ``why`` what users feel.
    ``changelog`` is Artifact Hub's word for such an entry, "" for what no changelog tells.
    """

    id: str
    step: Step
    heading: str
    what: str
    why: str
    changelog: str = "changed"


def _kind(
    id: str, step: Step, heading: str, what: str, why: str, changelog: str = "changed"
) -> Kind:
    return Kind(id, step, heading, what, why, changelog)


_ROWS = (
    _kind("value-removed", Step.MAJOR, "value removed",
          "A key is no longer among the values.",
          "The schema is strict: values files that set the key are refused.", "removed"),
    _kind("value-retyped", Step.MAJOR, "value retyped",
          "No value that a key accepted before has a type that it accepts now.",
          "Values files that set the key are refused."),
    _kind("schema-tightened", Step.MAJOR, "schema tightened",
          "A key may refuse a value that it accepted: a type or an enum value less, narrower "
          "bounds, another pattern, a new requirement.",
          "Some values files may be refused."),
    _kind("values-refused", Step.MAJOR, "values refused",
          "The chart refuses, or does not render, a values file of the base's ci/ or a preset.",
          "Upgrades with such values fail."),
    _kind("field-immutable", Step.MAJOR, "immutable field changed",
          "A field changes that Kubernetes does not let change (selectors, volumeClaimTemplates, "
          "serviceName, clusterIP, a Job's template, roleRef, immutable ConfigMaps and Secrets).",
          "The API server refuses the upgrade until the object is replaced by hand."),
    _kind("endpoint-removed", Step.MAJOR, "way in removed",
          "A Service is removed or renamed, a route or Ingress removed, or one of its hosts or "
          "paths; or a Service is no longer reached through the nodes or a load balancer.",
          "Clients that use it lose their way in.", "removed"),
    _kind("service-port-removed", Step.MAJOR, "Service port removed",
          "A Service no longer has a port number that it had.",
          "Clients that use the port are refused."),
    _kind("data-removed", Step.MAJOR, "data left behind",
          "A PersistentVolumeClaim, a Secret, a StatefulSet with claims or an operator's Cluster "
          "is removed or renamed.",
          "The new objects start empty; data and passwords stay behind or are deleted.", "removed"),
    _kind("kubernetes-raised", Step.MAJOR, "Kubernetes refused",
          "kubeVersion no longer accepts a Kubernetes version that it accepted.",
          "Helm refuses to install on clusters of that version."),
    _kind("app-major", Step.MAJOR, "application: major step",
          "appVersion, or that of a chart that it holds, moves to another major version, or can be "
          "compared no more.",
          "The application itself may be incompatible."),
    _kind("app-minor", Step.MINOR, "application: minor step",
          "appVersion moves to another minor version.",
          "The application can do more, or does something otherwise."),
    _kind("app-patch", Step.PATCH, "application: patch",
          "appVersion changes within its minor version.",
          "The application is mended."),
    _kind("value-added", Step.MINOR, "value added",
          "There is a new key among the values.",
          "Users can do more; older values files stay right.", "added"),
    _kind("schema-loosened", Step.MINOR, "schema loosened",
          "A key accepts more than before.",
          "Users can do more; older values files stay right.", "added"),
    _kind("default-changed", Step.MINOR, "default changed",
          "A key has another default, in the values or in a configuration file.",
          "What users did not set changes at their next upgrade."),
    _kind("object-added", Step.MINOR, "object added",
          "The same values render a further object.",
          "Something new runs, or is allowed, in the cluster.", "added"),
    _kind("object-removed", Step.MINOR, "object removed",
          "The same values no longer render an object that is neither a way in nor holds data.",
          "Helm deletes it at the upgrade.", "removed"),
    _kind("object-renamed", Step.MINOR, "object renamed",
          "An object that is neither a Service nor a Job nor holds data has another name.",
          "Helm makes the new one and deletes the old one; what names it elsewhere must follow."),
    _kind("kubernetes-lowered", Step.MINOR, "Kubernetes accepted",
          "kubeVersion accepts a Kubernetes version that it refused.",
          "The chart can be used on more clusters.", "added"),
    _kind("deprecated", Step.MINOR, "deprecated",
          "The chart is marked as deprecated, or is so no longer.",
          "Users should look for another chart.", "deprecated"),
    _kind("global-added", Step.PATCH, "shared value accepted",
          "There is a new key under global that this chart does not read.",
          "The key in openim.yaml is accepted; nothing else changes.", ""),
    _kind("object-changed", Step.PATCH, "object changed",
          "The same values render an object otherwise, or a Job under another name.",
          "Pods may restart at the upgrade; nothing has to be done."),
    _kind("hook-changed", Step.PATCH, "hook changed",
          "A hook or test is added, removed or changed.",
          "It runs while Helm installs, upgrades or tests, and is gone after."),
    _kind("text-changed", Step.PATCH, "text changed",
          "Nothing but files that change no object: README, notes, descriptions, metadata, ci/.",
          "Users read something else.", ""),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _ROWS}

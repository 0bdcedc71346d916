"""Plain YAML in the order to apply, and a kustomization with a component for each chart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openim_charts.checks.api import Problem, Release, RenderedObject, get, mapping
from openim_charts.export.model import EVENTS, Files, Target, events_of
from openim_charts.yamlio.writer import dump

_WEIGHT = "helm.sh/hook-weight"
_HOOK = (EVENTS, _WEIGHT, "helm.sh/hook-delete-policy")
_BEFORE, _AFTER = "pre-install", "post-install"

_READABLE = (
    "its content would be in a file that others read too; choose another global.secrets.provider, "
    "or create the Secret apart from the export"
)
_KUSTOMIZATION = "kustomize.config.k8s.io/v1beta1"
_COMPONENT = "kustomize.config.k8s.io/v1alpha1"
_NAME = 63  # characters of a Job's name: its pods have it as a label
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class _Step:
    """Objects that are applied together; ``name`` is the one of their file."""

    name: str
    objects: tuple[RenderedObject, ...]


def _refused(release: Release) -> Iterator[Problem]:
    for obj in release.objects:
        if obj.kind == "Secret" and (mapping(obj.data, "data") or mapping(obj.data, "stringData")):
            yield Problem(_READABLE, obj, ("kind",))
        events = events_of(obj)
        if events and not events & {_BEFORE, _AFTER}:
            where = ("metadata", "annotations", EVENTS)
            yield Problem("a hook for this does not run when plain YAML is applied", obj, where)


def _files(release: Release) -> Files:
    steps = _steps(release)
    objects = [obj for step in steps for obj in step.objects]
    texts = {
        f"apply/{number:02}-{step.name}.yaml": _text(step.objects)
        for number, step in enumerate(steps, 1)
    }
    charts: dict[str, list[RenderedObject]] = {}
    for obj in sorted(objects, key=lambda obj: release.spec_of(obj).name):
        charts.setdefault(release.spec_of(obj).name, []).append(obj)
    for chart, own in charts.items():
        component = {
            "apiVersion": _COMPONENT,
            "kind": "Component",
            "resources": ["objects.yaml"],
        }
        texts[f"kustomize/{chart}/kustomization.yaml"] = dump(component)
        texts[f"kustomize/{chart}/objects.yaml"] = _text(own)
    texts["kustomize/kustomization.yaml"] = dump(_kustomization(charts, objects))
    return {path: text.encode() for path, text in texts.items()}


def _steps(release: Release) -> list[_Step]:
    """Everything but tests, in the order in which Helm installs it."""
    before = [obj for obj in release.objects if _BEFORE in events_of(obj)]
    after = [obj for obj in release.objects if _AFTER in events_of(obj) and obj not in before]
    kinds: dict[str, list[RenderedObject]] = {}
    for obj in release.objects:
        if not obj.hook:
            kinds.setdefault(obj.kind, []).append(obj)
    steps = [
        _Step("before", _hooks(before)),
        *(_Step(kind.lower(), tuple(objects)) for kind, objects in kinds.items()),
        _Step("after", _hooks(after)),
    ]
    return [step for step in steps if step.objects]


def _hooks(objects: Iterable[RenderedObject]) -> tuple[RenderedObject, ...]:
    ordered = sorted(objects, key=lambda obj: int(obj.annotations.get(_WEIGHT, "0")))
    return tuple(_ordinary(obj) for obj in ordered)


def _ordinary(obj: RenderedObject) -> RenderedObject:
    """A hook's object as one that is like all others.

    Helm deletes a Job before it makes it anew, since its pods' template cannot be changed; here
    a Job with another content has another name.
    """
    metadata = dict(mapping(obj.data, "metadata"))
    rest = {key: value for key, value in obj.annotations.items() if key not in _HOOK}
    metadata.pop("annotations")
    if rest:
        metadata["annotations"] = rest
    if obj.kind == "Job":
        digest = hashlib.sha256(dump(get(obj.data, "spec")).encode()).hexdigest()[:_DIGITS]
        name = obj.name[: _NAME - _DIGITS - 1].rstrip("-.")
        metadata["name"] = f"{name}-{digest}"
    data = {**obj.data, "metadata": metadata}
    return replace(obj, name=metadata["name"], data=data, text=dump(data))


def _text(objects: Iterable[RenderedObject]) -> str:
    return "".join(f"---\n{obj.text}" for obj in objects)


def _kustomization(charts: Iterable[str], objects: Iterable[RenderedObject]) -> Mapping[str, Any]:
    kinds = list(dict.fromkeys(obj.kind for obj in objects if obj.kind != "Job"))
    return {
        "apiVersion": _KUSTOMIZATION,
        "kind": "Kustomization",
        "components": list(charts),
        "sortOptions": {
            "order": "legacy",
            "legacySortOptions": {"orderFirst": kinds, "orderLast": []},
        },
    }


MANIFESTS = Target(
    description="Plain YAML for kubectl, and a kustomization with a component for each chart.",
    defaults=lambda chart, catalog: {"global": {"secrets": {"provider": "job"}}},  # noqa: ARG005
    refused=_refused,
    files=_files,
)

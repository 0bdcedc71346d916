"""What pods refer to exists."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import PodTemplate, Release
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping, walk
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.findings import Severity

_KINDS = {
    "configMap": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "persistentVolumeClaim": "PersistentVolumeClaim",
    "secret": "Secret",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
}


class References(ReleaseRule):
    """ConfigMaps, Secrets, their keys, ServiceAccounts, claims."""

    id = "references"
    of_values = Severity.ERROR
    summary = "ConfigMaps, Secrets and their keys, ServiceAccounts and claims of a pod exist."
    rationale = (
        "A pod with a missing reference waits for ever. What the user's values name may come "
        "from elsewhere, and a Secret also when it is a credential that chart-specs/ names."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        for pod in release.pods:
            yield from _account(pod, release)
            for path, node in walk(pod.spec, (*pod.path, "spec")):
                kind = _KINDS.get(str(path[-1]))
                if kind == "PersistentVolumeClaim":
                    claim = str(get(node, "claimName"))
                    if claim not in release.given and release.find(kind, claim) is None:
                        yield Problem(f"there is no claim {claim!r}", pod.obj, path)
                elif kind:
                    yield from _reference(pod.obj, path, node, kind, release)


def _account(pod: PodTemplate, release: Release) -> Iterator[Problem]:
    name = get(pod.spec, "serviceAccountName")
    if (
        name not in (None, "default", *release.given)
        and release.find("ServiceAccount", str(name)) is None
    ):
        path = (*pod.path, "spec", "serviceAccountName")
        yield Problem(f"there is no ServiceAccount {name!r}", pod.obj, path)


def _reference(
    obj: RenderedObject, path: Path, node: object, kind: str, release: Release
) -> Iterator[Problem]:
    name = get(node, "name") or get(node, "secretName")
    if not isinstance(name, str) or get(node, "optional") or name in release.given:
        return
    found = release.find(kind, name)
    if found is None and kind == "Secret" and _made_from(release, name):
        return
    keys = _keys(found) if found else _keys_elsewhere(name, kind, release)
    if keys is None:
        message = f"there is no {kind} {name!r}"
        if kind == "Secret":
            message = f"no object makes the Secret {name!r} and no credential is named so"
        yield Problem(message, obj, path, spec=("uses",) if kind == "Secret" else ("name",))
        return
    wanted = [get(node, "key")] + [get(item, "key") for item in listing(node, "items")]
    for key in wanted:
        if key is not None and key not in keys:
            yield Problem(f"the {kind} {name} has no key {key!r}", obj, path)


def _keys(found: RenderedObject) -> set[str]:
    fields = ("data", "stringData", "binaryData")
    return {key for field in fields for key in mapping(found.data, field)}


def _made_from(release: Release, name: str) -> RenderedObject | None:
    """An object that makes the Secret in the cluster."""
    for obj in release.of("ExternalSecret", "Certificate", "SealedSecret"):
        target = get(obj.data, "spec", "target", "name") or get(obj.data, "spec", "secretName")
        if name in (target, obj.name):
            return obj
    return None


def _keys_elsewhere(name: str, kind: str, release: Release) -> set[str] | None:
    """Keys of a Secret that another chart of the instance or KubeBlocks makes; none when neither
    makes one of that name."""
    if kind != "Secret":
        return None
    for dependency in release.catalog.dependencies.values():
        if dependency.kubeblocks and name == release.operated(dependency, "secret"):
            return set(dependency.kubeblocks.keys.values())
    rest = name.removeprefix(f"{release.name}-").replace("-", "")
    for credential in release.catalog.credentials.values():
        if credential.name.lower() == rest:
            return {*credential.keys, *release.given}
    return None

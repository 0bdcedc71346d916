"""Rights are few, bound, and used."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import RenderedObject, get, listing
from openim_charts.checks.rule import Problem, ReleaseRule

_DANGEROUS = frozenset({"escalate", "bind", "impersonate"})


class Rbac(ReleaseRule):
    """Roles, bindings and the accounts of pods."""

    id = "rbac"
    summary = "Roles hold no wildcard, are bound to a ServiceAccount of the release, and are used."
    rationale = (
        "Who takes over a pod has its rights. A Role without a binding, or for an account whose "
        "token no pod mounts, is either a mistake or a left-over."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        bindings = list(release.of("RoleBinding", "ClusterRoleBinding"))
        for role in release.of("Role", "ClusterRole"):
            yield from _role(role)
            if not any(_refers(binding, role) for binding in bindings):
                yield Problem("no binding refers to it", role)
        for binding in bindings:
            yield from _binding(binding, release)


def _role(role: RenderedObject) -> Iterator[Problem]:
    for index, rule in enumerate(listing(role.data, "rules")):
        for field in ("apiGroups", "resources", "verbs"):
            if "*" in listing(rule, field):
                yield Problem("grants everything (*)", role, ("rules", index, field))
        for verb in sorted(_DANGEROUS.intersection(listing(rule, "verbs"))):
            yield Problem(f"grants {verb}", role, ("rules", index, "verbs"))
        reads = set(listing(rule, "verbs")) - {"create"}
        if "secrets" in listing(rule, "resources") and reads and not get(rule, "resourceNames"):
            message = "reaches every Secret of the namespace; name those in resourceNames"
            yield Problem(message, role, ("rules", index))


def _refers(binding: RenderedObject, role: RenderedObject) -> bool:
    reference = binding.data.get("roleRef")
    return (get(reference, "kind"), get(reference, "name")) == (role.kind, role.name)


def _binding(binding: RenderedObject, release: Release) -> Iterator[Problem]:
    kind, name = get(binding.data, "roleRef", "kind"), str(get(binding.data, "roleRef", "name"))
    if release.find(str(kind), name) is None:
        yield Problem(f"there is no {kind} {name!r}", binding, ("roleRef",))
    for index, subject in enumerate(listing(binding.data, "subjects")):
        account = str(get(subject, "name"))
        if get(subject, "kind") != "ServiceAccount":
            continue
        path = ("subjects", index)
        if release.find("ServiceAccount", account) is None:
            yield Problem(f"there is no ServiceAccount {account!r}", binding, path)
        elif not any(
            get(pod.spec, "serviceAccountName") == account
            and mounts_token(pod.spec, account, release)
            for pod in release.pods
        ):
            yield Problem(f"no pod mounts the token of {account}", binding, path)


def mounts_token(spec: object, account: str, release: Release) -> bool:
    """Whether a pod with this spec gets the token of the account."""
    own = get(spec, "automountServiceAccountToken")
    if own is not None:
        return bool(own)
    found = release.find("ServiceAccount", account)
    return get(found.data if found else {}, "automountServiceAccountToken") is not False

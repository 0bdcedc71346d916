"""Pods satisfy the restricted Pod Security Standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.release import PodTemplate, pod_of
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
_SELINUX = (None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_SECCOMP = ("RuntimeDefault", "Localhost")
_HANDLERS = ("httpGet", "tcpSocket")

Fault = tuple[Path, str]


class RestrictedPodSecurity(ObjectRule):
    """All controls of the restricted profile, as the admission controller knows them."""

    id = "restricted-pod-security"
    of_values = Severity.WARNING
    summary = "Every pod is admitted by a namespace that enforces the restricted level."
    rationale = (
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/: many clusters "
        "enforce it, and a Deployment whose pods are refused looks installed but never starts."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        pod = pod_of(obj)
        if pod is None:
            return
        for path, message in faults_of(pod):
            yield Problem(message, obj, (*pod.path, *path))


def faults_of(pod: PodTemplate) -> Iterator[Fault]:
    """Why the restricted level does not admit a pod, each with the place inside the pod."""
    yield from _pod_faults(pod)
    yield from _container_faults(pod)


def _pod_faults(pod: PodTemplate) -> Iterator[Fault]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if get(pod.spec, field):
            yield ("spec", field), "shares a namespace of the host"
    for index, volume in enumerate(listing(pod.spec, "volumes")):
        for kind in set(mapping(volume)) - {"name"} - _VOLUMES:
            yield ("spec", "volumes", index, kind), f"volumes of type {kind} are not allowed"
    context = mapping(pod.spec, "securityContext")
    for sysctl in listing(context, "sysctls"):
        if get(sysctl, "name") not in _SYSCTLS:
            yield ("spec", "securityContext", "sysctls"), f"{get(sysctl, 'name')} is not safe"
    yield from _shared(("spec", "securityContext"), context)


def _shared(path: Path, context: Mapping[str, Any]) -> Iterator[Fault]:
    """Controls that pods and containers have in common."""
    if get(context, "runAsUser") == 0:
        yield (*path, "runAsUser"), "runs as root"
    if get(context, "seLinuxOptions", "type") not in _SELINUX:
        yield (*path, "seLinuxOptions"), "sets an SELinux type that is not allowed"
    for field in ("user", "role"):
        if get(context, "seLinuxOptions", field):
            yield (*path, "seLinuxOptions", field), f"sets the SELinux {field}"
    if get(context, "appArmorProfile", "type") == "Unconfined":
        yield (*path, "appArmorProfile"), "runs without AppArmor"
    if get(context, "seccompProfile", "type") == "Unconfined":
        yield (*path, "seccompProfile"), "runs without seccomp"
    if get(context, "windowsOptions", "hostProcess"):
        yield (*path, "windowsOptions"), "runs as a host process"


def _container_faults(pod: PodTemplate) -> Iterator[Fault]:
    whole = mapping(pod.spec, "securityContext")
    for full_path, container in pod.containers():
        path = full_path[len(pod.path) :]
        context = mapping(container, "securityContext")
        place = (*path, "securityContext")
        yield from _shared(place, context)
        yield from _privileges(place, context)
        if not get(context, "runAsNonRoot") and not (
            get(context, "runAsNonRoot") is None and get(whole, "runAsNonRoot")
        ):
            yield place, "runAsNonRoot must be true, here or for the pod"
        if (get(context, "seccompProfile", "type") or get(whole, "seccompProfile", "type")) not in (
            _SECCOMP
        ):
            yield place, "seccompProfile.type must be RuntimeDefault or Localhost"
        for index, port in enumerate(listing(container, "ports")):
            if get(port, "hostPort"):
                yield (*path, "ports", index), "takes a port of the host"
        yield from _hosts(path, container)


def _privileges(place: Path, context: Mapping[str, Any]) -> Iterator[Fault]:
    if get(context, "privileged"):
        yield place, "is privileged"
    if get(context, "allowPrivilegeEscalation") is not False:
        yield place, "allowPrivilegeEscalation must be false"
    if "ALL" not in listing(context, "capabilities", "drop"):
        yield place, "capabilities.drop must name ALL"
    if set(listing(context, "capabilities", "add")) - {"NET_BIND_SERVICE"}:
        yield place, "capabilities.add may name NET_BIND_SERVICE only"
    if get(context, "procMount") not in (None, "Default"):
        yield place, "procMount must be Default"


def _hosts(path: Path, container: Mapping[str, Any]) -> Iterator[Fault]:
    """Kubernetes 1.34 and later refuse probes and hooks that name a host."""
    actions = [(name, get(container, name)) for name in ("livenessProbe", "readinessProbe")]
    actions += [("startupProbe", get(container, "startupProbe"))]
    actions += [(n, get(container, "lifecycle", n)) for n in ("postStart", "preStop")]
    for name, action in actions:
        for handler in _HANDLERS:
            if get(action, handler, "host"):
                yield (*path, name) if "Probe" in name else path, f"{handler} names a host"

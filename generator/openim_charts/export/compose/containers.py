"""A pod → services of Compose: its main container, and what runs before and beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.checks.api import listing, mapping
from openim_charts.config.api import quantity
from openim_charts.export.compose.health import health
from openim_charts.export.compose.images import OwnImage
from openim_charts.export.compose.own import (
    DONE,
    HEALTHY,
    LOGS,
    STARTED,
    Service,
    idle,
    owner,
)
from openim_charts.export.compose.text import address, filled, literal, variables
from openim_charts.export.compose.volumes import account_of, claims, mounts_of
from openim_charts.export.probes import probe_of
from openim_charts.export.system import ONCE, Pod, System

DIGEST = "openim-charts.files"  # the label by which `up` sees that a mounted file has changed


def services_of(
    system: System, pod: Pod, files: Mapping[str, bytes], tools: OwnImage, needs: Mapping[str, str]
) -> dict[str, Service]:
    """The services of a pod by name; its own name is that of the main container.

    ``tools`` has the usual programs of a shell, ``needs`` are services with the condition under
    which the pod may start.
    """
    found: dict[str, Service] = {}
    before = dict(needs)
    account = account_of(pod, pod.main)
    if claims(pod) and account:
        found[f"{pod.name}-volumes"] = owner(tools, account, claims(pod))
        before[f"{pod.name}-volumes"] = DONE
    for container in listing(pod.template.spec, "initContainers"):
        name = f"{pod.name}-{container['name']}"
        found[name] = {
            **_service(system, pod, container, files),
            **_depending(before),
            "restart": "no",
        }
        before = {name: DONE}
    network = _network(system, pod)
    hook = started_hook(pod.main)
    shared = len(listing(pod.template.spec, "containers")) > 1 or bool(hook)
    if shared:
        found[f"{pod.name}-net"] = {**idle(tools), **network}
        network = {"network_mode": f"service:{pod.name}-net"}
    main = _main(system, pod, files) | network | _depending(before, f"{pod.name}-net" * shared)
    found[pod.name] = main
    for container in listing(pod.template.spec, "containers")[1:]:
        found[f"{pod.name}-{container['name']}"] = {
            **_service(system, pod, container, files),
            **network,
            **_depending({}, f"{pod.name}-net"),
            "restart": "unless-stopped",
        }
    if hook:
        # Beside the container and not in it: `post_start` is younger than what Compose must be.
        found[_started(pod)] = {
            **_service(system, pod, {**pod.main, "command": hook, "args": []}, files),
            **network,
            **_depending({pod.name: STARTED}, f"{pod.name}-net"),
            "restart": "no",
        }
    if pod.obj.kind != ONCE and "healthcheck" not in main and probe_of(pod.main):
        check = health(pod, pod.main, tools.facts, pod.name)
        if check:
            found[f"{pod.name}-health"] = {**idle(tools), "healthcheck": check}
    return found


def started_hook(container: Mapping[str, Any]) -> list[Any]:
    """The command that is run once a container has started; [] where there is none."""
    return listing(container, "lifecycle", "postStart", "exec", "command")


def _started(pod: Pod) -> str:
    return f"{pod.name}-post-start"


def ready(services: Mapping[str, Service], pod: Pod) -> dict[str, str]:
    """The services of a pod that others wait for, with the conditions under which it is ready."""
    if pod.obj.kind == ONCE:
        return {pod.name: DONE}
    asked = [n for n in (pod.name, f"{pod.name}-health") if "healthcheck" in services.get(n, {})]
    found = {asked[0]: HEALTHY} if asked else {pod.name: STARTED}
    return {**found, _started(pod): DONE} if _started(pod) in services else found


def _main(system: System, pod: Pod, files: Mapping[str, bytes]) -> Service:
    service = _service(system, pod, pod.main, files)
    once = pod.obj.kind == ONCE
    image = system.release.catalog.image_of(str(pod.main["image"]))
    check = None if once else health(pod, pod.main, image)
    if check:
        service["healthcheck"] = check
    service["stop_grace_period"] = f"{pod.grace}s"
    service["restart"] = "no" if once else "unless-stopped"
    return service


def _network(system: System, pod: Pod) -> Service:
    """Where the pod is, and under which names others find it."""
    network: Service = {"aliases": [pod.name, *system.aliases(pod)]}
    if address(pod):
        network["ipv4_address"] = address(pod)
    found: Service = {"networks": {"default": network}}
    if pod.obj.kind == "StatefulSet":
        found["hostname"] = pod.host
    settings = listing(pod.template.spec, "securityContext", "sysctls")
    if settings:
        found["sysctls"] = {str(s["name"]): str(s["value"]) for s in settings}
    return found


def _service(
    system: System, pod: Pod, container: Mapping[str, Any], files: Mapping[str, bytes]
) -> Service:
    """What services of all containers have."""
    environment = variables(pod, container, system.release.namespace)
    image = system.release.catalog.image_of(str(container["image"]))
    mounts = mounts_of(pod, container, files, image.configuration.volumes if image else ())
    words = {
        "entrypoint": listing(container, "command"),
        "command": listing(container, "args"),
    }
    service: Service = {"image": literal(str(container["image"]))}
    for key, texts in words.items():
        if texts:
            service[key] = [filled(str(text), environment) for text in texts]
    if "workingDir" in container:
        service["working_dir"] = literal(str(container["workingDir"]))
    service |= _restricted(pod, container)
    if environment:
        service["environment"] = environment
    if mounts.volumes:
        service["volumes"] = list(mounts.volumes)
    if mounts.tmpfs:
        service["tmpfs"] = list(mounts.tmpfs)
    service["logging"] = LOGS
    service |= _limited(container)
    if mounts.digest:
        service["labels"] = {DIGEST: mounts.digest}
    return service


def _limited(container: Mapping[str, Any]) -> Service:
    limits = mapping(container, "resources", "limits")
    found: Service = {}
    if "memory" in limits:
        found["memory"] = str(int(quantity(limits["memory"])))
    if "cpu" in limits:
        found["cpus"] = str(quantity(limits["cpu"]))
    return {"deploy": {"resources": {"limits": found}}} if found else {}


def _restricted(pod: Pod, container: Mapping[str, Any]) -> Service:
    """Who it runs as, and what it may do."""
    own = mapping(container, "securityContext")
    found: Service = {}
    account = account_of(pod, container)
    if account:
        found["user"] = account
    shared = mapping(pod.template.spec, "securityContext")
    groups = [shared.get("fsGroup"), *listing(shared, "supplementalGroups")]
    more = [str(g) for g in groups if g is not None and not account.endswith(f":{g}")]
    if more:
        found["group_add"] = more
    if own.get("readOnlyRootFilesystem"):
        found["read_only"] = True
    for key in ("drop", "add"):
        if listing(own, "capabilities", key):
            found[f"cap_{key}"] = [str(name) for name in listing(own, "capabilities", key)]
    if own.get("allowPrivilegeEscalation") is False:
        found["security_opt"] = ["no-new-privileges:true"]
    return found


def _depending(needs: Mapping[str, str], network: str = "") -> Service:
    """``network`` is the service that holds the network: without it there is none, so one starts
    anew with it."""
    found: Service = {name: {"condition": condition} for name, condition in needs.items()}
    if network:
        found[network] = {"condition": STARTED, "restart": True}
    return {"depends_on": found} if found else {}

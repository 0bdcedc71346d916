"""What a network plugin lets through, by the rules of NetworkPolicy, for pods of one release."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Objects = list[dict[str, Any]]
Labels = Mapping[str, str]
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")


@dataclass(frozen=True)
class Pod:
    """A pod with its labels; ``namespace`` tells those of the release from others, which may have
    labels too."""

    labels: Labels
    namespace: str = "chat"
    of_namespace: Labels = field(default_factory=dict)


def pods(objects: Objects) -> dict[str, Pod]:
    """The pods of all workloads and hooks, by their label ``app.kubernetes.io/name``."""
    found = {}
    for o in objects:
        template = o["spec"].get("template") if o["kind"] in WORKLOADS else None
        metadata = template["metadata"] if template else o["metadata"]
        if template or o["kind"] == "Pod":
            found[metadata["labels"]["app.kubernetes.io/name"]] = Pod(metadata["labels"])
    return found


def _selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    exact = all(labels.get(k) == v for k, v in selector.get("matchLabels", {}).items())
    assert all(e["operator"] == "In" for e in selector.get("matchExpressions", []))
    return exact and all(
        labels.get(e["key"]) in e["values"] for e in selector.get("matchExpressions", [])
    )


def _matches(peer: Mapping[str, Any], other: Pod | str) -> bool:
    if isinstance(other, str):
        block = peer.get("ipBlock")
        address = ipaddress.ip_address(other)
        return bool(block) and (
            address in ipaddress.ip_network(block["cidr"])
            and not any(address in ipaddress.ip_network(n) for n in block.get("except", []))
        )
    if "ipBlock" in peer:
        return False
    if "namespaceSelector" in peer:
        if not _selects(peer["namespaceSelector"], other.of_namespace):
            return False
    elif other.namespace != "chat":
        return False
    return _selects(peer.get("podSelector", {}), other.labels)


def _allows(
    rules: list[dict[str, Any]], end: str, other: Pod | str, port: int, protocol: str
) -> bool:
    return any(
        (not rule.get(end) or any(_matches(peer, other) for peer in rule[end]))
        and (
            not rule.get("ports")
            or any(
                p["port"] == port and p.get("protocol", "TCP") == protocol for p in rule["ports"]
            )
        )
        for rule in rules
    )


def _policies(objects: Objects, pod: Pod) -> Objects:
    return [
        o["spec"]
        for o in objects
        if o["kind"] == "NetworkPolicy" and _selects(o["spec"]["podSelector"], pod.labels)
    ]


def leaves(
    objects: Objects, source: Pod, target: Pod | str, port: int, protocol: str = "TCP"
) -> bool:
    """Whether the source's policies let it connect to a pod or an address."""
    found = _policies(objects, source)
    return not found or any(
        _allows(p.get("egress", []), "to", target, port, protocol) for p in found
    )


def enters(objects: Objects, source: Pod | str, target: Pod, port: int) -> bool:
    """Whether the target's policies let a pod or an address connect to it."""
    found = _policies(objects, target)
    return not found or any(
        _allows(p.get("ingress", []), "from", source, port, "TCP") for p in found
    )

"""What containers mount: files of ConfigMaps, folders in memory, and volumes that stay."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.checks.api import get, listing, mapping
from openim_charts.config.api import quantity
from openim_charts.export.files import folder_of
from openim_charts.export.system import Pod


@dataclass(frozen=True, slots=True)
class Mounts:
    """What one container mounts, as keys of a service."""

    volumes: tuple[Mapping[str, Any], ...]
    tmpfs: tuple[str, ...]
    digest: str  # of all files that it mounts, "" where there are none


def claims(pod: Pod) -> dict[str, str]:
    """Volumes that stay, by the names that containers mount them by."""
    templates = listing(pod.obj.data, "spec", "volumeClaimTemplates")
    return {
        str(get(claim, "metadata", "name")): f"{pod.name}-{get(claim, 'metadata', 'name')}"
        for claim in templates
    }


def mounts_of(
    pod: Pod, container: Mapping[str, Any], files: Mapping[str, bytes], declared: Collection[str]
) -> Mounts:
    """What a container of a pod mounts, of the pod's ``files`` and other volumes.

    ``declared`` are the volumes of its image: where nothing is mounted Docker would make one at
    each start, and keep it for ever.
    """
    known = {str(v["name"]): v for v in listing(pod.template.spec, "volumes")}
    staying, account = claims(pod), account_of(pod, container)
    volumes: list[Mapping[str, Any]] = []
    tmpfs: list[str] = []
    digest = hashlib.sha256()
    mounted = False
    for mount in listing(container, "volumeMounts"):
        name, target = str(mount["name"]), str(mount["mountPath"])
        if name in staying:
            volumes.append(_staying(staying[name], mount))
            continue
        volume = known[name]
        if "emptyDir" in volume:
            limit = get(volume, "emptyDir", "sizeLimit")
            tmpfs.append(_temporary(target, limit, account))
            continue
        folder = "/".join(filter(None, (folder_of(pod, volume), mount.get("subPath"))))
        volumes.append(bound(folder, target))
        mounted = True
        for path in sorted(files):
            if path == folder or path.startswith(f"{folder}/"):
                digest.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    targets = {str(mount["mountPath"]) for mount in listing(container, "volumeMounts")}
    tmpfs += [_temporary(path, None, account) for path in declared if path not in targets]
    return Mounts(tuple(volumes), tuple(tmpfs), digest.hexdigest() if mounted else "")


def bound(folder: str, target: str) -> Mapping[str, Any]:
    """The mount of a folder or file of the export; Docker refuses it where it is missing."""
    return {
        "type": "bind",
        "source": f"./{folder}",
        "target": target,
        "read_only": True,
        "bind": {"create_host_path": False},
    }


def _staying(name: str, mount: Mapping[str, Any]) -> Mapping[str, Any]:
    # Otherwise Docker copies what the image has there into a new volume, with its owner.
    found = {
        "type": "volume",
        "source": name,
        "target": str(mount["mountPath"]),
        "volume": {"nocopy": True},
    }
    return {**found, "read_only": True} if mount.get("readOnly") else found


def _temporary(target: str, limit: Any, account: str) -> str:
    """Like Kubernetes' folder: programs there run, as Java's libraries do, and the container's
    user may write; older runtimes take the mode from the image, so it is the owner too."""
    user, _, group = account.partition(":")
    options = ["exec", "mode=1777", *([f"uid={user}", f"gid={group}"] if account else [])]
    if limit:
        options.append(f"size={int(quantity(limit))}")
    return f"{target}:{','.join(options)}"


def account_of(pod: Pod, container: Mapping[str, Any]) -> str:
    """``UID:GID`` of a container; "" where its image decides."""
    shared = mapping(pod.template.spec, "securityContext")
    context = {**shared, **mapping(container, "securityContext")}
    user, group = context.get("runAsUser"), context.get("runAsGroup")
    if user is None:
        return ""
    return f"{int(user)}:{int(user if group is None else group)}"

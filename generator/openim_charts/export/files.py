"""The files of ConfigMaps that pods mount, byte by byte."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.api import get, listing, mapping
from openim_charts.export.system import Pod, System

FOLDER = "config"  # below the export


def files_of(system: System, pod: Pod) -> dict[str, bytes]:
    """The files of a pod's ConfigMaps by path below the export."""
    found: dict[str, bytes] = {}
    for volume in listing(pod.template.spec, "volumes"):
        for source in sources(volume):
            for path, content in _content(system, source):
                found[f"{folder_of(pod, volume)}/{path}"] = content
    return found


def sources(volume: Mapping[str, Any]) -> list[Any]:
    """The ConfigMaps of a volume, as the volume names them."""
    projected = [get(source, "configMap") for source in listing(volume, "projected", "sources")]
    return [source for source in (get(volume, "configMap"), *projected) if source]


def _content(system: System, source: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    obj = system.release.find("ConfigMap", str(get(source, "name")))
    data = mapping(obj.data, "data") if obj else {}
    binary = mapping(obj.data, "binaryData") if obj else {}
    content = {key: str(text).encode() for key, text in data.items()}
    content |= {key: base64.b64decode(text) for key, text in binary.items()}
    chosen = {str(get(i, "key")): str(get(i, "path")) for i in listing(source, "items")}
    for key, value in content.items():
        if not chosen or key in chosen:
            yield chosen.get(key, key), value


def folder_of(pod: Pod, volume: Mapping[str, Any]) -> str:
    """Where the files of a volume are below the export."""
    return f"{FOLDER}/{pod.name}/{volume['name']}"

"""Images pushed into a registry, of which only the configuration is real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from openim_charts.repository.oci.client import MANIFEST, Registry, descriptor

INDEX = "application/vnd.oci.image.index.v1+json"


def push_image(
    host: str, name: str, tag: str, architecture: str, config: Mapping[str, Any] | None = None
) -> dict[str, object]:
    """An image of one platform, ARCHITECTURE or ARCHITECTURE/VARIANT; its entry for an index."""
    client = Registry(host)
    architecture, _, variant = architecture.partition("/")
    platform = {"os": "linux", "architecture": architecture}
    platform |= {"variant": variant} if variant else {}
    blob = json.dumps({**platform, "config": dict(config or {})}).encode()
    layer = b"not really a layer"
    for content in (blob, layer):
        client.push_blob(name, content)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", blob),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
    }
    content = json.dumps(manifest).encode()
    client.push_manifest(name, tag, content)
    return {**descriptor(MANIFEST, content), "platform": platform}


def push_index(
    host: str, name: str, tag: str, *architectures: str, config: Mapping[str, Any] | None = None
) -> str:
    """An index of several images and an attestation, which is for no platform; its digest."""
    entries = [
        push_image(host, name, f"{tag}-{a.replace('/', '-')}", a, config) for a in architectures
    ]
    attestation = {**entries[0], "platform": {"os": "unknown", "architecture": "unknown"}}
    manifests = [attestation, *entries]
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).encode()
    return Registry(host).push_manifest(name, tag, content, INDEX)

"""A chart as an OCI artifact, in Helm's media types.

https://helm.sh/docs/topics/registries/ says which annotations a manifest carries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.repository.index import chart_json
from generator.repository.oci.client import MANIFEST, descriptor
from generator.repository.release import Release

CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"


def tag_of(version: str) -> str:
    """The tag of a version; a tag cannot hold a plus sign, so Helm puts an underscore."""
    return version.replace("+", "_")


def version_of_tag(tag: str) -> str:
    """The version of a tag."""
    return tag.replace("_", "+")


def config_of(release: Release) -> bytes:
    """The config blob: Chart.yaml as JSON."""
    return chart_json(release.metadata).encode()


def manifest_of(release: Release, provenance: str) -> bytes:
    """The manifest that ties the blobs together; the same release gives the same bytes."""
    layers = [descriptor(CHART, release.archive)]
    if provenance:
        layers.append(descriptor(PROVENANCE, provenance.encode()))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, config_of(release)),
        "layers": layers,
        "annotations": _annotations(release),
    }
    return json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()


def chart_layer(manifest: bytes) -> str:
    """Digest of the archive that a manifest holds; "" when it is no chart's manifest."""
    try:
        layers = json.loads(manifest)["layers"]
        return next((str(d["digest"]) for d in layers if d["mediaType"] == CHART), "")
    except (ValueError, KeyError, TypeError):
        return ""


def _annotations(release: Release) -> dict[str, str]:
    metadata: Mapping[str, Any] = json.loads(chart_json(release.metadata))
    people = (f"{p.get('name', '')} ({p['email']})" if p.get("email") else p.get("name", "")
              for p in metadata.get("maintainers") or ())  # fmt: skip
    known = {
        "title": release.name,
        "version": release.version,
        "description": metadata.get("description", ""),
        "url": metadata.get("home", ""),
        "source": next(iter(metadata.get("sources") or ()), ""),
        "authors": ", ".join(people),
        "created": release.created,
    }
    standard = {f"org.opencontainers.image.{key}": value for key, value in known.items() if value}
    return dict(sorted({**(metadata.get("annotations") or {}), **standard}.items()))

"""What Artifact Hub is told of a chart's repository in a registry.

https://artifacthub.io/docs/topics/repositories/helm-charts says under which tag and media type it
looks for that.
"""

from __future__ import annotations

import json

from generator.repository.oci.client import MANIFEST, Registry, descriptor

TAG = "artifacthub.io"
LAYER = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
CONFIG = "application/vnd.cncf.artifacthub.config.v1+yaml"
_EMPTY = b"{}"  # nobody reads it, and some registries refuse a blob without any bytes


def push_metadata(registry: Registry, repository: str, content: bytes) -> bool:
    """Put ``artifacthub-repo.yml`` beside the versions; False when it is there. UserError."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, _EMPTY),
        "layers": [descriptor(LAYER, content)],
    }
    text = json.dumps(manifest, separators=(",", ":")).encode()
    present = registry.manifest(repository, TAG)
    if present and present[1] == text:
        return False
    for blob in (_EMPTY, content):
        registry.push_blob(repository, blob)
    registry.push_manifest(repository, TAG, text)
    return True

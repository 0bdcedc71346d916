"""Pushing releases to a registry where a published version never changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openim_charts.findings import UserError
from openim_charts.packaging.contents import same_contents
from openim_charts.repository.index import chart_json
from openim_charts.repository.oci.client import MANIFEST, Registry, descriptor, digest_of
from openim_charts.repository.release import Release
from openim_charts.repository.target import OciTarget
from openim_charts.repository.versions import is_version, next_version

TAG = "artifacthub.io"
LAYER = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
ABOUT = "application/vnd.cncf.artifacthub.config.v1+yaml"
_EMPTY = b"{}"  # nobody reads it, and some registries refuse a blob without any bytes


def push_metadata(registry: Registry, repository: str, content: bytes) -> bool:
    """Put ``artifacthub-repo.yml`` beside the versions; False when it is there. UserError."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(ABOUT, _EMPTY),
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


@dataclass(frozen=True, slots=True)
class Pushed:
    """A chart in the registry; ``digest`` is its manifest's, ``new`` whether this run put it."""

    name: str
    version: str
    digest: str
    reference: str
    new: bool


def push_about(
    target: OciTarget, content: Mapping[str, bytes], *, plain_http: bool = False
) -> list[str]:
    """Put each chart's ``artifacthub-repo.yml`` beside its versions, by the chart's name.

    Gives the references that changed. Raises UserError.
    """
    registry = Registry(target.registry, plain_http=plain_http)
    return [
        f"oci://{target.registry}/{path}:{TAG}"
        for name, text in content.items()
        if text and push_metadata(registry, path := _path(target, name), text)
    ]


def push_releases(
    target: OciTarget,
    releases: Sequence[Release],
    signer: Callable[[Release], str] | None,
    *,
    plain_http: bool = False,
) -> list[Pushed]:
    """Push what is not there yet, each chart to a repository of its name below the path.

    All tags are looked up first, and a changed chart under a published version stops everything;
    then all blobs go, then the manifests. A registry cannot compare and set a tag, so tags are
    read back at the end. Raises UserError.
    """
    registry = Registry(target.registry, plain_http=plain_http)
    published = _look_up(registry, target, releases)
    new = {
        release.digest: (release, release.provenance or (signer(release) if signer else ""))
        for release in releases
        if release.digest not in published
    }
    for release, provenance in new.values():
        blobs = [config_of(release), release.archive, provenance.encode()]
        for content in filter(None, blobs):
            registry.push_blob(_path(target, release.name), content)
    manifests = {digest: manifest_of(*pair) for digest, pair in new.items()}
    for digest, (release, _) in new.items():
        tag = tag_of(release.version)
        registry.push_manifest(_path(target, release.name), tag, manifests[digest])
    for digest, (release, _) in new.items():
        _confirm(registry, target, release, manifests[digest])
    published |= {digest: digest_of(content) for digest, content in manifests.items()}
    return [_pushed(target, r, published[r.digest], r.digest in new) for r in releases]


def _look_up(registry: Registry, target: OciTarget, releases: Sequence[Release]) -> dict[str, str]:
    """Manifest digests of the releases that are there, by archive digest; others must be new."""
    found = {}
    wrong = []
    for release in releases:
        path = _path(target, release.name)
        present = registry.manifest(path, tag_of(release.version))
        if present is None:
            continue
        digest, manifest = present
        layer = chart_layer(manifest)
        if layer == f"sha256:{release.digest}" or (
            layer and same_contents(registry.blob(path, layer), release.archive)
        ):
            found[release.digest] = digest
        else:
            wrong.append(_changed(registry, path, release))
    if wrong:
        raise UserError("\n".join(["nothing was published:", *(f"  {line}" for line in wrong)]))
    return found


def _changed(registry: Registry, path: str, release: Release) -> str:
    versions = [v for tag in registry.tags(path) if is_version(v := version_of_tag(tag))]
    return (
        f"{release.name} {release.version} changed after it was published: "
        f"give it version {next_version(release.version, versions)}"
    )


def _confirm(registry: Registry, target: OciTarget, release: Release, manifest: bytes) -> None:
    present = registry.manifest(_path(target, release.name), tag_of(release.version))
    if present is None or present[1] != manifest:
        raise UserError(
            f"{_reference(target, release)} was changed by somebody else at the same time; "
            "publish again when they are done"
        )


def _path(target: OciTarget, name: str) -> str:
    return f"{target.path}/{name}" if target.path else name


def _reference(target: OciTarget, release: Release) -> str:
    return f"oci://{target.registry}/{_path(target, release.name)}:{tag_of(release.version)}"


def _pushed(target: OciTarget, release: Release, digest: str, new: bool) -> Pushed:
    return Pushed(release.name, release.version, digest, _reference(target, release), new)

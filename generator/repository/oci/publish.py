"""Pushing releases to a registry where a published version never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.findings import UserError
from generator.packaging.contents import same_contents
from generator.repository.oci.chart import (
    chart_layer,
    config_of,
    manifest_of,
    tag_of,
    version_of_tag,
)
from generator.repository.oci.client import Registry, digest_of
from generator.repository.oci.metadata import TAG, push_metadata
from generator.repository.release import Release
from generator.repository.target import OciTarget
from generator.repository.versions import is_version, next_version


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

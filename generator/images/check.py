"""Asking registries for images.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md and, for indexes,
https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.findings import UserError
from generator.image import DEFAULT_REGISTRY, Image
from generator.repository.oci.client import MANIFEST, Registry

PLATFORMS = ("linux/amd64", "linux/arm64")
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_ACCEPT = ", ".join((*_INDEXES, MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"))
_HOSTS = {DEFAULT_REGISTRY: "registry-1.docker.io"}  # Docker Hub's API has a host of its own


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says of an image: its digest and platforms, and what is wrong with it.

    ``moved`` says that the tag stands for another digest than the one that the image is pinned to;
    ``digest`` is then the tag's.
    """

    image: Image
    digest: str = ""
    platforms: tuple[str, ...] = ()
    problem: str = ""
    moved: bool = False


def check_images(
    images: Iterable[Image],
    *,
    plain_http: bool = False,
    advance: Callable[[str], None] = lambda _: None,
) -> Iterator[Answer]:
    """An answer for each image, in order; one registry that fails does not stop the others."""
    registries: dict[str, Registry] = {}
    for image in images:
        host = _HOSTS.get(image.registry, image.registry)
        if host not in registries:
            registries[host] = Registry(host, plain_http=plain_http, actions="pull")
        try:
            yield _ask(registries[host], image)
        except UserError as error:
            yield Answer(image, problem=str(error))
        advance(str(image))


def _ask(registry: Registry, image: Image) -> Answer:
    found = registry.manifest(image.repository, image.wanted, _ACCEPT)
    if found is None:
        return Answer(image, problem="the registry does not have it")
    digest, content = found
    try:
        platforms = tuple(sorted(set(_platforms(registry, image, json.loads(content)))))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(image, digest, problem="the registry answers with something else")
    missing = [platform for platform in PLATFORMS if platform not in platforms]
    if missing:
        return Answer(image, digest, platforms, f"there is none for {' and '.join(missing)}")
    if image.digest and digest != image.digest:
        return Answer(image, digest, platforms, f"the tag stands for {digest} now", moved=True)
    return Answer(image, digest, platforms)


def _platforms(registry: Registry, image: Image, manifest: dict[str, Any]) -> Iterator[str]:
    if "manifests" not in manifest:
        config = json.loads(registry.blob(image.repository, manifest["config"]["digest"]))
        yield f"{config['os']}/{config['architecture']}"
        return
    for entry in manifest["manifests"]:
        platform = entry.get("platform") or {}
        if platform.get("os", "unknown") != "unknown":  # attestations have no platform
            yield f"{platform['os']}/{platform['architecture']}"

"""Asking registries for images.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md and, for indexes,
https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openim_charts.findings import UserError
from openim_charts.image import DEFAULT_REGISTRY, Image
from openim_charts.repository.oci.client import MANIFEST, Registry
from openim_charts.specs.keys.image import DEFAULT_STOP_SIGNAL, Configuration

_LICENSE = "org.opencontainers.image.licenses"


@dataclass(frozen=True, slots=True)
class Found:
    """What the image itself says: its configuration, and the license that its labels name."""

    configuration: Configuration
    license: str = ""


def found_configuration(config: Mapping[str, Any]) -> Found:
    """The configuration in a registry's blob. Raises TypeError, ValueError and the like for a blob
    that is something else."""
    said: Mapping[str, Any] = config.get("config") or {}
    get = said.get
    env = dict(variable.split("=", 1) for variable in get("Env") or ())
    configuration = Configuration(
        user=get("User") or "",
        env=env,
        volumes=tuple(sorted(get("Volumes") or ())),
        working_dir=get("WorkingDir") or "/",
        entrypoint=tuple(get("Entrypoint") or ()),
        cmd=tuple(get("Cmd") or ()),
        ports=tuple(sorted(map(_port, get("ExposedPorts") or ()))),
        stop_signal=get("StopSignal") or DEFAULT_STOP_SIGNAL,
    )
    return Found(configuration, (get("Labels") or {}).get(_LICENSE, ""))


def platform_of(said: Mapping[str, Any]) -> str:
    """OS/ARCHITECTURE, with the variant where there is more than one of the architecture."""
    variant = said.get("variant", "")
    platform = f"{said['os']}/{said['architecture']}"
    only = platform == "linux/arm64" and variant == "v8"
    return f"{platform}/{variant}" if variant and not only else platform


def _port(text: str) -> str:
    return text if "/" in text else f"{text}/tcp"


PLATFORMS = ("linux/amd64", "linux/arm64")
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_ACCEPT = ", ".join((*_INDEXES, MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"))
_HOSTS = {DEFAULT_REGISTRY: "registry-1.docker.io"}  # Docker Hub's API has a host of its own
_MISTAKES = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says of an image: its digest and platforms, and what is wrong with it.

    ``moved`` says that the tag stands for another digest than the one that the image is pinned to;
    ``digest`` is then the tag's. ``found`` is the image's own configuration, where it was read.
    """

    image: Image
    digest: str = ""
    platforms: tuple[str, ...] = ()
    problem: str = ""
    moved: bool = False
    found: Found | None = None


def check_images(
    images: Iterable[Image],
    *,
    plain_http: bool = False,
    configurations: bool = False,
    advance: Callable[[str], None] = lambda _: None,
) -> Iterator[Answer]:
    """An answer for each image, in order; one registry that fails does not stop the others.

    With ``configurations`` the image's configuration for the first of PLATFORMS is read too.
    """
    registries: dict[str, Registry] = {}
    for image in images:
        host = _HOSTS.get(image.registry, image.registry)
        if host not in registries:
            registries[host] = Registry(host, plain_http=plain_http, actions="pull")
        try:
            yield _ask(registries[host], image, configurations)
        except UserError as error:
            yield Answer(image, problem=str(error))
        advance(str(image))


def _ask(registry: Registry, image: Image, configurations: bool) -> Answer:
    got = registry.manifest(image.repository, image.wanted, _ACCEPT)
    if got is None:
        return Answer(image, problem="the registry does not have it")
    digest, content = got
    try:
        manifest = json.loads(content)
        platforms, config = _platforms(registry, image, manifest)
        if configurations:
            config = config or _config(registry, image, manifest)
        found = found_configuration(config) if config and configurations else None
    except _MISTAKES:
        return Answer(image, digest, problem="the registry answers with something else")
    answer = Answer(image, digest, platforms, found=found)
    missing = [platform for platform in PLATFORMS if platform not in platforms]
    if missing:
        return replace(answer, problem=f"there is none for {' and '.join(missing)}")
    if image.digest and digest != image.digest:
        return replace(answer, problem=f"the tag stands for {digest} now", moved=True)
    return answer


def _platforms(
    registry: Registry, image: Image, manifest: Mapping[str, Any]
) -> tuple[tuple[str, ...], Mapping[str, Any] | None]:
    """All platforms, sorted; and the configuration of an image that has only one."""
    if "manifests" not in manifest:
        config = json.loads(registry.blob(image.repository, manifest["config"]["digest"]))
        return (platform_of(config),), config
    return tuple(sorted({platform for platform, _ in _entries(manifest)})), None


def _entries(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Platform and digest of each image of an index."""
    for entry in manifest["manifests"]:
        platform = entry.get("platform") or {}
        if platform.get("os", "unknown") != "unknown":  # attestations have no platform
            yield platform_of(platform), entry["digest"]


def _config(registry: Registry, image: Image, index: Mapping[str, Any]) -> Mapping[str, Any]:
    """The configuration of the first of PLATFORMS that there is, else of any."""
    images = dict(_entries(index))
    digest = next((images[p] for p in PLATFORMS if p in images), next(iter(images.values())))
    got = registry.manifest(image.repository, digest, _ACCEPT)
    if got is None:
        raise UserError(f"the registry does not have {digest}, which its index names")
    blob = json.loads(got[1])["config"]["digest"]
    config: Mapping[str, Any] = json.loads(registry.blob(image.repository, blob))
    return config

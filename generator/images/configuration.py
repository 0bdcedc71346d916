"""The configuration of an image as registries have it.

https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.specs.image_model import DEFAULT_STOP_SIGNAL, Configuration

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

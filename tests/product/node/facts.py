"""What is known of an image, in the words of an image archive."""

from __future__ import annotations

from typing import Any

from openim_charts.specs.model import ImageFile

# Programs by these names come from this machine; all others are the image's own.
_FOLDERS = ("/bin", "/usr/bin", "/sbin", "/usr/sbin")


def configuration(image: ImageFile) -> dict[str, Any]:
    """The image's configuration, with OCI's keys."""
    facts = image.configuration
    env = {"PATH": ":".join(facts.search_path)} | facts.env
    return {
        "User": facts.user,
        "Env": [f"{name}={value or ''}" for name, value in env.items()],
        "Volumes": {path: {} for path in facts.volumes},
        "WorkingDir": facts.working_dir,
        "Entrypoint": list(facts.entrypoint),
        "Cmd": list(facts.cmd),
        "ExposedPorts": {port: {} for port in facts.ports},
        "StopSignal": facts.stop_signal,
    }


def base_programs(image: ImageFile) -> set[str]:
    """Names of the programs that an image has beside its own; none without a shell."""
    if not image.shell:
        return set()
    paths = {p.name: p.path.rpartition("/")[0] for p in image.programs.values()}
    return {name for name, folder in paths.items() if not folder or folder in _FOLDERS}

"""Facts about images held against what their registries say, and written for a new image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.findings import Finding
from openim_charts.image import DEFAULT_REGISTRY
from openim_charts.images.check import Answer
from openim_charts.specs.image_model import ImageFile
from openim_charts.specs.keys.image import DEFAULT_PATH, DEFAULT_STOP_SIGNAL, Configuration
from openim_charts.yamlio.writer import dump

RULE = "image-facts"
_HEAD = """\
# What the registry says of {image}.
# It does not say what follows; add it, with sources of its own, as far as it is known:
#   {required}           required
#   account              numbers of a user that is a name; required then
#   dataOwner, shell, programs, absent, writes, overrides, entrypointOnly, entrypointDoes, precedence, notes
# schemas/image.schema.json describes every key.
"""  # noqa: E501


def stale_facts(facts: ImageFile, answer: Answer) -> Iterator[Finding]:
    """Every fact that the image's own configuration contradicts, where the file says it."""
    if answer.platforms:
        yield from _platforms(facts, answer.platforms)
    if answer.found is None:
        return
    found = answer.found.configuration
    said = facts.configuration
    for key, was, now in (
        ("user", said.user, found.user),
        ("workingDir", said.working_dir, found.working_dir),
        ("entrypoint", said.entrypoint, found.entrypoint),
        ("cmd", said.cmd, found.cmd),
        ("stopSignal", said.stop_signal, found.stop_signal),
    ):
        if was != now:
            message = f"the image {facts.reference} has the {key} {_shown(now)}, not {_shown(was)}"
            yield _finding(facts, ("configuration", key), message)
    yield from _items(facts, "volumes", said.volumes, found.volumes)
    yield from _items(facts, "ports", said.ports, found.ports)
    yield from _variables(facts, said.env, found.env)


def described(answer: Answer) -> str:
    """A file for chart-specs/images/ with all that a registry says of an image."""
    image = answer.image
    found = answer.found
    license_said = found.license if found else ""
    data: dict[str, Any] = {
        "registry": image.registry if image.registry != DEFAULT_REGISTRY else None,
        "repository": image.repository,
        "tag": image.tag,
        "license": license_said,
        "platforms": list(answer.platforms),
    }
    written = {key: value for key, value in data.items() if value}
    written["configuration"] = _written(found.configuration) if found else {}
    written["sources"] = [{"certainty": "registry", "at": answer.digest}]
    required = "base" if license_said else "license, base"
    return _HEAD.format(image=image, required=required.ljust(10)) + dump(written)


def _written(found: Configuration) -> dict[str, Any]:
    env = {k: v for k, v in found.env.items() if (k, v) != ("PATH", DEFAULT_PATH)}
    data = {
        "user": found.user,
        "env": env,
        "volumes": list(found.volumes),
        "workingDir": found.working_dir if found.working_dir != "/" else "",
        "entrypoint": list(found.entrypoint),
        "cmd": list(found.cmd),
        "ports": list(found.ports),
        "stopSignal": found.stop_signal if found.stop_signal != DEFAULT_STOP_SIGNAL else "",
    }
    return {key: value for key, value in data.items() if value}


def _platforms(facts: ImageFile, found: Sequence[str]) -> Iterator[Finding]:
    """A platform without a variant stands for those with one."""
    for index, platform in enumerate(facts.platforms):
        if not any(_of(platform, other) for other in found):
            message = f"the image {facts.reference} is not built for {platform}; remove it"
            yield _finding(facts, ("platforms", index), message)
    for platform in found:
        if not any(_of(other, platform) for other in facts.platforms):
            message = f"the image {facts.reference} is built for {platform} too; add it"
            yield _finding(facts, ("platforms",), message)


def _of(platform: str, other: str) -> bool:
    return other == platform or other.startswith(f"{platform}/")


def _items(
    facts: ImageFile, key: str, said: Sequence[str], found: Iterable[str]
) -> Iterator[Finding]:
    for index, item in enumerate(said):
        if item not in found:
            message = f"the image {facts.reference} does not declare {item}; remove it"
            yield _finding(facts, ("configuration", key, index), message)
    for item in found:
        if item not in said:
            message = f"the image {facts.reference} declares {item} too; add it to {key}"
            yield _finding(facts, ("configuration", key), message)


def _variables(
    facts: ImageFile, said: Mapping[str, str | None], found: Mapping[str, str | None]
) -> Iterator[Finding]:
    """A build sets PATH where its author does not, so the usual one need not be among the facts."""
    for name, value in said.items():
        path = ("configuration", "env", name)
        if name not in found:
            yield _finding(facts, path, f"the image {facts.reference} sets no {name}; remove it")
        elif value is not None and found[name] != value:
            message = f"the image {facts.reference} sets {name} to {_shown(found[name])}"
            yield _finding(facts, path, f"{message}, not {_shown(value)}")
    for name, value in found.items():
        if name not in said and (name, value) != ("PATH", DEFAULT_PATH):
            message = f"the image {facts.reference} sets {name} to {_shown(value)} too; add it"
            yield _finding(facts, ("configuration", "env"), message)


def _finding(facts: ImageFile, path: tuple[str | int, ...], message: str) -> Finding:
    return Finding(facts.at(*path), RULE, message)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return f"'{value}'"

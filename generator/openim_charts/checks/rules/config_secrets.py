"""Secret keys of configuration files stay empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.release import Release
from openim_charts.checks.rendered import RenderedObject, get, mapping
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.checks.texts import structured
from openim_charts.specs.model import ConfigFile


class ConfigSecrets(ReleaseRule):
    """Keys that a configuration file's spec calls secret."""

    id = "config-secrets"
    summary = "A key that a configuration file's spec marks secret is rendered without a value."
    rationale = (
        "The value reaches the process as a variable from a Secret. The key must be there all the "
        "same, empty: a variable for a key that is absent from the file is ignored."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        for obj in release.of("ConfigMap"):
            spec = release.spec_of(obj)
            files = {file.filename: file for file in spec.config}
            for name, text in mapping(obj.data, "data").items():
                if name in files and isinstance(text, str):
                    yield from _file(obj, name, text, files[name])


def _file(obj: RenderedObject, name: str, text: str, file: ConfigFile) -> Iterator[Problem]:
    data = structured(text)
    if not isinstance(data, Mapping):
        yield Problem(f"{name} is not a YAML mapping", obj, ("data", name), spec=("config",))
        return
    for keys in _secret_keys(file.schema):
        parent = get(data, *keys[:-1])
        shown = f"{name}: {'.'.join(keys)}"
        if not isinstance(parent, Mapping) or keys[-1] not in parent:
            yield Problem(f"{shown} is missing", obj, ("data", name), spec=("config",))
        elif parent[keys[-1]] not in (None, ""):
            yield Problem(
                f"{shown} is secret and has a value", obj, ("data", name), spec=("config",)
            )


def _secret_keys(
    schema: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    for key, node in mapping(schema, "properties").items():
        if "secret" in node:
            yield (*path, key)
        yield from _secret_keys(node, (*path, key))

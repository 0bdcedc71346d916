"""The compressed definitions of all minors, and their form with the API server's own demands."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from openim_charts.kubernetes import patterns
from openim_charts.kubernetes.limits_objects import OBJECT_LIMITS, VOLUME_LIMITS
from openim_charts.kubernetes.limits_pods import POD_LIMITS

PREFIX = "#/definitions/"
_LIMITS: Mapping[str, Any] = {**POD_LIMITS, **VOLUME_LIMITS, **OBJECT_LIMITS}
_REPLACED = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": patterns.QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": patterns.INT_OR_STRING,
}


class Bundle:
    """Definitions by name and minor; each is tightened once, when first asked for."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.minors: tuple[str, ...] = tuple(data["minors"])
        self.crds: list[dict[str, Any]] = data["crds"]
        self.index: Mapping[str, list[int]] = data["index"]
        self._bodies: list[dict[str, Any]] = data["bodies"]
        # By name too: what the API server demands of two types with one body differs.
        self._tight: dict[tuple[str, int], dict[str, Any]] = {}
        self._references: dict[tuple[str, int], tuple[str, ...]] = {}

    def number(self, name: str, minor: str) -> int:
        """Which body ``name`` has in ``minor``; equal numbers are equal bodies, -1 is none."""
        row = self.index.get(name)
        return row[self.minors.index(minor)] if row and minor in self.minors else -1

    def body(self, name: str, minor: str) -> dict[str, Any]:
        """The tightened definition; KeyError when that minor has none."""
        number = self.number(name, minor)
        if number < 0:
            raise KeyError(name)
        key = (name, number)
        if key not in self._tight:
            self._tight[key] = tighten(name, self._bodies[number])
        return self._tight[key]

    def closure(self, name: str, minor: str) -> dict[str, dict[str, Any]]:
        """The definition and all that it refers to, by name."""
        found: dict[str, dict[str, Any]] = {}
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found[current] = self.body(current, minor)
                waiting.extend(self._named(current, minor))
        return found

    def _named(self, name: str, minor: str) -> tuple[str, ...]:
        """What the definition refers to."""
        key = (name, self.number(name, minor))
        if key not in self._references:
            self._references[key] = tuple(references(self.body(name, minor)))
        return self._references[key]

    def kinds(self) -> dict[tuple[str, str], str]:
        """(apiVersion, kind) → definition name, over all minors."""
        found: dict[tuple[str, str], str] = {}
        for name, row in self.index.items():
            body = self._bodies[next(n for n in row if n >= 0)]
            groups = body.get("x-kubernetes-group-version-kind", ())
            if len(groups) == 1:
                group, version = groups[0]["group"], groups[0]["version"]
                api = f"{group}/{version}" if group else version
                found[api, groups[0]["kind"]] = name
        return found


@cache
def load_bundle() -> Bundle:
    """The bundle in this package."""
    packed = files("openim_charts.kubernetes").joinpath("schemas.json.xz").read_bytes()
    return Bundle(json.loads(lzma.decompress(packed)))


def short_name(name: str) -> str:
    """``io.k8s.api.core.v1.Probe`` → ``Probe``."""
    return name.rsplit(".", 1)[-1]


def references(schema: Any) -> Iterator[str]:
    """Names of the definitions that a schema refers to, in no particular order."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str):
                yield reference.removeprefix(PREFIX)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def tighten(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with what the API server also demands of it."""
    if name in _REPLACED:
        return dict(_REPLACED[name])
    limit = _LIMITS.get(short_name(name))
    return _merge(body, limit) if limit else dict(body)


def _merge(base: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in extra.items():
        old: Any = base.get(key)
        if key == "properties":
            known = {n: s for n, s in value.items() if n in base["properties"]}
            result[key] = {**old, **{n: _narrow(old[n], s) for n, s in known.items()}}
        elif key == "required" and old:
            result[key] = sorted({*old, *value})
        elif key in ("items", "additionalProperties") and isinstance(old, dict):
            result[key] = _narrow(old, value)
        elif key == "allOf" and old:
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result


def _narrow(base: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    reference = base.get("$ref", "").removeprefix(PREFIX)
    if reference in _REPLACED:
        return dict(extra)
    if reference:
        return {"allOf": [dict(base), dict(extra)]}
    return _merge(base, extra)

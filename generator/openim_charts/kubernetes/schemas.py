"""Validation of Kubernetes manifests, offline, for each supported minor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from openim_charts.jsonschema import jsonschema_rs
from openim_charts.kubernetes.bundle import PREFIX, Bundle, load_bundle, references
from openim_charts.kubernetes.crd import crd_schemas, defaults
from openim_charts.kubernetes.define import definition

_SILENT = ("format", "x-kubernetes-group-version-kind")


def accepts_all(bundle: Bundle, name: str, old: str, new: str) -> bool:
    """Whether minor ``new`` accepts every object of this definition that ``old`` accepts.

    True is proven; False may only mean that the proof is not obvious.
    """
    if bundle.number(name, old) < 0 or bundle.number(name, new) < 0:
        return False
    for inner, body in bundle.closure(name, old).items():
        if bundle.number(inner, old) == bundle.number(inner, new):
            continue
        if bundle.number(inner, new) < 0 or not _wider(body, bundle.body(inner, new)):
            return False
    return True


def _wider(old: Any, new: Any) -> bool:
    if old == new:
        return True
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    return all(
        _KEYWORDS.get(key, _equal)(old, new, key) for key in {*old, *new} if key not in _SILENT
    )


def _equal(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return bool(old.get(key) == new.get(key))


def _types(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return key not in new or (key in old and _set(old[key]) <= _set(new[key]))


def _set(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def _required(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return set(new.get(key, ())) <= set(old.get(key, ()))


def _properties(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    before, after = old.get(key, {}), new.get(key, {})
    closed = old.get("additionalProperties") is False
    return (
        (closed or set(after) <= set(before))
        and set(before) <= set(after)
        and all(_wider(before[name], after[name]) for name in before)
    )


def _inner(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return key not in new or _wider(old.get(key), new[key])


_KEYWORDS = {
    "type": _types,
    "enum": _types,
    "required": _required,
    "properties": _properties,
    "items": _inner,
    "additionalProperties": _inner,
}


__all__ = ["KubernetesSchemas", "Problem", "definition"]

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
_LONGEST = 300  # characters of one message


class KubernetesSchemas:
    """Strict schemas of Kubernetes' own kinds and of registered custom ones.

    Validators are compiled when first needed. Where a minor surely accepts all that an older one
    accepts, an object that the older one accepts is not looked at again.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._kinds = bundle.kinds()
        self._custom: dict[tuple[str, str], dict[str, Any]] = {}
        self._published: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._validators: dict[tuple[str, str, str], Any] = {}
        self._bases: dict[tuple[str, str], str] = {}
        for crd in bundle.crds:
            self.register_crd(crd)

    @staticmethod
    @cache
    def load() -> KubernetesSchemas:
        """The schemas of the bundle in this package, shared by the process."""
        return KubernetesSchemas(load_bundle())

    @property
    def minors(self) -> tuple[str, ...]:
        """The minors that the bundle holds, oldest first."""
        return self._bundle.minors

    def register_crd(self, crd: Mapping[str, Any]) -> None:
        """Learn the kinds of a CustomResourceDefinition manifest (apiextensions.k8s.io/v1)."""
        for api, kind, schema in crd_schemas(crd):
            self._custom[api, kind] = schema
            self._validators.pop((api, kind, ""), None)
        spec = crd["spec"]
        for version in spec["versions"]:
            published = version.get("schema", {}).get("openAPIV3Schema", {})
            self._published[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = published

    def defaults(self, manifest: Mapping[str, Any]) -> Iterator[tuple[Place, Any, bool]]:
        """Fields of an object of a custom kind that its CustomResourceDefinition has a default for:
        path, default, and whether the manifest has the field. None of kinds that are not known."""
        key = (str(manifest.get("apiVersion")), str(manifest.get("kind")))
        return defaults(self._published.get(key, {}), manifest)

    def validate(self, version: str, manifest: Mapping[str, Any]) -> list[Problem] | None:
        """All faults of a manifest under a minor such as "1.31": (path to the field, message).

        None when no schema is known for the kind; ValueError for a minor not in the bundle.
        """
        if version not in self._bundle.minors:
            raise ValueError(f"no schemas for Kubernetes {version}")
        api, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
        if (api, kind) in self._custom:
            return self._problems(self._custom_validator(api, kind), manifest)
        name = self._kinds.get((api, kind))
        if name is None:
            return None
        if self._bundle.number(name, version) < 0:
            return [(("apiVersion",), f"Kubernetes {version} has no {kind} in {api}")]
        base = self._base(name, version)
        found = self._problems(self._validator(name, base), manifest)
        if found and base != version:
            found = self._problems(self._validator(name, version), manifest)
        return found

    def validate_all(
        self, versions: Iterable[str], manifest: Mapping[str, Any]
    ) -> list[tuple[str, Problem]] | None:
        """The faults under several minors, each named once with the oldest minor that has it."""
        seen: dict[Problem, str] = {}
        for version in versions:
            found = self.validate(version, manifest)
            if found is None:
                return None
            places = {place for place, _ in seen}
            for place, message in found:
                if place not in places or (place, message) in seen:
                    seen.setdefault((place, message), version)
        return [(version, problem) for problem, version in seen.items()]

    def _base(self, name: str, version: str) -> str:
        """The oldest minor whose approval is enough for ``version``."""
        key = (name, version)
        if key not in self._bases:
            older = self._bundle.minors[: self._bundle.minors.index(version)]
            self._bases[key] = next(
                (old for old in older if accepts_all(self._bundle, name, old, version)), version
            )
        return self._bases[key]

    def _validator(self, name: str, version: str) -> Any:
        key = (name, version, "core")
        if key not in self._validators:
            closure = self._bundle.closure(name, version)
            self._validators[key] = _compile({"$ref": PREFIX + name, "definitions": closure})
        return self._validators[key]

    def _custom_validator(self, api: str, kind: str) -> Any:
        key = (api, kind, "")
        if key not in self._validators:
            schema = self._custom[api, kind]
            newest = self._bundle.minors[-1]
            shared: dict[str, Any] = {}
            for name in references(schema):
                shared |= self._bundle.closure(name, newest)
            self._validators[key] = _compile({**schema, "definitions": shared})
        return self._validators[key]

    @staticmethod
    def _problems(validator: Any, manifest: Mapping[str, Any]) -> list[Problem]:
        if validator.is_valid(manifest):
            return []
        errors = list(validator.iter_errors(manifest))
        missing: dict[Place, list[str]] = {}
        for error in errors:
            if error.kind.name == "required":
                name = error.kind.as_dict()["property"]
                missing.setdefault(tuple(error.instance_path), []).append(name)
        unknown: set[Problem] = set()
        others: set[Problem] = set()
        for error in errors:
            place, kind = tuple(error.instance_path), error.kind.name
            if kind == "additionalProperties":
                for name in error.kind.as_dict()["unexpected"]:
                    unknown.add(_unknown(place, name, missing.get(place, [])))
            elif kind != "required":
                others.add((place, _shorten(error.message)))
        # A union says only that nothing in it fits; what is unknown below says why.
        explained = {place[:-1] for place, _ in unknown}
        problems = unknown | {problem for problem in others if problem[0] not in explained}
        lacking = ((place, name) for place, names in missing.items() for name in names)
        problems |= {(place, f"the field '{name}' is missing") for place, name in lacking}
        return sorted(problems, key=lambda problem: ([str(p) for p in problem[0]], problem[1]))


def _unknown(place: Place, name: str, missing: list[str]) -> Problem:
    """A field that does not exist; one of those ``missing`` that it was meant to be is taken."""
    meant = get_close_matches(name, missing, n=1)
    if not meant:
        return (*place, name), f"there is no field '{name}'"
    missing.remove(meant[0])
    return (*place, name), f"there is no field '{name}'; did you mean '{meant[0]}'?"


def _compile(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft7Validator(schema)


def _shorten(message: str) -> str:
    return message if len(message) <= _LONGEST else "… " + message[-_LONGEST:]

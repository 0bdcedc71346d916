"""Settings put together to an ``openim.yaml``: its values, Secrets to make, and what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.checks.rules.secrets_in_text import is_well_known, signs_of_secret
from openim_charts.imports.addresses import address, hosts_of, is_local, scheme_of, split
from openim_charts.imports.keys import ConfigKey, ConfigKeys
from openim_charts.imports.model import Given, Setting, Sort, same
from openim_charts.specs.model import Catalog, Credential, Dependency

Path = tuple[str, ...]

UNKNOWN = "Neither these charts nor the releases that they run know these settings."
SECRET = (
    "The value looks like a secret, so it is not written here; set it by hand, without the secret, "
    "or give it to the programs in another way."
)
_LOGIN_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


class Draft:
    """An ``openim.yaml`` in the making. Settings that come first win over later ones."""

    def __init__(
        self, catalog: Catalog, keys: ConfigKeys, stock: Sort | None, defaults: Mapping[str, Any]
    ) -> None:
        self._catalog = catalog
        self._keys = keys
        self._stock = stock  # of configuration files
        self._defaults = defaults  # of the chart's values
        self.values: dict[str, Any] = {}
        self.origins: dict[Path, Given] = {}
        self.remarks: dict[Path, str] = {}  # what to know about a value
        self.left: dict[str, list[Given]] = {}  # by what is said about them
        self.secrets: dict[str, dict[str, Given]] = {}  # credential -> key of its Secret
        self.well_known: dict[str, dict[str, Given]] = {}  # the same, as published
        self._elsewhere: dict[str, list[str]] = {}  # addresses of dependencies
        self._conditional: list[tuple[Path, Any, Given, bool]] = []  # what needs one there

    def add(self, given: Given) -> None:
        """Take in one setting."""
        setting = given.setting
        if setting is None:
            self.leave(given, UNKNOWN)
            return
        if given.value is None:
            return
        kept = (*setting.config, *setting.values)
        stock = setting.is_stock(given.value) or (
            is_well_known(given.value) and (not kept or any(map(self._is_secret, kept)))
        )
        if stock and not any(map(self._counts_anyhow, setting.config)):
            return
        if setting.choices:
            found = {str(k): v for k, v in setting.choices.items()}
            text = str(given.value).lower() if isinstance(given.value, bool) else str(given.value)
            if text not in found:
                self.leave(given, "These values have no counterpart.")
                return
            given = replace(given, value=found[text])
        for target in setting.config:
            self._config(target, given, setting, stock)
        for target, value in setting.extra.items():
            self.put(tuple(target.split(".")), value, given)
        for target in setting.values:
            self.put(tuple(target.split(".")), given.value, given, setting.note)
        if setting.because and not kept:
            self.leave(given, setting.because)

    def leave(self, given: Given, why: str) -> None:
        """Remember that a setting is not taken over, and why."""
        seen = self.left.setdefault(why, [])
        if given not in seen:
            seen.append(given)

    def put(self, path: Path, value: Any, given: Given, remark: str = "") -> None:
        """Set a value of openim.yaml, unless it is the charts' own or looks like a secret."""
        if value is None:
            return
        if path[-1].endswith("[]"):
            path = (*path[:-1], path[-1].removesuffix("[]"))
            value = [*(self.get(path) or []), value]
        elif (known := self.get(path)) is not None:
            if not same(known, value):
                first = self.origins.get(path)
                name = ".".join(path)
                self.leave(given, f"{name} is one value for all, and {_of(first)} set it.")
            return
        elif same(_get(self._defaults, path), value):
            return
        if _holds_secret(path, value):
            self.leave(given, SECRET)
            return
        _set(self.values, path, value)
        self.origins.setdefault(path, given)
        if remark:
            self.remarks[path] = remark

    def get(self, path: Path) -> Any:
        """The value at a path; None where there is none yet."""
        return _get(self.values, path)

    def drop(self, path: Path, why: str) -> bool:
        """Take a value out again; False when there is none."""
        if not path or self.get(path) is None:
            return False
        given = self.origins.get(path)
        if given:
            self.leave(given, why)
        else:
            self.left.setdefault(f"{'.'.join(path)}: {why}", [])
        _remove(self.values, path)
        return True

    def finish(self) -> None:
        """What only the settings together say: where middleware is, and which Secrets there are."""
        for name, dependency in self._catalog.dependencies.items():
            self._place(name, dependency)
        for path, value, given, stock in self._conditional:
            if path[1] in self._elsewhere:
                self.put(path, value, given)
            elif not stock and not same(value, _get(self._defaults, path)) and value is not None:
                self.leave(given, "It belongs to what was there; the charts' own has another.")
        for name, keys in list(self.secrets.items()):
            credential = self._catalog.credentials[name]
            if name not in self._catalog.dependencies:
                self._name_secret(credential, next(iter(keys.values())))

    # What follows is about keys of configuration files.

    def _general(self, target: str) -> Setting:
        """What is known of a key of a configuration file, wherever it comes from."""
        return (self._stock.find(tuple(target.split("."))) if self._stock else None) or Setting()

    def _is_secret(self, target: str) -> bool:
        key = self._keys.by_name.get(target)
        return key is not None and "secret" in key.node

    def _counts_anyhow(self, target: str) -> bool:
        """Whether a key's value may be needed although it is as published."""
        return self._is_secret(target) or self._general(target).elsewhere

    def _config(self, target: str, given: Given, setting: Setting, stock: bool) -> None:
        key = self._keys.by_name.get(target)
        if key is None and isinstance(given.value, Mapping) and self._keys.section(target):
            for word, value in given.value.items():
                inner = replace(given, name=f"{given.name}.{word}", value=value)
                self._config(f"{target}.{word}", inner, setting, stock)
            return
        if given.value in (None, {}, []):
            return
        general = self._general(target)
        if because := setting.because or general.because:
            if not general.is_stock(given.value):
                self.leave(given, because)
        elif key is None:
            self.leave(replace(given, hint=self._keys.hint(target)), UNKNOWN)
        else:
            self._key(key, given, setting.note or general.note, stock)

    def _key(self, key: ConfigKey, given: Given, note: str, stock: bool) -> None:
        value = _fitted(given.value, key.node.get("type"))
        if "secret" in key.node:
            self._secret(key, given, note, stock)
        elif "dependency" in key.bind:
            self._where(key, value, given, note)
        elif "global" in key.bind:
            path = ("global", *key.bind["global"].split("."))
            if "equals" in key.bind:
                value = key.bind["equals"] if value is True else None
            value = [value] if key.bind.get("as") == "first" else value
            if self._general(key.name).elsewhere:
                self._conditional.append((path, value, given, stock))
            else:
                self.put(path, value, given, note)
        elif key.bind:
            own = self._keys.own_port(key)
            if own is None or own not in (value if isinstance(value, list) else [value]):
                self.leave(given, "The charts write this by themselves, and need no other.")
        elif same(value, key.default):
            return
        elif not key.settable:
            self.leave(given, "The charts decide this by themselves.")
        else:
            self.put(("global", "config", *key.name.split(".")), value, given, note)

    def _secret(self, key: ConfigKey, given: Given, note: str, stock: bool) -> None:
        if given.value in ("", [], [""]):
            return
        name, field = key.node["secret"]["credential"], key.node["secret"]["key"]
        found = self.well_known if stock else self.secrets
        found.setdefault(name, {}).setdefault(field, given)
        if note:
            self.remarks[("secret", name, field)] = note

    def _where(self, key: ConfigKey, value: Any, given: Given, note: str) -> None:
        """An address of middleware: that it is not in the cluster follows from one elsewhere."""
        dependency = self._catalog.dependencies[key.bind["dependency"]]
        if key.bind["as"] == "publicURL":
            if is_local(str(value), inside=False):
                self.leave(given, "Only the machine itself knows this address.")
            else:
                path = ("global", dependency.name, "publicURL")
                self.put(path, str(value).rstrip("/"), given, note)
            return
        texts = split(value)
        if any("@" in text for text in texts):
            self.leave(given, SECRET)
            return
        if any(is_local(text, given.inside) for text in texts):
            self.leave(
                given,
                f"Only the old machine, or its containers, know this address, so the chart "
                f"{dependency.component} is used. If {dependency.title} stays where it is, set "
                f"global.{dependency.name}: mode, addresses and existingSecret.",
            )
            return
        found = [address(text, dependency.port) for text in texts]
        self._elsewhere.setdefault(dependency.name, found)
        self.put(("global", dependency.name, "addresses"), found, given, note)
        if any(scheme_of(text) not in ("", dependency.scheme) for text in texts) and key.settable:
            self.put(("global", "config", *key.name.split(".")), value, given)

    def _place(self, name: str, dependency: Dependency) -> None:
        """Says where a middleware is, and what becomes of its login."""
        credential = dependency.credential
        changed = self.secrets.pop(name, {})
        keys = {**self.well_known.get(name, {}), **changed}
        whole = changed.get(dependency.whole)
        if whole and name not in self._elsewhere and self._whole(whole, dependency):
            keys = keys if self._elsewhere[name] else {dependency.whole: whole}
        if name in self._elsewhere:
            _set(self.values, ("global", name), {"mode": "external", **self._section(name)})
            if credential and (keys or not credential.optional):
                self.secrets[name] = keys
                self._name_secret(credential, self._first(name, keys))
            return
        for given in changed.values():
            self.leave(given, f"The chart {dependency.component} makes a login of its own.")
        if changed and credential and credential.optional and "auth" in dependency.values:
            self.put(("global", name, "auth", "enabled"), True, next(iter(changed.values())))

    def _whole(self, given: Given, dependency: Dependency) -> bool:
        """Whether a secret says that a dependency is elsewhere. Its addresses are told only where
        they have another port than the usual one, which pods may connect to anyhow."""
        hosts = hosts_of(given.value, dependency)
        if hosts and all(is_local(host, given.inside) for host in hosts):
            return False
        usual = all(host.endswith(f":{dependency.port}") for host in hosts)
        self._elsewhere[dependency.name] = [] if usual else hosts
        if not usual:
            self.put(("global", dependency.name, "addresses"), hosts, given)
        return True

    def _section(self, name: str) -> Mapping[str, Any]:
        return self.get(("global", name)) or {}

    def _first(self, name: str, keys: Mapping[str, Given]) -> Given:
        return next(iter(keys.values()), None) or self.origins[("global", name, "addresses")]

    def _name_secret(self, credential: Credential, given: Given) -> None:
        path = ("global", credential.name, "existingSecret")
        _set(self.values, path, f"imported-{kebab(credential.name)}")
        self.origins[path] = given


def _of(given: Given | None) -> str:
    return given.shown if given else "another setting"


def _holds_secret(path: Path, value: Any) -> bool:
    """Whether a value, or a part of it, is a login, or is secret by the name of its key."""
    configured = path[:2] == ("global", "config")
    return any(
        bool(_LOGIN_IN_URL.search(str(text)))
        or any(True for _ in signs_of_secret(name if configured else "", text))
        for name, text in _leaves(path[-1], value)
    )


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner)
    else:
        yield name, value


def _get(data: Any, path: Path) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _set(data: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value


def _remove(data: dict[str, Any], path: Path) -> None:
    """Remove a value, and sections that are empty then."""
    if len(path) > 1:
        _remove(data[path[0]], path[1:])
        if data[path[0]]:
            return
    del data[path[0]]


_CAST: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "array": split,
}


def _fitted(value: Any, types: Any) -> Any:
    """A text as the type that the key has, where it can be; what is no text for a text."""
    wanted = [types] if isinstance(types, str) else list(types or ())
    if isinstance(value, str) and "string" not in wanted:
        for name in wanted:
            try:
                return _CAST[name](value.strip())
            except (KeyError, ValueError):
                continue
    elif wanted == ["string"] and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    elif wanted == ["array"] and not isinstance(value, list):
        return [value]
    return value

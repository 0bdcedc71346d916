"""Settings to an ``openim.yaml``: where each goes follows from what its key is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from openim_charts.checks.rules.secrets_in_text import is_well_known
from openim_charts.imports.addresses import address, hosts_of, is_local, scheme_of, split
from openim_charts.imports.draft import SECRET, Draft, Path
from openim_charts.imports.keys import ConfigKey, ConfigKeys
from openim_charts.imports.model import Given, Setting, Sort, same
from openim_charts.specs.model import Catalog, Dependency

UNKNOWN = "Neither these charts nor the releases that they run know these settings."


class Translator:
    """Puts settings into a draft. Of two for one key, the first counts."""

    def __init__(
        self, draft: Draft, catalog: Catalog, keys: ConfigKeys, stock: Sort | None
    ) -> None:
        self._draft = draft
        self._catalog = catalog
        self._keys = keys
        self._stock = stock  # of configuration files
        self._decided: dict[str, Given] = {}  # keys of configuration files
        self._elsewhere: dict[str, list[str]] = {}  # addresses of dependencies
        self._conditional: list[tuple[Path, Any, Given, bool]] = []  # what needs one there

    def add(self, given: Given) -> None:
        """Take in one setting."""
        setting = given.setting
        if setting is None:
            self._draft.leave(given, UNKNOWN)
            return
        if given.value is None:
            return
        stock = self._is_stock(given, setting)
        if stock and not any(map(self._counts_anyhow, setting.config)):
            for target in setting.config:
                self._decided.setdefault(target, given)
            return
        if setting.choices:
            choices = {str(key): value for key, value in setting.choices.items()}
            text = str(given.value).lower() if isinstance(given.value, bool) else str(given.value)
            if text not in choices:
                self._draft.leave(given, "These values have no counterpart.")
                return
            given = replace(given, value=choices[text])
        self._take(given, setting, stock)

    def finish(self) -> None:
        """What only the settings together say: where middleware is, and which Secrets there are."""
        for name, dependency in self._catalog.dependencies.items():
            self._place(name, dependency)
        for path, value, given, stock in self._conditional:
            if path[1] in self._elsewhere:
                self._draft.put(path, value, given)
            elif not (stock or value is None or self._draft.is_default(path, value)):
                why = "It belongs to what was there; the charts' own has another."
                self._draft.leave(given, why)
        for name, keys in self._draft.secrets.items():
            if name not in self._catalog.dependencies:
                self._draft.name_secret(name, next(iter(keys.values())))

    def _is_stock(self, given: Given, setting: Setting) -> bool:
        """Whether nobody chose the value, or everybody knows the secret that it is."""
        if setting.is_stock(given.value):
            return True
        nowhere = not (setting.config or setting.values)
        secret = nowhere or any(map(self._is_secret, setting.config))
        return secret and is_well_known(given.value)

    def _take(self, given: Given, setting: Setting, stock: bool) -> None:
        for target in setting.config:
            self._config(target, given, setting, stock)
        for target, value in setting.extra.items():
            self._draft.put(tuple(target.split(".")), value, given)
        for target in setting.values:
            self._draft.put(tuple(target.split(".")), given.value, given, setting.note)
        if setting.because and not (setting.config or setting.values):
            self._draft.leave(given, setting.because)

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
                self._draft.leave(given, because)
        elif key is None:
            self._draft.leave(replace(given, hint=self._keys.hint(target)), UNKNOWN)
        else:
            self._key(key, given, setting.note or general.note, stock)

    def _key(self, key: ConfigKey, given: Given, note: str, stock: bool) -> None:
        """Where the value of a known key goes, unless another setting was first."""
        first = self._decided.setdefault(key.name, given)
        value = _fitted(given.value, key.node.get("type"))
        if first is not given:
            if not same(first.value, given.value):
                self._draft.leave(given, f"{first.shown} wins over it.")
        elif "secret" in key.node:
            self._secret(key, given, note, stock)
        elif "dependency" in key.bind:
            self._where(key, value, given, note)
        elif "global" in key.bind:
            self._global(key, value, given, note, stock)
        elif key.bind:
            own = self._keys.own_port(key)
            if own is None or own not in (value if isinstance(value, list) else [value]):
                why = "The charts write this by themselves, and need no other."
                self._draft.leave(given, why)
        elif not same(value, key.default):
            self._plain(key, value, given, note)

    def _plain(self, key: ConfigKey, value: Any, given: Given, note: str = "") -> None:
        if key.settable:
            self._draft.put(("global", "config", *key.name.split(".")), value, given, note)
        else:
            self._draft.leave(given, "The charts decide this by themselves.")

    def _global(self, key: ConfigKey, value: Any, given: Given, note: str, stock: bool) -> None:
        path = ("global", *key.bind["global"].split("."))
        if "equals" in key.bind:
            value = key.bind["equals"] if value is True else None
        elif key.bind.get("as") == "first":
            value = [value]
        if self._general(key.name).elsewhere:
            self._conditional.append((path, value, given, stock))
        else:
            self._draft.put(path, value, given, note)

    def _secret(self, key: ConfigKey, given: Given, note: str, stock: bool) -> None:
        if given.value in ("", [], [""]):
            return
        name, field = key.node["secret"]["credential"], key.node["secret"]["key"]
        found = self._draft.well_known if stock else self._draft.secrets
        first = found.setdefault(name, {}).setdefault(field, given)
        if not same(first.value, given.value):
            self._draft.leave(given, f"One Secret holds it for all, and {first.shown} is in it.")
        if note:
            self._draft.remarks[("secret", name, field)] = note

    def _where(self, key: ConfigKey, value: Any, given: Given, note: str) -> None:
        """An address of middleware: that it is not in the cluster follows from one elsewhere."""
        dependency = self._catalog.dependencies[key.bind["dependency"]]
        if key.bind["as"] == "publicURL":
            if is_local(str(value), inside=False):
                self._draft.leave(given, "Only the machine itself knows this address.")
            else:
                path = ("global", dependency.name, "publicURL")
                self._draft.put(path, str(value).rstrip("/"), given, note)
            return
        texts = split(value)
        if any("@" in text for text in texts):
            self._draft.leave(given, SECRET)
            return
        if any(is_local(text, given.inside) for text in texts):
            self._draft.leave(
                given,
                f"Only the old machine, or its containers, know this address, so the chart "
                f"{dependency.component} is used. If {dependency.title} stays where it is, set "
                f"global.{dependency.name}: mode, addresses and existingSecret.",
            )
            return
        found = [address(text, dependency.port) for text in texts]
        self._elsewhere.setdefault(dependency.name, found)
        self._draft.put(("global", dependency.name, "addresses"), found, given, note)
        if any(scheme_of(text) not in ("", dependency.scheme) for text in texts):
            self._plain(key, value, given)

    def _place(self, name: str, dependency: Dependency) -> None:
        """Says where a middleware is, and what becomes of its login."""
        credential = dependency.credential
        changed = self._draft.secrets.pop(name, {})
        keys = {**self._draft.well_known.get(name, {}), **changed}
        whole = changed.get(dependency.whole)
        if whole and name not in self._elsewhere and self._whole(whole, dependency):
            keys = keys if self._elsewhere[name] else {dependency.whole: whole}
        if name in self._elsewhere:
            self._draft.mark_external(name)
            if credential and (keys or not credential.optional):
                self._draft.secrets[name] = keys
                self._draft.name_secret(name, self._first(name, keys))
            return
        for given in changed.values():
            self._draft.leave(given, f"The chart {dependency.component} makes a login of its own.")
        if changed and credential and credential.optional and "auth" in dependency.values:
            self._draft.put(("global", name, "auth", "enabled"), True, next(iter(changed.values())))

    def _whole(self, given: Given, dependency: Dependency) -> bool:
        """Whether a secret says that a dependency is elsewhere. Its addresses are told only where
        they have another port than the usual one, which pods may connect to anyhow."""
        hosts = hosts_of(given.value, dependency)
        if hosts and all(is_local(host, given.inside) for host in hosts):
            return False
        usual = all(host.endswith(f":{dependency.port}") for host in hosts)
        self._elsewhere[dependency.name] = [] if usual else hosts
        if not usual:
            self._draft.put(("global", dependency.name, "addresses"), hosts, given)
        return True

    def _first(self, name: str, keys: Mapping[str, Given]) -> Given:
        return next(iter(keys.values()), None) or self._draft.origins[("global", name, "addresses")]


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

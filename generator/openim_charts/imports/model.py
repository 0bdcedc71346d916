"""Sorts of files that can be imported, and the settings that are found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from openim_charts.findings import Location
from openim_charts.specs.keys.imports import MistakenKeys

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What becomes of one setting; ``*`` in a target stands for a word of the setting's name.

    Without a target and a reason it is left out, and nothing is said.
    """

    config: Words = ()  # keys of configuration files, as PRODUCT.FILE.KEY
    values: Words = ()  # keys of openim.yaml; [] at the end adds to a list
    choices: Mapping[str, Any] = field(default_factory=dict)  # other words for its values
    extra: Mapping[str, Any] = field(default_factory=dict)  # keys of openim.yaml that go with it
    stock: tuple[Any, ...] = ()  # values that nobody chose
    like: Words = ()  # patterns of further such values
    chosen: Mapping[str, Any] = field(default_factory=dict)  # settings with which it counts
    when: str = ""  # the name of another setting, which must be true
    elsewhere: bool = False  # kept only where the middleware that it is about stays
    omitted: bool = False  # a key that upstream's own file does not have
    because: str = ""  # why it has no counterpart, and what to do
    note: str = ""  # what to know where it is kept

    def is_stock(self, value: Any) -> bool:
        """Whether nobody chose the value."""
        text = str(value)
        return any(same(value, known) for known in self.stock) or any(
            fnmatchcase(text, pattern) for pattern in self.like
        )

    def filled(self, words: Words) -> Setting:
        """The setting with its targets' ``*`` replaced, in order, by these words."""
        return replace(
            self,
            config=tuple(_fill(target, words) for target in self.config),
            values=tuple(_fill(target, words) for target in self.values),
        )

    def within(self, data: Any) -> Setting | None:
        """The setting as it counts in a file with this data; None where it has no effect there."""
        if self.when and value_at(data, self.when) is not True:
            return None
        if any(same(value_at(data, name), value) for name, value in self.chosen.items()):
            return replace(self, stock=(), like=())
        return self


def _fill(target: str, words: Words) -> str:
    rest = iter(words)
    return ".".join(next(rest, part) if part == "*" else part for part in target.split("."))


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of file: chart-specs/imports/NAME.yaml."""

    name: str
    title: str
    form: str  # config, environment or values
    files: Words  # patterns of file names
    marks: Words  # names of settings, of which such a file has one at least
    services: Words  # of a compose file that nobody has changed
    settings: Mapping[Words, Setting]  # by the words of the name; the first that matches counts
    mistaken: MistakenKeys | None = None

    def find(self, name: Words) -> Setting | None:
        """What is known of a setting; None when nothing is."""
        exact = self.settings.get(name)
        return exact or next(self._matching(name), None)

    def _matching(self, name: Words) -> Iterator[Setting]:
        for pattern, setting in self.settings.items():
            if len(pattern) == len(name) and all(map(fnmatchcase, name, pattern)):
                words = (n for n, p in zip(name, pattern, strict=True) if p == "*")
                yield setting.filled(tuple(words))

    def begins(self, name: Words) -> bool:
        """Whether the name of a known setting begins with these words."""
        size = len(name)
        return any(
            len(pattern) > size and all(map(fnmatchcase, name, pattern[:size]))
            for pattern in self.settings
        )


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as a file has it. Its value may be a secret, so messages never hold it."""

    name: str
    value: Any = field(repr=False)
    place: Location
    setting: Setting | None = None  # None where nobody knows the setting
    hint: str = ""  # what an unknown name may have meant
    inside: bool = False  # host names without a dot are those of containers

    @property
    def shown(self) -> str:
        """Name and place on one line, without characters that would end a comment."""
        text = f"{self.name} ({self.place.path}:{self.place.line})"
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def value_at(data: Any, name: str) -> Any:
    """The value of the setting with a dotted name; None where there is none."""
    for word in name.split("."):
        data = data.get(word) if isinstance(data, Mapping) else None
    return data


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same setting: variables hold texts, and a list of one is one."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Which programs a container starts, and with which paths and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openim_charts.checks.containers import Running
from openim_charts.checks.rendered import Path, RenderedObject, get, listing
from openim_charts.checks.rule import Problem
from openim_charts.checks.scripts import (
    FOUND,
    PASSED,
    SHELLS,
    Script,
    Word,
    basename,
    builtin,
    script_of,
    wrapped,
)
from openim_charts.checks.texts import structured
from openim_charts.specs.keys.image import WrittenPath

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_HOOKS = ("postStart", "preStop")


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an object, and the line of its text that is meant (0: it has one)."""

    obj: RenderedObject
    path: Path
    row: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """Programs of which one is needed; ``fault`` says why they are not known."""

    names: tuple[str, ...]
    place: Place
    fault: str = ""

    def problem(self, container: Running, message: str) -> Problem:
        """A problem at the place that starts the program."""
        place = self.place
        where = f"line {place.row} " if place.row else ""
        return Problem(
            f"{where}{message}",
            place.obj,
            place.path,
            otherwise=container.named_by,
            row=place.row,
        )


def started(container: Running) -> Iterator[Started]:
    """Every program that a container starts, with the place that says so."""
    reader = _Reader(container)
    own = container.words
    field = "command" if listing(container.data, "command") else "image"
    yield from reader.command(own, (*container.path, field))
    for probe in _PROBES:
        path: Path = (probe, "exec", "command")
        words = listing(container.data, *path)
        yield from reader.command(words, (*container.path, *path))
    for hook in _HOOKS:
        path = ("lifecycle", hook, "exec", "command")
        words = listing(container.data, *path)
        yield from reader.command(words, (*container.path, *path))


class _Reader:
    """Follows commands into the scripts that they run, each of which it reads once."""

    def __init__(self, container: Running) -> None:
        self._container = container
        self._read: set[str] = set()
        self._known = {k: v for k, v in container.variables.items() if v is not None}

    def command(self, words: Sequence[str], path: Path) -> Iterator[Started]:
        """What a list of words starts, as a container's runtime starts it."""
        place = Place(self._container.pod.obj, path)
        yield from self._started(words, place, Script(""), "")

    def _started(
        self, words: Sequence[Word], place: Place, script: Script, shell: str
    ) -> Iterator[Started]:
        """``script`` and ``shell`` are what the words stand in; ``shell`` is "" outside of one."""
        if not words or words[0] in (PASSED, FOUND, ""):
            return
        name, rest = words[0], words[1:]
        if name is None:
            fault = "starts a program whose name only the run tells; write the name out"
            yield Started((), place, fault)
        elif name in script.functions:
            if script.functions[name]:
                yield from self._started(rest, place, script, shell)
        elif shell and builtin(name, shell):
            yield from self._inside(name, rest, place, shell)
            yield from self._started(wrapped(words), place, script, shell)
        elif name in self._container.files:
            yield from self._file(name, place, "")
        else:
            if name not in script.asked:
                yield Started((name,), place)
            yield from self._started(wrapped(words), place, script, shell)
            if basename(name) in SHELLS:
                yield from self._shell(basename(name), rest, place)

    def _inside(
        self, name: str, rest: Sequence[Word], place: Place, shell: str
    ) -> Iterator[Started]:
        """What a builtin starts that reads a file or a text as commands."""
        first = (rest[0] if rest else "") or ""
        if name in (".", "source") and first in self._container.files:
            yield from self._file(first, place, shell)
        elif name in ("eval", "trap") and first not in ("", PASSED, FOUND, "-"):
            yield from self._script(first, place, shell)

    def _shell(self, shell: str, rest: Sequence[Word], place: Place) -> Iterator[Started]:
        """What a shell starts that is given a text (-c) or a file."""
        words = list(rest)
        while words and words[0] and words[0].startswith("-"):
            option = words.pop(0) or ""
            if "c" in option.lstrip("-") and not option.startswith("--") and words:
                text = words[0]
                index = len(rest) - len(words) + 1
                inside = place.row or len(place.path) == 0
                where = place if inside else replace(place, path=(*place.path, index))
                yield from self._script(text or "", where, shell)
                return
            if option == "-o" and words:
                words.pop(0)
        file = (words[0] if words else "") or ""
        if file in self._container.files:
            yield from self._file(file, place, shell)
        elif file and self._container.image.has(file) is not True:
            yield Started((file,), place)

    def _file(self, name: str, place: Place, shell: str) -> Iterator[Started]:
        """What a mounted script starts; without ``shell`` its first line says what runs it."""
        file = self._container.files[name]
        first = file.text.partition("\n")[0]
        words = first[2:].split() if first.startswith("#!") else []
        if not shell:
            if not words:
                yield Started((), place, f"starts {name}, whose first line names no program")
                return
            yield from self._started(words, Place(file.obj, ("data", file.key), 1), Script(""), "")
            shell = basename(words[-1])
        if name not in self._read and shell in SHELLS:
            self._read.add(name)
            yield from self._script(file.text, Place(file.obj, ("data", file.key)), shell)

    def _script(self, text: str, place: Place, shell: str) -> Iterator[Started]:
        environment = tuple((k, v) for k, v in self._known.items() if k in text)
        script = script_of(text, environment)
        lines = "\n" in text and not place.row

        def at(line: int) -> Place:
            return replace(place, row=line) if lines else place

        if script.fault:
            fault = "is no shell script that can be parsed; write it in a simpler way"
            yield Started((), at(script.fault), fault)
        for question in script.questions:
            yield Started(question.names, at(question.line))
        for call in script.calls:
            yield from self._started(call.words, at(call.line), script, shell)


_COMMENT = re.compile(r"^\s*[#;].*$", re.MULTILINE)
_VALUE = r"[\"']?([^\s\"',;]+)"


def written(container: Running) -> Iterator[WrittenPath]:
    """What the programs write that the container starts."""
    names = {basename(name) for start in started(container) for name in start.names}
    return (path for path in container.image.writes if not path.by or names & set(path.by))


def written_at(container: Running, path: WrittenPath) -> str:
    """The path that the program writes to under the settings of the pod and of the files mounted
    into it; "" where they lead to one that only the run tells."""
    for name in path.setting.split(", "):
        value = said(container, name) if name and " " not in name else None
        if value is not None:
            return value if value.startswith("/") and "$" not in value else ""
    return path.path


def said(container: Running, name: str) -> str | None:
    """The value of a flag (--x), a variable or a key of a file (a.b); None when nothing says it."""
    if name in container.variables:
        return container.variables[name] or ""
    return next(_values(container, name), None)


def _values(container: Running, name: str) -> Iterator[str]:
    texts = [" ".join(container.words), *(file.text for file in container.files.values())]
    quoted = re.escape(name)
    flags = re.compile(rf"(?<![\w-]){quoted}[= ]{_VALUE}")
    for text in texts:
        if name.startswith("-"):
            yield from flags.findall(text)
        else:
            yield from in_file(text, name)


def in_file(text: str, key: str) -> Iterator[str]:
    """Values of a key in the text of a file: YAML, JSON, properties, sections with keys, or a word
    and its value on a line; also where a script writes such a line."""
    value = get(structured(text), *key.split("."))
    if isinstance(value, str | int | float):
        yield str(value)
        return
    text = _COMMENT.sub("", text)
    section, _, last = key.rpartition(".")
    if section:
        parts = re.split(r"^\s*\[([\w.-]+)\]\s*$", text, flags=re.MULTILINE)
        for name, body in zip(parts[1::2], parts[2::2], strict=False):
            if name == section:
                yield from in_file(body, last)
    quoted = re.escape(key)
    yield from re.findall(rf"(?<![\w.$])(?<!\w-){quoted}\s*=\s*{_VALUE}", text)
    yield from re.findall(rf"^\s*{quoted}(?::\s*|[ \t]+)(?!=){_VALUE}", text, flags=re.MULTILINE)

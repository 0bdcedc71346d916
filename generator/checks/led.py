"""Where settings lead a program that would write somewhere else by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks.containers import Running
from generator.checks.rendered import get
from generator.checks.scripts import basename
from generator.checks.started import started
from generator.checks.texts import structured
from generator.specs.image_model import WrittenPath

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

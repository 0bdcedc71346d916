"""Rendered documents as objects that rules can look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openim_charts.findings import FindingsError
from openim_charts.helm.adapter import RenderedFile
from openim_charts.yamlio.builder import Builder, PlacingBuilder
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.nodes import compose

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class RenderedObject:
    """One Kubernetes object as Helm rendered it."""

    kind: str
    name: str
    namespace: str
    data: Mapping[str, Any]
    template: str  # path inside the chart: templates/… or charts/SUB/templates/…
    text: str
    scenario: str  # "" for default values, else the values file
    hook: bool = False

    @property
    def api_version(self) -> str:
        """``apps/v1``."""
        return str(self.data.get("apiVersion", ""))

    @property
    def labels(self) -> Mapping[str, str]:
        """The object's labels."""
        return mapping(self.data, "metadata", "labels")

    @property
    def annotations(self) -> Mapping[str, str]:
        """The object's annotations."""
        return mapping(self.data, "metadata", "annotations")

    def line(self, path: Path) -> int:
        """The line of the field (or its nearest parent) in ``text``, from 1."""
        nodes, _ = compose(self.text, "")
        builder = PlacingBuilder("", self.text, refuse_templates=False)
        builder.build(nodes[0])
        return Document("", None, builder.keys, builder.values).key(path).line


@dataclass(slots=True)
class Parser:
    """Parses documents; a text seen before is not parsed again."""

    _seen: dict[str, Any] = field(default_factory=dict)

    def parse(self, file: RenderedFile, scenario: str, hook: bool) -> RenderedObject | None:
        """The object, None for a document that is empty; FindingsError when it is not YAML.

        Locations in the error are lines of the rendered document.
        """
        template = file.path.split("/", 1)[1]
        seen = self._seen
        if file.text not in seen:
            seen[file.text] = _data(file.text, template)
        data = seen[file.text]
        if not isinstance(data, dict):
            return None
        metadata = mapping(data, "metadata")
        return RenderedObject(
            kind=str(data.get("kind", "")),
            name=str(metadata.get("name", "")),
            namespace=str(metadata.get("namespace", "")),
            data=data,
            template=template,
            text=file.text,
            scenario=scenario,
            hook=hook,
        )


def _data(text: str, template: str) -> Any:
    nodes, fault = compose(text, template)
    if fault:
        raise FindingsError([fault.finding])
    if not nodes:
        return None
    builder = Builder(template, text, refuse_templates=False)
    data = builder.build(nodes[0])
    if builder.findings:
        raise FindingsError(builder.findings)
    return data


def mapping(data: Any, *path: str | int) -> Mapping[str, Any]:
    """The mapping at ``path``, {} when there is none."""
    found = get(data, *path)
    return found if isinstance(found, dict) else {}


def listing(data: Any, *path: str | int) -> list[Any]:
    """The list at ``path``, [] when there is none."""
    found = get(data, *path)
    return found if isinstance(found, list) else []


def get(data: Any, *path: str | int) -> Any:
    """What sits at ``path``, None when nothing does."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def walk(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value below ``data`` with its path, parents first, in order."""
    waiting: list[tuple[Path, Any]] = [(path, data)]
    while waiting:
        here, value = waiting.pop()
        yield here, value
        if isinstance(value, dict):
            waiting += [((*here, key), inner) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            items = [((*here, index), inner) for index, inner in enumerate(value)]
            waiting += reversed(items)

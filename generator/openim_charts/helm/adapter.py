"""What the project asks of Helm: lint a chart, render a chart. Two back ends answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from openim_charts.findings import Severity

_PLACE = re.compile(r"([\w.-]+(?:/[\w.-]+)+\.(?:yaml|yml|tpl|txt|json)):(\d+)(?::(\d+))?")
_YAML = re.compile(r"YAML parse error on (\S+?): .*?(?:yaml: )?line (\d+)")


class LintSeverity(IntEnum):
    """Helm's own scale (helm.sh/helm pkg/lint/support/message.go)."""

    UNKNOWN = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, order=True, slots=True)
class LintMessage:
    """One line of ``helm lint``; ``path`` is relative to the chart's folder."""

    path: str
    severity: LintSeverity
    message: str

    @property
    def finding_severity(self) -> Severity | None:
        """The severity of a finding, None for what Helm only mentions (INFO)."""
        if self.severity >= LintSeverity.ERROR:
            return Severity.ERROR
        return Severity.WARNING if self.severity == LintSeverity.WARNING else None


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One rendered document; ``path`` is Helm's: CHART/templates/FILE or CHART/charts/SUB/…"""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """What ``helm template`` gives: both lists in the order in which Helm installs them."""

    manifests: tuple[RenderedFile, ...]
    hooks: tuple[RenderedFile, ...]
    notes: str

    @property
    def files(self) -> tuple[RenderedFile, ...]:
        """Manifests, then hooks."""
        return self.manifests + self.hooks


class HelmError(Exception):
    """Helm refuses a chart or its values.

    ``template`` (Helm's path), ``line`` and ``column`` are the innermost place that Helm names,
    "" and 0 where it names none; ``details`` are the separate faults (values that the schema
    refuses), sorted because Helm lists them in random order.
    """

    def __init__(self, text: str) -> None:
        self.template, self.line, self.column = _place(text)
        self.details = _schema_details(text)
        self.message = _short(text)
        super().__init__(self.message)

    @property
    def said(self) -> str:
        """The separate faults, else the whole message."""
        return "; ".join(self.details) or self.message


class Helm(Protocol):
    """A Helm engine. Calls may come from several threads at once."""

    @property
    def version(self) -> str:
        """Helm's version without "v", such as "4.3.1"."""

    def lint(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        kube_version: str,
        skip_schema: bool = False,
    ) -> list[LintMessage]:
        """Lint the packaged chart; messages are sorted. ``kube_version`` is "1.31" or "1.31.0".

        ``skip_schema`` leaves out values.schema.json, which Helm otherwise compiles twice (about
        1 ms for each KB of it); right where a rendering has checked the same values already.
        """

    def render(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        release: str,
        namespace: str,
        kube_version: str,
        api_versions: Iterable[str] = (),
    ) -> Rendering:
        """Render the packaged chart as a first install; no cluster is asked.

        Raises HelmError when Helm refuses the values or a template fails.
        """


def normal_version(kube_version: str) -> str:
    """``1.31`` or ``v1.31.0`` as Helm's flags want it: ``v1.31.0``."""
    bare = kube_version.removeprefix("v")
    return f"v{bare}" if bare.count(".") > 1 else f"v{bare}.0"


def _place(text: str) -> tuple[str, int, int]:
    found = list(_PLACE.finditer(text))
    if found:
        path, line, column = found[-1].groups()
        return path, int(line), int(column or 0)
    yaml = _YAML.search(text)
    return (yaml[1], int(yaml[2]), 0) if yaml else ("", 0, 0)


def _schema_details(text: str) -> tuple[str, ...]:
    if "meet the specifications of the schema" not in text:
        return ()
    lines = (line.strip() for line in text.splitlines()[1:])
    return tuple(sorted(line.removeprefix("- ") for line in lines if line.startswith("- ")))


def _short(text: str) -> str:
    text = text.split("\n\nUse --debug flag")[0].strip().removeprefix("Error: ")
    found = list(_PLACE.finditer(text))
    if not found:
        return text
    tail = " ".join(text[found[-1].end() :].split()).lstrip(")").removeprefix(":").strip()
    return tail or text

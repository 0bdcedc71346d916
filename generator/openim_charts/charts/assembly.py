"""The ``templates/`` folder of a chart, put together from its features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import Any

from openim_charts.charts.config import template_lines
from openim_charts.charts.feature_values import merged_values
from openim_charts.charts.features import TEMPLATE, Feature, Template
from openim_charts.charts.graph_view import GraphView
from openim_charts.charts.jinja import (
    Line,
    Lines,
    comment,
    expand,
    expand_scenarios,
    holds,
    indented,
    unmark,
    verbatim,
)
from openim_charts.charts.values import Tree, default_of
from openim_charts.findings import Finding, FindingsError, Location, collect
from openim_charts.specs.keys.feature import MODE
from openim_charts.specs.model import Catalog, ChartSpec
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.writer import dump

Origins = tuple[Location | None, ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Files of the chart with the origin of each of their lines."""

    files: Mapping[str, bytes]
    origins: Mapping[str, Origins]


class Assembler:
    """Renders the templates of one chart's features."""

    def __init__(
        self, spec: ChartSpec, catalog: Catalog, graph: GraphView, features: Sequence[Feature]
    ) -> None:
        self._spec = spec
        self._catalog = catalog
        self.graph = graph
        base: dict[str, Any] = {
            "chart": spec,
            "prefix": spec.name,
            "graph": graph,
            "catalog": catalog,
            "hook": self._hook,
        }
        base["files"] = [name.removesuffix(TEMPLATE) for f in features if f.own for name in f.files]
        given = frozenset(hook for feature in features for hook in feature.hooks)
        active = [f for f in features if holds(f, base | {"hooks": given})]
        self.features = tuple(active)
        provided = frozenset(name for f in active for name in f.provides.templates)
        self._context = base | {"provided": provided.__contains__}
        self._hooks_asked: set[str] = set()
        self._files_asked: set[str] = set()

    def context(self, feature: Feature) -> dict[str, Any]:
        """What a feature's templates see."""
        return self._context | {
            "options": self._spec.options.get(feature.name, {}),
            "file": partial(self._file_text, feature),
            "default_of": self._default_of,
        }

    def _default_of(self, name: str) -> Any:
        """The default that the chart has for one of its features' values."""
        return self._spec.values.get(name, default_of(self._values[name]))

    def _expand(self, feature: Feature, template: Template) -> str:
        return expand(template, self.context(feature))

    def _hook(self, name: str, indent: int = 0) -> str:
        self._hooks_asked.add(name)
        texts = [self._expand(f, f.hooks[name]) for f in self.features if name in f.hooks]
        return indented("".join(texts), indent)

    def _file_text(self, feature: Feature, name: str, indent: int = 0) -> str:
        """A file of the feature, else one beside the spec, with its text as it is or made."""
        for holder in (feature, *(f for f in self.features if f.own)):
            for file in (name, name + TEMPLATE):
                if file in holder.files:
                    template = holder.files[file]
                    self._files_asked.add(template.source)
                    made = file.endswith(TEMPLATE)
                    text = self._expand(feature, template) if made else verbatim(template)
                    return indented(text, indent, widths=made)
        raise LookupError(f"there is no file '{name}' in files/")

    @cached_property
    def _values(self) -> Tree:
        tree, first = merged_values(
            self.features, lambda f: f.values, self.context, "", self._named_at
        )
        return {key: {"section": first[key].section, **node} for key, node in tree.items()}

    def values(self) -> Tree:
        """The union of the active features' values, each with its section. Raises FindingsError."""
        return dict(self._values)

    def _named_at(self, feature: Feature) -> Location | None:
        """Where the spec names the feature; the chart's own folder is named nowhere."""
        if feature.own:
            return None
        return self._spec.origin("features", self._spec.features.index(feature.name))

    @staticmethod
    def _helpers_path(feature: Feature) -> str:
        """Where the chart has the named templates of one subject."""
        return "templates/_helpers.tpl" if feature.own else f"templates/_{feature.name}.tpl"

    def _lines(self, feature: Feature, template: Template | None) -> Lines:
        return unmark(self._expand(feature, template)) if template else ()

    def _notes(self) -> Lines:
        """NOTES.txt. What a feature says holds where its templates are rendered; the blank lines
        survive the conditions, and Helm takes off the first."""
        lines: list[Line] = []
        for feature in self.features:
            part = self._lines(feature, feature.notes)
            if part:
                lines += self._guarded(feature, "NOTES.txt", [("", None), *part])
        return lines

    def _config_template(self) -> Lines:
        lines: list[Line] = []
        for file in self._spec.config:
            head = f'{{{{- define "{self._spec.name}.config.{file.name}" -}}}}'
            lines += [
                *([("", None)] if lines else []),
                (f"{{{{/* {file.filename}: {comment(file.description)} */}}}}", file.location),
                (head, file.location),
                *template_lines(file, self._spec, self._catalog),
                ("{{- end }}", file.location),
            ]
        return lines

    def _guarded(self, feature: Feature, path: str, lines: Lines) -> Lines:
        """A template, rendered only where it has a purpose: one of a middleware where that is the
        chart's own, one of a chart with ``onlyWith`` where its condition holds.
        """
        condition = self._condition(feature, path)
        if not condition or not lines or path.endswith(".tpl"):
            return lines
        return [(f"{{{{- if {condition} }}}}", None), *lines, ("{{- end }}", None)]

    def _condition(self, feature: Feature, path: str) -> str:
        only = self._spec.only_with
        if only and not any(fnmatchcase(path, pattern) for pattern in only.exempt):
            choices = " ".join(f'"{value}"' for value in only.values)
            if len(only.values) == 1:
                return f"eq .Values.global.{only.path} {choices}"
            return f"has .Values.global.{only.path} (list {choices})"
        if not self.graph.provides:
            return ""
        dependency = self.graph.provides[0]
        own = next(mode for mode, name in dependency.modes.items() if name == self._spec.name)
        mode = own if feature.mode == MODE else feature.mode
        return f'eq .Values.global.{dependency.name}.mode "{mode}"'

    def assemble(self) -> Assembly:
        """All files below ``templates/``. Raises FindingsError with what is wrong with any."""
        makers: dict[str, Callable[[], Lines]] = {
            **{
                self._helpers_path(f): partial(self._lines, f, f.helpers)
                for f in self.features
                if f.helpers
            },
            "templates/_configuration.tpl": self._config_template,
            "templates/NOTES.txt": self._notes,
        }
        findings: list[Finding] = []
        for feature in self.features:
            for path, template in feature.templates.items():
                target = f"templates/{path}"
                if target in makers:
                    place, message = Location(template.source), f"{target} exists twice"
                    findings.append(Finding(place, "duplicate-template", message))
                makers[target] = partial(self._file, feature, path, template)
        made = {path: collect(make, findings) for path, make in makers.items()}
        if findings:
            raise FindingsError(findings)
        self._check_asked()
        kept = {path: lines for path, lines in made.items() if lines}
        return Assembly(
            {p: ("\n".join(line for line, _ in ls) + "\n").encode() for p, ls in kept.items()},
            {p: tuple(origin for _, origin in ls) for p, ls in kept.items()},
        )

    def _file(self, feature: Feature, path: str, template: Template) -> Lines:
        return self._guarded(feature, path, self._lines(feature, template))

    def _check_asked(self) -> None:
        """Raises FindingsError for files, and hooks in the chart's own folder, that no template
        asks for."""
        own = [feature for feature in self.features if feature.own]
        unasked = [
            Finding(
                Location(template.source),
                "unknown-hook",
                f"no template of the chart asks for the hook '{name}'"
                f"{hint(name, self._hooks_asked)}",
            )
            for feature in own
            for name, template in feature.hooks.items()
            if name not in self._hooks_asked
        ]
        for feature in self.features:
            for name, template in feature.files.items():
                if template.source not in self._files_asked:
                    message = (
                        f"no template of the chart asks for the file '{name}'; give the chart a "
                        "feature that does, or remove the file"
                    )
                    unasked.append(Finding(Location(template.source), "unread-file", message))
        if unasked:
            raise FindingsError(unasked)

    def scenarios(self) -> dict[str, bytes]:
        """``ci/NAME-values.yaml``: values with which every build renders the chart."""
        merged: dict[str, Any] = {}
        for feature in self.features:
            found = expand_scenarios(feature.scenarios, self.context(feature))
            for name, values in found.items():
                _merge(merged.setdefault(name, {}), values or {})
        return {f"ci/{name}-values.yaml": dump(values).encode() for name, values in merged.items()}


def _merge(target: dict[str, Any], added: Mapping[str, Any]) -> None:
    for key, value in added.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value

"""Rendered YAML passes yamllint."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.rendered import RenderedObject
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.checks.yaml_lint import lint_text
from openim_charts.specs.model import Catalog


class YamlStyle(ObjectRule):
    """yamllint with its default rules, save those that make no sense for rendered text."""

    id = "yamllint"
    summary = "yamllint has nothing to say about the rendered YAML."
    rationale = (
        "People read `helm template` and review its diff; trailing spaces, odd indentation and "
        "unquoted yes/no are also signs of a template that is nearly broken."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        for line, column, message in lint_text(obj.text):
            row = obj.text.splitlines()[line - 1].strip() if line <= obj.text.count("\n") else ""
            message = f"line {line}:{column} of the document: {message}: {row[:80]!r}"
            yield Problem(message, obj, row=line - 1)

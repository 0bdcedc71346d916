"""What is checked outside the rules, described like a rule for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openim_charts.charts.model import Chart
from openim_charts.checks.locate import to_finding
from openim_charts.checks.origins import Origins
from openim_charts.checks.rule import Problem, Rule
from openim_charts.checks.scenarios import RULE
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.adapter import RenderedFile
from openim_charts.specs.model import Catalog


class HelmLint(Rule):
    """Messages of ``helm lint``."""

    id = "helm-lint"
    summary = "helm lint has no warning and no error."
    rationale = "Helm's own view of the chart's metadata, values and templates comes first."


class HelmRender(Rule):
    """Failures of ``helm template``."""

    id = "helm-render"
    summary = "Helm renders the chart with default values and with each file in ci/."
    rationale = "A chart that does not render cannot be installed; ci/ covers its variants."


class ValuesAccepted(Rule):
    """Values refused by the chart's own schema."""

    id = RULE
    summary = "Default values and each file in ci/ satisfy values.schema.json."
    rationale = "The schema is strict, so a chart must satisfy it itself."


class RenderedYaml(Rule):
    """Rendered text that is not YAML, or has a key twice."""

    id = "rendered-yaml"
    summary = "What a template renders is YAML without duplicate keys."
    rationale = "Helm keeps the last of two equal keys without a word."


class VersionStep(Rule):
    """Versions that promise less change than there is; see generator/openim_charts/diff."""

    id = "version-step"
    summary = "With --base: a version is as large a step from the base as its changes ask for."
    rationale = (
        "Users read from a version what an upgrade asks of them; docs/versioning.md has the table."
    )


BUILT_IN: tuple[type[Rule], ...] = (HelmLint, HelmRender, RenderedYaml, ValuesAccepted, VersionStep)


def broken_yaml(
    chart: Chart,
    catalog: Catalog,
    file: RenderedFile,
    scenario: str,
    error: FindingsError,
    origins: Origins,
) -> Iterator[Finding]:
    """Findings for a document that cannot be read."""
    template = file.path.partition("/")[2]
    for finding in error.findings:
        row = _odd_one(file.text.splitlines(), finding.location.line)
        place, line = origins.place(template, file.text, row)
        problem = Problem(
            f"line {row} of the rendered document: {finding.message}",
            file=place,
            line=line,
            scenario=scenario,
        )
        yield to_finding(problem, RenderedYaml(), chart, catalog)


def _odd_one(rows: Sequence[str], line: int) -> int:
    """Which line of a document that cannot be read stands out: the one at which the parser stopped,
    or the one before, when its indentation is neither that of the lines around it."""
    texts = [(n, len(r) - len(r.lstrip())) for n, r in enumerate(rows, 1) if r.strip()]
    at = next((i for i, (number, _) in enumerate(texts) if number == line), 0)
    if 2 <= at < len(texts) - 1:
        above, before, here, after = (indent for _, indent in texts[at - 2 : at + 2])
        if here == after != before and above != before:
            return texts[at - 1][0]
    return line

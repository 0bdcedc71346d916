"""docs/checks.md: what each finding means, from the rules and from data/findings.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from openim_charts.checks.builtin import BUILT_IN
from openim_charts.checks.rule import ChartRule, ObjectRule, Rule, all_rules
from openim_charts.findings import Severity, UserError
from openim_charts.specs.suggest import hint

_INTRO = """\
# Checks

`openim-charts lint` and `openim-charts build` check every chart: Helm lints it and renders it with
its default values and with each values file in `ci/`; what is rendered is judged by the rules
below. Each finding names the line that can mend it: of a spec, of the folder beside it, or of a
feature. What one line does wrong in many charts, or many times in one, is one finding.

`openim-charts explain NAME` prints what this page says of one of them. `lint --select NAME` and
`lint --ignore NAME` choose among them. A spec that has a reason to break a rule gives it:

    ignore:
      - {rule: image-paths, because: The program makes the folder itself before it writes there.}

This page is generated from the rules; a new module in
`generator/openim_charts/checks/rules/` appears here.

"""
_OTHERS = """
# Other findings

What is said of specs, values files and other input, before a chart can be rendered.

| finding | what must hold |
| --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a finding means: what must hold, why, and an example of each."""

    id: str
    summary: str
    rationale: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR

    @property
    def text(self) -> str:
        """The explanation as Markdown, without its title."""
        blocks = {"Wrong": self.wrong, "Right": self.right}
        shown = "".join(f"\n{title}:\n\n{_code(text)}\n" for title, text in blocks.items())
        return f"{self.summary}\n\n{self.rationale}\n{shown}"


def _code(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").splitlines())


def _all_rules() -> list[Rule]:
    return sorted([*(rule() for rule in BUILT_IN), *all_rules()], key=lambda rule: rule.id)


@cache
def _explanations() -> Mapping[str, Explanation]:
    """All of them, by id. A rule says itself what it demands and why."""
    path = files("openim_charts.checks") / "data" / "findings.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))  # PyYAML, for an example has a tab
    rules = {rule.id: rule for rule in _all_rules()}
    found = {}
    for name, entry in data.items():
        rule = rules.get(name)
        found[name] = Explanation(
            name,
            rule.summary if rule else entry["summary"],
            rule.rationale if rule else entry["rationale"],
            entry["wrong"],
            entry["right"],
            rule.severity if rule else Severity.ERROR,
        )
    return found


def finding_ids() -> frozenset[str]:
    """The ids that findings can have."""
    return frozenset(_explanations())


def explained(name: str) -> str:
    """What the page says of one finding; UserError when there is none of that name."""
    known = _explanations()
    if name not in known:
        raise UserError(f"no finding is called '{name}'{hint(name, known)}")
    return f"{name} ({known[name].severity})\n{known[name].text}"


def checks_markdown() -> str:
    """The page: tables of the rules and of the other findings, each with its section below."""
    rules = _all_rules()
    known = _explanations()
    table = "| rule | looks at | severity | demands |\n| --- | --- | --- | --- |\n"
    table += "".join(
        f"| [`{rule.id}`](#{rule.id}) | {_scope(rule)} | {rule.severity} | {rule.summary} |\n"
        for rule in rules
    )
    names = [rule.id for rule in rules]
    others = [known[name] for name in sorted(known.keys() - set(names))]
    rows = "".join(f"| [`{other.id}`](#{other.id}) | {other.summary} |\n" for other in others)
    sections = [known[name] for name in names], others
    of_rules, of_others = ("".join(f"\n## {e.id}\n\n{e.text}" for e in part) for part in sections)
    return _INTRO + table + of_rules + _OTHERS + rows + of_others


def _scope(rule: Rule) -> str:
    if isinstance(rule, ObjectRule):
        return "each object"
    return "the chart" if isinstance(rule, ChartRule) or type(rule) in BUILT_IN else "the release"

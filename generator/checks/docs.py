"""docs/checks.md, written from the rules themselves."""

from __future__ import annotations

from generator.checks.builtin import BUILT_IN
from generator.checks.rule import ChartRule, ObjectRule, Rule, all_rules

_INTRO = """\
# Checks

`openim-charts lint` and `openim-charts build` check every chart: Helm lints it and renders it with
its default values and with each values file in `ci/`; what is rendered is judged by the rules
below. Each finding names the place in `chart-specs/` that can mend it and, in brackets, the
template line that wrote the object.

This page is generated from the rules; a new module in `generator/checks/rules/` appears here.

"""


def checks_markdown() -> str:
    """The page: a table of all rules, then what each demands and why."""
    rules = sorted([*(rule() for rule in BUILT_IN), *all_rules()], key=lambda rule: rule.id)
    table = "| rule | looks at | severity | demands |\n| --- | --- | --- | --- |\n"
    table += "".join(
        f"| [`{rule.id}`](#{rule.id}) | {_scope(rule)} | {rule.severity} | {rule.summary} |\n"
        for rule in rules
    )
    sections = "".join(f"\n## {rule.id}\n\n{rule.summary}\n\n{rule.rationale}\n" for rule in rules)
    return _INTRO + table + sections


def _scope(rule: Rule) -> str:
    if isinstance(rule, ObjectRule):
        return "each object"
    return "the chart" if isinstance(rule, ChartRule) or type(rule) in BUILT_IN else "the release"

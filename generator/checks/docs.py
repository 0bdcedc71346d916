"""docs/checks.md, written from the rules themselves."""

from __future__ import annotations

from generator.checks.builtin import BUILT_IN
from generator.checks.rule import ChartRule, ObjectRule, Rule, all_rules
from generator.findings import UserError
from generator.specs.suggest import hint

_INTRO = """\
# Checks

`openim-charts lint` and `openim-charts build` check every chart: Helm lints it and renders it with
its default values and with each values file in `ci/`; what is rendered is judged by the rules
below. Each finding names the line that can mend it: of a spec, of the folder beside it, or of a
feature. What one line does wrong in many charts, or many times in one, is one finding.

This page is generated from the rules; a new module in `generator/checks/rules/` appears here.

"""


def _all() -> list[Rule]:
    return sorted([*(rule() for rule in BUILT_IN), *all_rules()], key=lambda rule: rule.id)


def explained(name: str) -> str:
    """What the page says of one rule; UserError when there is none of that name."""
    rules = {rule.id: rule for rule in _all()}
    rule = rules.get(name)
    if rule is None:
        raise UserError(f"no rule is called '{name}'{hint(name, rules)}")
    return f"{rule.id} ({rule.severity})\n{rule.summary}\n{rule.rationale}\n"


def checks_markdown() -> str:
    """The page: a table of all rules, then what each demands and why."""
    rules = _all()
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

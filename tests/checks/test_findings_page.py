"""Every finding has a page: what must hold, why, a wrong and a right example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from openim_charts.checks.api import finding_ids
from openim_charts.checks.docs import checks_markdown
from openim_charts.checks.rule import all_rules
from openim_charts.cli.app import app
from tests.conftest import ROOT

PROGRAM = ROOT / "generator" / "openim_charts"
DATA = yaml.safe_load((PROGRAM / "checks" / "data" / "findings.yaml").read_text("utf-8"))
ID = re.compile(r"[a-z]+(-[a-z]+)*")


def _texts(tree: ast.AST, name: str) -> Iterator[str]:
    """Texts that a module's constant has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            yield from [str(node.value.value)] if name in targets else []


def _ids(node: ast.expr, tree: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*_ids(node.body, tree), *_ids(node.orelse, tree))
    elif isinstance(node, ast.Name):
        yield from _texts(tree, node.id)


def used() -> dict[str, str]:
    """Every id that a module gives to a finding by itself, with the module."""
    found: dict[str, str] = {}
    for file in PROGRAM.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            named = call.func.id if isinstance(call.func, ast.Name) else ""
            if named == "Finding" and len(call.args) > 1:
                found |= dict.fromkeys(_ids(call.args[1], tree), file.name)
    return found


def test_every_finding_is_explained() -> None:
    assert len(used()) > 60
    missing = {name: file for name, file in used().items() if name not in finding_ids()}
    assert not missing, "describe them in checks/data/findings.yaml"


def test_every_rule_has_examples_and_says_the_rest_itself() -> None:
    for rule in all_rules():
        assert DATA[rule.id].keys() == {"wrong", "right"}, rule.id


@pytest.mark.parametrize("name", sorted(DATA))
def test_an_explanation_is_whole(name: str) -> None:
    entry = DATA[name]
    assert ID.fullmatch(name)
    assert entry["wrong"].strip() != entry["right"].strip()
    shown = CliRunner().invoke(app, ["explain", name]).output
    assert "\nWrong:\n" in shown
    assert "\nRight:\n" in shown
    assert f"\n## {name}\n" in checks_markdown()


def test_the_small_trees_mistakes_are_explained() -> None:
    file = Path(ROOT, "tests", "specs", "mistakes.yaml")
    for case in yaml.safe_load(file.read_text("utf-8")):
        for said in case["expect"]:
            match = re.search(r":\d+:\d+: ([a-z-]+): ", said)
            assert match
            assert match[1] in DATA, said

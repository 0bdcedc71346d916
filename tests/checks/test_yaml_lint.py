"""The fast way finds what yamllint itself finds."""

from __future__ import annotations

import random

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from openim_charts.checks.yaml_lint import CONFIG, is_plain, lint_text
from tests.checks.test_rules import EXTRA, POD

TEXTS = [
    *POD.split("---\n"),
    *(text.replace("\n        ", "\n").strip() + "\n" for text in EXTRA.values()),
    """\
# A comment.
args: [run, "--all", --quiet, __meta, /data]
listen:
  - :9001
"on": {}
nested:
  # Another one.
  list:
  - -c
  - name: a
    text: |
      one: 1

      # not a comment
       two
    more: 'it''s'
  - "b: c"
  - |-
    last
  empty:
  deeper:
    - []
    -
      - x
    -
      y: z
    - http://host:1/x#y
  emptyDir: {sizeLimit: 1Gi}
  other: {"a b": "c"}
""",
]
SNIPPETS = [
    " ",
    "  ",
    "\n",
    "\t",
    "#",
    "# a",
    ",",
    ", ",
    ":",
    ": ",
    "-",
    "- ",
    "yes",
    "[",
    "]",
    "{ ",
    " }",
]
SNIPPETS += [
    "&a ",
    "*a",
    "'",
    '"',
    "~",
    "| \n",
    "---\n",
    "\n\n\n\n",
    "a: b\n",
    "\r",
    "é",
    "'a' : b\n",
    "#a\n",
    "[no, a]",
    "{no: a}",
    "{a: No}",
    "x#",
    "a:\n",
    "- |\n",
    "\u2028",
    "\n  ",
]


def expected(text: str) -> list[tuple[int, int, str]]:
    return [(p.line, p.column, p.message) for p in linter.run(text, YamlLintConfig(CONFIG))]


def parses(text: str) -> bool:
    try:
        list(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_mutated_documents(seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(60):
        text = chosen.choice(TEXTS)
        for _ in range(chosen.randint(1, 2)):
            place = chosen.randrange(len(text))
            cut = chosen.randint(0, 3)
            text = text[:place] + chosen.choice(SNIPPETS) + text[place + cut :]
        if parses(text):
            assert lint_text(text) == expected(text), text


def test_good_documents() -> None:
    for text in TEXTS:
        assert lint_text(text) == expected(text) == []


def test_usual_lines_need_no_tokens() -> None:
    assert is_plain(TEXTS[-1])

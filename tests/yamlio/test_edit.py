"""Changes to single keys of a text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from openim_charts.yamlio.edit import Changes, Text, flow

BLOCK = """\
# Above all.
outer:
  # About one.
  one: 1  # behind one

  # About two,
  # in two lines.
  two:
    - 2

  # Of nobody.

  three: |
    some text

# At the end.
other: null
"""
BRACES = "# Above all.\nouter: {one: 1, two: [2], three: 'some text'}\nother: null\n"
KEYS = ("one", "two", "three")


def _subsets() -> Iterator[tuple[str, ...]]:
    for size in range(len(KEYS) + 1):
        yield from itertools.combinations(KEYS, size)


@pytest.mark.parametrize("text", [BLOCK, BRACES], ids=["block", "braces"])
@pytest.mark.parametrize("gone", list(_subsets()), ids=lambda names: "-".join(names) or "none")
def test_keys_come_and_go_in_any_combination(text: str, gone: tuple[str, ...]) -> None:
    kept = [name for name in KEYS if name not in gone]
    for behind in ("", *kept):
        changes = Changes(Text(text, "a.yaml"))
        for name in gone:
            changes.remove(("outer", name))
        for name in ("new", "newer"):
            changes.add(("outer", name), [f"{name}: 9"], 9, behind)
        names = list(kept)
        names[names.index(behind) + 1 if behind else 0 : 0] = ["new", "newer"]
        outer = yaml.safe_load(str(changes))["outer"]
        assert list(outer) == names
        before = yaml.safe_load(text)["outer"]
        assert {name: outer[name] for name in kept} == {name: before[name] for name in kept}


def test_what_is_not_changed_stays_as_it_is_written() -> None:
    assert str(Changes(Text(BLOCK, "a.yaml"))) == BLOCK
    changes = Changes(Text(BLOCK, "a.yaml"))
    changes.put(("outer", "one"), 3)
    changes.put(("outer", "two"), [4, "a: b"])
    changes.rename(("outer", "three"), "four")
    changes.comment(("outer", "three"), ["Look at it."])
    assert str(changes) == (
        BLOCK.replace("one: 1  #", "one: 3  #")
        .replace("two:\n    - 2\n", "two: [4, 'a: b']\n")
        .replace("  three: |", "  # Look at it.\n  four: |")
    )


def test_a_key_goes_with_the_comment_right_above_it_alone() -> None:
    changes = Changes(Text(BLOCK, "a.yaml"))
    changes.remove(("outer", "two"))
    changes.remove(("outer", "three"))
    left = str(changes)
    assert "About two" not in left
    for comment in (
        "# Above all.",
        "# About one.",
        "# behind one",
        "# Of nobody.",
        "# At the end.",
    ):
        assert comment in left


def test_a_comment_on_what_is_in_braces_stands_above_them() -> None:
    changes = Changes(Text(BRACES, "a.yaml"))
    changes.comment(("outer", "two"), ["Look at it."])
    assert str(changes) == BRACES.replace("outer", "# Look at it.\nouter")


def test_comments_about_a_key_are_those_above_and_behind_it() -> None:
    text = Text(BLOCK, "a.yaml")
    assert text.comments(("outer", "one")) == ("About one.", "behind one")
    assert text.comments(("outer", "two")) == ("About two,", "in two lines.")
    assert text.comments(("outer", "three")) == ()
    assert Text(BRACES, "a.yaml").comments(("outer", "three")) == ()
    with pytest.raises(KeyError):
        text.comments(("outer", "none"))


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}]}, [], "", "a, b", "yes", 0.5, [["x: y"]]])
def test_a_value_on_one_line_is_read_back(value: Any) -> None:
    assert yaml.safe_load(f"k: {flow(value)}") == {"k": value}
    assert yaml.safe_load(f"[{flow(value)}]") == [value]

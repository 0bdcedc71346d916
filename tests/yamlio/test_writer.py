"""What is written comes back from Helm as the same data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from openim_charts.yamlio.reader import parse_plain
from openim_charts.yamlio.writer import dump, scalar
from tests.yamlio.hard_strings import HARD_STRINGS
from tests.yamlio.real_helm import command, embedded

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TRICKY = st.text(st.sampled_from("abyn0189xoe+-._:#,[]{}&*!|>'\"%@` \n\t?=~\\é"), max_size=12)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15, allow_subnormal=False)
SCALARS = TRICKY | TEXT | NUMBERS | st.booleans() | st.none()
DATA = st.dictionaries(
    TRICKY | TEXT,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TRICKY, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


def document(strings: list[str]) -> dict[str, Any]:
    return {
        "values": dict(enumerate_texts(strings)),
        "keys": dict.fromkeys(strings, 1),
        "list": strings,
        "nested": [[text, {text: [text]}] for text in strings],
    }


def enumerate_texts(strings: list[str]) -> list[tuple[str, str]]:
    return [(f"k{index}", text) for index, text in enumerate(strings)]


def without_nulls(value: Any) -> Any:
    """Helm drops null values from defaults before templates see them."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value


def test_hard_strings_survive_the_embedded_engine() -> None:
    data = document(HARD_STRINGS)
    assert embedded(dump(data)) == data


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_hard_strings_survive_the_command_line(helm: str, tmp_path: Path) -> None:
    data = document(HARD_STRINGS)
    assert command(helm, dump(data), tmp_path) == data


def test_hard_strings_survive_inline() -> None:
    """``scalar`` gives text for any place: behind a key, as a key, in brackets and braces."""
    for text in HARD_STRINGS:
        written = scalar(text)
        line = f"a: {written}\nb: [{written}, {{k: {written}}}]\n"
        if len(written) < 1000:
            line += f"{written}: 1\n"
            assert embedded(line)[text] == 1
        found = embedded(line)
        assert (found["a"], found["b"]) == (text, [text, {"k": text}])
        assert "\n" not in written


@settings(max_examples=100)
@given(DATA)
def test_any_data_survives(data: dict[str, Any]) -> None:
    written = dump(data)
    assert embedded(written) == data
    assert parse_plain(written, "x.yaml") == data if data else written == "{}\n"


def test_layout_is_that_of_helm_charts() -> None:
    data = {
        "list": ["a", {"name": "x", "args": ["--flag", "a, b"]}, [1, [2]], [], {}],
        "empty": {},
        "text": "two\nlines\n",
        "script": "  indented\nline",
        "map": {"deep": {"on": True, "y": None, "ratio": 0.5}},
        "long": "word " * 40 + "end",
    }
    assert (
        dump(data)
        == """\
list:
  - a
  - name: x
    args:
      - --flag
      - a, b
  - - 1
    - - 2
  - []
  - {}
empty: {}
text: |
  two
  lines
script: |2-
    indented
  line
map:
  deep:
    'on': true
    'y': null
    ratio: 0.5
long: """
        + "word " * 40
        + "end\n"
    )


def test_numbers_that_helm_would_change_are_refused() -> None:
    for number in (2**53 + 1, -(2**60), float("inf"), float("nan")):
        with pytest.raises(ValueError, match="Helm"):
            dump({"a": number})


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        dump({"a": {1, 2}})
    with pytest.raises(TypeError, match="key"):
        dump({1: "a"})


def test_no_line_has_trailing_space_where_yaml_allows_it() -> None:
    written = dump(document(HARD_STRINGS))
    assert not [line for line in written.splitlines() if line != line.rstrip(" \t")]
    assert yaml.safe_load(dump({"a": "x\n\ny\n"})) == {"a": "x\n\ny\n"}

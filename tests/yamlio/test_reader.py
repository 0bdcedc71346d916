"""What is read is what Helm reads, and mistakes are named at their place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openim_charts.findings import FindingsError
from openim_charts.yamlio.reader import parse, parse_plain, read
from tests.yamlio.real_helm import embedded

# fmt: off
PROBES = [
    "no", "off", "on", "yes", "y", "Y", "n", "No", "NO", "TRUE", "True", "true", "tRue", "false",
    "FALSE", "null", "Null", "NULL", "~", "nULL", "010", "0777", "0o10", "0O10", "08", "09",
    "0x1f", "0X1F", "0b11", "0B11", "1_000", "_1", "1e3", "1E+3", "1e-3", "1.5", "1.", ".5",
    "+.5", "-.5", "+1", "-1", "-0", "0", "00", "1.0", "12:30:45", "1:20", "2024-01-02", "1.2.3",
    "0x", "0b2", "0o9", "1_", "1__0", "1_000.5", "1e", "+e", "+", ".", "1e1000x",
    "9007199254740992", "-9007199254740992", "0x_1f", "0_7", "-010", "-0x10", "+0b1", "1e15",
    "1.5e300", "0.1", "017.5", "019", "0.0", "a",
    "._0", "-_0", ".1_0", ".1__0", ".1_e3", ".1e1_0", "0_x1", "b-c", "<<x", "=",
]
# fmt: on


@pytest.mark.parametrize("text", PROBES)
def test_plain_scalars_are_read_as_helm_reads_them(text: str) -> None:
    source = f"a: {text}\nb: [{text}]\n"
    ours, helms = parse_plain(source, "x.yaml"), embedded(source)
    assert ours == helms
    assert [type(v) is bool for v in ours.values()] == [type(v) is bool for v in helms.values()]


@settings(max_examples=300)
@given(st.text(st.sampled_from("0123789+-._eExXoObBfFyYnN:"), min_size=1, max_size=8))
def test_any_plain_scalar_is_read_as_helm_reads_it(text: str) -> None:
    source = f"a: {text}\n"
    document, findings = parse(source.encode(), "x.yaml")
    if findings or document is None:
        return
    helms = embedded(source)
    assert document.data == helms
    assert type(document.data["a"]) is not bool or type(helms["a"]) is bool


def test_merge_keys_and_aliases_are_read_as_helm_reads_them() -> None:
    source = """
base: &base {a: 1, b: [1, 2]}
more: &more {c: 3, a: 9}
one: {<<: *base, b: 2}
many: {<<: [*base, *more], d: *more}
quoted: {'<<': x}
"""
    assert parse_plain(source, "x.yaml") == embedded(source)


def test_places_of_keys_values_and_items() -> None:
    document, findings = parse(b"a: 1\nb:\n  c: [x, y]\n  d:\n    - e: f\n  g:\n", "x.yaml")
    assert document is not None
    assert findings == []
    places = {
        path: (str(document.key(path)), str(document.value(path)))
        for path in [
            ("a",),
            ("b", "c"),
            ("b", "c", 1),
            ("b", "d", 0),
            ("b", "d", 0, "e"),
            ("b", "g"),
        ]
    }
    assert places == {
        ("a",): ("x.yaml:1:1", "x.yaml:1:4"),
        ("b", "c"): ("x.yaml:3:3", "x.yaml:3:6"),
        ("b", "c", 1): ("x.yaml:3:10", "x.yaml:3:10"),
        ("b", "d", 0): ("x.yaml:5:7", "x.yaml:5:7"),
        ("b", "d", 0, "e"): ("x.yaml:5:7", "x.yaml:5:10"),
        ("b", "g"): ("x.yaml:6:3", "x.yaml:6:3"),
    }
    assert str(document.key(("b", "unknown", "deep"))) == "x.yaml:2:1"


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{key}: &{key} [{', '.join(f'*{below}' for _ in range(9))}]\n"
    for below, key in zip("abcdefgh", "bcdefghi", strict=True)
)

MISTAKES = [
    (b"a: [1, 2\nb: 3\n", ["2:2: yaml-syntax: a list in brackets is not closed"]),
    (b"a: 1\n b: 2\n", ["2:3: yaml-syntax: no key can stand here"]),
    (b"a: 'x\n", ["2:1: yaml-syntax: the quoted text is never closed"]),
    (b"a: @x\n", ["1:4: yaml-syntax: a text cannot start with this character"]),
    (b"a: *x\n", ["1:4: yaml-syntax: found undefined alias"]),
    (
        b"a: &x 1\nb: &x 2\n",
        ["2:4: yaml-syntax: found duplicate anchor; first occurrence on line 1"],
    ),
    (b"a: 1\nb: 2\na: 3\n", ["3:1: yaml-duplicate-key: duplicate key 'a', first on line 1"]),
    (b"a: {b: 1, b: 2}\n", ["1:11: yaml-duplicate-key: duplicate key 'b', first on line 1"]),
    (b"a:\n\tb: 1\n", ["2:1: yaml-tab: a tab"]),
    (b"a: 1\t# x\nb: 'x\ty'\n", ["1:5: yaml-tab: a tab", "2:6: yaml-tab: a tab"]),
    (b"a: 1\nb: \xff\n", ["2:4: yaml-encoding: byte 0xff is not UTF-8 text"]),
    (b"\xff\xfea\x00", ["1:1: yaml-encoding: byte 0xff is not UTF-8 text"]),
    ("a: é\x07\n".encode(), ["1:5: yaml-encoding: the character U+0007 is not allowed"]),
    (BOMB.encode(), ["4:4: yaml-anchor-bomb: aliases make this more than"]),
    (b"a: &a [*a]\n", ["1:4: yaml-anchor-bomb: the value holds an alias to itself"]),
    (b"a: " + b"[" * 5000, ["1:67: yaml-depth: nested more than 64 levels deep"]),
    (b"- " * 5000 + b"a", ["1:129: yaml-depth: nested more than 64 levels deep"]),
    (b"a: '{{ x }}'\n", ["1:5: template-in-text: '{{' starts template code"]),
    (b"a: {{ x }}\n", ["1:4: template-in-text: '{{' starts template code"]),
    (b"'[[ x ]]': 1\n", ["1:2: template-in-text: '[[' starts template code"]),
    (b"a: |\n  x\n  y [% z\n", ["3:5: template-in-text: '[%' starts template code"]),
    (b"a: [b, 'c [# d']\n", ["1:11: template-in-text: '[#' starts template code"]),
    (b'a: "\\x7b{ x"\n', ["1:4: template-in-text: '{{' starts template code"]),
    (b"", ["1:1: yaml-not-a-mapping: the file is empty"]),
    (b"# nothing\n", ["1:1: yaml-not-a-mapping: the file is empty"]),
    (b"- a\n", ["1:1: yaml-not-a-mapping: the file must hold a mapping"]),
    (b"text\n", ["1:1: yaml-not-a-mapping: the file must hold a mapping"]),
    (b"y: 1\n", ['1:1: yaml-key: the key y is a boolean to Helm; write "y" in quotes']),
    (
        b"1: 1\nnull: 2\n",
        ["1:1: yaml-key: the key 1 is a number", "2:1: yaml-key: the key null is"],
    ),
    (b"? [a]\n: b\n", ["1:3: yaml-key: a key must be text, not a list or mapping"]),
    (b"a: 1\n---\nb: 2\n", ["3:1: yaml-documents: a second document"]),
    (b"a: !secret x\n", ["1:4: yaml-tag: the tag !secret is not supported"]),
    (b"a: !!binary x\n", ["1:4: yaml-tag: the tag !!binary is not supported"]),
    (b"a: .inf\n", ["1:4: yaml-number: Helm refuses the number .inf"]),
    (b"a: 9007199254740993\n", ["1:4: yaml-number: Helm rounds integers beyond 2^53"]),
    (b"a: {<<: 1}\n", ["1:9: yaml-merge: '<<' takes a mapping"]),
    (b"a: 1\n" * 300_000, ["1:1: yaml-size: the file has 1,500,000 bytes"]),
]


@pytest.mark.parametrize(("content", "expected"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_named_at_their_place(content: bytes, expected: list[str]) -> None:
    _, findings = parse(content, "x.yaml")
    shown = [str(finding) for finding in sorted(findings)]
    assert len(shown) == len(expected)
    for line, start in zip(shown, expected, strict=True):
        assert line.startswith(f"x.yaml:{start}")


def test_all_mistakes_of_a_broken_file_are_found() -> None:
    source = b"""\
name: one
name: two
list: [1, 2
next: {{ x }}
y: 1
text: a: b
last: 'open
"""
    _, findings = parse(source, "x.yaml")
    rules = [(finding.location.line, finding.rule) for finding in sorted(findings)]
    assert rules == [
        (2, "yaml-duplicate-key"),
        (4, "yaml-syntax"),
        (4, "template-in-text"),
        (5, "yaml-key"),
        (6, "yaml-syntax"),
        (8, "yaml-syntax"),
    ]


def test_template_code_is_allowed_in_our_own_files() -> None:
    assert parse_plain("a: '{{ x }}'\n", "x.yaml") == {"a": "{{ x }}"}
    with pytest.raises(FindingsError, match=r"^x\.yaml:2:1: yaml-duplicate-key"):
        parse_plain("a: 1\na: 2\n", "x.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse_plain("\ufeffa: 1\n", "x.yaml") == {"a": 1}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    document, findings = read(tmp_path / "none.yaml", "specs/none.yaml")
    assert document is None
    assert [str(f) for f in findings] == [
        "specs/none.yaml:1:1: unreadable: the file cannot be read: No such file or directory"
    ]


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(st.sampled_from("a:-[]{}&*!|>'\"%@? \n#<,1"), max_size=40))
def test_any_bytes_give_data_or_findings(content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    document, findings = parse(data, "x.yaml")
    assert document is not None or findings
    assert all(finding.message and finding.location.line >= 1 for finding in findings)


def test_pyyaml_without_its_c_extension_is_named() -> None:
    code = "import sys; sys.modules['yaml._yaml'] = None; import openim_charts.yamlio.reader"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert "UserError: PyYAML was built without its C extension; install a binary" in result.stderr

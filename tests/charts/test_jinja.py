"""The compile-time language: what it leaves behind, and where each line came from."""

from __future__ import annotations

import pytest

from openim_charts.charts.features import Template
from openim_charts.charts.jinja import expand, indented, unmark, verbatim
from openim_charts.findings import FindingsError


def _lines(text: str, **context: object) -> list[tuple[str, int | None]]:
    rendered = unmark(expand(Template("f/t.yaml", text), context))
    return [(line, origin.line if origin else None) for line, origin in rendered]


def test_statements_leave_no_line_and_origins_follow_loops() -> None:
    text = "a: 1\n[% for n in names %]\n- [[ n ]]\n[% endfor %]\nb: 2\n"
    assert _lines(text, names=["x", "y"]) == [("a: 1", 1), ("- x", 3), ("- y", 3), ("b: 2", 5)]


def test_a_line_that_becomes_empty_is_dropped_but_blank_lines_stay() -> None:
    text = "a: 1\n[[ nothing ]]\n\nb: 2\n"
    assert _lines(text, nothing="") == [("a: 1", 1), ("", None), ("b: 2", 4)]


def test_helm_code_passes_through_unchanged() -> None:
    text = '{{- include "x" . | nindent 4 }} # {{ .Values.a }}\n'
    assert _lines(text) == [('{{- include "x" . | nindent 4 }} # {{ .Values.a }}', 1)]


def test_a_hook_moves_its_text_and_the_widths_in_it() -> None:
    part = "- name: a\n  b:\n    {{- toYaml . | nindent 4 }}\n"

    def hook(_name: str, indent: int = 0) -> str:
        return indented(expand(Template("f/hooks/s", part), {}), indent)

    found = _lines('env:\n  [[ hook("s") ]]\nend: 1\n', hook=hook)
    assert found == [
        ("env:", 1),
        ("  - name: a", 1),
        ("    b:", 2),
        ("      {{- toYaml . | nindent 6 }}", 3),
        ("end: 1", 3),
    ]


def test_a_file_is_taken_as_it_is() -> None:
    script = "#!/bin/bash\n[[ -e x ]] || echo '{{ .State }}' # [% [#\n\n  nindent 4\n"

    def file(_name: str, indent: int = 0) -> str:
        return indented(verbatim(Template("f/files/s", script)), indent, widths=False)

    found = _lines('s: |\n  [[ file("s") ]]\nend: 1\n', file=file)
    assert found == [
        ("s: |", 1),
        ("  #!/bin/bash", 1),
        ("""  [[ -e x ]] || echo '{{ "{{" }} .State }}' # [% [#""", 2),
        ("", None),
        ("    nindent 4", 4),
        ("end: 1", 3),
    ]


def test_an_empty_hook_leaves_no_line() -> None:
    found = _lines('a: 1\n  [[ hook("s") ]]\nb: 2\n', hook=lambda *_: "")
    assert found == [("a: 1", 1), ("b: 2", 3)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[ missing ]]\n", "'missing' is undefined"),
        ("ok\n\n[% for x in 3 %]\n[% endfor %]\n", ":3:1: feature-template: 'int' object is not"),
        ("ok\n[[ {}['x'].y ]]\n", ":2:1: feature-template: "),
        ("ok\n[% if %]\n", "Expected an expression"),
    ],
)
def test_mistakes_in_a_template_name_it(text: str, message: str) -> None:
    with pytest.raises(FindingsError, match=r"f/t\.yaml:[123]:1: feature-template") as caught:
        _lines(text)
    assert message in str(caught.value)

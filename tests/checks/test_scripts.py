"""What scripts start is read from their syntax."""

from __future__ import annotations

import pytest

from openim_charts.checks.scripts import FOUND, PASSED, Script, builtin, wrapped


def names(text: str) -> list[str | None]:
    return [call.words[0] for call in Script(text).calls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a x | b | c", ["a", "b", "c"]),
        ("(a; { b; }) && ! c || d &", ["a", "b", "c", "d"]),
        ("x=$(a `b`) y=1 c", ["c", "a", "b"]),
        ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
        ("until a; do b; done; while c; do d; done", ["a", "b", "c", "d"]),
        ("for i in $(a); do b; done", ["a", "b"]),
        ("case $(a) in x) b ;; *) c ;; esac", ["a", "b", "c"]),
        ("cat <<END\n$(a) grep\nEND\nb", ["cat", "a", "b"]),
        ("cat <<'END'\n$(a)\nEND\nb", ["cat", "b"]),
        ("f() { a; }\nf", ["a", "f"]),
        ('\'a\' "b c" \\\n d\n"e"', ["a", "e"]),
        ("# a\necho 'b; c' \"$(d)\"", ["echo", "d"]),
        ("exec 3<>/dev/tcp/h/1\na >&3", ["exec", "a"]),
        ('n=/opt/x\n"$n/a.sh" b\n${M:-/opt}/c', ["/opt/x/a.sh", "/opt/c"]),
        ("n=a\nn=b\n$n", [None]),
        ('"$1" x\n"$@"', [PASSED, PASSED]),
        ('s=$(command -v a || command -v b)\nexec "$s" c', ["exec"]),
    ],
)
def test_commands_of_a_script(text: str, expected: list[str | None]) -> None:
    assert names(text) == expected


def test_lines_and_variables() -> None:
    script = Script("set -eu\n\nexec \\\n  sleep $N $M", {"N": "5"})
    assert [(call.words, call.line) for call in script.calls] == [
        (("set", "-eu"), 1),
        (("exec", "sleep", "5", None), 3),
    ]
    found = Script('s=$(command -v a || command -v b)\nexec "$s"').calls[-1]
    assert found.words == ("exec", FOUND)


@pytest.mark.parametrize(
    ("text", "questions", "asked"),
    [
        ("command -v a >/dev/null || command -v b || exit 1", [("a", "b")], {"a", "b"}),
        ("a=$(command -v a)", [("a",)], {"a"}),
        ("if command -v a >/dev/null; then a; fi", [], {"a"}),
        ("command -v a && a", [], {"a"}),
        ("command a", [], set()),
    ],
)
def test_what_a_script_asks_for(
    text: str, questions: list[tuple[str, ...]], asked: set[str]
) -> None:
    script = Script(text)
    assert [question.names for question in script.questions] == questions
    assert script.asked == asked


def test_functions_that_start_what_they_are_given() -> None:
    script = Script('f() { timeout 4 "$@"; }\ng() { echo "$@"; }\nfunction h { "$1" x; }')
    assert script.functions == {"f": True, "g": False, "h": True}


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("timeout -k 1 -s TERM 5 a b", ["a", "b"]),
        ("/usr/bin/env -u X A=1 B=2 a", ["a"]),
        ("nice -n 5 a", ["a"]),
        ("xargs -n 1 -r a b", ["a", "b"]),
        ("exec -a name a", ["a"]),
        ("a b", []),
    ],
)
def test_programs_that_start_another(text: str, inner: list[str]) -> None:
    assert list(wrapped(text.split())) == inner


def test_what_a_shell_does_by_itself() -> None:
    assert builtin("printf", "sh")
    assert builtin("mapfile", "bash")
    assert not builtin("mapfile", "sh")
    assert not builtin("grep", "bash")


def test_a_script_that_cannot_be_parsed() -> None:
    assert Script("a\nif b; then\n  c )\nd").fault
    assert not Script("a\nif b; then\n  c\nfi").fault

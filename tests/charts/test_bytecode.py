"""What is kept of templates from one run to the next."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import jinja2
import pytest

from openim_charts.charts import bytecode
from openim_charts.charts.bytecode import template_of
from openim_charts.charts.jinja import environment


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kept = jinja2.FileSystemBytecodeCache(str(tmp_path))
    monkeypatch.setattr(bytecode, "_kept", lambda: kept)
    return tmp_path


def compiled(identity: str = "") -> tuple[str, bool]:
    """What the template renders, and whether Jinja compiled it."""
    env = jinja2.Environment()
    with patch.object(env, "compile", wraps=env.compile) as calls:
        return template_of(env, "a {{ 1 + x }}", identity).render(x=2), calls.called


def test_an_equal_template_is_compiled_once(folder: Path) -> None:
    assert compiled() == ("a 3", True)
    assert compiled() == ("a 3", False)
    assert compiled("other") == ("a 3", True)
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    assert compiled() == ("a 3", True)


@pytest.mark.parametrize("kept", [None, jinja2.FileSystemBytecodeCache("/surely/no/such/folder")])
def test_nothing_needs_to_be_kept(
    kept: jinja2.FileSystemBytecodeCache | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "_kept", lambda: kept)
    assert compiled() == ("a 3", True)


def test_no_filter_is_applied_before_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that changes would not be seen in what is kept."""
    env = environment()
    own = env.filters.keys() - jinja2.Environment().filters.keys()
    assert own == {"yaml", "scalar", "kebab", "comment"}
    for name in own:
        made = env.from_string(f"[[ 'x' | {name} ]]")
        monkeypatch.setitem(env.filters, name, jinja2.pass_context(lambda _, word: f"new {word}"))
        assert made.render() == "new x"

"""Where an export is written nothing is lost that it has not written itself."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from openim_charts.cli.app import app
from openim_charts.cli.export import command
from openim_charts.export.api import TARGETS, write_export
from openim_charts.findings import UserError
from tests.conftest import ROOT


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_export_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    written = write_export(out, "some", {"a/b.yaml": b"1", "c.yaml": b"2"})
    assert (written.changed, written.removed) == (("a/b.yaml", "c.yaml", "export.json"), ())
    before = (out / "c.yaml").stat()
    written = write_export(out, "some", {"c.yaml": b"2", "d.yaml": b"3"})
    assert (written.changed, written.removed) == (("d.yaml", "export.json"), ("a/b.yaml",))
    assert sorted(_tree(out)) == ["c.yaml", "d.yaml", "export.json"]
    assert (out / "c.yaml").stat().st_mtime_ns == before.st_mtime_ns
    assert write_export(out, "some", {"c.yaml": b"2", "d.yaml": b"3"}).changed == ()
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("notes.txt", "mine", "it holds 'notes.txt', which is no file of the export"),
        ("sub/new.yaml", "mine", "it holds 'sub/new.yaml', which is no file of the export"),
        ("a.yaml", "mine", "'a.yaml' was changed"),
        ("export.json", "{}", "its export.json is not one of an export"),
        ("export.json", None, "it holds 'a.yaml' and no export.json"),
    ],
)
def test_what_others_wrote_is_kept(tmp_path: Path, path: str, text: str | None, why: str) -> None:
    out = tmp_path / "out"
    write_export(out, "some", {"a.yaml": b"1"})
    if text is None:
        (out / path).unlink()
    else:
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_text(text)
    tree = _tree(out)
    with pytest.raises(UserError) as caught:
        write_export(out, "some", {"b.yaml": b"2"})
    assert str(caught.value) == (
        f"{out} is not just what was exported: {why}. It would be lost: move it away, or give a "
        "new folder"
    )
    assert _tree(out) == tree
    assert list(tmp_path.iterdir()) == [out]


def test_other_places_are_refused(tmp_path: Path) -> None:
    write_export(tmp_path / "out", "some", {"a.yaml": b"1"})
    with pytest.raises(UserError, match="is an export of the target 'some'; give another folder"):
        write_export(tmp_path / "out", "other", {"a.yaml": b"1"})
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file is a file: name a folder"):
        write_export(tmp_path / "file", "some", {"a.yaml": b"1"})


def test_the_command_writes_a_folder_and_names_mistakes(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        command = ["export", "manifests", "--root", str(ROOT), "--chart", "redis", *arguments]
        result = CliRunner().invoke(app, command, standalone_mode=False)
        return int(result.return_value or 0), result.output

    out = tmp_path / "out"
    assert run("--out", str(out), "--namespace", "im") == (
        0,
        f"{out}: {len(_tree(out)) - 1} files, {len(_tree(out))} new or changed, 0 removed\n",
    )
    assert b"namespace: im\n" in _tree(out)["kustomize/redis/objects.yaml"]
    code, output = run("--out", str(out), "--namespace", "Im")
    assert code == 2
    assert "--namespace Im: write at most 63 lower-case letters" in output
    code, output = run("--out", str(ROOT / "chart-specs"))
    assert code == 2
    assert "this is a folder of the project's sources" in output


def test_the_command_offers_every_target() -> None:
    [target] = [parameter for parameter in command.params if parameter.name == "target"]
    assert isinstance(target.type, click.Choice)
    assert set(target.type.choices) == set(TARGETS)

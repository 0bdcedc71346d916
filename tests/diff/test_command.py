"""``diff`` and ``lint --base`` on a copy of the project with a history of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from openim_charts.cli.main import run
from openim_charts.repository.api import publish, release_of
from openim_charts.repository.publish import PublishOptions
from tests.conftest import ROOT

SPEC = "chart-specs/front/openim-web-front.yaml"
IMAGE = "chart-specs/images/openim-web-front.yaml"
NAME = "openim-web-front"


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The specs alone, in their first commit: the installed generator compiles them."""
    for folder in ("chart-specs", "presets"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "LICENSE", tmp_path)
    (tmp_path / ".gitignore").write_text(".cache\n")
    git(tmp_path, "init", "--quiet", "-b", "main")
    commit(tmp_path)
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_version_that_is_too_small_a_step(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, SPEC, "changes:", "values: {replicaCount: 3}\nchanges:")
    edit(project, SPEC, "version: 1.0.0", "version: 1.0.1")
    line = (project / SPEC).read_text().splitlines().index("version: 1.0.1") + 1
    root = ("--root", project, "--quiet")
    code, out, _ = call(capsys, "lint", *root, "--base", "HEAD", NAME)
    assert code == 1
    assert f"{SPEC}:{line}:1: version-step: version 1.0.1 is too small a step" in out
    assert "a minor step, 1.1.0 or newer: default changed: replicaCount" in out
    code, out, _ = call(capsys, "diff", "HEAD", NAME, *root, "--format", "github")
    assert code == 0
    assert out.startswith(f"::error file={SPEC},line={line},col=1,title=version-step::")

    edit(project, SPEC, "version: 1.0.1", "version: 1.1.0")
    assert call(capsys, "lint", *root, "--base", "HEAD", NAME)[0] == 0
    found = json.loads(call(capsys, "diff", "HEAD", NAME, *root, "--format", "json")[1])
    assert [(d["from"], d["to"], d["step"], d["problem"]) for d in found] == [
        ("1.0.0", "1.1.0", "minor", "")
    ]
    changes = call(capsys, "diff", "HEAD", NAME, *root, "--changes")[1]
    assert changes.startswith(f"{NAME}:\n  changes:\n    - kind: changed\n")
    assert "Default changed: replicaCount" in changes
    lines = call(capsys, "diff", "HEAD", NAME, *root, "--changelog")[1]
    assert f"### Changed\n\n- {NAME} 1.1.0: Default changed: replicaCount" in lines


def test_versions_are_written_as_changes_ask_for_them(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = "chart-specs/chat/openim-admin-rpc.yaml"
    text = (project / part).read_text("utf-8")
    edit(project, part, "changes:", "values: {replicaCount: 3}\nchanges:")
    root = ("--root", project)
    code, _, err = call(capsys, "bump", "HEAD", "openim-admin-rpc", "openim-chat", *root)
    assert code == 0
    assert f"{part}: 1.0.0 becomes 1.1.0\n" in err
    assert "chart-specs/umbrella/openim-chat.yaml: 1.0.0 becomes 1." in err
    made = (project / part).read_text("utf-8")
    head, _, changes = made.partition("changes:\n")
    assert head == text.partition("changes:")[0].replace("version: 1.0.0", "version: 1.1.0") + (
        "values: {replicaCount: 3}\n"
    )
    assert changes.startswith("  - kind: changed\n    description: 'Default changed: replicaCount")
    assert call(capsys, "lint", *root, "--quiet", "--base", "HEAD", "openim-admin-rpc")[0] == 0
    again = call(capsys, "bump", "HEAD", "openim-admin-rpc", "openim-chat", *root)
    assert again[0] == 0
    assert again[2].endswith("0 specs written\n")
    assert (project / part).read_text("utf-8") == made


def test_a_base_is_compiled_by_its_own_generator(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generator", project / "generator", ignore=ignored)
    metadata = "generator/openim_charts/charts/metadata.py"
    edit(project, metadata, '"deprecated": spec.deprecated or None', '"deprecated": True')
    base = commit(project)
    shutil.rmtree(project / "generator")
    commit(project)
    code, out, _ = call(capsys, "diff", base, NAME, "--root", project, "--quiet")
    assert code == 0
    assert "no longer deprecated" in out
    kept = list((project / ".cache" / "openim-charts" / "base").iterdir())
    assert [folder.name for folder in kept] == [base]


def test_published_charts_as_the_base(
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    archive_of: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository = tmp_path_factory.mktemp("published")
    publish([release_of(archive_of[NAME], 0)], PublishOptions(str(repository)))
    root = ("--root", project, "--quiet")
    code, out, _ = call(capsys, "diff", repository, NAME, *root)
    assert (code, out) == (0, "nothing changed\n")
    archives = tmp_path_factory.mktemp("archives")
    (archives / "a.tgz").write_bytes(archive_of[NAME])
    edit(project, SPEC, "version: 1.0.0", "version: 0.9.0")
    code, out, _ = call(capsys, "lint", *root, "--base", archives, NAME)
    assert code == 1
    assert "version 0.9.0 is older than 1.0.0" in out


@pytest.fixture(scope="module")
def archive_of(charts: dict[str, object]) -> dict[str, bytes]:
    from openim_charts.charts.api import Chart
    from openim_charts.packaging.api import package

    chart = charts[NAME]
    assert isinstance(chart, Chart)
    return {NAME: package(chart, 315532800)}


@pytest.mark.parametrize("base", ["no-such-thing", "--all", "oci://example.org/charts"])
def test_a_base_that_is_none(base: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "diff", "--root", project, "--quiet", "--", base, NAME)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err


def test_a_breaking_change_is_annotated_where_it_is_decided(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key of a configuration file at its line, the application at its own, the rest at the
    version's."""
    config = "chart-specs/lines/server-v3.8.3/config/log.yaml"
    names = ("openim-rpc-group", "redis")
    edit(project, config, "minimum: 1, default: 24", "minimum: 2, default: 24")
    rows = (project / config).read_text("utf-8").splitlines()
    row = next(n for n, r in enumerate(rows, 1) if "minimum: 2, default: 24" in r)
    edit(project, SPEC, "appVersion: ", "appVersion: v99.0.0 # ")
    edit(project, IMAGE, "tag: ", "tag: v99.0.0 # ")
    front = (project / SPEC).read_text("utf-8").splitlines()
    app = next(n for n, r in enumerate(front, 1) if r.startswith("appVersion"))
    root = ("--root", project, "--quiet", "--format", "github")
    code, out, _ = call(capsys, "diff", "HEAD", *names, NAME, *root)
    assert code == 0
    found = [line for line in out.splitlines() if "title=breaking-change" in line]
    own, shared = sorted(line for line in found if "log.rotationTime" in line)
    for line in (own, shared):
        assert line.startswith(f"::warning file={config},line={row},")
    assert "tightened: config.log.rotationTime: minimum: 1 → 2" in own
    assert own.endswith("(in openim-rpc-group)")
    assert "tightened: global.config.server.log.rotationTime: minimum: 1 → 2" in shared
    assert shared.endswith(f"(in openim-rpc-group, redis, {NAME})"), "all accept it"
    (major,) = (line for line in found if "application: major step" in line)
    assert major.startswith(f"::warning file={SPEC},line={app},")

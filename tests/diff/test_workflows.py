"""What runs in CI: the files are valid, and nothing in them can do more than it must."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.cli.app import COMMANDS
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [
    *WORKFLOWS,
    ROOT / ".gitlab-ci.yml",
    ROOT / ".pre-commit-config.yaml",
    ROOT / ".pre-commit-hooks.yaml",
]


def test_actionlint_is_content() -> None:
    program = shutil.which(os.environ.get("ACTIONLINT", "actionlint"))
    if program is None:
        pytest.skip("no actionlint on PATH, and ACTIONLINT does not name one")
    done = subprocess.run([program, *WORKFLOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_the_least_they_need(path: Path) -> None:
    text = path.read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    assert data["permissions"] in ({}, {"contents": "read"})
    for name, job in data["jobs"].items():
        granted = job.get("permissions", data["permissions"])
        writes = {key for key, right in granted.items() if right == "write"}
        assert writes <= {"contents", "packages"}, name
        assert not writes or "pull_request" not in data[True], name
        assert "uses" in job or "timeout-minutes" in job, name
    for action in re.findall(r"uses: (\S+)", text):
        assert action.startswith("./") or re.search(r"@[0-9a-f]{40}$", action), action
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_hold_no_text_of_others(path: Path) -> None:
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    for job in data["jobs"].values():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), "pass it by env: it is text of others"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    assert yaml.safe_load(text)
    called = re.findall(r"openim-charts ([a-z]+(?:-[a-z]+)*)(?= )", text)
    assert set(called) <= {*COMMANDS, "which"}, path.name
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= targets


def test_no_tag_keeps_another_from_being_published() -> None:
    publish: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    group = publish["concurrency"]["group"]
    assert "github.ref " in group, "GitHub drops a waiting run of the same group for a newer one"
    gitlab: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    (tags,) = (rule for rule in gitlab["workflow"]["rules"] if rule["if"] == "$CI_COMMIT_TAG")
    assert tags["auto_cancel"] == {"on_new_commit": "none"}


def test_other_repositories_can_call_the_workflow() -> None:
    """Their checkout neither holds the tool nor a pyproject.toml by which packages are cached."""
    text = (ROOT / ".github/workflows/image-tag.yml").read_text("utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    (tool,) = [step["env"]["TOOL"] for step in job["steps"] if "TOOL" in step.get("env", {})]
    assert "hashFiles('chart-specs/repository.yaml')" in tool
    assert "git+{0}/openimsdk/openim-charts@{1}" in tool
    assert not any("cache" in step.get("with", {}) for step in job["steps"])


def test_gitlab_does_the_same() -> None:
    """Jobs for merge requests, the default branch and tags; their scripts are sound shell."""
    jobs: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
    scripts = {name: "\n".join(job["script"]) for name, job in jobs.items() if "script" in job}
    assert "diff" in scripts["changes"]
    assert "lint --base" in scripts["changes"]
    assert jobs["pages"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert jobs["pages"]["artifacts"]["paths"] == ["public"], "what GitLab Pages serves"
    assert jobs["registry"]["rules"] == [{"if": "$CI_COMMIT_TAG"}]
    for name in ("pages", "registry"):
        assert '--sign "$SIGNING_KEY"' in scripts[name]
        assert jobs[name]["resource_group"] == "publish", "one at a time"
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck on PATH")
    for name, script in scripts.items():
        command = [program, "--shell=bash", "--exclude=SC2086", "-"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name}: {done.stdout}"


def test_scripts_are_sound_shell() -> None:
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck on PATH")
    named = [ROOT / ".ci/run"] + [
        ROOT / "scripts" / n for n in ("build-openim", "fetch-debian", "test-nodes")
    ]
    done = subprocess.run([program, *named], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# A proxy that gives a module at the third try, except one that it never gives.
GO = """\
#!/bin/sh
case "$*" in
  "get -tool"*)
    echo . >>"$0.tries"
    case "$*" in *never*) exit 1 ;; esac
    [ "$(wc -l <"$0.tries")" -ge 3 ]
    ;;
  build*) shift 5 && echo built >"$1" && chmod +x "$1" ;;
esac
"""


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        ("install_go one example.com/one v1; ls $cache/bin", 0, "one"),
        (
            "optional two install_go two example.com/never v1; echo without $absent",
            0,
            "without two",
        ),
        ("install_go two example.com/never v1; echo not reached", 1, "== failed three times"),
    ],
)
def test_what_a_registry_does_not_give_is_tried_again(
    tmp_path: Path, call: str, code: int, said: str
) -> None:
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    functions = text[text.index("\nsay()") : text.index("\n# First everything")]
    (tmp_path / "go").write_text(GO)
    (tmp_path / "go").chmod(0o755)
    (tmp_path / "bin").mkdir()
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=f"{functions}\nsleep() {{ :; }}\ncache={tmp_path}\n{call}\n",
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith(said)

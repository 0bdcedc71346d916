"""Publishing to a branch: compare and retry."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.repository.api import Index, PublishOptions, parse_index, publish, withdraw
from tests.repository.processes import kill, start, wait
from tests.repository.samples import chart_release

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in CI: Git has no settings, not even a name."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    git(path, "config", "uploadpack.allowFilter", "true")
    return path


def git(path: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(path), *arguments], capture_output=True, check=True
    ).stdout


def to(remote: Path) -> PublishOptions:
    return PublishOptions(f"git+file://{remote}#gh-pages")


def check_whole(remote: Path) -> Index:
    index = parse_index(git(remote, "show", "gh-pages:index.yaml"), "index.yaml")
    names = git(remote, "ls-tree", "--name-only", "gh-pages").decode().split()
    assert {v.filename for v in index.versions()} <= set(names)
    return index


def commits(remote: Path) -> int:
    return int(git(remote, "rev-list", "--count", "gh-pages"))


def test_it_makes_the_branch_and_grows_it(remote: Path) -> None:
    first = publish([chart_release("one", "1.0.0"), chart_release("two", "1.0.0")], to(remote))
    assert [i.name for i in first.added] == ["one", "two"]
    page = {"index.html": b"<!doctype html>", "page/app.js": b"1"}
    publish([chart_release("one", "1.1.0")], to(remote), lambda *_: page)
    index = check_whole(remote)
    assert [v.version for v in index.entries["one"]] == ["1.1.0", "1.0.0"]
    archive = git(remote, "show", "gh-pages:one-1.0.0.tgz")
    assert archive == chart_release("one", "1.0.0").archive
    assert git(remote, "show", "gh-pages:page/app.js") == b"1"
    assert git(remote, "log", "-1", "--format=%s", "gh-pages") == b"Publish one 1.1.0\n"
    again = publish([chart_release("one", "1.1.0")], to(remote), lambda *_: page)
    assert (again.files, commits(remote)) == ((), 2)


def test_other_files_of_the_branch_stay(remote: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    git(tmp_path, "clone", "--quiet", str(remote), str(work))
    (work / "CNAME").write_text("charts.example.com\n")
    git(work, "checkout", "--quiet", "--orphan", "gh-pages")
    git(work, "add", "CNAME")
    git(work, "-c", "user.name=a", "-c", "user.email=a", "commit", "--quiet", "-m", "Name the site")
    git(work, "push", "--quiet", "origin", "gh-pages")
    with pytest.raises(UserError, match="holds CNAME, which would be replaced"):
        publish([chart_release("one", "1.0.0")], to(remote), lambda *_: {"CNAME": b"x"})
    publish([chart_release("one", "1.0.0")], to(remote))
    assert git(remote, "show", "gh-pages:CNAME") == b"charts.example.com\n"
    assert commits(remote) == 2


def test_a_changed_chart_is_refused(remote: Path) -> None:
    publish([chart_release("one", "1.0.0")], to(remote))
    with pytest.raises(UserError, match=r"one 1\.0\.0 changed .* give it version 1\.0\.1"):
        publish(
            [chart_release("one", "1.0.0", "changed"), chart_release("two", "1.0.0")], to(remote)
        )
    assert commits(remote) == 1


def test_withdrawing_is_a_commit(remote: Path) -> None:
    publish([chart_release("one", "1.0.0")], to(remote))
    withdraw(to(remote).to, "one", "1.0.0", "loses messages")
    index = json.loads(git(remote, "show", "gh-pages:index.yaml"))
    assert index["entries"]["one"][0]["deprecated"] is True
    assert b"loses messages" in git(remote, "log", "-1", "--format=%B", "gh-pages")


def test_publishers_at_once_lose_nothing(remote: Path) -> None:
    def work(number: int) -> None:
        publish([chart_release(f"chart-{number % 5}", f"1.0.{number}")], to(remote))

    assert wait([start(lambda n=n: work(n)) for n in range(20)]) == [0] * 20  # type: ignore[misc]
    assert sum(1 for _ in check_whole(remote).versions()) == 20
    assert commits(remote) == 20


def test_killed_at_any_moment_the_branch_is_whole(remote: Path) -> None:
    publish([chart_release("one", "1.0.0")], to(remote))
    chance = random.Random(4)
    known = 1

    def work(number: int) -> None:
        for step in range(100):
            publish([chart_release("one", f"2.{number}.{step}")], to(remote))

    for number in range(15):
        child = start(lambda n=number: work(n))  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.3))
        kill(child)
        found = sum(1 for _ in check_whole(remote).versions())
        assert found >= known
        known = found


def test_a_push_that_the_remote_forbids_is_one_clear_line(remote: Path) -> None:
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho branch is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(UserError, match=r"was refused: .*branch is protected"):
        publish([chart_release("one", "1.0.0")], to(remote))


def test_a_remote_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"git ls-remote failed for file://.*/none"):
        publish([chart_release("one", "1.0.0")], to(tmp_path / "none"))


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("git+https://example.com/x.git", r"say which branch: git\+URL#BRANCH"),
        ("git+--upload-pack=x#b", "say which branch"),
        ("git+https://example.com/x.git#--force", "say which branch"),
        ("https://example.com/charts", r"give a folder, git\+URL#BRANCH or oci://"),
        ("oci://registry.example.com/Upper", "the path in small letters"),
        ("oci:///charts", "it must be oci://REGISTRY/PATH"),
        ("", "give a folder"),
    ],
)
def test_targets_that_make_no_sense(target: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        publish([chart_release("one", "1.0.0")], PublishOptions(target))


def test_a_path_is_meant_from_here(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    publish([chart_release("one", "1.0.0")], PublishOptions("git+../remote.git#gh-pages"))
    assert check_whole(remote).find("one", "1.0.0")


def test_a_branch_in_the_way_is_no_race(remote: Path) -> None:
    publish([chart_release("one", "1.0.0")], PublishOptions(f"git+file://{remote}#gh-pages/a"))
    started = time.monotonic()
    with pytest.raises(UserError, match="'refs/heads/gh-pages/a' exists; cannot create"):
        publish([chart_release("one", "1.0.0")], to(remote))
    assert time.monotonic() - started < 30


def test_variables_of_another_repository_do_not_count(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git sets them for its hooks."""
    git(tmp_path, "init", "--quiet", "other")
    for name, path in (("DIR", ".git"), ("WORK_TREE", "."), ("INDEX_FILE", ".git/index")):
        monkeypatch.setenv(f"GIT_{name}", str(tmp_path / "other" / path))
    publish([chart_release("one", "1.0.0")], to(remote))
    for name in ("DIR", "WORK_TREE", "INDEX_FILE"):
        monkeypatch.delenv(f"GIT_{name}")
    assert check_whole(remote).find("one", "1.0.0")


def test_a_repository_with_sha256_names(tmp_path: Path) -> None:
    remote, work = tmp_path / "remote.git", tmp_path / "work"
    for options, path in ((["--bare"], remote), ([], work)):
        subprocess.run(["git", "init", "-q", "--object-format=sha256", *options, path], check=True)
    identity = ("-c", "user.name=a", "-c", "user.email=a")
    git(work, *identity, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    git(work, "push", "--quiet", str(remote), "HEAD:refs/heads/gh-pages")
    publish([chart_release("one", "1.0.0")], to(remote))
    publish([chart_release("one", "1.1.0")], to(remote))
    assert [v.version for v in check_whole(remote).entries["one"]] == ["1.1.0", "1.0.0"]

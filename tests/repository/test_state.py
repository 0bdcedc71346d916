"""A build that is up to date is seen as such, and nothing else is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from openim_charts.findings import Finding, Location, Severity
from openim_charts.repository.api import CheckCache, fingerprint, is_current, record, tool_identity
from tests.repository.processes import start, wait

FACTS = {"date": "1700000000"}


def project(root: Path) -> Path:
    (root / "specs/a").mkdir(parents=True)
    (root / "specs/a/x.yaml").write_text("name: x\n")
    (root / "specs/y.yaml").write_text("name: y\n")
    return root


def prints(root: Path, facts: dict[str, str] = FACTS) -> str:
    return fingerprint(root, ["specs", "absent"], facts)


def test_a_fingerprint_does_not_depend_on_place_or_time(tmp_path: Path) -> None:
    first, second = project(tmp_path / "1"), project(tmp_path / "2")
    os.utime(second / "specs/y.yaml", (1, 1))
    (second / "specs/__pycache__").mkdir()
    (second / "specs/__pycache__/x.pyc").write_bytes(b"x")
    assert prints(first) == prints(second)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "specs/y.yaml").write_text("name: z\n"),
        lambda root: (root / "specs/y.yaml").rename(root / "specs/z.yaml"),
        lambda root: (root / "specs/new.yaml").write_text(""),
        lambda root: (root / "specs/a/x.yaml").unlink(),
    ],
)
def test_every_change_of_a_source_changes_it(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    root = project(tmp_path)
    before = prints(root)
    change(root)
    assert prints(root) != before


def test_facts_change_it(tmp_path: Path) -> None:
    root = project(tmp_path)
    tool = tmp_path / "helm"
    tool.write_text("one")
    before = prints(root, {"helm": tool_identity(str(tool))})
    tool.write_text("other")
    assert prints(root, {"helm": tool_identity(str(tool))}) != before
    assert tool_identity(None) == ""


def built(root: Path) -> tuple[Path, Path]:
    dist, state = root / "dist", root / ".cache/openim-charts/build.json"
    (dist / "page").mkdir(parents=True)
    (dist / "index.yaml").write_text("{}")
    (dist / "page/a.js").write_text("aaa")
    record(state, "inputs", dist)
    return dist, state


def test_what_was_recorded_is_current(tmp_path: Path) -> None:
    dist, state = built(tmp_path)
    assert is_current(state, "inputs", dist)
    os.utime(dist / "index.yaml")
    assert is_current(state, "inputs", dist), "a new time with the same content is no change"
    assert not is_current(state, "other inputs", dist)


@pytest.mark.parametrize(
    "change",
    [
        lambda dist: (dist / "page/a.js").write_text("aab"),
        lambda dist: (dist / "page/a.js").unlink(),
        lambda dist: (dist / "more").write_text("x"),
        lambda dist: (dist / "index.yaml").write_text(""),
    ],
)
def test_a_touched_result_is_not_current(tmp_path: Path, change: Callable[[Path], object]) -> None:
    dist, state = built(tmp_path)
    change(dist)
    assert not is_current(state, "inputs", dist)


def test_a_change_that_leaves_size_and_time_is_seen(tmp_path: Path) -> None:
    """As one does that comes within the same tick of the kernel's clock as the build."""
    dist, state = built(tmp_path)
    file = dist / "page/a.js"
    now = file.stat().st_mtime_ns + 3600 * 10**9  # surely not before what comes next
    os.utime(file, ns=(now, now))
    record(state, "inputs", dist)
    file.write_text("aab")
    os.utime(file, ns=(now, now))
    assert not is_current(state, "inputs", dist)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"format": 1', b"\xff"])
def test_a_damaged_state_is_not_current(tmp_path: Path, damage: bytes) -> None:
    dist, state = built(tmp_path)
    state.write_bytes(damage)
    assert not is_current(state, "inputs", dist)


@pytest.mark.parametrize("files", [3, [], {}, None, {"a.tgz": 5}, {"a.tgz": [3]}, {"a.tgz": {}}])
def test_a_damaged_list_of_files_is_not_current(tmp_path: Path, files: object) -> None:
    dist, state = built(tmp_path)
    known = json.loads(state.read_bytes())
    name = next(iter(known["files"]))
    state.write_text(json.dumps(known | {"files": files}).replace("a.tgz", name))
    assert not is_current(state, "inputs", dist)


def test_a_link_that_leads_nowhere_is_not_current(tmp_path: Path) -> None:
    dist, state = built(tmp_path)
    (dist / "more").symlink_to("nothing")
    assert not is_current(state, "inputs", dist)


def test_a_file_that_goes_meanwhile_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist, state = built(tmp_path)
    real = os.lstat

    def lstat(path: str) -> os.stat_result:
        if path.endswith("a.js"):
            Path(path).unlink()
        return real(path)

    monkeypatch.setattr(os, "lstat", lstat)
    assert not is_current(state, "inputs", dist)
    (dist / "page/a.js").write_text("aaa")
    record(state, "others", dist)
    assert not is_current(state, "others", dist)


def test_a_record_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    dist, _ = built(tmp_path)
    (tmp_path / "file").write_text("")
    record(tmp_path / "file/state.json", "inputs", dist)
    assert not is_current(tmp_path / "file/state.json", "inputs", dist)


FINDING = Finding(Location("a.yaml", 3, 4), "rule", "it's wrong", Severity.WARNING, "t.yaml:9")


def test_the_cache_gives_back_what_was_put(tmp_path: Path) -> None:
    cache = CheckCache(tmp_path / "checks")
    key = cache.key("digest", "rules")
    assert cache.get(key) is None
    cache.put(key, [FINDING])
    cache.put(cache.key("clean"), [])
    (found,) = cache.get(key) or ()
    assert (found, found.severity) == (FINDING, Severity.WARNING)
    assert cache.get(cache.key("clean")) == ()
    assert cache.key("a", "bc") != cache.key("ab", "c")


def test_a_damaged_answer_is_none(tmp_path: Path) -> None:
    cache = CheckCache(tmp_path)
    cache.put(cache.key("x"), [FINDING])
    (path,) = tmp_path.glob("*/*.json")
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        assert cache.get(cache.key("x")) is None


def test_the_cache_forgets_what_was_not_used(tmp_path: Path) -> None:
    cache = CheckCache(tmp_path, limit=10)
    for number in range(25):
        cache.put(cache.key(str(number)), [])
    for path in tmp_path.glob("*/*.json"):
        os.utime(path, (1, 1))
    assert cache.get(cache.key("3")) == ()
    cache.prune()
    assert len(list(tmp_path.glob("*/*.json"))) == 10
    assert cache.get(cache.key("3")) == ()


def test_runs_at_once_share_a_cache(tmp_path: Path) -> None:
    def work() -> None:
        cache = CheckCache(tmp_path, limit=5)
        for number in range(100):
            key = cache.key(str(number % 10))
            assert cache.get(key) in (None, (FINDING,))
            cache.put(key, [FINDING])
            cache.prune()

    assert wait([start(work) for _ in range(4)]) == [0, 0, 0, 0]
    assert not list(tmp_path.glob("*/.*.tmp"))

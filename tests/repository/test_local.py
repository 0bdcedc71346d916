"""Writing dist/charts/: whole, or not at all."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.repository import files
from openim_charts.repository.api import Index, Release, parse_index, write_repository
from openim_charts.repository.release import ARTIFACT_HUB
from tests.repository.processes import kill, start, wait
from tests.repository.samples import chart_release


def page(index: Index) -> dict[str, bytes]:
    names = " ".join(index.entries)
    return {"index.html": names.encode(), "page/data.js": index.generated.encode()}


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if not p.is_dir()
    }


def identity(folder: Path) -> dict[str, tuple[int, int, int]]:
    stats = {p.as_posix(): p.stat() for p in [folder, *folder.rglob("*")]}
    return {name: (s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for name, s in stats.items()}


OLD = [chart_release("one", "1.0.0", "old"), chart_release("two", "1.0.0")]
NEW = [chart_release("one", "1.0.0", "new"), chart_release("three", "2.0.0")]


def test_it_holds_the_index_the_archives_and_the_page(tmp_path: Path) -> None:
    written = write_repository(tmp_path / "dist/charts", OLD, extras=page)
    assert written.changed == (
        "index.html", "index.yaml", "one-1.0.0.tgz", "page/data.js", "two-1.0.0.tgz",
    )  # fmt: skip
    found = content(tmp_path / "dist/charts")
    assert set(found) == set(written.changed)
    assert found["one-1.0.0.tgz"] == OLD[0].archive
    index = json.loads(found["index.yaml"])
    assert [e["urls"] for e in index["entries"]["one"]] == [["one-1.0.0.tgz"]]
    assert [p.name for p in (tmp_path / "dist").iterdir()] == ["charts"]


def test_what_is_told_to_artifact_hub_is_part_of_a_build(tmp_path: Path) -> None:
    def beside(index: Index) -> dict[str, bytes]:
        return {**page(index), ARTIFACT_HUB: b"owners: []\n", "presets/ha.yaml": b"a: 1\n"}

    write_repository(tmp_path / "charts", OLD, extras=beside)
    assert write_repository(tmp_path / "charts", NEW, extras=beside).removed == ("two-1.0.0.tgz",)
    assert write_repository(tmp_path / "charts", NEW).removed == (
        ARTIFACT_HUB, "index.html", "page/data.js", "presets/ha.yaml",
    )  # fmt: skip


def test_what_comes_while_charts_are_made_is_not_lost(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    write_repository(folder, OLD)

    def releases() -> Iterator[Release]:
        yield from NEW
        (folder / "notes.md").write_text("mine")

    with pytest.raises(UserError, match=r"it holds 'notes\.md'"):
        write_repository(folder, releases())
    assert (folder / "notes.md").read_text() == "mine"


def test_builds_of_other_versions_at_once_do_not_take_one_another_for_strangers(
    tmp_path: Path,
) -> None:
    end = time.monotonic() + 3
    failures: list[Exception] = []

    def build(version: str) -> None:
        made = [chart_release(name, version) for name in ("one", "two", "three")]
        try:
            while time.monotonic() < end:
                write_repository(tmp_path / "charts", made)
        except UserError as error:
            failures.append(error)

    threads = [threading.Thread(target=build, args=(f"{n}.0.0",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("damaged", [b"a: [", b"{}", b""])
def test_a_damaged_index_is_left_alone_and_says_how_to_go_on(
    tmp_path: Path, damaged: bytes
) -> None:
    write_repository(tmp_path, OLD)
    (tmp_path / "index.yaml").write_bytes(damaged)
    before = content(tmp_path)
    with pytest.raises(UserError, match=r"is refused: .* delete it and build again\.$"):
        write_repository(tmp_path, NEW)
    assert content(tmp_path) == before


def test_nothing_changed_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    write_repository(folder, OLD, extras=page)
    before = identity(folder)
    written = write_repository(folder, reversed(OLD), extras=page)
    assert written.unchanged
    after = identity(folder)
    # A link of a file, made to compare it and removed again, changes its ctime alone.
    assert {k: v[:2] for k, v in after.items()} == {k: v[:2] for k, v in before.items()}


def test_one_change_replaces_one_archive_and_removes_stale_ones(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    write_repository(folder, [*OLD, chart_release("four", "1.0.0")], extras=page)
    kept = (folder / "four-1.0.0.tgz").stat()
    written = write_repository(folder, [*NEW, chart_release("four", "1.0.0")], extras=page)
    assert written.changed == ("index.html", "index.yaml", "one-1.0.0.tgz", "three-2.0.0.tgz")
    assert written.removed == ("two-1.0.0.tgz",)
    assert (folder / "one-1.0.0.tgz").read_bytes() == NEW[0].archive
    again = (folder / "four-1.0.0.tgz").stat()
    assert (again.st_ino, again.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_everything_is_readable_by_a_web_server(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_repository(tmp_path / "charts", OLD, extras=page)
    finally:
        os.umask(before)
    for path in [tmp_path / "charts", *(tmp_path / "charts").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize(
    "name",
    [".git/config", "notes.docx", "src/main.py", "CNAME.txt", "own-1.0.0.tgz", "values.yaml"],
)
def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path: Path, name: str) -> None:
    write_repository(tmp_path / "charts", OLD)
    foreign = tmp_path / "charts" / name
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("mine")
    with pytest.raises(UserError, match=r"is not just what this tool built: it holds "):
        write_repository(tmp_path / "charts", NEW)
    assert foreign.read_text() == "mine"


def test_what_a_file_manager_leaves_does_not_matter(tmp_path: Path) -> None:
    write_repository(tmp_path / "charts", OLD)
    (tmp_path / "charts" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    assert write_repository(tmp_path / "charts", OLD).unchanged
    assert (tmp_path / "charts" / ".DS_Store").exists()
    written = write_repository(tmp_path / "charts", NEW)
    assert written.changed
    assert ".DS_Store" not in written.removed


def test_a_link_that_leads_nowhere_is_no_part_of_a_build(tmp_path: Path) -> None:
    write_repository(tmp_path / "charts", OLD)
    (tmp_path / "charts" / "index.html").symlink_to("nothing")
    (tmp_path / "charts" / "page").symlink_to("nothing")
    with pytest.raises(UserError, match="it holds 'page'"):
        write_repository(tmp_path / "charts", NEW)


def test_a_folder_without_index_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(UserError, match="no index"):
        write_repository(tmp_path, NEW)


def test_a_build_that_fails_half_way_leaves_the_old_state(tmp_path: Path) -> None:
    def releases() -> Iterator[Release]:
        yield NEW[0]
        raise UserError("a chart is broken")

    write_repository(tmp_path / "charts", OLD)
    before = content(tmp_path)
    with pytest.raises(UserError, match="a chart is broken"):
        write_repository(tmp_path / "charts", releases())
    assert content(tmp_path) == before


def test_a_chart_built_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"one 1\.0\.0 is built twice"):
        write_repository(tmp_path / "charts", [OLD[0], NEW[0]])
    assert list(tmp_path.iterdir()) == []


def write_for_ever(folder: Path) -> None:
    while True:
        for releases in (NEW, OLD):
            write_repository(folder, releases, extras=page)


def states(folder: Path) -> list[dict[str, bytes]]:
    found = []
    for releases in (OLD, NEW):
        write_repository(folder, releases, extras=page)
        found.append(content(folder))
    return found


def test_killed_at_any_moment_it_is_the_old_state_or_the_new(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    whole = states(folder)
    chance = random.Random(6)
    for _ in range(100):
        child = start(lambda: write_for_ever(folder))
        time.sleep(chance.uniform(0, 0.04))
        kill(child)
        assert content(folder) in whole
    write_repository(folder, OLD, extras=page)
    assert [p.name for p in tmp_path.iterdir()] == ["charts"], "leftovers of killed runs stay"


def test_readers_see_whole_states_while_two_builds_write(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    whole = states(folder)
    indexes = {state["index.yaml"]: state for state in whole}
    writers = [start(lambda: write_for_ever(folder)) for _ in range(2)]
    try:
        began = time.monotonic()
        seen: set[bytes] = set()
        # Longer when the writers get no time to run.
        while (taken := time.monotonic() - began) < 1.5 or (len(seen) < 2 and taken < 240):
            descriptor = os.open(folder, os.O_RDONLY)  # the folder as it is at one moment
            try:
                index = _read(descriptor, "index.yaml")
                one = _read(descriptor, "one-1.0.0.tgz")
            except FileNotFoundError:
                continue  # that folder was replaced, and is being removed
            finally:
                os.close(descriptor)
            seen.add(index)
            assert one == indexes[index]["one-1.0.0.tgz"]
        assert len(seen) == 2
    finally:
        for child in writers:
            kill(child)
    assert content(folder) in whole


def _read(folder: int, name: str) -> bytes:
    descriptor = os.open(name, os.O_RDONLY, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


def write_on_a_full_disk(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))  # as if 200 bytes were left for a file
    with pytest.raises(UserError, match="cannot be written"):
        write_repository(folder, [chart_release("one", "2.0.0", "x" * 5000)])


def test_a_full_disk_leaves_the_old_state(tmp_path: Path) -> None:
    write_repository(tmp_path / "charts", OLD, extras=page)
    before = content(tmp_path)
    assert wait([start(lambda: write_on_a_full_disk(tmp_path / "charts"))]) == [0]
    assert content(tmp_path) == before


def test_a_disk_that_fails_when_it_is_waited_for_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "charts"
    write_repository(folder, OLD, extras=page)
    before = identity(folder)

    def fails(path: Path) -> None:
        if path.name == "three-2.0.0.tgz":
            raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(files, "sync", fails)
    with pytest.raises(UserError, match=r"three-2\.0\.0\.tgz cannot be written: Input/output"):
        write_repository(folder, NEW, extras=page)
    after = identity(folder)
    assert {k: v[:2] for k, v in after.items()} == {k: v[:2] for k, v in before.items()}
    assert [p.name for p in tmp_path.iterdir()] == ["charts"]


def test_builds_at_once_in_one_process_lose_nothing(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=write_repository, args=(tmp_path / "charts", r)) for r in (OLD, NEW)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = content(tmp_path / "charts")
    index = parse_index(found.pop("index.yaml"), "index.yaml")
    assert {v.filename for v in index.versions()} == set(found)

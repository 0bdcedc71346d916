"""Publishing into a folder: nothing published is ever lost or changed."""

from __future__ import annotations

import gzip
import hashlib
import random
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.repository.api import (
    Index,
    PublishOptions,
    Release,
    parse_index,
    publish,
    release_of,
    render_index,
    serve,
    withdraw,
)
from tests.conftest import helm_command
from tests.repository.processes import kill, start, wait
from tests.repository.samples import DATE, chart_release

URL = "https://charts.example.com/openim"


def into(folder: Path, **more: object) -> PublishOptions:
    return PublishOptions(str(folder), **more)  # type: ignore[arg-type]


def index_of(folder: Path) -> Index:
    return parse_index((folder / "index.yaml").read_bytes(), "index.yaml")


def check_whole(folder: Path, url: str = "") -> Index:
    """Every archive that the index names is there and is what the index says."""
    index = index_of(folder)
    for version in index.versions():
        content = (folder / version.place(url)).read_bytes()
        assert hashlib.sha256(content).hexdigest() == version.digest
    return index


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def versions(index: Index) -> set[str]:
    return {version.filename for version in index.versions()}


def test_it_grows(tmp_path: Path) -> None:
    first = publish([chart_release("one", "1.0.0"), chart_release("two", "1.0.0")], into(tmp_path))
    assert [i.name for i in first.added] == ["one", "two"]
    later = 1_800_000_000
    second = publish([chart_release("one", "1.1.0", date=later)], into(tmp_path))
    assert [(i.version, i.place) for i in second.added] == [("1.1.0", "one-1.1.0.tgz")]
    assert second.files == ("one-1.1.0.tgz", "index.yaml")
    index = check_whole(tmp_path)
    assert versions(index) == {"one-1.0.0.tgz", "one-1.1.0.tgz", "two-1.0.0.tgz"}
    assert index.generated == "2027-01-15T08:00:00Z"


def test_publishing_the_same_again_touches_nothing(tmp_path: Path) -> None:
    releases = [chart_release("one", "1.0.0")]
    publish(releases, into(tmp_path))
    before = {p: p.stat().st_mtime_ns for p in [tmp_path / "index.yaml", *tmp_path.iterdir()]}
    again = publish([chart_release("one", "1.0.0", date=DATE)], into(tmp_path))
    assert (again.files, again.added, [i.name for i in again.kept]) == ((), (), ["one"])
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_urls_are_absolute_when_the_public_address_is_given(tmp_path: Path) -> None:
    result = publish([chart_release("one", "1.0.0")], into(tmp_path, url=URL))
    assert result.added[0].place == f"{URL}/one-1.0.0.tgz"
    publish([chart_release("one", "1.1.0")], into(tmp_path, url=URL))
    check_whole(tmp_path, URL)


def test_changed_charts_are_refused_all_at_once_with_the_next_version(tmp_path: Path) -> None:
    publish(
        [
            chart_release("one", "1.0.0"),
            chart_release("one", "1.0.1"),
            chart_release("two", "2.0.0"),
        ],
        into(tmp_path),
    )
    before = content(tmp_path)
    changed = [
        chart_release("one", "1.0.0", "changed"),
        chart_release("new", "1.0.0"),
        chart_release("two", "2.0.0", "changed"),
    ]
    with pytest.raises(UserError) as refused:
        publish(changed, into(tmp_path))
    lines = str(refused.value).splitlines()
    assert lines[0] == "nothing was published:"
    assert lines[1].startswith("  one 1.0.0 changed after it was published")
    assert lines[1].endswith("give it version 1.0.2")
    assert lines[2].endswith("give it version 2.0.1")
    assert content(tmp_path) == before


def test_versions_that_differ_only_in_build_metadata_are_refused(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0+a")], into(tmp_path))
    with pytest.raises(UserError, match=r"differ only in build metadata.* version 1\.0\.1"):
        publish([chart_release("one", "1.0.0+b")], into(tmp_path))


def test_the_same_chart_packed_by_another_compressor_is_kept_as_published(tmp_path: Path) -> None:
    release = chart_release("one", "1.0.0")
    publish([release], into(tmp_path))
    before = content(tmp_path)
    again = release_of(gzip.compress(gzip.decompress(release.archive), 1), DATE)
    assert again.digest != release.digest
    assert [i.digest for i in publish([again], into(tmp_path)).kept] == [f"sha256:{release.digest}"]
    assert content(tmp_path) == before


def test_a_withdrawn_version_says_why_and_stays(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0"), chart_release("one", "1.1.0")], into(tmp_path))
    archives = {n: c for n, c in content(tmp_path).items() if n != "index.yaml"}
    withdraw(str(tmp_path), "one", "1.0.0", "loses messages")
    publish([chart_release("one", "1.2.0")], into(tmp_path))
    entry = next(v for v in index_of(tmp_path).entries["one"] if v.version == "1.0.0").data
    assert entry["deprecated"] is True
    assert entry["annotations"] == {"charts.openim.io/withdrawn": "loses messages"}
    assert archives.items() <= content(tmp_path).items()


@pytest.mark.parametrize(
    ("name", "version", "reason", "why"),
    [
        ("one", "9.0.0", "x", r"one 9\.0\.0 is not in the repository: it has 1\.0\.0"),
        ("two", "1.0.0", "x", "it has no chart two"),
        ("one", "1.0.0", " ", "--reason: say in a few words"),
    ],
)
def test_what_cannot_be_withdrawn(
    tmp_path: Path, name: str, version: str, reason: str, why: str
) -> None:
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    with pytest.raises(UserError, match=why):
        withdraw(str(tmp_path), name, version, reason)


def test_lost_and_damaged_archives_are_seen(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0"), chart_release("one", "1.1.0")], into(tmp_path))
    path = tmp_path / "one-1.0.0.tgz"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    with pytest.raises(UserError, match=r"one-1\.0\.0\.tgz is not what was published"):
        publish([chart_release("one", "1.2.0")], into(tmp_path))
    path.unlink()
    with pytest.raises(
        UserError, match=r"has lost archives that its index names: one-1\.0\.0\.tgz"
    ):
        publish([chart_release("two", "1.2.0")], into(tmp_path))
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    assert path.read_bytes() == whole


def test_archives_without_an_index_are_not_overwritten(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    (tmp_path / "index.yaml").unlink()
    with pytest.raises(UserError, match=r"holds archives \(one-1\.0\.0\.tgz\) but no index"):
        publish([chart_release("two", "1.0.0")], into(tmp_path))
    publish([chart_release("one", "1.0.0")], into(tmp_path))  # as after a kill of the first publish
    check_whole(tmp_path)


@pytest.mark.helm
def test_all_that_keeps_a_place_from_being_taken_over_is_said_at_once(tmp_path: Path) -> None:
    """As on the branch gh-pages of openimsdk/helm-charts: three archives, an index of two bytes."""
    old = chart_release("old", "0.1.15")
    (tmp_path / old.filename).write_bytes(old.archive)
    (tmp_path / "index.yaml").write_bytes(b"# ")
    (tmp_path / "index.html").write_text("theirs")
    before = content(tmp_path)
    page = {"index.html": b"<!doctype html>"}
    new = [chart_release("one", "1.0.0")]
    with pytest.raises(UserError) as caught:
        publish(new, into(tmp_path), lambda *_: page)
    assert str(caught.value) == (
        f"{tmp_path} cannot be taken over as it is; nothing was written. "
        "(1) another tool wrote its index.yaml: give --adopt; "
        "(2) its index.yaml names no archive, and it holds old-0.1.15.tgz: write one that names "
        "them by 'helm repo index .' in it, or remove the archives if nobody needs them; "
        "(3) it holds index.html, which would be replaced: move them away"
    )
    assert content(tmp_path) == before
    helm = helm_command("helm3")
    subprocess.run([helm, "repo", "index", "."], cwd=tmp_path, check=True)
    (tmp_path / "index.html").unlink()
    publish(new, into(tmp_path, adopt=True), lambda *_: page)
    check_whole(tmp_path)
    assert (tmp_path / old.filename).read_bytes() == old.archive


@pytest.mark.parametrize("index", [None, b"apiVersion: v1\nentries: {}\n"])
def test_files_that_this_tool_did_not_write_are_not_replaced(
    tmp_path: Path, index: bytes | None
) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets/ha.yaml").write_text("mine")
    (tmp_path / "CNAME").write_text("mine")
    if index:
        (tmp_path / "index.yaml").write_bytes(index)
    before = content(tmp_path)
    page = {"index.html": b"<!doctype html>", "presets/ha.yaml": b"a: 1\n"}
    options = into(tmp_path, adopt=bool(index))
    with pytest.raises(UserError, match=r"holds presets/ha\.yaml, which would be replaced"):
        publish([chart_release("one", "1.0.0")], options, lambda *_: page)
    assert content(tmp_path) == before
    (tmp_path / "presets/ha.yaml").unlink()
    publish([chart_release("one", "1.0.0")], options, lambda *_: page)
    check_whole(tmp_path)
    assert (tmp_path / "CNAME").read_text() == "mine"
    more = page | {"presets/ha.yaml": b"a: 2\n"}
    publish([chart_release("one", "1.1.0")], into(tmp_path), lambda *_: more)
    assert (tmp_path / "presets/ha.yaml").read_bytes() == b"a: 2\n"


@pytest.mark.parametrize(
    ("obstacle", "why"),
    [("index.html/", "is a folder, where a file is"), ("page", "is a file, and files are")],
)
def test_what_is_in_the_way_is_found_before_anything_changes(
    tmp_path: Path, obstacle: str, why: str
) -> None:
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    path = tmp_path / obstacle
    path.mkdir() if obstacle.endswith("/") else path.write_text("")
    before = content(tmp_path)
    page = {"index.html": b"<!doctype html>", "page/app.js": b"1"}
    with pytest.raises(UserError, match=why):
        publish([chart_release("one", "1.1.0")], into(tmp_path), lambda *_: page)
    assert content(tmp_path) == before


def test_a_place_that_is_not_used_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no index"):
        withdraw(str(tmp_path / "a/b"), "one", "1.0.0", "broken")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file is a file: give a folder"):
        publish([chart_release("one", "1.0.0")], into(tmp_path / "file"))


def test_an_emptied_index_is_refused(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    (tmp_path / "index.yaml").write_bytes(render_index(Index({})))
    with pytest.raises(UserError, match="holds archives"):
        publish([chart_release("two", "1.0.0")], into(tmp_path))


def test_nothing_to_publish_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to publish"):
        publish([], into(tmp_path))


def test_corrupted_folders_lose_nothing(tmp_path: Path) -> None:
    """Damage any file; a publish either refuses, or the archives are as they were before it."""
    folder = tmp_path / "charts"
    published = [chart_release("one", f"1.{n}.0") for n in range(3)] + [
        chart_release("two", "1.0.0")
    ]
    publish(published, into(folder))
    clean = content(folder)
    chance = random.Random(3)
    new = chart_release("one", "2.0.0")
    refused = 0
    for _ in range(300):
        name = chance.choice([*clean, "index.yaml"])
        damaged = bytearray(clean[name])
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        else:
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(damaged)
        before = content(folder)
        try:
            publish([new], into(folder))
        except UserError:
            refused += 1
            assert content(folder) == before
        else:
            assert name.startswith("two"), "a damage of a chart that is published was not seen"
            after = content(folder)
            assert before.items() - after.items() <= {("index.yaml", before["index.yaml"])}
            assert versions(index_of(folder)) == {r.filename for r in [*published, new]}
            (folder / new.filename).unlink()
            (folder / "index.yaml").write_bytes(clean["index.yaml"])
        (folder / name).write_bytes(clean[name])
    assert refused > 200


def test_killed_at_any_moment_it_is_whole(tmp_path: Path) -> None:
    chance = random.Random(5)
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    known = versions(index_of(tmp_path))

    def publish_for_ever(number: int) -> None:
        for step in range(1000):
            publish(
                [
                    chart_release("one", f"2.{number}.{step}"),
                    chart_release("two", f"2.{number}.{step}"),
                ],
                into(tmp_path, url=URL),
                lambda plan, _: {"index.html": " ".join(versions(plan.index)).encode()},
            )

    longest = 0.12
    for number in range(100):
        child = start(lambda n=number: publish_for_ever(n))  # type: ignore[misc]
        time.sleep(chance.uniform(0, longest))
        kill(child)
        found = versions(check_whole(tmp_path, URL))
        # Where a publish takes longer, so do the kills.
        longest = longest if found - known else min(1.2 * longest, 10)
        assert known <= found, "a published version was lost"
        assert {n.replace("one", "two") for n in found - {"one-1.0.0.tgz"} if "one" in n} <= found
        known = found
    publish([chart_release("last", "1.0.0")], into(tmp_path, url=URL))
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    assert len(known) > 5, "the kills came too early to show anything"


def test_twenty_publishers_at_once_lose_nothing(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for step in range(3):
            publish([chart_release(f"chart-{number % 7}", f"1.{number}.{step}")], into(tmp_path))

    children = [start(lambda n=n: work(n)) for n in range(20)]  # type: ignore[misc]
    assert wait(children) == [0] * 20
    assert len(versions(check_whole(tmp_path))) == 60


def test_one_of_two_contents_for_a_version_wins(tmp_path: Path) -> None:
    def work(number: int) -> None:
        publish([chart_release("one", "1.0.0", f"content {number}")], into(tmp_path))

    children = [start(lambda n=n: work(n)) for n in range(6)]  # type: ignore[misc]
    assert sorted(wait(children)) == [0, 1, 1, 1, 1, 1]
    check_whole(tmp_path)


def test_a_full_disk_leaves_the_old_state(tmp_path: Path) -> None:
    publish([chart_release("one", "1.0.0")], into(tmp_path))
    before = content(tmp_path)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))  # the index is larger than that
        with pytest.raises(UserError, match="what is published is as it was"):
            publish([chart_release(f"c{n}", "2.0.0") for n in range(5)], into(tmp_path))

    assert wait([start(work)]) == [0]
    assert content(tmp_path) == before


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A live repository: its folder and its address."""
    folder = tmp_path / "live"
    publish([chart_release("one", "1.0.0"), chart_release("two", "1.0.0")], into(folder))
    server = serve(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, server.url
    server.close()
    thread.join()


@pytest.mark.parametrize("kind", ["url", "folder"])
def test_it_grows_from_a_base(tmp_path: Path, live: tuple[Path, str], kind: str) -> None:
    base = live[1] if kind == "url" else str(live[0])
    withdraw(str(live[0]), "one", "1.0.0", "broken")
    result = publish([chart_release("one", "1.1.0")], into(tmp_path / "new", base=base))
    assert set(result.files) == {"one-1.0.0.tgz", "two-1.0.0.tgz", "one-1.1.0.tgz", "index.yaml"}
    index = check_whole(tmp_path / "new")
    assert set(index_of(live[0]).versions()) < set(index.versions())
    again = publish([chart_release("one", "1.1.0")], into(tmp_path / "new", base=base))
    assert again.files == ()


def test_a_change_against_the_base_is_refused(tmp_path: Path, live: tuple[Path, str]) -> None:
    with pytest.raises(UserError, match=r"one 1\.0\.0 changed after it was published"):
        publish([chart_release("one", "1.0.0", "other")], into(tmp_path / "new", base=live[1]))
    assert not (tmp_path / "new/index.yaml").exists()


def test_a_damaged_base_is_refused(tmp_path: Path, live: tuple[Path, str]) -> None:
    (live[0] / "two-1.0.0.tgz").write_bytes(b"x")
    with pytest.raises(UserError, match=r"two-1\.0\.0\.tgz is not what was published"):
        publish([chart_release("one", "1.1.0")], into(tmp_path / "new", base=live[1]))
    (live[0] / "index.yaml").write_bytes((live[0] / "index.yaml").read_bytes()[:-20])
    with pytest.raises(UserError, match="cut short or changed"):
        publish([chart_release("one", "1.1.0")], into(tmp_path / "new", base=live[1]))
    assert content(tmp_path / "new") == {}


def test_a_base_that_is_not_there_is_one_clear_line(
    tmp_path: Path, live: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    for base, why in [
        (f"{live[1]}/none", r"none/index\.yaml cannot be fetched: HTTP 404"),
        ("http://127.0.0.1:1", "cannot be fetched: Connection refused"),
        (str(tmp_path / "none"), "cannot be read: No such file"),
    ]:
        with pytest.raises(UserError, match=why):
            publish([chart_release("one", "1.0.0")], into(tmp_path / "new", base=base))


def test_signatures_of_the_build_go_with_the_archives(tmp_path: Path) -> None:
    release = chart_release("one", "1.0.0")
    signed = Release(release.listed, release.archive, "signature")
    assert publish([signed], into(tmp_path)).files[:2] == ("one-1.0.0.tgz", "one-1.0.0.tgz.prov")
    other = Release(release.listed, release.archive, "another signature")
    assert publish([other], into(tmp_path)).files == ()
    assert (tmp_path / "one-1.0.0.tgz.prov").read_text() == "signature"

"""The index's text: what Helm reads, and that no damage passes."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.repository.api import Index, Version, parse_index, render_index
from openim_charts.repository.index import new_version, withdrawn
from tests.repository.samples import chart_release

VERSIONS = [
    chart_release(name, version).listed
    for name in ("zeta", "alpha")
    for version in ("1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1")
]
INDEX = Index.of(VERSIONS)
TEXT = render_index(INDEX)


def test_charts_by_name_and_versions_newest_first() -> None:
    data = json.loads(TEXT)
    assert list(data["entries"]) == ["alpha", "zeta"]
    order = ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.0.0"]
    assert [entry["version"] for entry in data["entries"]["alpha"]] == order
    assert data["apiVersion"] == "v1"
    assert data == {**INDEX.data, "annotations": data["annotations"]}


def test_dates_come_from_sources_and_generated_is_the_newest() -> None:
    new = chart_release("alpha", "3.0.0", date=1_800_000_000).listed
    data = json.loads(render_index(Index.of([*VERSIONS, new])))
    assert data["generated"] == data["entries"]["alpha"][0]["created"] == "2027-01-15T08:00:00Z"
    assert data["entries"]["zeta"][0]["created"] == "2023-11-14T22:13:20Z"


def test_annotations_that_only_the_archive_needs_are_left_out() -> None:
    metadata = {
        "apiVersion": "v2", "name": "a", "version": "1.0.0", "appVersion": 1.10,
        "annotations": {"artifacthub.io/changes": "- x", "example.com/kept": True},
    }  # fmt: skip
    entry = new_version(metadata, "0" * 64, "2023-11-14T22:13:20Z").data
    assert entry["annotations"] == {"example.com/kept": "true"}
    assert entry["appVersion"] == "1.1"


def test_the_text_does_not_depend_on_the_order_of_input() -> None:
    for seed in range(5):
        mixed = random.Random(seed).sample(VERSIONS, len(VERSIONS))
        assert render_index(Index.of(mixed)) == TEXT


def test_reading_is_the_inverse_of_writing() -> None:
    assert parse_index(TEXT, "index.yaml") == INDEX
    assert parse_index(render_index(Index({})), "index.yaml") == Index({})
    marked = Index.of([withdrawn(VERSIONS[0], 'loses "messages", \\ and 消息'), *VERSIONS[1:]])
    assert parse_index(render_index(marked), "index.yaml") == marked


def test_each_version_is_one_line_so_that_a_diff_shows_what_was_added() -> None:
    new = chart_release("alpha", "1.11.0").listed
    before = TEXT.splitlines()
    after = render_index(Index.of([*VERSIONS, new])).splitlines()
    assert [line for line in after[1:] if line not in before] == [new.line + b","]
    assert set(before[1:]) <= set(after)


def test_a_thousand_corruptions_are_all_refused() -> None:
    chance = random.Random(1)
    for _ in range(1000):
        damaged = bytearray(TEXT)
        kind = chance.randrange(5)
        start = chance.randrange(len(TEXT))
        if kind == 0:
            damaged[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del damaged[start:]
        elif kind == 2:
            del damaged[start : start + chance.randrange(1, 200)]
        elif kind == 3:
            damaged[start:start] = chance.randbytes(chance.randrange(1, 9))
        else:
            lines = TEXT.splitlines(keepends=True)
            lines[chance.randrange(len(lines))] = lines[chance.randrange(len(lines))]
            damaged = bytearray(b"".join(lines))
        if damaged == TEXT:
            continue
        with pytest.raises(UserError, match=r"index\.yaml is refused: .* Nothing was written"):
            parse_index(bytes(damaged), "index.yaml")


@pytest.mark.parametrize(
    "text", [b"", b"<!doctype html>", b"{}", b"apiVersion: v1\nentries: {}\n", b"\xff"]
)
def test_what_is_not_ours_is_refused(text: bytes) -> None:
    with pytest.raises(UserError, match="was not written by openim-charts"):
        parse_index(text, "index.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"<!doctype html>\n<p>not found</p>", "refused"),
        (b"apiVersion: v2\nentries: {}\n", "no index of a Helm repository"),
        (b"apiVersion: v1\n", "no entries"),
        (b"apiVersion: v1\nentries: {redis: 5}\n", "entry 'redis' is no list of versions"),
        (b"apiVersion: v1\nentries: {redis: {}}\n", "entry 'redis' is no list of versions"),
        (b"apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: v1\n", "no proper digest"),
        (
            b"apiVersion: v1\nentries:\n  a:\n  - {name: a, version: v1, urls: [x], digest: "
            + b"a" * 64 + b"}\n",
            "no proper version",
        ),
        *(
            (
                b"apiVersion: v1\nentries:\n  a:\n  - {name: a, version: 1.0.0, digest: "
                + b"a" * 64 + b", " + rest + b"}\n",
                why,
            )
            for rest, why in (
                (b"urls: ['']", "no proper urls"),
                (b"urls: ['https://x.example/a\\tb.tgz']", "no proper urls"),
                (b"urls: ['https://x.example/a\"b.tgz']", "no proper urls"),
                (b"urls: [x], annotations: [1]", "no proper annotations"),
            )
        ),
        (
            b"apiVersion: v1\nentries:\n  a:\n  - {name: b, version: 1.0.0, urls: [x], digest: "
            + b"a" * 64 + b"}\n",
            "stands under 'a'",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_over_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(UserError, match=why):
        parse_index(text, "index.yaml", adopt=True)


@pytest.mark.helm
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_helm_s_own_index_can_be_taken_over(helm: str, tmp_path: Path, form: list[str]) -> None:
    for version in VERSIONS:
        release = chart_release(version.name, version.version)
        (tmp_path / release.filename).write_bytes(release.archive)
    subprocess.run([helm, "repo", "index", *form, str(tmp_path)], check=True)
    adopted = parse_index((tmp_path / "index.yaml").read_bytes(), "index.yaml", adopt=True)

    def known(index: Index) -> list[tuple[str, str, str]]:
        return [(v.name, v.version, v.digest) for v in index.versions()]

    assert known(adopted) == known(INDEX)
    assert parse_index(render_index(adopted), "index.yaml") == adopted


def test_entries_equal_helm_s() -> None:
    """What ``helm repo index`` writes for an archive, but for the dates and the annotations."""
    release = chart_release("sample", "1.0.0")
    assert release.listed.data == {
        "apiVersion": "v2",
        "appVersion": "1",
        "created": "2023-11-14T22:13:20Z",
        "description": "A sample: 示例",
        "digest": release.digest,
        "icon": "https://example.com/icon.svg",
        "name": "sample",
        "urls": ["sample-1.0.0.tgz"],
        "version": "1.0.0",
    }


@pytest.mark.parametrize(
    ("url", "base", "place"),
    [
        ("a-1.0.0.tgz", "", "a-1.0.0.tgz"),
        ("a-1.0.0.tgz", "https://x/y", "a-1.0.0.tgz"),
        ("https://x/y/a-1.0.0.tgz", "https://x/y/", "a-1.0.0.tgz"),
        ("https://x/y/old/a-1.0.0.tgz", "https://x/y", "old/a-1.0.0.tgz"),
        ("https://other/a-1.0.0.tgz", "https://x/y", ""),
        ("../a-1.0.0.tgz", "", ""),
        ("/etc/a-1.0.0.tgz", "", ""),
    ],
)
def test_places_stay_below_the_index(url: str, base: str, place: str) -> None:
    version = Version("a", "1.0.0", "0" * 64, "2023-11-14T22:13:20Z", url, b"{}")
    assert version.place(base) == place

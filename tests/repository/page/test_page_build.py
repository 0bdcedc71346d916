"""The page's files: complete, the same each time, safe, and small."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

import tests.repository.page.page_samples as samples
from openim_charts.findings import UserError
from openim_charts.repository.page import KEYS, ChartDetails, build_page
from openim_charts.repository.page.data import keys_of, payload, script


@pytest.fixture(scope="module")
def page() -> dict[str, bytes]:
    return build_page(samples.index(), samples.details(), samples.INFO)


def test_every_chart_has_its_files(page: dict[str, bytes]) -> None:
    data = {path for path in page if path.startswith(("page/data", "page/graph"))}
    assert data == {
        "page/data/charts.js",
        "page/data/keys.js",
        "page/data/versions/everything.js",
        "page/data/versions/hostile.js",
        "page/data/versions/widget.js",
        "page/data/details/widget.js",
        "page/graph/widget.svg",
        "page/graph.svg",
    }
    assert page["page/graph/widget.svg"].decode() == samples.SVG


def test_the_list_shows_what_helm_would_install(page: dict[str, bytes]) -> None:
    charts = {c["name"]: c for c in payload(page["page/data/charts.js"])["charts"]}
    assert list(charts) == sorted(charts)
    assert charts["widget"]["version"] == "1.2.0"  # 1.10.0-rc.1 is newer, but a pre-release
    assert charts["widget"]["count"] == 3
    assert charts["widget"]["about"] == "What widget does."
    assert "details" not in charts["everything"]


def test_versions_are_ordered_and_keep_what_users_need(page: dict[str, bytes]) -> None:
    versions = payload(page["page/data/versions/widget.js"])["versions"]
    assert [v["version"] for v in versions] == ["1.10.0-rc.1", "1.2.0", "1.1.0"]
    assert versions[2]["deprecated"]
    assert versions[2]["reason"] == "Loses widgets."
    assert len(versions[0]["digest"]) == 64
    assert all("url" not in v for v in versions)  # all at the usual place below the index


def test_an_archive_elsewhere_keeps_its_address() -> None:
    index = {"entries": {"a": [samples.entry("a", "1.0.0", urls=["https://other.example/a.tgz"])]}}
    page = build_page(index, {}, samples.INFO)
    version = payload(page["page/data/versions/a.js"])["versions"][0]
    assert version["url"] == "https://other.example/a.tgz"


_BUILD = (
    "import hashlib, page_samples as s; from openim_charts.repository.page import build_page; "
    "page = build_page(s.index(), s.details(), s.INFO); "
    "print(hashlib.sha256(repr(sorted(page.items())).encode()).hexdigest())"
)


def test_the_same_input_gives_the_same_bytes() -> None:
    here = Path(__file__).parent
    root = here.parents[2]
    digests = set()
    for seed, zone, language in (("0", "UTC", "C"), ("99", "Asia/Kathmandu", "tr_TR.UTF-8")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONPATH": f"{root / 'generator'}{os.pathsep}{root}{os.pathsep}{here}",
        }
        done = subprocess.run(
            [sys.executable, "-c", _BUILD], env=environment, capture_output=True, check=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1


class _Scripts(HTMLParser):
    """Sources of the scripts of a document, and whether any is written in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag == "script":
            self.sources.append(dict(attrs).get("src") or "")


def test_text_of_charts_stays_text(page: dict[str, bytes]) -> None:
    html = page["index.html"].decode()
    parsed = _Scripts(html)
    assert not parsed.handlers
    assert all(source.startswith("page/") for source in parsed.sources)
    assert "script-src 'self'" in html
    for path, content in page.items():
        if path.startswith("page/data/"):
            found = list(samples.texts(payload(content)))
            assert b"\n" not in content[:-1]
            assert content.count(b"helmPage.receive(") == 1
            unescaped = re.sub(rb"\\.", b"", content)
            assert unescaped.count(b"'") == 4, path
            if path.endswith("charts.js"):
                assert samples.HOSTILE in found


def test_hostile_repository_texts_are_escaped() -> None:
    from dataclasses import replace

    info = replace(
        samples.INFO,
        title=samples.HOSTILE,
        description=samples.HOSTILE,
        values_file=samples.HOSTILE,
    )
    parsed = _Scripts(build_page({}, {}, info)["index.html"].decode())
    assert parsed.sources == [s for s in parsed.sources if s.startswith("page/")]
    assert not parsed.handlers


@pytest.mark.parametrize("text", ["", "'", "\\'", "a\\\\'b','c", "\u2028</script>", "你好", "\n"])
def test_data_comes_back_as_it_was(text: str) -> None:
    assert payload(script("name", {"a": [text, {text: 1}]})) == {"a": [text, {text: 1}]}


def test_nothing_is_loaded_from_elsewhere(page: dict[str, bytes]) -> None:
    for path, content in page.items():
        text = content.decode()
        if path.endswith((".css", "app.js", "boot.js")):
            assert not re.search(r"https?://(?!www\.w3\.org/)\w", text), path
    html = page["index.html"].decode()
    assert not re.findall(r'(?:src|srcset)="(?!page/)', html)
    assert set(re.findall(r'<link [^>]*href="([^"?]+)', html)) == {
        "page/icon.svg",
        "page/style.css",
    }


def test_files_that_a_page_names_exist(page: dict[str, bytes]) -> None:
    html = page["index.html"].decode()
    named = re.findall(r'(?:src|href)="(page/[^"?]+)', html)
    assert set(named) <= page.keys()


def test_details_that_are_not_given_are_kept(page: dict[str, bytes]) -> None:
    again = build_page(samples.index(), {}, samples.INFO, page[KEYS])
    assert "page/data/details/widget.js" not in again
    assert again[KEYS] == page[KEYS]
    assert again["page/data/charts.js"] == page["page/data/charts.js"]


def test_details_are_asked_for_the_newest_version() -> None:
    asked = []

    def details(name: str, version: str) -> ChartDetails | None:
        asked.append((name, version))
        return None

    build_page(samples.index(), details, samples.INFO)
    assert asked == [("everything", "2.0.0"), ("hostile", "0.1.0"), ("widget", "1.2.0")]


@pytest.mark.parametrize("damaged", [b"x", b"helmPage.receive('keys','{}');\n", b"\xff"])
def test_damaged_keys_are_refused(damaged: bytes) -> None:
    with pytest.raises(UserError, match="build the page anew"):
        build_page(samples.index(), {}, samples.INFO, damaged)


def test_keys_are_found_again(page: dict[str, bytes]) -> None:
    parts = keys_of(page[KEYS])["widget"]
    assert {key for part in parts for key in part} >= {"replicaCount", "storage.size"}


def _seconds(charts: int) -> float:
    """Time of the processor that the page of so many charts takes, at best."""
    index, found = samples.many(charts, 10), []
    for _ in range(3):
        start = time.process_time()
        build_page(index, {}, samples.INFO)
        found.append(time.process_time() - start)
    return min(found)


def test_ten_thousand_versions_cost_little() -> None:
    assert _seconds(1_000) < 30 * _seconds(100), "ten times the charts take ten times as long"
    page = build_page(samples.many(1_000, 10), {}, samples.INFO)
    assert len(page["index.html"]) < 16_000
    assert len(gzip.compress(page["page/data/charts.js"])) < 100_000
    assert sum(len(page[p]) for p in ("page/app.js", "page/style.css", "page/strings.js")) < 75_000


def test_a_chart_of_ten_thousand_versions_is_one_file() -> None:
    page = build_page(samples.many(1, 10_000), {}, samples.INFO)
    content = page["page/data/versions/chart-0000.js"]
    assert len(payload(content)["versions"]) == 10_000
    assert len(content) < 2_000_000


def test_an_empty_index_makes_a_page() -> None:
    page = build_page({"apiVersion": "v1", "entries": {}}, {}, samples.INFO)
    assert payload(page["page/data/charts.js"])["charts"] == []

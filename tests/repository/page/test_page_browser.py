"""The page as a reader uses it, in a real Chromium."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tests.repository.page.page_samples as samples
from openim_charts.repository.page import build_page

try:
    from playwright.sync_api import expect
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("playwright is not installed: the extra 'browser'", allow_module_level=True)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Open = Callable[..., Any]


def names(page: Any) -> list[str]:
    """Charts in the list, from top to bottom."""
    return page.locator("#list h3 a").all_inner_texts()


def wait_for_charts(page: Any, count: int = 3) -> None:
    expect(page.locator("#list li")).to_have_count(count)


def wait_until(page: Any, holds: Callable[[], Any], otherwise: str) -> None:
    """Not by wait_for_function, whose second try the page's security policy refuses."""
    deadline = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(20)


def link(page: Any, chart: str) -> Any:
    """The chart's link in the list."""
    return page.locator("#list h3 a", has_text=re.compile(f"^{chart}$"))


def wait_for_home(page: Any, count: int) -> None:
    """Wait until the list is shown again; while a chart is shown it is only hidden."""
    page.wait_for_selector("#home:not([hidden])")
    wait_for_charts(page, count)


def wait_for_picture(image: Any) -> None:
    """Wait until a picture is shown, which is loaded when it comes into view."""
    image.scroll_into_view_if_needed()
    image.evaluate("image => image.decode()")  # fails when it cannot be loaded
    assert image.evaluate("image => image.naturalWidth") > 0


def test_home_says_what_this_is_and_how_to_use_it(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    commands = " ".join(page.locator("#home pre.command code").all_inner_texts())
    assert "helm repo add samples https://charts.example.com/samples\n" in commands
    assert "helm upgrade --install everything samples/everything" in commands
    assert "--values samples.yaml" in commands
    assert "samples/samples.gpg\nhelm pull" in commands
    assert "&& cd everything-compose-small\nsh start.sh && echo <started>" in commands
    assert page.locator("#count").inner_text() == "3 charts"
    wait_for_picture(page.locator("#system img"))


SEARCHES = {
    "widg": ["widget"],
    "WHAT does": ["everything", "widget"],
    "odd": ["hostile"],
    "replicacount": ["widget"],
    "sample storage.size": ["widget"],
    "onerror=alert": ["hostile"],
    "nowhere": [],
}


def test_search_as_you_type(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    for query, expected in SEARCHES.items():
        page.locator("#query").fill("")
        page.locator("#query").press_sequentially(query)
        wait_for_charts(page, len(expected))
        assert sorted(names(page)) == expected
        assert not page.locator("#intro").is_visible()
        found = page.locator("#count").inner_text()
        assert found.startswith(f"{len(expected)} of 3" if expected else "No chart matches")


def test_a_values_key_that_matches_is_shown(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/?q=replicaCount")
    wait_for_charts(page, 1)
    assert page.locator("#list mark").all_inner_texts() == ["replicaCount"]


def test_keywords_filter(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    assert page.locator("#filters button").count() == 0  # every chart has the only shared keyword


def test_a_chart_shows_all_of_it(open_page: Open, address: str) -> None:
    page = open_page(address)
    page.get_by_role("link", name="widget").click()
    page.wait_for_selector("#chart h1")
    text = page.locator("#chart").inner_text()
    for part in (
        "1.2.0",
        "How many pods run.",
        "A picture.",
        "docker.io/example/widget:9.1",
        "MIT",
    ):
        assert part in text
    # Other charts look for its Service under the name INSTANCE-COMPONENT.
    assert "helm upgrade --install everything-widget samples/widget \\\n  --version 1.2.0" in text
    assert "--set global.instance=everything" in text
    assert "sha256sum --check" in text
    assert "Loses widgets." in text
    expect(page.locator("[data-title=values] tbody tr")).to_have_count(6)
    assert page.locator("[data-title=versions] tbody th a").all_inner_texts() == [
        "1.10.0-rc.1",
        "1.2.0",
        "1.1.0",
    ]
    wait_for_picture(page.locator("figure img").last)
    assert page.title() == "widget · Sample charts"


def test_a_chart_without_a_picture_asks_for_none(open_page: Open, address: str) -> None:
    """What its page does not have would be a complaint at the test's end."""
    page = open_page(address)
    wait_for_charts(page)
    for chart in ("everything", "widget", "everything"):
        page.locator("#query").fill(chart)
        wait_for_charts(page, 1)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#chart h1:has-text('{chart}')")
        page.wait_for_timeout(500)  # for what is asked for late
        page.keyboard.press("Escape")
        wait_for_home(page, 1)


def test_values_are_filtered(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget")
    page.locator("#values-filter").fill("size space")
    expect(page.locator("[data-title=values] tbody tr")).to_have_count(1)
    assert "storage.size" in page.locator("[data-title=values] tbody").inner_text()


def test_an_older_version_can_be_chosen(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget")
    page.locator("[data-title=versions] a", has_text="1.1.0").first.click()
    page.wait_for_selector("#chart h1:has-text('1.1.0')")
    assert "--version 1.1.0" in page.locator("[data-title=install]").inner_text()
    notes = " ".join(page.locator(".note").all_inner_texts())
    assert "Deprecated: Loses widgets." in notes
    assert "are those of 1.2.0" in notes


@pytest.mark.parametrize(
    ("hash", "message"),
    [("#/nothing", "no chart named nothing"), ("#/widget/9.9.9", "Version 9.9.9 is not here")],
)
def test_wrong_addresses_are_explained(
    open_page: Open, address: str, hash: str, message: str
) -> None:
    page = open_page(f"{address}{hash}")
    page.wait_for_selector(f".note:has-text('{message}')")


def test_a_readme_is_text_with_form(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget")
    page.locator("summary", has_text="README").click()
    readme = page.locator(".readme")
    expect(readme.locator("table")).to_have_count(2)
    assert readme.locator("em").inner_text() == "widgets"
    assert readme.locator("a").all_inner_texts() == ["the site"]
    assert readme.locator("li li").inner_text() == "nested"
    assert readme.locator("td").all_inner_texts() == ["a", "x | y", "b", "another table"]
    assert "REPEATED" not in readme.inner_text()
    assert '<b onclick="alert(4)">not bold</b>' in readme.inner_text()


def test_commands_are_copied(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget")
    block = page.locator("[data-title=install] pre")
    block.get_by_role("button").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("helm upgrade --install everything-widget samples/widget")
    assert "Copy" not in copied


def test_copying_works_without_a_secure_context(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("pre.command button").first.click()
    expect(page.locator("#announcer")).to_have_text("Copied")


def test_everything_is_done_with_the_keyboard(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    keys = page.keyboard
    keys.press("/")
    expect(page.locator("#query")).to_be_focused()
    keys.type("what")
    wait_for_charts(page, 2)
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(link(page, "widget")).to_be_focused()
    keys.press("ArrowUp")
    expect(link(page, "everything")).to_be_focused()
    keys.press("End")
    keys.press("Enter")
    expect(page.locator("#chart h1", has_text="widget")).to_be_focused()
    keys.press("Escape")
    wait_for_home(page, 2)
    expect(link(page, "widget")).to_be_focused()
    assert page.locator("#query").input_value() == "what"
    keys.press("Escape")
    expect(page.locator("#query")).to_be_focused()
    keys.press("Escape")
    wait_for_charts(page)
    assert page.url.endswith("#/")


def test_the_search_keeps_the_keyboard_that_it_has(open_page: Open, address: str) -> None:
    """Keys that follow one another faster than the address changes: Esc, then / at once."""
    page = open_page(f"{address}#/widget")
    expect(page.locator("#chart h1")).to_be_focused()
    page.evaluate(
        """() => {
          for (const key of ["Escape", "/"]) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
          }
        }"""
    )
    wait_for_home(page, 3)
    expect(page.locator("#query")).to_be_focused()


def test_enter_opens_the_best_match(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    page.locator("#query").fill("widget")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chart h1:has-text('widget')")


def test_the_tab_key_reaches_everything_in_order(open_page: Open, address: str) -> None:
    page = open_page(address)
    wait_for_charts(page)
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.innerText"))
    assert seen[0] == "Skip to the content"
    assert seen[2:5] == ["query", "language", "theme"]
    assert seen[5:7] == ["Copy", "Copy"]
    assert seen[7:10] == ["everything", "hostile", "widget"]


def test_back_and_forward_work(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/?q=widget")
    wait_for_charts(page, 1)
    page.get_by_role("link", name="widget").click()
    page.wait_for_selector("#chart h1")
    page.go_back()
    wait_for_home(page, 1)
    assert page.locator("#query").input_value() == "widget"
    page.go_forward()
    page.wait_for_selector("#chart:not([hidden]) h1")


@pytest.mark.parametrize(("language", "charts"), [("zh-CN", "Chart 列表"), ("de-DE", "Charts")])
def test_the_browsers_language_decides(
    open_page: Open, address: str, language: str, charts: str
) -> None:
    page = open_page(address, language=language)
    wait_for_charts(page)
    assert page.locator("#charts-title").inner_text() == charts


def test_language_can_be_switched_and_stays(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget")
    page.wait_for_selector("#chart h1")
    page.locator("#language").click()
    page.wait_for_selector("#chart h2:has-text('配置项')")
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.locator("#theme").get_attribute("aria-label") == "使用深色"
    page.reload()
    page.wait_for_selector("#chart h2:has-text('配置项')")
    assert "What widget does." in page.locator("#chart").inner_text()


def test_theme_follows_the_system_until_switched(open_page: Open, address: str) -> None:
    page = open_page(address, theme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.locator("#theme").click()
    light = page.evaluate(background)
    assert light != dark
    page.reload()
    assert page.evaluate(background) == light


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, address: str, language: str) -> None:
    page = open_page(address, width=375, language=language, has_touch=True)
    for hash in ("#/", "#/?q=e", "#/widget", "#/hostile"):
        page.goto(f"{address}{hash}")
        # The chart shown before is still there until the next one is loaded.
        chart = hash.removeprefix("#/").partition("?")[0]
        shown = (
            f"#chart:not([hidden]) h1:has-text('{chart}')"
            if chart
            else "#home:not([hidden]) #list li"
        )
        page.wait_for_selector(shown)
        for summary in page.locator("#chart summary:visible").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 375, hash


def test_targets_are_large_enough_for_fingers(open_page: Open, address: str) -> None:
    page = open_page(f"{address}#/widget", width=375)
    page.wait_for_selector("#chart h1")
    sizes = page.locator("button:visible").evaluate_all(
        "buttons => buttons.map(b => Math.min(b.offsetWidth, b.offsetHeight))"
    )
    assert min(sizes) >= 24


@pytest.mark.parametrize("hash", ["#/", "#/widget"])
def test_it_works_opened_as_a_file(
    open_page: Open, site: dict[str, bytes], tmp_path: Path, hash: str
) -> None:
    for path, content in site.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    page = open_page(f"{(tmp_path / 'index.html').as_uri()}{hash}")
    page.wait_for_selector("#list li" if hash == "#/" else "#chart [data-title=values] td")


def test_without_scripts_it_still_says_how_to_add_it(open_page: Open, address: str) -> None:
    page = open_page(address, java_script_enabled=False)
    assert "helm repo add samples" in page.locator("#intro").inner_text()
    assert "helm search repo samples" in page.locator("noscript").inner_text()


@pytest.fixture(scope="module")
def large(serve: Callable[..., str]) -> str:
    """A page of 10,000 versions of 1,000 charts."""
    return serve(build_page(samples.many(1_000, 10), {}, samples.INFO))


def test_the_first_paint_does_not_wait_for_the_list(open_page: Open, large: str) -> None:
    page = open_page("about:blank")
    held: list[Any] = []
    released = False
    page.route("**/data/*.js*", lambda route: route.continue_() if released else held.append(route))
    page.goto(large, wait_until="commit")
    page.wait_for_selector("h1")
    painted = "performance.getEntriesByName('first-contentful-paint').length"
    wait_until(page, lambda: page.evaluate(painted), "nothing is painted")
    assert page.locator("h1").is_visible()
    assert names(page) == []
    wait_until(page, lambda: held, "nobody asks for the data")
    released = True
    for route in held:
        route.continue_()
    wait_for_charts(page, 60)


def find_and_open(page: Any, charts: list[str]) -> float:
    """Search each chart, open it and go back: the seconds of its own that the page took at best."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    times = []
    for chart in charts:
        start = seconds()
        page.locator("#query").fill(chart)
        wait_for_charts(page, 1)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#chart h1:has-text('{chart}')")
        times.append(seconds() - start)
        page.keyboard.press("Escape")
        wait_for_home(page, 1)
    return min(times)


def test_ten_thousand_versions_stay_quick(open_page: Open, address: str, large: str) -> None:
    small = open_page(address)
    wait_for_charts(small)
    least = find_and_open(small, ["widget", "everything", "widget"])
    page = open_page(large)
    wait_for_charts(page, 60)
    charts = [f"chart-{number}" for number in ("0999", "0998", "0997")]
    assert find_and_open(page, charts) < 10 * least, "it takes about as long as with three charts"
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    wait_for_charts(page, 60)
    page.locator("#list + .more").click()
    wait_for_charts(page, 120)
    expect(link(page, "chart-0060")).to_be_focused()


def test_a_chart_of_ten_thousand_versions_opens(open_page: Open, serve: Callable[..., str]) -> None:
    page = open_page(f"{serve(build_page(samples.many(1, 10_000), {}, samples.INFO))}#/chart-0000")
    page.wait_for_selector("[data-title=versions] tbody tr")
    expect(page.locator("[data-title=versions] tbody tr")).to_have_count(20)
    page.locator(".more").click()
    expect(page.locator("[data-title=versions] tbody tr")).to_have_count(40)


def test_a_file_that_is_missing_is_said(
    open_page: Open, serve: Callable[..., str], site: dict[str, bytes]
) -> None:
    broken = {**site, "page/data/versions/widget.js": b"other();\n".replace(b"other()", b"void 0")}
    page = open_page(f"{serve(broken)}#/widget")
    page.wait_for_selector("[role=alert]:has-text('could not be loaded')")

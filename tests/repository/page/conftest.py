"""A real Chromium for the page: found on PATH or named by CHROMIUM, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import tests.repository.page.page_samples as samples
from openim_charts.repository.page import build_page
from openim_charts.repository.serve import Server
from tests.repository.page.page_checks import missing

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 240_000  # milliseconds; only what fails waits so long


def write(page: Mapping[str, bytes], directory: Path) -> Path:
    """The files of a page, in a folder."""
    for path, content in page.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return directory


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        missing("playwright is not installed: the extra 'browser'")
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if path is None:
        missing("no chromium on PATH, and CHROMIUM does not name one")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS, timeout=_PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Serves files over HTTP on loopback; gives the address."""
    servers = []

    def start(page: Mapping[str, bytes]) -> str:
        server = Server(write(page, tmp_path_factory.mktemp("site")))
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"{server.url}/index.html"

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def site() -> dict[str, bytes]:
    """The page of the sample repository, with its index beside it."""
    page = build_page(samples.index(), samples.details(), samples.INFO)
    return {**page, "index.yaml": b"apiVersion: v1\n"}


@pytest.fixture(scope="session")
def address(serve: Callable[..., str], site: dict[str, bytes]) -> str:
    """Where the sample page is served."""
    return serve(site)


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a fresh profile: ``open_page(url, width=…, theme=…, language=…)``.

    At the end of the test nothing may have been written to the console, nor asked of another host.
    """
    contexts = []
    complaints: list[str] = []
    asked: list[str] = []

    def start(
        url: str, width: int = 1280, theme: str = "light", language: str = "en-US", **more: Any
    ) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 812},
            color_scheme=theme,
            locale=language,
            permissions=["clipboard-read", "clipboard-write"],
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "file:///"))] == []

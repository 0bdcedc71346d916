"""Serving on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from openim_charts.findings import UserError
from openim_charts.repository.api import serve, write_repository
from openim_charts.repository.serve import Server
from tests.repository.samples import chart_release


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "charts"
    write_repository(
        folder,
        [chart_release("sample", "1.0.0"), chart_release("sample", "1.1.0-rc.1")],
        extras=lambda _: {"index.html": b"<!doctype html>", "page/app.js": b"1"},
    )
    (folder / ".secret").write_text("hidden")
    (tmp_path / "outside").write_text("outside")
    served = serve(folder)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield served
    served.close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("index.yaml", "application/yaml"),
        ("sample-1.0.0.tgz", "application/gzip"),
        ("page/app.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_have_their_types(server: Server, path: str, kind: str) -> None:
    answer = requests.get(f"{server.url}/{path}", timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize(
    "path", [".secret", "page/", "none", "%2e%2e/outside", "page/..%2f.secret"]
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    assert requests.get(f"{server.url}/{path}", timeout=60).status_code == 404


def test_a_port_in_use_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"port \d+ cannot be used: .*--port 0"):
        serve(tmp_path, int(server.url.rsplit(":", 1)[1]))


def test_nothing_built_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="build the charts first"):
        serve(tmp_path / "charts")


@pytest.mark.helm
def test_helm_uses_it(helm: str, server: Server, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        places = [f"--repository-{k}={tmp_path / k}" for k in ("config", "cache")]
        return subprocess.run(
            [helm, *arguments, *places], capture_output=True, text=True, check=True
        ).stdout

    run("repo", "add", "openim", server.url)
    found = run("search", "repo", "openim/", "--versions", "--devel")
    assert [line.split()[1] for line in found.splitlines()[1:]] == ["1.1.0-rc.1", "1.0.0"]
    run("pull", "openim/sample", "-d", str(tmp_path))
    assert (tmp_path / "sample-1.0.0.tgz").read_bytes() == chart_release("sample", "1.0.0").archive

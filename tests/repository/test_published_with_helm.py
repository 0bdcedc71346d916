"""The published folder in the hands of Helm's users."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openim_charts.repository.api import PublishOptions, publish, serve
from tests.repository.samples import chart_release

pytestmark = pytest.mark.helm
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with key.pgp, which signs, and ring.gpg, which verifies."""
    sequoia = pytest.importorskip("pysequoia")
    key = sequoia.Tsk.generate("Charts <charts@example.com>", profile=sequoia.Profile.RFC4880)
    (tmp_path / "key.pgp").write_bytes(bytes(key))
    (tmp_path / "ring.gpg").write_bytes(bytes(key.extract_certificate()))
    return tmp_path


@pytest.fixture
def served(keys: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "published"
    folder.mkdir()
    server = serve(folder)
    options = PublishOptions(str(folder), url=server.url, sign=str(keys / "key.pgp"))
    publish([chart_release("sample", "1.0.0"), chart_release("other", "1.0.0")], options)
    publish([chart_release("sample", "1.10.0"), chart_release("sample", "1.9.0")], options)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, server.url
    server.close()
    thread.join()


@pytest.fixture
def run(helm: str, tmp_path: Path) -> Run:
    places = [f"--repository-{k}={tmp_path / k}" for k in ("config", "cache")]

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [helm, *arguments, *places], capture_output=True, text=True, check=False
        )

    return call


def test_users_add_search_pull_and_verify(
    run: Run, served: tuple[Path, str], keys: Path, tmp_path: Path
) -> None:
    url = served[1]
    assert run("repo", "add", "openim", url).returncode == 0
    found = run("search", "repo", "openim/sample", "--versions").stdout.splitlines()[1:]
    assert [line.split()[1] for line in found] == ["1.10.0", "1.9.0", "1.0.0"]
    verify = ("--verify", "--keyring", str(keys / "ring.gpg"), "-d", str(tmp_path))
    done = run("pull", "openim/sample", *verify)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sample-1.10.0.tgz").read_bytes() == chart_release(
        "sample", "1.10.0"
    ).archive
    rendered = run("template", "x", "openim/sample", "--version", "1.9.0")
    assert "from: sample" in rendered.stdout
    if "v4" in run("version", "--short").stdout:  # Helm 3 asks a cluster even to pretend
        assert run("install", "x", "openim/sample", "--dry-run=client").returncode == 0


def test_a_changed_byte_is_refused(
    run: Run, served: tuple[Path, str], keys: Path, tmp_path: Path
) -> None:
    folder, url = served
    run("repo", "add", "openim", url)
    verify = ("--verify", "--keyring", str(keys / "ring.gpg"), "-d", str(tmp_path))
    archive = folder / "sample-1.0.0.tgz"
    whole = archive.read_bytes()
    archive.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    assert run("pull", "openim/sample", "--version", "1.0.0", *verify).returncode != 0
    archive.write_bytes(whole)
    provenance = folder / "sample-1.0.0.tgz.prov"
    provenance.write_text(provenance.read_text().replace("version: 1.0.0", "version: 1.0.1"))
    assert run("pull", "openim/sample", "--version", "1.0.0", *verify).returncode != 0

"""Images in a real registry on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openim_charts.cli.main import run
from openim_charts.image import Image
from openim_charts.images.check import check_images
from tests.cli.projects import make_project
from tests.images.pushing import push_image, push_index
from tests.registry import RunningRegistry

pytestmark = pytest.mark.usefixtures("no_login")


def test_what_the_registry_has(registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # one registry never answers
    host = registry.host
    digest = push_index(host, "app/both", "1.0", "amd64", "arm64")
    push_index(host, "app/half", "1.0", "amd64", "s390x")
    push_image(host, "app/one", "1.0", "amd64")
    images = [
        Image(host, "app/both", "1.0"),
        Image(host, "app/both", "1.0", digest),
        Image(host, "app/both", "1.0", f"sha256:{'0' * 64}"),
        Image(host, "app/half", "1.0"),
        Image(host, "app/one", "1.0"),
        Image(host, "app/both", "2.0"),
        Image("127.0.0.1:1", "app/both", "1.0"),
    ]
    both, pinned, moved, half, one, missing, dead = check_images(images)
    assert (both.digest, both.platforms, both.problem) == (
        digest, ("linux/amd64", "linux/arm64"), "",
    )  # fmt: skip
    assert (pinned.digest, pinned.problem) == (digest, "")
    assert (moved.digest, moved.moved) == (digest, True)
    assert moved.problem == f"the tag stands for {digest} now"
    assert half.problem == one.problem == "there is none for linux/arm64"
    assert one.platforms == ("linux/amd64",)
    assert missing.problem == "the registry does not have it"
    assert "ConnectionError" in dead.problem


def test_the_command_writes_what_the_registry_says(
    registry: RunningRegistry,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One image is there and is pinned; the others are told of and left as they are."""
    digest = push_index(registry.host, "shop/alpha", "v1", "amd64", "arm64")
    project = make_project(root, tmp_path)
    repository = project.specs / "repository.yaml"
    allowed = "registries: [docker.io"
    text = repository.read_text("utf-8")
    repository.write_text(text.replace(allowed, f'{allowed}, "{registry.host}"'), "utf-8")
    for name in ("alpha", "beta"):
        facts = project.image(name).read_text("utf-8")
        project.image(name).write_text(f'registry: "{registry.host}"\n{facts}', "utf-8")
    before = project.image("beta").read_text("utf-8")
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("openim_charts.images.check._HOSTS", {"docker.io": "127.0.0.1:1"})
    code = run(["images", "--pin", "--format", "json", "--root", str(tmp_path)])
    said = capsys.readouterr()
    rows = {row["image"]: row["found"]["problem"] for row in json.loads(said.out)}
    assert code == 1
    assert rows[f"{registry.host}/shop/alpha:v1"] == ""
    assert rows[f"{registry.host}/shop/beta:v1"] == "the registry does not have it"
    assert f"digest: {digest}" in project.image("alpha").read_text("utf-8")
    assert "pinned chart-specs/images/alpha.yaml" in said.err
    assert project.image("beta").read_text("utf-8") == before
    assert run(["images", "alpha", "--root", str(tmp_path), "--quiet"]) == 0
    assert f"{registry.host}/shop/alpha:v1@{digest}  alpha" in capsys.readouterr().out

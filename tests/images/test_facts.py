"""What registries say of images, held against the facts about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.cli.main import run
from openim_charts.specs.api import load_catalog
from tests.cli.projects import IMAGE, Cli, make_project
from tests.images.pushing import push_image, push_index
from tests.registry import RunningRegistry

pytestmark = pytest.mark.usefixtures("no_login")

CONFIGURATION = """\
configuration:
  user: "7"
  env:
    HOME: /data
    VERSION: null
  volumes: [/data, /logs]
  workingDir: /data
  entrypoint: [/start.sh]
  cmd: [serve, --all]
  ports: [80/tcp, 53/udp]
  stopSignal: SIGQUIT
"""
CONFIG: Mapping[str, Any] = {
    "User": "7",
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/data",
            "VERSION=1=2"],
    "Volumes": {"/data": {}, "/logs": {}},
    "WorkingDir": "/data",
    "Entrypoint": ["/start.sh"],
    "Cmd": ["serve", "--all"],
    "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
    "StopSignal": "SIGQUIT",
}  # fmt: skip


@pytest.fixture
def project(root: Path, tmp_path: Path, registry: RunningRegistry) -> Cli:
    """A project whose image alpha is for the registry; beta runs it too. The images of tools that
    features name are there."""
    project = make_project(root, tmp_path)
    repository = project.specs / "repository.yaml"
    text = repository.read_text("utf-8")
    allowed = "registries: [docker.io"
    repository.write_text(text.replace(allowed, f'{allowed}, "{registry.host}"'), "utf-8")
    facts = project.image("alpha").read_text("utf-8").replace("configuration: {}\n", CONFIGURATION)
    project.image("alpha").write_text(facts, "utf-8")
    local(project, "alpha", registry)
    project.change("beta", "image: beta", "image: alpha")
    for tool in ("busybox", "curl"):
        project.image(tool).write_text(IMAGE.format(name=tool), "utf-8")
        local(project, tool, registry)
        push_index(registry.host, f"shop/{tool}", "v1", "amd64", "arm64")
    return project


def local(project: Cli, name: str, registry: RunningRegistry) -> None:
    """Let the file of an image name the registry."""
    facts = project.image(name).read_text("utf-8")
    project.image(name).write_text(f'registry: "{registry.host}"\n{facts}', "utf-8")


def check(
    project: Cli, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[str]]:
    """The exit code of a check, and the facts that are no longer true."""
    root = str(project.folder)
    code = run(["images", *arguments, "--check", "--format", "json", "--root", root])
    said = json.loads(capsys.readouterr().out)
    stale = [fact for row in said for fact in row["found"]["stale"]]
    assert all(not row["found"]["problem"] for row in said)
    return code, [f"{f['path']}:{f['line']}:{f['column']}: {f['message']}" for f in stale]


def test_facts_that_are_true(
    project: Cli, registry: RunningRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    push_index(registry.host, "shop/alpha", "v1", "amd64", "arm64/v8", config=CONFIG)
    assert check(project, capsys) == (0, [])


def test_every_fact_that_is_no_longer_true_is_named_with_its_place(
    project: Cli, registry: RunningRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    host = registry.host
    changed = {
        **CONFIG,
        "User": "web",
        "Env": ["PATH=/opt/bin:/bin", "HOME=/root", "EXTRA=x"],
        "Volumes": {"/data": {}, "/cache": {}},
        "WorkingDir": "",
        "Entrypoint": None,
        "Cmd": ["serve"],
        "ExposedPorts": {"80/tcp": {}, "443": {}},
        "StopSignal": "",
    }
    push_index(host, "shop/alpha", "v1", "amd64", "arm64", "arm/v7", config=changed)
    file = project.image("alpha")
    facts = file.read_text("utf-8")
    file.write_text(facts.replace("[linux/amd64, ", "[linux/amd64, linux/s390x, "), "utf-8")
    code, stale = check(project, capsys)
    here, image = "chart-specs/images/alpha.yaml", f"the image {host}/shop/alpha:v1"
    assert (code, stale) == (1, [
        f"{here}:5:1: {image} is built for linux/arm/v7 too; add it",
        f"{here}:5:26: {image} is not built for linux/s390x; remove it",
        f"{here}:7:3: {image} has the user 'web', not '7'",
        f"{here}:8:3: {image} sets EXTRA to 'x' too; add it",
        f"{here}:8:3: {image} sets PATH to '/opt/bin:/bin' too; add it",
        f"{here}:9:5: {image} sets HOME to '/root', not '/data'",
        f"{here}:10:5: {image} sets no VERSION; remove it",
        f"{here}:11:3: {image} declares /cache too; add it to volumes",
        f"{here}:11:20: {image} does not declare /logs; remove it",
        f"{here}:12:3: {image} has the workingDir '/', not '/data'",
        f"{here}:13:3: {image} has the entrypoint [], not [/start.sh]",
        f"{here}:14:3: {image} has the cmd [serve], not [serve, --all]",
        f"{here}:15:3: {image} declares 443/tcp too; add it to ports",
        f"{here}:15:19: {image} does not declare 53/udp; remove it",
        f"{here}:16:3: {image} has the stopSignal 'SIGTERM', not 'SIGQUIT'",
    ])  # fmt: skip
    root = str(project.folder)
    assert run(["images", "alpha", "--check", "--root", root, "--quiet"]) == 1
    said = capsys.readouterr()
    assert f"  {here}:7:3: image-facts: {image} has the user 'web', not '7'\n" in said.out
    assert "faulty: 1 of 2 images" in said.err


def test_a_layout_that_no_values_file_has_is_checked_too(
    project: Cli, registry: RunningRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """An image of the name of each chart, as modules have them."""
    host = registry.host
    push_index(host, "shop/alpha", "v1", "amd64", "arm64", config=CONFIG)
    own = {name: {"Env": [f"NAME={name}"]} for name in ("alpha", "beta")}
    for name, config in own.items():
        push_index(host, f"each/{name}", "v1", "amd64", "arm64", config=config)
    facts = (
        f'registry: "{host}"\nrepository: each/{{name}}\ntag: v1\nlicense: NONE\n'
        "platforms: [linux/amd64, linux/arm64]\nconfiguration: {env: {NAME: '{name}'}}\n"
        "base: busybox\nsources: [{certainty: memory}]\n"
    )
    (project.specs / "images" / "each.yaml").write_text(facts, "utf-8")
    for name in own:
        project.change(
            name, "  site: {image: alpha}\n", "  site: {image: alpha}\n  own: {image: each}\n"
        )
    assert check(project, capsys) == (0, [])
    push_index(host, "each/beta", "v1", "amd64", "arm64", config={"Env": ["NAME=gamma"]})
    code, stale = check(project, capsys)
    message = f"the image {host}/each/beta:v1 sets NAME to 'gamma', not 'beta'"
    assert (code, stale) == (1, [f"chart-specs/images/each.yaml:6:23: {message}"])
    assert check(project, capsys, "alpha") == (0, [])


def test_a_file_for_a_new_image(
    project: Cli, registry: RunningRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a registry says makes a file that its own check finds nothing in."""
    labels = {"org.opencontainers.image.licenses": "MIT"}
    config = {**CONFIG, "Labels": labels}
    digest = push_index(registry.host, "shop/alpha", "v1", "amd64", "arm64/v8", config=config)
    root = str(project.folder)
    assert run(["images", "--facts", f"{registry.host}/shop/alpha:v1", "--root", root]) == 0
    text = capsys.readouterr().out
    said = yaml.safe_load(text)
    assert said["license"] == "MIT"
    assert said["platforms"] == ["linux/amd64", "linux/arm64"]
    assert said["sources"] == [{"certainty": "registry", "at": digest}]
    assert "base         " in text
    assert "#   base" in text
    project.image("alpha").write_text(f"{text}base: busybox\n", "utf-8")
    facts = load_catalog(project.folder).images["alpha"]
    assert facts.configuration.env["VERSION"] == "1=2"
    assert check(project, capsys) == (0, [])


def test_an_image_that_says_nothing(
    project: Cli, registry: RunningRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    push_image(registry.host, "shop/bare", "v1", "amd64")
    root = str(project.folder)
    assert run(["images", "--facts", f"{registry.host}/shop/bare:v1", "--root", root]) == 0
    text = capsys.readouterr().out
    assert yaml.safe_load(text)["configuration"] == {}
    assert "#   license, base" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--facts", "Not A Reference"], "write an image such as docker.io/library/redis:8.6"),
        (["alpha", "--facts", "a/b:1"], "leave out charts and other options"),
        (["--check", "--facts", "a/b:1"], "leave out charts and other options"),
        (["--facts", "{host}/shop/none:v1"], "shop/none:v1: the registry does not have it"),
    ],
)
def test_facts_that_cannot_be_printed(
    project: Cli,
    registry: RunningRegistry,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    filled = [argument.format(host=registry.host) for argument in arguments]
    assert run(["images", *filled, "--root", str(project.folder)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err

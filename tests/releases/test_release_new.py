"""``openim-charts release new`` as its users call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from openim_charts.cli.app import app
from tests.cli.projects import Cli, Result, make_project

CONFIG = """\
filename: shop.yml
description: The shop.
# Hooks are alike.
definitions:
  hook:
    type: object
    description: A hook.
    properties:
      enable: {type: boolean, description: Call it.}
      timeout: {type: integer, description: Seconds.}
properties:
  # Why there is a limit.
  limit: {type: integer, minimum: 1, default: 10, description: Most orders.}
  backend: {type: string, description: Discovery., bind: {global: discovery.type}}
  store:
    type: object
    description: The store.
    properties:
      # Old words.
      greeting: {type: string, default: hello, description: What it says.}
      openHour: {type: integer, default: 8, description: When it opens.}
      days: {type: array, items: {type: string}, default: [mon], description: Days.}
  onOrder:
    $ref: "#/definitions/hook"
    description: After an order.
    default: {enable: false, timeout: 5}
  onReturn:
    $ref: "#/definitions/hook"
    description: After a return.
    default: {enable: false, timeout: 5}
"""
SAME = """\
limit: 10
backend: k8s
store: {greeting: hello, openHour: 8, days: [mon]}
onOrder: {enable: false, timeout: 5}
onReturn: {enable: false, timeout: 5}
"""
NEW = """\
limit: 20
backend: etcd
# Who signs.
adminPassword: letmein
store:
  openhour: 8
  days: mon
  # Where goods
  # come from.
  depot: depot.example.com:8080   # any
onOrder:
  enable: false
  timeout: 5
  retry: true
onReturn: {enable: false, timeout: 5}
onCancel: {enable: true, timeout: 1}
"""


@pytest.fixture
def cli(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A project whose line has a configuration file, and in which the tests are."""
    made = make_project(root, tmp_path)
    monkeypatch.chdir(tmp_path)
    (made.specs / "lines/shop/config").mkdir()
    (made.specs / "lines/shop/config/shop.yaml").write_text(CONFIG)
    (tmp_path / "config").mkdir()
    return made


def _run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments, standalone_mode=False, catch_exceptions=False)
    return Result(done.return_value, done.stdout, done.stderr)


def _new(cli: Cli, text: str, *arguments: str) -> Result:
    (cli.folder / "config/shop.yml").write_text(text)
    return _run("release", "new", "shop", "v2", "--config", "config", "--from", "shop", *arguments)


def test_a_new_line_is_written_and_said(cli: Cli) -> None:
    done = _new(cli, NEW)
    assert done.code == 0, done.err
    assert done.out.splitlines()[:12] == [
        "shop.yml:",
        "  added: adminPassword",
        "  added: store.depot = 'depot.example.com:8080'",
        "  added: onOrder.retry = true",
        "  added: onCancel = {enable: true, timeout: 1}",
        "  removed: store.greeting",
        "  renamed: store.openHour is openhour",
        "  retyped: store.days: [mon], now mon",
        "  new default: limit: 10, now 20",
        "0 of 1 files have the same keys and defaults as in shop",
        "to decide, marked with TODO(release) in chart-specs/lines/shop-v2/:",
        "  config/shop.yaml:11: a new key of this shape: describe it",
    ]
    assert "letmein" not in done.out + done.err
    text = (cli.specs / "lines/shop-v2/config/shop.yaml").read_text()
    assert "letmein" not in text
    assert "  # Why there is a limit.\n  limit: {type: integer, minimum: 1, default: 20," in text
    assert (
        "      # TODO(release): it is an address of upstream's own machine: bind it, or give "
        "another default\n"
        "      # upstream: Where goods\n      # upstream: come from.\n      # upstream: any\n"
        "      depot: {type: string, default: 'depot.example.com:8080'}\n"
    ) in text
    data = yaml.safe_load(text)["properties"]
    assert data["store"]["properties"]["days"] == {
        "type": "string",
        "default": "mon",
        "description": "Days.",
    }
    assert data["onOrder"]["default"] == {"enable": False, "timeout": 5, "retry": True}
    assert data["onCancel"]["$ref"] == "#/definitions/hook"
    line = (cli.specs / "lines/shop-v2/line.yaml").read_text()
    assert "appVersion: v2\n" in line


def test_validate_names_what_is_marked(cli: Cli) -> None:
    """And the image's tag; once all that is decided, the line is valid."""
    done = _new(cli, NEW)
    assert "it names 3 of these lines\nwhat 'openim-charts validate' names as well:\n" in done.out
    (rest,) = done.out.splitlines()[-1:]
    assert "chart-specs/lines/shop-v2/line.yaml" in rest
    assert "image-version" in rest
    found = _run("validate")
    assert found.code == 1
    folder = cli.specs / "lines/shop-v2"
    lines = (folder / "config/shop.yaml").read_text().splitlines()
    decided = [
        line.replace("{type: ", "{description: It is described., type: ")
        if "description" not in line
        else line
        for line in lines
    ]
    text = "\n".join(decided).replace("{$ref", "{description: It is described., $ref")
    (folder / "config/shop.yaml").write_text(text)
    image = cli.image("alpha")
    (cli.specs / "images/alpha-v2.yaml").write_text(image.read_text().replace("v1", "v2"))
    spec = folder / "line.yaml"
    spec.write_text(spec.read_text().replace("image: alpha", "image: alpha-v2"))
    found = _run("validate")
    assert found.code == 0, found.out


def test_the_same_files_give_the_same_line(cli: Cli) -> None:
    done = _new(cli, SAME, "--format", "json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["line"] == "shop-v2"
    assert report["files"] == [
        {"file": "shop.yml", "state": "same", "readBy": [], "changes": []},
    ]
    assert (cli.specs / "lines/shop-v2/config/shop.yaml").read_text() == CONFIG


def test_what_the_line_has_chosen_stays(cli: Cli) -> None:
    """Upstream's files of before tell it from what upstream has changed."""
    (cli.folder / "before").mkdir()
    before = SAME.replace("limit: 10", "limit: 15").replace("hello", "hi")
    (cli.folder / "before/shop.yml").write_text(before)
    new = before.replace("limit: 15", "limit: 16").replace("k8s", "etcd")
    done = _new(cli, new, "--before", "before")
    assert done.out.splitlines()[:3] == [
        "shop.yml:",
        "  own default kept: limit: 10, upstream's 16",
        "  computed by the charts: backend: k8s, now etcd",
    ]
    text = (cli.specs / "lines/shop-v2/config/shop.yaml").read_text()
    assert text == CONFIG.replace(
        "  limit:",
        "  # TODO(release): the line's own default stays, and upstream's is 16 now\n  limit:",
    )


def test_files_come_and_go(cli: Cli) -> None:
    (cli.folder / "config/cash.yml").write_text("# Drawers.\ndrawers: [left]\n")
    (cli.folder / "config/notes.txt").write_text("none\n")
    (cli.specs / "lines/shop/config/till.yaml").write_text(
        "filename: till.yml\ndescription: The till.\nproperties:\n"
        "  coins: {type: boolean, default: true, description: Takes coins.}\n"
    )
    done = _new(cli, SAME)
    assert done.out.splitlines()[:3] == [
        "cash.yml: added",
        "till.yml: no longer there",
        "1 of 3 files have the same keys and defaults as in shop",
    ]
    assert "look whether variables of new files have it: cash" in done.out
    folder = cli.specs / "lines/shop-v2/config"
    assert sorted(path.name for path in folder.iterdir()) == ["cash.yaml", "shop.yaml"]
    data = yaml.safe_load((folder / "cash.yaml").read_text())
    assert data == {
        "filename": "cash.yml",
        "properties": {
            "drawers": {"type": "array", "items": {"type": "string"}, "default": ["left"]}
        },
    }


def test_shapes_go_with_the_last_key_that_has_them(cli: Cli) -> None:
    """But not one that another shape, or the items of a list, refers to."""
    path = cli.specs / "lines/shop/config/shop.yaml"
    shapes = CONFIG.replace(
        "properties:\n  # Why",
        "  deep:\n    type: object\n    description: Deep.\n"
        "    properties: {a: {$ref: '#/definitions/leaf'}}\n"
        "  leaf: {type: integer, description: A number.}\n"
        "properties:\n"
        "  bare: {$ref: '#/definitions/deep', description: It has no default.}\n"
        "  list: {type: array, items: {$ref: '#/definitions/deep'}, default: [], description: A.}\n"
        "  # Why",
    )
    path.write_text(shapes)
    new = "".join(line for line in SAME.splitlines(True) if not line.startswith("on"))
    assert _new(cli, new + "bare: {a: 2}\nlist: []\n").code == 0
    data = yaml.safe_load((cli.specs / "lines/shop-v2/config/shop.yaml").read_text())
    assert list(data["definitions"]) == ["deep", "leaf"]
    assert data["properties"]["bare"]["default"] == {"a": 2}
    assert list(data["properties"]) == ["bare", "list", "limit", "backend", "store"]
    path.write_text(CONFIG)
    shutil.rmtree(cli.specs / "lines/shop-v2")
    assert _new(cli, new).code == 0
    text = (cli.specs / "lines/shop-v2/config/shop.yaml").read_text()
    assert "definitions" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shoe", "v2"], "there is no product 'shoe'; did you mean 'shop'?"),
        (["shop", "v2"], "no chart is of the product 'shop': give --from, one of shop"),
        (
            ["shop", "v2", "--from", "shoq"],
            "the product 'shop' has no line 'shoq'; did you mean 'shop'?",
        ),
        (["shop", "v1", "--from", "shop"], "the line shop is of shop v1; nothing was written"),
        (
            ["shop", "../v2", "--from", "shop"],
            "'../v2' cannot be a line's version: write a version such as v3.8.3, of at most 63 "
            "letters, digits, '.', '_', '+' and '-'",
        ),
        (
            ["shop", "v2", "--from", "shop", "--config", "none"],
            "--config none: there is no such folder; name config/ of the release",
        ),
        (
            ["shop", "v2", "--from", "shop"],
            "--config config: there is no *.yml in it; name config/ of the release's sources",
        ),
    ],
)
def test_a_mistake_is_answered_in_one_line(cli: Cli, arguments: list[str], message: str) -> None:
    options = [] if "--config" in arguments else ["--config", "config"]
    done = _run("release", "new", *arguments, *options)
    assert (done.code, done.out, done.err) == (2, "", f"error: {message}\n")
    assert [path.name for path in (cli.specs / "lines").iterdir()] == ["shop"]


def test_a_broken_file_is_named_and_nothing_written(cli: Cli) -> None:
    done = _new(cli, "limit: [\n")
    assert done.code == 1
    assert done.out.startswith("config/shop.yml:")
    assert [path.name for path in (cli.specs / "lines").iterdir()] == ["shop"]


def test_a_line_that_is_there_stays(cli: Cli) -> None:
    there = cli.specs / "lines/shop-v2"
    there.mkdir()
    done = _new(cli, NEW)
    assert (done.code, done.err) == (
        2,
        "error: chart-specs/lines/shop-v2 exists already; remove it first, or give another "
        "version; nothing was written\n",
    )
    assert list(there.iterdir()) == []


def test_a_dry_run_writes_nothing(cli: Cli) -> None:
    done = _new(cli, NEW, "--dry-run")
    assert done.code == 0
    assert done.err.startswith("chart-specs/lines/shop-v2: not written, ")
    assert [path.name for path in (cli.specs / "lines").iterdir()] == ["shop"]

"""Stand-ins are described in the README, and are as the images' facts say."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from openim_charts.specs.model import Catalog
from tests.product.node.archive import Item, write_archive
from tests.product.node.facts import base_programs, configuration
from tests.product.node.standins import STAND_INS, Workshop, build

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- stand-ins -->\n", "<!-- /stand-ins -->"


def table() -> str:
    """The README's table."""
    rows = "".join(f"| {s.image} | {s.holds} | {s.lacks or '–'} |\n" for s in STAND_INS)
    return f"| image | holds | does not show |\n| --- | --- | --- |\n{rows}"


def test_the_readme_says_what_each_holds_and_lacks(request: pytest.FixtureRequest) -> None:
    text = README.read_text("utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    wanted = f"{head}{BEGIN}{table()}{END}{tail}"
    if request.config.getoption("--update-golden"):
        README.write_text(wanted, "utf-8")
    assert text == wanted, "run pytest tests/product/node/test_stand_ins.py --update-golden"


def test_each_is_an_image_with_facts(catalog: Catalog) -> None:
    assert {s.image for s in STAND_INS} <= set(catalog.images)
    assert len({s.image for s in STAND_INS}) == len(STAND_INS)


def test_images_without_a_shell_get_no_tools(catalog: Catalog) -> None:
    assert not base_programs(catalog.images["etcd"])
    assert {"sh", "nc", "wget"} <= base_programs(catalog.images["busybox"])
    assert not {"bash", "curl"} & base_programs(catalog.images["busybox"])


def test_an_archive_has_the_configuration_of_the_facts(catalog: Catalog, tmp_path: Path) -> None:
    image = catalog.images["redis"]
    target = tmp_path / "image.tar"
    tree = {"/a/program": Item(b"text"), "/a/link": Item(link="program"), "/data": Item(owner=999)}
    write_archive(target, str(image.reference), configuration(image), tree)
    with tarfile.open(target) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        config = json.load(archive.extractfile(manifest["Config"]))  # type: ignore[arg-type]
        [layer] = manifest["Layers"]
        with tarfile.open(fileobj=archive.extractfile(layer)) as files:
            owners = {f.name: (f.uid, f.type) for f in files}
    assert manifest["RepoTags"] == [str(image.reference)]
    assert config["config"]["Volumes"] == {"/data": {}}
    assert config["config"]["Entrypoint"] == ["docker-entrypoint.sh"]
    assert owners == {
        "a": (0, tarfile.DIRTYPE),
        "a/link": (0, tarfile.SYMTYPE),
        "a/program": (0, tarfile.REGTYPE),
        "data": (999, tarfile.DIRTYPE),
    }


def test_busybox_is_built_from_programs_of_this_machine(catalog: Catalog, tmp_path: Path) -> None:
    [busybox] = [s for s in STAND_INS if s.image == "busybox"]
    target = tmp_path / "busybox.tar"
    build(busybox, catalog.images["busybox"], Workshop(tmp_path), target)
    with tarfile.open(target) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        with tarfile.open(fileobj=archive.extractfile(manifest["Layers"][0])) as files:
            names = set(files.getnames())
    assert {"bin/sh", "bin/cat", "etc/passwd"} <= names
    assert not {"bin/bash", "bin/curl"} & names

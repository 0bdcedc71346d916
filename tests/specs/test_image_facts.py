"""What the catalog knows about images, and how it is found from a rendered pod."""

from __future__ import annotations

from pathlib import Path

import pytest

from openim_charts.findings import Location
from openim_charts.image import Image
from openim_charts.specs.api import load_catalog
from openim_charts.specs.image_model import ImageFile
from openim_charts.specs.keys.image import Account, Source, WrittenPath
from openim_charts.specs.model import Catalog
from tests.specs.spec_tree import write


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    root = tmp_path_factory.mktemp("images")
    return load_catalog(write(root))


@pytest.fixture(scope="module")
def all_in_one(shop: Catalog) -> ImageFile:
    return shop.images["all"]


def test_a_file_is_read_whole(all_in_one: ImageFile) -> None:
    image = all_in_one
    assert image.reference == Image("docker.io", "shop/all", "v1.4.0")
    configuration = image.configuration
    assert (configuration.user, configuration.numeric_user) == ("shop", False)
    assert (configuration.volumes, configuration.working_dir) == (("/data",), "/shop")
    assert (configuration.entrypoint, configuration.cmd) == (("/start.sh",), ("all",))
    assert (configuration.ports, configuration.stop_signal) == (("9000/tcp",), "SIGQUIT")
    assert (image.account, image.data_owner) == (Account(12, 13), Account(14, 15, "shop"))
    assert image.writes == (WrittenPath("/data", "orders", True, "dir"),)
    assert (image.entrypoint_does, image.precedence) == ("It waits.", "Variables win.")
    assert image.notes == ("It is large.",)


def test_a_declared_user_in_numbers(shop: Catalog) -> None:
    assert shop.images["front"].account == Account(7, 0)
    assert shop.images["front"].configuration.numeric_user
    assert shop.images["redis"].account == Account(0, 0, "root")
    assert not shop.images["redis"].configuration.numeric_user


@pytest.mark.parametrize(
    ("image", "program", "there"),
    [
        ("redis", "sh", True),
        ("redis", "/bin/sh", True),  # where it is nobody said
        ("redis", "curl", False),
        ("redis", "jq", None),
        ("all", "curl", True),  # the base that it builds on lacks it
        ("all", "wget", False),  # its base lacks what the base below has
        ("all", "nc", True),  # its base lacks it
        ("all", "/bin/nc", True),
        ("all", "/usr/bin/nc", False),
        ("all", "/bin/x86/order-server", True),
        ("all", "/sbin/x86/order-server", False),
        ("front", "sh", True),
        ("front", "jq", False),  # there is nothing but what is listed
    ],
)
def test_programs(shop: Catalog, image: str, program: str, there: bool | None) -> None:
    assert shop.images[image].has(program) is there


def test_a_shell_is_the_base_s_or_none(shop: Catalog) -> None:
    assert [shop.images[name].shell for name in ("redis", "all", "front")] == [
        "/bin/sh",
        "/bin/sh",
        "",
    ]
    assert shop.images["all"].temporary_directory
    assert not shop.images["all"].time_zones


def test_variables(all_in_one: ImageFile) -> None:
    (override,) = all_in_one.overriding("SHOP_HOME")
    assert (override.file, override.key) == ("orders.yml", "rpc")
    assert not all_in_one.overriding("HOME")
    assert all_in_one.only_entrypoint_reads("START_LATER")
    assert not all_in_one.only_entrypoint_reads("START_NOW")
    assert not all_in_one.only_entrypoint_reads("SHOP_HOME")


def test_each_fact_has_a_source_and_a_place(all_in_one: ImageFile) -> None:
    near = Source(
        certainty="near",
        repository="shop/all",
        path="Dockerfile",
        at="v1.3.0",
        note="Almost the same.",
    )
    assert all_in_one.source_of("programs") == near
    assert all_in_one.source_of("configuration.user") == near
    assert all_in_one.source_of("platforms").certainty == "memory"
    assert all_in_one.source_of("configuration.env").certainty == "memory"
    file = "chart-specs/images/all.yaml"
    assert all_in_one.at("configuration", "volumes", 0) == Location(file, 8, 13)
    assert all_in_one.at("configuration", "env", "OTHER") == Location(file, 7, 3)
    assert all_in_one.at("digest") == Location(file)


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("docker.io/shop/all:v1.4.0", "all"),
        ("shop/all:v1.4.0", "all"),
        ("registry.lan:5000/mirror/hub/shop/all:v1.4.0", "all"),
        ("docker.io/shop/all:v1.4.1", ""),
        ("docker.io/all:v1.4.0", ""),
        ("docker.io/shop/order:v1.4.0", "single"),
        ("docker.io/shop/stranger:v1.4.0", ""),
        ("not a reference", ""),
    ],
)
def test_an_image_is_found_by_what_a_pod_names(shop: Catalog, reference: str, name: str) -> None:
    found = shop.image_of(reference)
    assert (found.name if found else "") == name
    if name == "single":
        assert found is not None
        assert found.repository == "shop/order"
        assert found.configuration.env == {"NAME": "order"}


def test_an_image_is_found_by_its_digest(tmp_path: Path) -> None:
    digest = f"sha256:{'a' * 64}"
    text = (write(tmp_path) / "chart-specs/images/redis.yaml").read_text("utf-8")
    pinned = {"images/redis.yaml": text.replace('"8.6"\n', f'"8.6"\ndigest: {digest}\n')}
    catalog = load_catalog(write(tmp_path, pinned))
    found = catalog.image_of(f"docker.io/shop/redis@{digest}")
    assert found is not None
    assert found.name == "redis"
    assert catalog.image_of(f"docker.io/shop/redis@{digest.replace('a', 'b')}") is None

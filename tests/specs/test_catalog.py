"""A good ``chart-specs/`` becomes the catalog that it describes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from openim_charts.findings import Location, UserError
from openim_charts.specs.api import load_catalog
from openim_charts.specs.keys.chart import Exposure
from openim_charts.specs.keys.repository import (
    ArtifactHub,
    IgnoredVersions,
    Maintainer,
    Owner,
    SignKey,
)
from openim_charts.specs.model import Catalog, ImageLayout
from tests.specs.spec_tree import write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    root = tmp_path_factory.mktemp("specs")
    return load_catalog(write(root))


def test_repository(catalog: Catalog) -> None:
    repository = catalog.repository
    assert repository.maintainers == (Maintainer(name="Ann", email="ann@example.com"),)
    assert repository.kube_version == ">=1.31.0-0"
    assert (repository.icon, repository.refused_images) == ("", ("docker.io/bad*",))
    assert repository.artifact_hub == ArtifactHub(
        repository_id="5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11",
        registry_ids={"order": "0c1a3a86-6a0b-4d7e-8a59-0b9a5f7f3c22"},
        owners=(Owner(name="Bob", email="bob@example.com"),),
        ignore=(IgnoredVersions(name="stock", version=".*-.*"),),
        sign_key=SignKey(fingerprint="0123456789ABCDEF0123456789ABCDEF01234567"),
    )
    assert repository.signing_key == {
        "fingerprint": "0123456789ABCDEF0123456789ABCDEF01234567",
        "url": "https://charts.example.com/shop.gpg",
    }


def test_a_chart_over_two_profiles(catalog: Catalog) -> None:
    order = catalog.charts["order"]
    assert (order.kind, order.family, order.category) == ("module", "shop", "networking")
    assert (order.title, order.app_version, order.component) == ("order", "v1.4.0", "order")
    assert order.features == ("workload", "service", "monitoring")
    assert [file.filename for file in order.config] == ["log.yml", "orders.yml"]
    assert [dependency.component for dependency in order.uses] == ["redis"]
    assert order.ports == {"rpc": 9010, "metrics": 9110}
    assert order.values == {
        "replicaCount": 1,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
    }
    assert order.folder == "chart-specs/shop/order"
    assert catalog.charts["stock"].folder == ""


def test_a_handler_replaces_the_profiles_and_keeps_its_times(catalog: Catalog) -> None:
    assert catalog.charts["order"].probes == {
        "readiness": {"httpGet": {"path": "/metrics", "port": "metrics"}, "periodSeconds": 5}
    }
    assert catalog.charts["stock"].probes == {
        "readiness": {"tcpSocket": {"port": "rpc"}, "periodSeconds": 5}
    }


def test_origins_say_file_place_and_layer(catalog: Catalog) -> None:
    origins = catalog.charts["order"].origins
    shown = {
        path: (str(origins[path].location).removeprefix("chart-specs/"), origins[path].layer)
        for path in [
            ("ports", "rpc"),
            ("line",),
            ("uses", 0),
            ("features", 0),
            ("features", 2),
            ("probes", "readiness", "periodSeconds"),
            ("probes", "readiness", "httpGet", "port"),
            ("values", "resources", "requests", "cpu"),
            ("values", "resources", "requests", "memory"),
        ]
    }
    assert shown == {
        ("ports", "rpc"): ("shop/order.yaml:6:9", "spec"),
        ("line",): ("profiles/base.yaml:3:1", "profile base"),
        ("uses", 0): ("profiles/rpc.yaml:4:8", "profile rpc"),
        ("features", 0): ("profiles/base.yaml:6:12", "profile base"),
        ("features", 2): ("shop/order.yaml:8:21", "spec"),
        ("probes", "readiness", "periodSeconds"): ("profiles/base.yaml:8:39", "profile base"),
        ("probes", "readiness", "httpGet", "port"): ("shop/order.yaml:11:41", "spec"),
        ("values", "resources", "requests", "cpu"): ("profiles/base.yaml:12:26", "profile base"),
        ("values", "resources", "requests", "memory"): ("shop/order.yaml:13:26", "spec"),
    }


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return {path}.union(*(paths(v, (*path, k)) for k, v in value.items()))
    if isinstance(value, list):
        return {path}.union(*(paths(v, (*path, i)) for i, v in enumerate(value)))
    return {path}


def test_everything_resolved_has_an_origin_and_nothing_else(catalog: Catalog) -> None:
    for chart in catalog.charts.values():
        assert set(chart.origins) == paths(chart.data) - {()}


def test_origin_falls_back_to_what_encloses(catalog: Catalog) -> None:
    order = catalog.charts["order"]
    assert order.origin("ports", "none") == Location("chart-specs/shop/order.yaml", 6, 1)
    assert order.origin("exposure") == Location("chart-specs/shop/order.yaml")


def test_placeholders_in_images(catalog: Catalog) -> None:
    layouts = catalog.charts["order"].images
    assert {name: (str(i.image.reference), i.command) for name, i in layouts.items()} == {
        "all-in-one": (
            "docker.io/shop/all:v1.4.0", ("/bin/sh", "-c", "exec /bin/order-server ${X}"),
        ),
        "single": ("docker.io/shop/order:v1.4.0", ()),
    }  # fmt: skip
    single = layouts["single"].image
    assert (single.configuration.env, single.configuration.cmd) == (
        {"NAME": "order"}, ("/order-server",),
    )  # fmt: skip
    assert single.programs["order-server"].path == "/order-server"
    assert catalog.images["single"].repository == "shop/{name}"
    assert catalog.charts["front"].images["site"] == ImageLayout(catalog.images["front"], ())
    assert next(iter(catalog.lines["shop-v1"].images.values())).command[2].startswith("exec /bin/{")


def test_exposure_is_completed_by_the_spec(catalog: Catalog) -> None:
    assert catalog.charts["front"].exposure == Exposure(
        path="/", port="http", headers={"X-Url": "{url}/x"}
    )
    assert catalog.charts["order"].exposure is None


def test_an_umbrella_holds_families_in_the_order_listed(catalog: Catalog) -> None:
    umbrella = catalog.charts["all"]
    assert umbrella.includes == ("front", "order", "stock")
    assert umbrella.app_version == "v1.4.0"


def test_umbrellas_of_an_included_family_are_left_out(tmp_path: Path) -> None:
    inner = "extends: umbrella\nname: few\nversion: 1.0.0\ndescription: Few.\nincludes: [stock]\n"
    outer = (
        "extends: umbrella\nname: all\nversion: 1.0.0\ndescription: All.\nincludes: [stock, shop]\n"
    )
    root = write(tmp_path, {"shop/few.yaml": inner, "umbrella/all.yaml": outer})
    assert load_catalog(root).charts["all"].includes == ("stock", "order")


def test_credentials_of_dependencies_are_credentials(catalog: Catalog) -> None:
    assert list(catalog.credentials) == ["cache", "partner"]
    login = catalog.credentials["cache"]
    assert (login.owner, login.keys["password"].generate) == ("redis", 32)
    assert catalog.dependencies["cache"].credential is login
    assert catalog.credentials["partner"].owner == "order"


def test_config_files_keep_their_places(catalog: Catalog) -> None:
    orders = catalog.lines["shop-v1"].config["orders"]
    place = orders.positions[("properties", "cache", "properties", "password")]
    assert str(place) == "chart-specs/lines/shop-v1/config/orders.yaml:21:7"
    assert set(orders.schema) == {"properties", "definitions"}


def test_the_graph(catalog: Catalog) -> None:
    assert catalog.callers("stock") == ("order",)
    assert catalog.users("redis") == ("order", "stock")
    assert list(catalog.charts) == ["all", "front", "order", "redis", "stock"]


def test_date_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert load_catalog(tmp_path).source_date == 1700000000
    for bad in ("yesterday", "-1", "1.5", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", bad)
        with pytest.raises(UserError, match="SOURCE_DATE_EPOCH is '"):
            load_catalog(tmp_path)


def test_date_of_the_last_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write(tmp_path)
    assert load_catalog(tmp_path).source_date == 315532800
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1600000000 +0200")
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for command in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert load_catalog(tmp_path).source_date == 1600000000


def test_hidden_and_other_files_are_no_specs(tmp_path: Path) -> None:
    extra = {".git/x.yaml": "?", "shop/.order.yaml": "?", "README.md": "?", "shop/notes.txt": "?"}
    assert len(load_catalog(write(tmp_path, extra)).charts) == 5


def test_the_projects_own_specs() -> None:
    catalog = load_catalog(ROOT)
    assert len(catalog.charts) >= 21
    for chart in catalog.charts.values():
        assert set(chart.origins) == paths(chart.data) - {()}
        assert chart.kind == "umbrella" or chart.app_version
        assert not any("{" in i.repository + i.tag for i in chart.images.values())

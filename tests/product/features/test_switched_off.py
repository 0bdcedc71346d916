"""What values switch off is not waited for, asked for a Secret or let through; what others need
cannot be switched off, and the message says how else to go on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from openim_charts.helm.adapter import Helm, HelmError, Rendering
from openim_charts.specs.model import Catalog
from tests.product.features.conftest import Render, of_kind
from tests.product.features.policies import Pod, enters, leaves, pods

Rendered = Callable[..., Rendering]
THIRD = "openim-rpc-third"
STORE = Pod({"app.kubernetes.io/name": "seaweedfs", "app.kubernetes.io/part-of": "im"})


def cloud(kind: str) -> dict[str, Any]:
    """Values with which a storage of a cloud keeps files."""
    config = {"server": {THIRD: {"object": {"enable": kind}}}}
    return {"global": {"cloudStorage": {"existingSecret": "cloud"}, "config": config}}


def test_what_others_need_cannot_be_off(catalog: Catalog, render: Render) -> None:
    for dependency in catalog.dependencies.values():
        name, chart = dependency.name, dependency.component
        with pytest.raises(HelmError) as refused:
            render("openim", {chart: {"enabled": False}})
        said = refused.value.said
        mode = next(iter(dependency.modes))
        assert said.startswith(f"{chart}.enabled is false and global.{name}.mode is {mode}, so ")
        assert f"set global.{name}.mode to external with addresses" in said
        login = dependency.credential and not dependency.credential.optional
        assert ("existingSecret" in said) == bool(login)


def test_both_helms_refuse(render: Render, command: Helm) -> None:
    with pytest.raises(HelmError, match=r"redis\.enabled is false and .* and 10 others would wait"):
        render("openim", {"redis": {"enabled": False}}, command)


def test_what_is_elsewhere_is_not_looked_for_here(catalog: Catalog, render: Render) -> None:
    values: dict[str, Any] = {"global": {}}
    for dependency in catalog.dependencies.values():
        values[dependency.component] = {"enabled": False}
        host = f"{dependency.component}.example.com:{dependency.port}"
        where = {"mode": "external", "addresses": [host], "existingSecret": "theirs"}
        values["global"][dependency.name] = where
    text = json.dumps([o for o in render("openim", values) if o["kind"] != "ConfigMap"])
    for dependency in catalog.dependencies.values():
        assert f"im-{dependency.component}:" not in text
        assert f'"app.kubernetes.io/name": "{dependency.component}"' not in text


def test_another_release_of_the_instance_may_have_it(render: Render) -> None:
    values = {"global": {"instance": "im"}, "redis": {"enabled": False}}
    waits = json.dumps(of_kind(render("openim", values), "Deployment"))
    assert "im-redis:6379" in waits


def test_the_users_of_a_dependency_may_be_off_with_it(catalog: Catalog, render: Render) -> None:
    kafka = catalog.dependencies["kafka"]
    off = ["kafka", *(c.name for c in catalog.charts.values() if kafka in c.uses)]
    assert len(off) > 2
    assert "im-kafka" not in json.dumps(
        of_kind(render("openim", {name: {"enabled": False} for name in off}), "Deployment")
    )


@pytest.mark.parametrize(
    ("owner", "credential"), [("openim-rpc-auth", "server"), ("openim-admin-rpc", "chat")]
)
def test_a_secret_has_somebody_who_makes_it(render: Render, owner: str, credential: str) -> None:
    off: dict[str, Any] = {owner: {"enabled": False}}
    with pytest.raises(HelmError, match=rf"^{owner}\.enabled is false, so nothing makes a Secret"):
        render("openim", off)
    assert render("openim", off | {"global": {credential: {"existingSecret": "mine"}}})


@pytest.mark.parametrize("kind", ["oss", "cos", "kodo", "aws", ""])
def test_files_in_a_cloud_need_no_storage_of_ours(render: Render, kind: str) -> None:
    objects = render(THIRD, cloud(kind))
    (module,) = of_kind(objects, "Deployment")
    pod = module["spec"]["template"]["spec"]
    assert "seaweedfs" not in json.dumps(pod["initContainers"])
    names = {e["name"] for e in pod["containers"][0]["env"] if "valueFrom" in e}
    secrets = {name for name in names if name.startswith("IMENV_MINIO") or "_OBJECT_" in name}
    assert bool(secrets) == bool(kind)
    assert all("_OBJECT_" in name for name in secrets)
    source = pods(objects)[THIRD]
    assert not leaves(objects, source, STORE, 8333)
    assert leaves(objects, source, "203.0.113.7", 443)
    (config,) = of_kind(objects, "ConfigMap")
    assert re.search(r'internalAddress: ""\s+externalAddress: ""', config["data"]["minio.yml"])


def test_the_storage_is_left_out_where_a_cloud_keeps_files(render: Render) -> None:
    objects = render("openim", {**cloud("oss"), "seaweedfs": {"enabled": False}})
    assert "seaweedfs" not in json.dumps(of_kind(objects, "Deployment", "NetworkPolicy", "Secret"))


def test_a_storage_that_nobody_uses_lets_nobody_in(render: Render) -> None:
    module = Pod({"app.kubernetes.io/name": THIRD, "app.kubernetes.io/part-of": "im"})
    for values, wanted in (({}, True), (cloud("oss"), False), (cloud("minio"), True)):
        objects = render("seaweedfs", values)
        assert enters(objects, module, pods(objects)["seaweedfs"], 8333) == wanted


def test_a_cloud_needs_keys(render: Render) -> None:
    values = cloud("oss")
    del values["global"]["cloudStorage"]
    with pytest.raises(
        HelmError, match=r"object\.enable is oss, .* global\.cloudStorage\.existing"
    ):
        render(THIRD, values)


def test_links_to_files_in_a_cloud_are_the_clouds(rendering: Rendered) -> None:
    said = "Clients outside the cluster cannot open"
    for chart in (THIRD, "openim-server", "openim"):
        assert said in rendering(chart).notes
        assert said not in rendering(chart, cloud("oss")).notes

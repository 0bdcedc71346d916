"""Where several charts can provide a middleware, its mode chooses one, and everything follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.specs.model import Catalog, Dependency
from tests.product.features.conftest import Objects, Render, of_kind
from tests.product.features.policies import enters, leaves, pods

GATEWAY = {"parentRefs": [{"name": "public", "namespace": "gateways"}]}
EXPOSED = {"type": "httpRoute", "hosts": {"main": "im.example.com"}, "gateway": GATEWAY}


@pytest.fixture(params=["minio", "seaweedfs"])
def chosen(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def dependency(catalog: Catalog, chosen: str) -> Dependency:
    (found,) = (d for d in catalog.dependencies.values() if chosen in d.components)
    return found


@pytest.fixture
def objects(render: Render, dependency: Dependency, chosen: str) -> Objects:
    shared = {dependency.name: {"mode": chosen}, "exposure": EXPOSED}
    return render("openim", {"global": shared})


def _made(objects: Objects, component: str) -> list[str]:
    labels = [o["metadata"].get("labels", {}) for o in objects]
    return [each["helm.sh/chart"] for each in labels if each["helm.sh/chart"][:-6] == component]


def test_every_alternative_is_shown(catalog: Catalog) -> None:
    several = [d.components for d in catalog.dependencies.values() if d.alternatives]
    assert sorted(name for names in several for name in names) == ["minio", "seaweedfs"]


def test_the_chart_that_is_chosen_alone_is_installed(
    objects: Objects, dependency: Dependency, chosen: str
) -> None:
    others = {*dependency.components} - {chosen}
    assert others
    assert _made(objects, chosen)
    assert not [made for other in others for made in _made(objects, other)]
    assert {o["metadata"]["name"] for o in of_kind(objects, "StatefulSet")} >= {f"im-{chosen}"}
    text = json.dumps(of_kind(objects, "Deployment", "NetworkPolicy", "Secret", "ConfigMap"))
    for other in others:
        assert f"im-{other}:" not in text
        assert f'"app.kubernetes.io/name": "{other}"' not in text


def test_modules_are_led_to_it(
    catalog: Catalog, objects: Objects, dependency: Dependency, chosen: str
) -> None:
    port = dependency.ports[chosen]
    target = pods(objects)[chosen]
    users = [catalog.charts[name] for name in catalog.users(chosen)]
    assert users
    for user in users:
        source = pods(objects)[user.name]
        assert leaves(objects, source, target, port)
        assert enters(objects, source, target, port)
        (module,) = (
            o
            for o in of_kind(objects, "Deployment")
            if o["metadata"]["name"] == f"im-{user.component}"
        )
        waits = json.dumps(module["spec"]["template"]["spec"]["initContainers"])
        assert f"im-{chosen}:{port}" in waits


def test_both_read_the_secret_that_it_makes(objects: Objects, chosen: str) -> None:
    (secret,) = (
        o for o in of_kind(objects, "Secret") if o["metadata"]["name"] == "im-object-storage"
    )
    assert secret["metadata"]["labels"]["app.kubernetes.io/name"] == chosen
    wanted = {
        o["metadata"]["name"]
        for o in of_kind(objects, "Deployment", "StatefulSet", "Job")
        if "im-object-storage" in json.dumps(o["spec"])
    }
    assert len(wanted) == 2
    assert any(name.startswith(f"im-{chosen}") for name in wanted)


def test_browsers_are_led_to_it(
    catalog: Catalog, objects: Objects, dependency: Dependency, chosen: str
) -> None:
    exposure = catalog.charts[chosen].exposure
    assert exposure
    text = json.dumps(of_kind(objects, "ConfigMap"))
    assert f"http://im.example.com{exposure.path}" in text
    routes = json.dumps(of_kind(objects, "HTTPRoute"))
    assert exposure.path in routes
    for other in {*dependency.components} - {chosen}:
        hidden = catalog.charts[other].exposure
        assert hidden
        assert hidden.path not in text + routes


def test_it_cannot_be_off_and_the_others_can(
    render: Render, dependency: Dependency, chosen: str
) -> None:
    values: dict[str, Any] = {"global": {dependency.name: {"mode": chosen}}}
    said = rf"^{chosen}\.enabled is false and global\.{dependency.name}\.mode is {chosen}, so "
    with pytest.raises(HelmError, match=said):
        render("openim", values | {chosen: {"enabled": False}})
    off = {name: {"enabled": False} for name in dependency.components if name != chosen}
    assert _made(render("openim", values | off), chosen)


def test_a_chart_that_is_installed_alone_is_chosen(render: Render, chosen: str) -> None:
    assert [o["metadata"]["name"] for o in of_kind(render(chosen), "StatefulSet")] == [
        f"im-{chosen}"
    ]


def test_kubeblocks_makes_the_same_whichever_is_the_default(
    render: Render, dependency: Dependency
) -> None:
    shared = {dependency.name: {"mode": "kubeblocks"}}
    objects = render("openim", {"global": shared})
    made = [o["metadata"]["name"] for o in of_kind(objects, "Cluster")]
    assert made == [f"im-{dependency.operated}"]


def test_the_release_takes_the_volume_of_a_chart_that_was_installed_beside_it(
    render: Render, archives: Callable[[str], bytes], engine: Helm
) -> None:
    """As docs/storage.md has it for the move from one to the other."""
    secret = {"existingSecret": "im-object-storage"}
    values = {"global": {"instance": "im", "objectStorage": secret}}
    files = engine.render(archives("seaweedfs"), values, "im-seaweedfs", "chat", "1.34").files
    beside = [yaml.safe_load(file.text) for file in files]
    later = render("openim", {"global": {"objectStorage": {"mode": "seaweedfs"}}})
    (own,) = of_kind(beside, "StatefulSet")
    (same,) = (
        o for o in of_kind(later, "StatefulSet") if o["metadata"]["name"] == own["metadata"]["name"]
    )
    claims = [
        [claim["metadata"]["name"] for claim in o["spec"]["volumeClaimTemplates"]]
        for o in (own, same)
    ]
    assert claims[0] == claims[1] == ["data"]
    assert "im-object-storage" in json.dumps(own)
    assert not of_kind(beside, "Secret")

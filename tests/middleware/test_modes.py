"""Each middleware built in, elsewhere, or run by KubeBlocks: one key decides for all modules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from generator.charts.config import leaves, variables
from generator.checks.release import Release
from generator.checks.rendered import RenderedObject, get, listing
from generator.checks.rule import ReleaseRule, all_rules
from generator.specs.model import Catalog, Dependency
from tests.middleware.conftest import INSTANCE, Render

NAMES = ("redis", "mongodb", "kafka", "etcd", "objectStorage")
MODES = ("builtin", "external", "kubeblocks")


def _pairwise() -> list[tuple[str, ...]]:
    """Few combinations in which every two middlewares meet in every two modes."""
    missing = {
        (a, x, b, y)
        for a, b in itertools.combinations(range(len(NAMES)), 2)
        for x, y in itertools.product(MODES, MODES)
    }

    def pairs(choice: tuple[str, ...]) -> set[tuple[int, str, int, str]]:
        return {
            (a, choice[a], b, choice[b]) for a, b in itertools.combinations(range(len(NAMES)), 2)
        }

    chosen: list[tuple[str, ...]] = []
    while missing:
        best = max(
            itertools.product(MODES, repeat=len(NAMES)), key=lambda c: len(pairs(c) & missing)
        )
        chosen.append(best)
        missing -= pairs(best)
    return chosen


def _values(modes: Mapping[str, str], catalog: Catalog) -> dict[str, Any]:
    """What a user writes: the mode, and for external middleware its address and Secret."""
    shared: dict[str, Any] = {}
    for name, mode in modes.items():
        shared[name] = {"mode": mode}
        if mode == "external":
            credential = catalog.dependencies[name].credential
            shared[name] |= {
                "addresses": [f"{name.lower()}.example.com:7777"],
                "existingSecret": f"their-{name.lower()}",
                "secretKeys": {key: f"their-{key}" for key in credential.keys},
            }
    return {"global": shared}


def _address(dependency: Dependency, mode: str) -> str:
    if mode == "external":
        return f"{dependency.name.lower()}.example.com:7777"
    if mode == "kubeblocks":
        service = dependency.kubeblocks["service"].replace("{instance}", INSTANCE)
        return f"{service}:{dependency.port}"
    return f"{INSTANCE}-{dependency.component}:{dependency.port}"


def _bound(release: Release) -> Iterator[tuple[str, str, str, Any]]:
    """(chart, dependency, form, value) of every key in ConfigMaps that is bound to middleware."""
    for spec in release.catalog.charts.values():
        config = release.find("ConfigMap", f"{INSTANCE}-{spec.component}")
        if spec.name not in release.chart.spec.includes or not spec.config:
            continue
        assert config is not None, f"{spec.name} has no ConfigMap"
        for file in spec.config:
            data = yaml.safe_load(config.data["data"][file.filename])
            for path, node in leaves(file):
                bind = node.get("bind", {})
                if "dependency" in bind:
                    yield spec.name, bind["dependency"], bind["as"], get(data, *path)


def _objects_of(component: str, release: Release) -> list[RenderedObject]:
    return [o for o in release.objects if o.template.startswith(f"charts/{component}/")]


@pytest.mark.parametrize("choice", _pairwise(), ids=lambda c: "-".join(m[0] for m in c))
def test_modules_follow_the_mode(choice: tuple[str, ...], render: Render, catalog: Catalog) -> None:
    modes = dict(zip(NAMES, choice, strict=True))
    release = render(_values(modes, catalog))
    _addresses(release, modes)
    _secrets(release, modes)
    _installed(release, modes)
    problems = {
        f"{rule.id}: {problem.message}"
        for rule in all_rules()
        if isinstance(rule, ReleaseRule) and rule.id in ("addresses-resolve", "references")
        for problem in rule.check(release)
    }
    assert not problems


def _addresses(release: Release, modes: Mapping[str, str]) -> None:
    checked = set()
    for chart, name, form, value in _bound(release):
        wanted = _address(release.catalog.dependencies[name], modes[name])
        shown = {"addresses": [wanted], "address": wanted}.get(form)
        if shown is None:
            assert value.endswith(f"://{wanted}"), (chart, name, value)
        else:
            assert value == shown, (chart, name)
        checked.add(name)
    assert checked == set(NAMES), "a middleware that no configuration mentions"
    for pod in release.pods:
        for container in listing(pod.spec, "initContainers"):
            if container["name"] == "wait-for-dependencies":
                used = release.spec_of(pod.obj).uses
                awaited = {_address(d, modes[d.name]) for d in used}
                assert awaited <= set(container["command"]), pod.obj.name


def _secrets(release: Release, modes: Mapping[str, str]) -> None:
    """Every variable that a login fills takes it from the Secret of the mode, by its key there."""
    found = set()
    for spec in (release.catalog.charts[name] for name in release.chart.spec.includes):
        if not spec.config:
            continue
        workload = release.find("Deployment", f"{INSTANCE}-{spec.component}")
        containers = listing(workload.data, "spec", "template", "spec", "containers")
        env = {v["name"]: get(v, "valueFrom", "secretKeyRef") for v in containers[0]["env"]}
        for variable in variables(spec):
            dependency = release.catalog.dependencies.get(variable.credential)
            reference = env.get(variable.name)
            if dependency is None or (dependency.credential.optional and reference is None):
                continue
            assert reference is not None, (spec.name, variable.name)
            _reference(release, dependency, modes[dependency.name], variable.key, reference)
            found.add(dependency.name)
    assert {"redis", "mongodb", "objectStorage"} <= found


def _reference(
    release: Release, dependency: Dependency, mode: str, key: str, reference: Mapping[str, Any]
) -> None:
    if mode == "external":
        assert reference["name"] == f"their-{dependency.name.lower()}"
        assert reference["key"] == f"their-{key}"
    elif mode == "kubeblocks" and "secret" in dependency.kubeblocks:
        operated = dependency.kubeblocks
        assert reference["name"] == operated["secret"].replace("{instance}", INSTANCE)
        assert reference["key"] == operated["keys"].get(key, key)
    else:
        secret = release.find("Secret", reference["name"])
        assert secret is not None, reference
        optional = dependency.credential.keys[key].optional
        assert optional or reference["key"] in {**secret.data.get("data", {})}, reference


def _installed(release: Release, modes: Mapping[str, str]) -> None:
    for name, mode in modes.items():
        component = release.catalog.dependencies[name].component
        objects = _objects_of(component, release)
        if mode == "external":
            assert not objects, [o.name for o in objects]
        elif mode == "kubeblocks":
            (cluster,) = objects
            assert (cluster.api_version, cluster.kind) == ("apps.kubeblocks.io/v1", "Cluster")
            _names_match(cluster, release.catalog.dependencies[name])
        else:
            assert release.find("StatefulSet", f"{INSTANCE}-{component}")
            assert release.find("Service", f"{INSTANCE}-{component}")


def _names_match(cluster: RenderedObject, dependency: Dependency) -> None:
    """KubeBlocks names what it makes CLUSTER-COMPONENT-SERVICE, -account-USER."""
    (component,) = cluster.data["spec"]["componentSpecs"]
    start = f"{cluster.name}-{component['name']}"
    for made in (dependency.kubeblocks["service"], dependency.kubeblocks.get("secret", "")):
        assert not made or made.replace("{instance}", INSTANCE).startswith(start), (made, start)


def test_kubeblocks_user_follows_the_mode(render: Render) -> None:
    operated = render({"global": {"mongodb": {"mode": "kubeblocks"}}})
    own = render({"global": {"mongodb": {"mode": "kubeblocks", "existingSecret": "app-user"}}})
    for release, user, source in ((operated, "root", "admin"), (own, "openIM", "openim_v3")):
        config = release.find("ConfigMap", f"{INSTANCE}-rpc-user").data["data"]["mongodb.yml"]
        data = yaml.safe_load(config)
        assert (data["username"], data["authSource"]) == (user, source)


def test_redis_cluster_is_refused_with_kubeblocks(render: Render) -> None:
    values = {"global": {"redis": {"mode": "kubeblocks", "topology": "cluster"}}}
    with pytest.raises(Exception, match="standalone"):
        render(values)

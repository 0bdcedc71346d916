"""Each middleware built in, elsewhere, or run by KubeBlocks: one key decides for all modules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.charts.config import leaves
from openim_charts.charts.graph_view import variables
from openim_charts.checks.checker import bare_archive
from openim_charts.checks.release import Release
from openim_charts.checks.rendered import RenderedObject, get, listing
from openim_charts.checks.rule import ReleaseRule, all_rules
from openim_charts.checks.scenarios import overlay
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.kubernetes.schemas import KubernetesSchemas
from openim_charts.specs.model import Catalog, Dependency
from tests.conftest import ROOT
from tests.product.middleware.conftest import INSTANCE, Render

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
        dependency = catalog.dependencies[name]
        shared[name] = {"mode": next(iter(dependency.modes)) if mode == "builtin" else mode}
        if mode == "external":
            credential = catalog.dependencies[name].credential
            shared[name] |= {
                "addresses": [f"{name.lower()}.example.com:7777"],
                "existingSecret": f"their-{name.lower()}",
                "secretKeys": {key: f"their-{key}" for key in credential.keys},
            }
    return {"global": shared}


def _operated(dependency: Dependency, kind: str) -> str:
    """KubeBlocks names what it makes after the Cluster."""
    name = getattr(dependency.kubeblocks, kind) if dependency.kubeblocks else ""
    return str(name).replace("{cluster}", f"{INSTANCE}-{dependency.operated}")


def _address(dependency: Dependency, mode: str) -> str:
    if mode == "external":
        return f"{dependency.name.lower()}.example.com:7777"
    if mode == "kubeblocks":
        return f"{_operated(dependency, 'service')}:{dependency.ports[dependency.operated]}"
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
    assert not _problems(release)


@pytest.mark.parametrize("preset", ["minimal", "standard", "ha"])
@pytest.mark.parametrize("mode", MODES)
def test_every_preset_in_every_mode(
    preset: str, mode: str, render: Render, catalog: Catalog
) -> None:
    """What applications are told exists: Services with those ports, Secrets with those keys."""
    values = yaml.safe_load((ROOT / "presets" / f"{preset}.yaml").read_text("utf-8"))
    modes = dict.fromkeys(NAMES, mode)
    chosen = overlay(values, _values(modes, catalog))
    if (preset, mode) == ("ha", "kubeblocks"):
        with pytest.raises(HelmError, match="set mode and global"):
            render(chosen)
        alone = {"global": {"redis": {"topology": "standalone"}}, "redis": {"mode": "standalone"}}
        chosen = overlay(chosen, alone)
    release = render(chosen)
    _addresses(release, modes)
    _secrets(release, modes)
    _installed(release, modes)
    assert not _problems(release)


def _problems(release: Release) -> set[str]:
    """What the rules say that prove addresses and references, and the schemas of custom kinds."""
    found = {
        f"{rule.id}: {problem.message}"
        for rule in all_rules()
        if isinstance(rule, ReleaseRule) and rule.id in ("addresses-resolve", "references")
        for problem in rule.check(release)
    }
    schemas = KubernetesSchemas.load()
    for obj in release.of("Cluster"):
        problems = schemas.validate(schemas.minors[-1], obj.data)
        assert problems is not None, "no schema is known"
        found |= {f"{obj.name}: {path} {message}" for path, message in problems}
    return found


def _addresses(release: Release, modes: Mapping[str, str]) -> None:
    checked = set()
    for chart, name, form, value in _bound(release):
        wanted = _address(release.catalog.dependencies[name], modes[name])
        if form == "addresses":  # of a cluster, the same one twice
            assert value in ([wanted], [wanted, wanted]), (chart, name)
        elif form == "address":
            assert value == wanted, (chart, name)
        else:
            assert value.endswith(f"://{wanted}"), (chart, name, value)
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
    elif mode == "kubeblocks" and dependency.kubeblocks and dependency.kubeblocks.secret:
        assert reference["name"] == _operated(dependency, "secret")
        assert reference["key"] == dependency.kubeblocks.keys.get(key, key)
    else:
        secret = release.find("Secret", reference["name"])
        assert secret is not None, reference
        optional = dependency.credential.keys[key].optional
        assert optional or reference["key"] in {**secret.data.get("data", {})}, reference


def _installed(release: Release, modes: Mapping[str, str]) -> None:
    for name, mode in modes.items():
        dependency = release.catalog.dependencies[name]
        component = dependency.component
        objects = [o for c in dependency.components for o in _objects_of(c, release)]
        if mode == "external":
            assert not objects, [o.name for o in objects]
        elif mode == "kubeblocks":
            (cluster,) = objects
            assert (cluster.api_version, cluster.kind) == ("apps.kubeblocks.io/v1", "Cluster")
            _names_match(cluster, dependency)
        else:
            assert release.find("StatefulSet", f"{INSTANCE}-{component}")
            assert release.find("Service", f"{INSTANCE}-{component}")


def _names_match(cluster: RenderedObject, dependency: Dependency) -> None:
    """KubeBlocks names what it makes CLUSTER-COMPONENT-SERVICE, -account-USER."""
    (component,) = cluster.data["spec"]["componentSpecs"]
    start = f"{cluster.name}-{component['name']}"
    for made in (_operated(dependency, "service"), _operated(dependency, "secret")):
        assert not made or made.startswith(start), (made, start)


def test_kubeblocks_user_follows_the_mode(render: Render) -> None:
    operated = render({"global": {"mongodb": {"mode": "kubeblocks"}}})
    own = render({"global": {"mongodb": {"mode": "kubeblocks", "existingSecret": "app-user"}}})
    for release, user, source in ((operated, "root", "admin"), (own, "openIM", "openim_v3")):
        config = release.find("ConfigMap", f"{INSTANCE}-rpc-user").data["data"]["mongodb.yml"]
        data = yaml.safe_load(config)
        assert (data["username"], data["authSource"]) == (user, source)


@pytest.mark.parametrize("name", NAMES)
def test_kubeblocks_names_follow_the_cluster(name: str, render: Render, catalog: Catalog) -> None:
    """An instance that is named like the component has a Cluster of that name alone."""
    dependency = catalog.dependencies[name]
    instance = dependency.operated
    release = render({"global": {"instance": instance, name: {"mode": "kubeblocks"}}})
    assert [obj.name for obj in release.of("Cluster")] == [instance]
    assert dependency.kubeblocks
    service = dependency.kubeblocks.service.replace("{cluster}", instance)
    values = [value for _, bound, _, value in _bound(release) if bound == name]
    assert values
    for value in values:
        assert f"{service}:{dependency.ports[instance]}" in str(value)


def test_names_that_kubeblocks_cannot_make_are_refused(render: Render) -> None:
    for length, refused in ((21, False), (22, True)):
        values = {"global": {"instance": "a" * length, "kafka": {"mode": "kubeblocks"}}}
        if not refused:
            assert list(render(values).of("Cluster"))
            continue
        with pytest.raises(HelmError, match="at most 21 characters"):
            render(values)


def test_notes_say_what_is_kept(
    render: Render, charts: Mapping[str, Chart], catalog: Catalog, helm: Helm
) -> None:
    kinds = "kubectl get secrets,persistentvolumeclaims --namespace apps"
    notes = render({"global": {"etcd": {"mode": "kubeblocks"}}}).rendering.notes
    assert f"{kinds} --selector app.kubernetes.io/instance={INSTANCE}" in notes
    assert f"clusters.apps.kubeblocks.io --namespace apps {INSTANCE}-etcd" in notes
    assert f"{INSTANCE}-kafka" not in notes

    archive, minor = bare_archive(charts["etcd"]), catalog.repository.kubernetes[0]
    claims, cluster = "kubectl get persistentvolumeclaims", "kubectl get clusters"
    for mode, shown, hidden in (
        ("builtin", claims, cluster),
        ("kubeblocks", cluster, claims),
        ("external", "", "kubectl"),
    ):
        values = {"global": {"etcd": {"mode": mode}}}
        notes = helm.render(archive, values, INSTANCE, "apps", minor).notes
        assert shown in notes
        assert hidden not in notes, mode


def test_redis_cluster_is_refused_with_kubeblocks(render: Render) -> None:
    values = {"global": {"redis": {"mode": "kubeblocks", "topology": "cluster"}}}
    with pytest.raises(HelmError, match="standalone"):
        render(values)

"""One value changes a port of a module; its file, its pods and whoever reaches them follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import yaml

from openim_charts.charts.graph_view import entry_port, port_key
from openim_charts.helm.adapter import HelmError
from openim_charts.specs.model import Catalog, ChartSpec
from tests.product.features.conftest import Objects, Render, of_kind
from tests.product.features.policies import Pod, enters, leaves, pods

PROMETHEUS = Pod({"app.kubernetes.io/name": "prometheus"}, "monitoring")
AWAY = 5000  # from a usual port to the one that a test sets
Port = tuple[ChartSpec, str]


@pytest.fixture(scope="module")
def modules(catalog: Catalog) -> list[ChartSpec]:
    return [c for c in catalog.charts.values() if c.line and c.ports]


def _values(ports: Iterable[Port]) -> dict[str, Any]:
    """Values that move these ports away."""
    values: dict[str, Any] = {}
    for chart, name in ports:
        place = values
        *path, last = ("global", "config", *port_key(chart, name))
        for key in path:
            place = place.setdefault(key, {})
        place[last] = [chart.ports[name] + AWAY]
    return values


def _one(objects: Objects, kind: str, chart: str) -> Mapping[str, Any]:
    (found,) = [
        o
        for o in of_kind(objects, kind)
        if o["metadata"]["labels"]["app.kubernetes.io/name"] == chart
    ]
    return found


def _agree(objects: Objects, chart: ChartSpec, moved: Mapping[str, int]) -> None:
    """All that a chart says of its ports is true of ``moved``; its Service keeps its own."""
    template = _one(objects, "Deployment", chart.name)["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert {p["name"]: p["containerPort"] for p in container["ports"]} == moved
    files = _one(objects, "ConfigMap", chart.name)["data"]
    for name, number in moved.items():
        _, file, *path = port_key(chart, name)
        value = yaml.safe_load(files[f"{file}.yml"])
        for key in path:
            value = value[key]
        assert value == [number]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        for handler in ("tcpSocket", "httpGet"):
            assert container.get(probe, {}).get(handler, {}).get("port", "none") in (*moved, "none")
    if "service" in chart.features:
        ports = _one(objects, "Service", chart.name)["spec"]["ports"]
        assert {p["targetPort"]: p["port"] for p in ports} == chart.ports
    if "metrics" in moved:
        assert template["metadata"]["annotations"]["prometheus.io/port"] == str(moved["metrics"])
        pod = pods(objects)[chart.name]
        assert enters(objects, PROMETHEUS, pod, moved["metrics"])


def test_every_port_of_a_module_has_a_key_of_its_own(modules: list[ChartSpec]) -> None:
    keys = [port_key(chart, name) for chart in modules for name in chart.ports]
    assert len(keys) > 25
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_each_port_moves_alone(modules: list[ChartSpec], render: Render) -> None:
    for chart in modules:
        usual = render(chart.name)
        for name, number in chart.ports.items():
            objects = render(chart.name, _values([(chart, name)]))
            _agree(objects, chart, {**chart.ports, name: number + AWAY})
            assert [o["metadata"]["name"] for o in objects] == [
                o["metadata"]["name"] for o in usual
            ]
            texts = yaml.safe_dump(of_kind(objects, "Service", "NetworkPolicy"))
            assert (str(number) in texts) == ("service" in chart.features)


def test_all_ports_move_in_the_umbrella(modules: list[ChartSpec], render: Render) -> None:
    every = [(chart, name) for chart in modules for name in chart.ports]
    objects = render("openim", _values(every))
    for chart in modules:
        _agree(objects, chart, {name: number + AWAY for name, number in chart.ports.items()})


def test_callers_reach_the_port_that_moved(
    modules: list[ChartSpec], catalog: Catalog, render: Render
) -> None:
    every = [(chart, name) for chart in modules for name in chart.ports]
    objects = render("openim", _values(every))
    running = pods(objects)
    calls = [(c, catalog.charts[name]) for c in modules for name in c.calls]
    assert len(calls) > 30
    for caller, callee in calls:
        source, target = running[caller.name], running[callee.name]
        usual = callee.ports[entry_port(callee)]
        for end in (leaves, enters):
            assert end(objects, source, target, usual + AWAY), f"{caller.name} -> {callee.name}"
            assert not end(objects, source, target, usual), f"{caller.name} -> {callee.name}"


def test_the_world_and_the_test_reach_the_port_that_moved(catalog: Catalog, render: Render) -> None:
    chart = catalog.charts["openim-api"]
    values = _values([(chart, "http")])
    values["global"]["exposure"] = {
        "type": "istio",
        "hosts": {"main": "im.example.com"},
        "istio": {"gateways": ["istio-system/public"]},
    }
    objects = render(chart.name, values)
    found = pods(objects)
    for source in (Pod({"app": "gateway"}, "elsewhere"), found["openim-api-test"]):
        assert enters(objects, source, found[chart.name], 15002)
        assert not enters(objects, source, found[chart.name], 10002)


@pytest.mark.parametrize("ports", [[80], [70000], [10003, 10004], [], 10003, ["10003"]])
def test_what_is_no_port_is_refused_by_its_name(render: Render, ports: Any) -> None:
    values = {"global": {"config": {"server": {"openim-api": {"api": {"ports": ports}}}}}}
    with pytest.raises(HelmError, match=r"openim-api.*ports"):
        render("openim-api", values)


def test_a_port_for_one_chart_alone_is_refused(render: Render) -> None:
    with pytest.raises(HelmError, match="ports"):
        render("openim-api", {"config": {"openim-api": {"api": {"ports": [10003]}}}})


def test_one_port_twice_is_refused_with_what_to_set(catalog: Catalog, render: Render) -> None:
    chart = catalog.charts["openim-api"]
    values = _values([(chart, "http")])
    values["global"]["config"]["server"]["openim-api"]["api"]["ports"] = [chart.ports["metrics"]]
    with pytest.raises(HelmError, match=r"set another one in .*openim-api\.prometheus\.ports"):
        render(chart.name, values)


def test_a_load_balancer_can_be_closed_to_the_world(render: Render) -> None:
    def ranges(kind: str) -> object:
        service = {"type": kind, "loadBalancerSourceRanges": ["203.0.113.0/24"]}
        (found,) = of_kind(render("openim-api", {"service": service}), "Service")
        return found["spec"].get("loadBalancerSourceRanges")

    assert ranges("LoadBalancer") == ["203.0.113.0/24"]
    assert ranges("ClusterIP") is None

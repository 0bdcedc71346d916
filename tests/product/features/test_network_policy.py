"""Traffic that the graph of calls and uses names is allowed at both ends; all other is not."""

from __future__ import annotations

from typing import Any

import pytest

from openim_charts.charts.graph_view import entry_port
from openim_charts.specs.model import Catalog, ChartSpec
from tests.product.features.conftest import Objects, Render, of_kind
from tests.product.features.policies import Pod, enters, leaves, pods
from tests.product.node.conftest import values_for
from tests.product.node.traffic import LABELS, PORT

STRANGER = Pod({"app.kubernetes.io/name": "somebody"}, "elsewhere")
PROMETHEUS = Pod({"app.kubernetes.io/name": "prometheus"}, "monitoring")
EXPOSED = {
    "global": {
        "exposure": {
            "type": "istio",
            "hosts": {"main": "im.example.com", "admin": "admin.example.com"},
            "istio": {"gateways": ["istio-system/public"]},
        }
    }
}


@pytest.fixture(scope="module")
def objects(render: Render) -> Objects:
    return render("openim")


@pytest.fixture(scope="module")
def running(catalog: Catalog, objects: Objects) -> dict[str, tuple[ChartSpec, Pod]]:
    found = pods(objects)
    return {
        name: (catalog.charts[name], pod) for name, pod in found.items() if name in catalog.charts
    }


def _modules(running: dict[str, tuple[ChartSpec, Pod]]) -> list[tuple[ChartSpec, Pod]]:
    """Modules and front ends; programs that watch the others reach more than the graph says."""
    return [(spec, pod) for spec, pod in running.values() if spec.kind == "module"]


def _entry(chart: ChartSpec) -> int:
    return chart.ports[entry_port(chart)]


def _connects(catalog: Catalog, caller: ChartSpec, callee: ChartSpec, port: int) -> bool:
    """Whether the specs say that one chart connects to this port of another."""
    if caller is callee and caller.kind == "infrastructure":
        return True
    if callee.name in caller.calls and port == _entry(callee):
        return True
    scraped = callee.options.get("monitoring", {}).get("port", "metrics")
    named = PROMETHEUS.labels["app.kubernetes.io/name"]
    if caller.name == named and callee.ports.get(scraped) == port:
        return "monitoring" in callee.features
    provided = [d for d in catalog.dependencies.values() if callee.name in d.components]
    return any(d in caller.uses and callee.ports[d.port_name] == port for d in provided)


def test_every_chart_has_its_policy(running: dict[str, Any], objects: Objects) -> None:
    selected = {
        o["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for o in of_kind(objects, "NetworkPolicy")
    }
    assert selected == set(pods(objects))
    assert set(running) < selected
    assert len(running) > 15


def test_every_call_passes_both_ends(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    calls = [(c, name) for c, _ in running.values() for name in c.calls]
    assert len(calls) > 40
    for caller, name in calls:
        callee, target = running[name]
        source = running[caller.name][1]
        assert leaves(objects, source, target, _entry(callee)), f"{caller.name} -> {name}"
        assert enters(objects, source, target, _entry(callee)), f"{caller.name} -> {name}"


def test_all_other_pairs_are_stopped_at_both_ends(
    catalog: Catalog, running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    for caller, source in _modules(running):
        for callee, target in running.values():
            for port in callee.ports.values():
                wanted = _connects(catalog, caller, callee, port)
                where = f"{caller.name} -> {callee.name}:{port}"
                assert leaves(objects, source, target, port) == wanted, where
                assert enters(objects, source, target, port) == wanted, where


def test_middleware_is_reached_by_those_that_use_it(
    catalog: Catalog, running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    for chart, source in _modules(running):
        for dependency in catalog.dependencies.values():
            labels = {
                "app.kubernetes.io/name": dependency.component,
                "app.kubernetes.io/part-of": "im",
            }
            uses = dependency in chart.uses
            assert leaves(objects, source, Pod(labels), dependency.port) == uses
            assert not leaves(objects, source, Pod(labels), dependency.port + 1)
            other = Pod(labels | {"app.kubernetes.io/part-of": "another"})
            assert not leaves(objects, source, other, dependency.port)


def test_infrastructure_is_entered_by_its_users_itself_and_its_jobs(
    catalog: Catalog, render: Render
) -> None:
    programs = [c for c in catalog.charts.values() if c.kind == "infrastructure"]
    assert programs
    for chart in programs:
        objects = render(chart.name)
        found = pods(objects)
        pod = found[chart.name]
        for port in chart.ports.values():
            assert leaves(objects, pod, pod, port)
            assert enters(objects, pod, pod, port)
            assert not enters(objects, STRANGER, pod, port)
        if f"{chart.name}-setup" in found:
            assert enters(objects, found[f"{chart.name}-setup"], pod, _entry(chart))
            assert leaves(objects, found[f"{chart.name}-setup"], pod, _entry(chart))
            assert not leaves(objects, found[f"{chart.name}-setup"], STRANGER, _entry(chart))
        for other in catalog.charts.values():
            source = Pod({**pod.labels, "app.kubernetes.io/name": other.name})
            for port in chart.ports.values():
                wanted = _connects(catalog, other, chart, port)
                assert enters(objects, source, pod, port) == wanted, other.name


def test_external_middleware_is_reached_at_its_ports_only(render: Render) -> None:
    redis = {"addresses": ["10.1.2.3:6380", "10.1.2.4:6380"], "existingSecret": "their-redis"}
    values = {
        "global": {
            "redis": {"mode": "external", **redis},
            "etcd": {"mode": "external", "addresses": ["etcd.example.com:12379"]},
        }
    }
    objects = render("openim-rpc-auth", values)
    pod = pods(objects)["openim-rpc-auth"]
    for port, wanted in ((6380, True), (12379, True), (6379, False), (2379, False)):
        assert leaves(objects, pod, "10.1.2.3", port) == wanted
    rules = [r for o in of_kind(objects, "NetworkPolicy") for r in o["spec"]["egress"]]
    (rule,) = [r for r in rules if {"port": 6380} in r["ports"]]
    assert rule["ports"] == [{"port": 6380}]


def test_metrics_are_for_prometheus(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects, render: Render
) -> None:
    silent = render("openim", {"global": {"monitoring": {"type": "none"}}})
    scraped = [(c, p) for c, p in running.values() if "metrics" in c.ports]
    assert len(scraped) > 10
    for chart, pod in scraped:
        assert enters(objects, PROMETHEUS, pod, chart.ports["metrics"])
        assert not enters(silent, PROMETHEUS, pod, chart.ports["metrics"])
        assert not enters(objects, STRANGER, pod, chart.ports["metrics"])


def test_strangers_enter_where_the_world_may(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects, render: Render
) -> None:
    exposed = render("openim", EXPOSED)
    for chart, pod in running.values():
        for name, port in chart.ports.items():
            assert not enters(objects, STRANGER, pod, port)
            public = bool(chart.exposure) and chart.exposure.port == name
            assert enters(exposed, STRANGER, pod, port) == public


def test_gateways_can_be_named(render: Render) -> None:
    peers = [{"podSelector": {"matchLabels": {"app": "gateway"}}, "namespaceSelector": {}}]
    values = {"global": EXPOSED["global"] | {"networkPolicy": {"gateway": peers}}}
    objects = render("openim-api", values)
    pod = pods(objects)["openim-api"]
    assert enters(objects, Pod({"app": "gateway"}, "gateways"), pod, 10002)
    assert not enters(objects, STRANGER, pod, 10002)


def test_a_service_open_to_the_world_is_reachable(render: Render) -> None:
    objects = render("openim-api", {"service": {"type": "LoadBalancer"}})
    pod = pods(objects)["openim-api"]
    assert enters(objects, "203.0.113.7", pod, 10002)
    assert not enters(objects, "203.0.113.7", pod, 12002)


def test_the_test_pod_reaches_its_module(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    found = pods(objects)
    tests = [name for name in found if name.endswith("-test")]
    assert len(tests) > 15
    for name in tests:
        chart, pod = running[name.removesuffix("-test")]
        test = chart.test
        port = chart.ports[test["http"]["port"] if "http" in test else test["tcp"]]
        assert enters(objects, found[name], pod, port)
        assert leaves(objects, found[name], pod, port)
        assert leaves(objects, found[name], STRANGER, 53, "UDP")
        assert not leaves(objects, found[name], STRANGER, port)


def test_the_job_that_makes_secrets_reaches_the_api_server_from_its_start(render: Render) -> None:
    objects = render("redis", {"global": {"secrets": {"provider": "job"}}})
    job = pods(objects)["redis-secrets"]
    assert leaves(objects, job, "10.96.0.1", 443)
    assert leaves(objects, job, "10.96.0.1", 6443)
    assert not leaves(objects, job, "10.96.0.1", 6379)
    name = "im-redis-secrets"
    hooks = [o["metadata"]["annotations"] for o in objects if o["metadata"]["name"] == name]
    policy, made = (h["helm.sh/hook-weight"] for h in (hooks[-2], hooks[-1]))
    assert int(policy) < int(made)
    assert len({h["helm.sh/hook"] for h in hooks}) == 1


def test_the_internet_is_for_those_that_need_it(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    assert any(c.internet for c, _ in running.values())
    modules = [(c, p) for c, p in running.values() if c.kind == "module"]
    for chart, pod in modules:
        for address in ("203.0.113.7", "2001:db8::7"):
            assert leaves(objects, pod, address, 443) == chart.internet
        for address in ("10.0.0.1", "192.168.1.1", "169.254.169.254", "fd00::1"):
            assert not leaves(objects, pod, address, 443)


def test_a_server_of_ones_own_for_webhooks_is_reached(render: Render) -> None:
    def reached(values: dict[str, Any]) -> bool:
        objects = render("openim-msgtransfer", values)
        return leaves(objects, pods(objects)["openim-msgtransfer"], "10.0.0.1", 10006)

    hooks = {"webhooks": {"url": "http://hooks.chat.svc:10006/im"}}
    assert not reached({})
    assert reached({"global": {"config": {"server": hooks}}})
    assert reached({"config": hooks})


def test_a_mail_server_in_a_private_network_is_reached(render: Render) -> None:
    def reached(values: dict[str, Any], port: int = 587) -> bool:
        objects = render("openim-chat-rpc", values)
        return leaves(objects, pods(objects)["openim-chat-rpc"], "10.0.0.1", port)

    mail = {"chat-rpc-chat": {"verifyCode": {"mail": {"enable": True, "smtpPort": 587}}}}
    shared = {"global": {"config": {"chat": mail}}}
    off = {"config": {"chat-rpc-chat": {"verifyCode": {"mail": {"enable": False}}}}}
    assert reached(shared)
    assert reached({"config": mail})
    assert not reached(shared, 465)
    assert not reached({**shared, **off})


def test_an_openim_server_elsewhere_is_reached(render: Render) -> None:
    url = "https://openim.example.com"
    values = {"global": {"config": {"chat": {"share": {"openIM": {"apiURL": url}}}}}}
    objects = render("openim-chat-api", values)
    assert leaves(objects, pods(objects)["openim-chat-api"], "203.0.113.7", 443)


def test_names_can_be_resolved(running: dict[str, Any], objects: Objects) -> None:
    for _, pod in running.values():
        for port in (53, 5353):  # as Kubernetes' DNS listens, and as OpenShift's
            for protocol in ("UDP", "TCP"):
                assert leaves(objects, pod, STRANGER, port, protocol)


def test_another_instance_is_a_stranger(
    running: dict[str, tuple[ChartSpec, Pod]], objects: Objects
) -> None:
    callee, target = running["openim-rpc-user"]
    source = running["openim-api"][1]
    other = Pod({**source.labels, "app.kubernetes.io/part-of": "another"})
    assert enters(objects, source, target, _entry(callee))
    assert not enters(objects, other, target, _entry(callee))


def test_charts_of_one_instance_meet_whatever_their_releases(render: Render) -> None:
    values = {"global": {"instance": "openim"}}
    api, user = render("openim-api", values), render("openim-rpc-user", values)
    source, target = pods(api)["openim-api"], pods(user)["openim-rpc-user"]
    assert leaves(api, source, target, 10320)
    assert enters(user, source, target, 10320)


def test_rules_can_be_added(render: Render) -> None:
    extra = {
        "extraIngress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}],
        "extraEgress": [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}],
    }
    objects = render("openim-crontask", {"networkPolicy": extra})
    pod = pods(objects)["openim-crontask"]
    assert enters(objects, "192.0.2.1", pod, 80)
    assert leaves(objects, pod, "192.0.2.1", 80)
    assert not leaves(objects, pod, "192.0.3.1", 80)


def test_rules_for_all_pods_of_all_charts_are_said_once(render: Render) -> None:
    mesh = {
        "extraIngress": [{"ports": [{"port": 15008}]}],
        "extraEgress": [{"ports": [{"port": 15008}]}],
    }
    shared = {"networkPolicy": mesh, "secrets": {"provider": "job"}}
    objects = render("openim", {"global": shared})
    found = pods(objects)
    assert {"openim-api", "redis", "kafka-setup", "redis-secrets", "openim-api-test"} <= set(found)
    for name, pod in found.items():
        assert enters(objects, STRANGER, pod, 15008), name
        assert leaves(objects, pod, STRANGER, 15008), name
    own = {"extraEgress": [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]}
    objects = render("minio", {"networkPolicy": own, "global": shared})
    for pod in pods(objects).values():
        assert leaves(objects, pod, "192.0.2.1", 80)
        assert leaves(objects, pod, STRANGER, 15008)


@pytest.mark.parametrize(
    "values",
    [{"global": {"networkPolicy": {"enabled": False}}}, {"networkPolicy": {"enabled": False}}],
)
def test_policies_can_be_left_out(render: Render, values: dict[str, Any]) -> None:
    assert not of_kind(render("openim-api", values), "NetworkPolicy")


def test_the_sender_of_the_tests_on_a_node_gets_to_the_api(
    catalog: Catalog, render: Render
) -> None:
    objects = render("openim", values_for(catalog, stand_ins=True))
    found, sender = pods(objects), Pod(LABELS)
    assert enters(objects, sender, found["openim-api"], PORT)
    assert not enters(objects, sender, found["openim-rpc-auth"], 10200)

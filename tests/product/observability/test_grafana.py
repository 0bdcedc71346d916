"""Grafana: dashboards that ask for what is measured, data sources that exist, nobody let in."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.helm.adapter import HelmError
from tests.product.infrastructure.programs import ask, program

Render = Callable[..., list[dict[str, Any]]]
OIDC = {
    "enabled": True,
    "clientID": "grafana",
    "existingSecret": "login",
    "authURL": "https://login.example.com/authorize",
    "tokenURL": "https://login.example.com/token",
    "apiURL": "https://login.example.com/userinfo",
}


def find(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    return next(o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))


@pytest.fixture
def dashboards(render: Render) -> dict[str, dict[str, Any]]:
    data = find(render("grafana"), "ConfigMap", "im-grafana-dashboards")["data"]
    return {name: json.loads(text) for name, text in data.items()}


def ini(objects: list[dict[str, Any]]) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(find(objects, "ConfigMap", "im-grafana")["data"]["grafana.ini"])
    return parser


def test_paths_are_variables_since_those_of_the_image_win_over_the_file(render: Render) -> None:
    objects = render("grafana")
    spec = find(objects, "StatefulSet", "im-grafana")["spec"]["template"]["spec"]
    [container] = spec["containers"]
    env = {v["name"]: v.get("value", "") for v in container["env"]}
    mounts = [m["mountPath"] for m in container["volumeMounts"]]
    for name in ("DATA", "LOGS", "PLUGINS", "PROVISIONING"):
        assert any(env[f"GF_PATHS_{name}"].startswith(path) for path in mounts)
    assert "paths" not in ini(objects)


def test_there_is_a_dashboard_for_each_view(dashboards: dict[str, dict[str, Any]]) -> None:
    assert sorted(dashboards) == [
        f"{name}.json" for name in ("logs", "messages", "middleware", "modules", "overview")
    ]
    assert len({d["uid"] for d in dashboards.values()}) == len(dashboards)


def test_panels_do_not_overlap(dashboards: dict[str, dict[str, Any]]) -> None:
    for dashboard in dashboards.values():
        taken: set[tuple[int, int]] = set()
        for panel in dashboard["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert place["x"] + place["w"] <= 24
            assert not taken & cells, panel["title"]
            taken |= cells


def test_every_panel_asks_the_chosen_source_about_the_chosen_namespace(
    dashboards: dict[str, dict[str, Any]],
) -> None:
    for dashboard in dashboards.values():
        variables = {v["name"] for v in dashboard["templating"]["list"]}
        for panel in (p for p in dashboard["panels"] if p["type"] != "row"):
            assert panel["datasource"]["uid"].strip("${}") in variables
            assert panel["targets"]
            for target in panel["targets"]:
                assert 'namespace="$namespace"' in target["expr"]
                assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables
                assert "<" not in target["legendFormat"]


def test_promtool_understands_every_query(
    dashboards: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    promtool = program("promtool")
    rules = [
        {"record": f"query:{number}", "expr": re.sub(r"\$\w+", "x", target["expr"])}
        for number, target in enumerate(
            target
            for dashboard in dashboards.values()
            for panel in dashboard["panels"]
            if panel.get("datasource", {}).get("type") == "prometheus"
            for target in panel["targets"]
        )
    ]
    path = tmp_path / "queries.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    ask([promtool, "check", "rules", "--lint=none", str(path)], {})


def test_what_each_node_of_kafka_reports_is_counted_once(
    dashboards: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """Every node has an exporter, and each of them reports the whole cluster."""
    promtool = program("promtool")
    panels = [p for d in dashboards.values() for p in d["panels"] if "targets" in p]
    queries = {
        (panel["title"], target["expr"].replace("$namespace", "chat"))
        for panel in panels
        for target in panel["targets"]
        if "kafka_" in target["expr"]
    }
    labels = 'consumergroup="g",topic="t",partition="0",namespace="chat"'
    series = {"kafka_consumergroup_lag": "5x20", "kafka_topic_partition_current_offset": "0+60x20",
              "kafka_topic_partition_under_replicated_partition": "1x20"}  # fmt: skip
    wanted = {"Waiting in Kafka": 5, "Waiting": 5, "Messages in": 1}
    tests = {
        "input_series": [
            {"series": f'{name}{{pod="{pod}",{labels}}}', "values": values}
            for name, values in series.items()
            for pod in "abc"
        ],
        "interval": "1m",
        "promql_expr_test": [
            {
                "expr": f"sum({query})",
                "eval_time": "15m",
                "exp_samples": [{"labels": "{}", "value": wanted.get(title, 1)}],
            }
            for title, query in queries
        ],
    }
    assert len(queries) >= 4
    path = tmp_path / "tests.yml"
    path.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": [tests]}))
    ask([promtool, "test", "rules", str(path)], {})


def test_logs_of_modules_without_metrics_can_be_chosen(
    dashboards: dict[str, dict[str, Any]],
) -> None:
    variables = {v["name"]: v for v in dashboards["logs.json"]["templating"]["list"]}
    app = variables["app"]
    assert app["datasource"] == {"type": "loki", "uid": "${logs}"}
    assert app["query"] == 'label_values({namespace="$namespace",app=~"openim-.+"}, app)'
    assert "source" not in app


def test_the_sources_are_the_instances_own(render: Render) -> None:
    data = find(render("grafana"), "ConfigMap", "im-grafana")["data"]["datasources.yaml"]
    urls = {s["uid"]: s["url"] for s in yaml.safe_load(data)["datasources"]}
    assert urls == {
        "prometheus": "http://im-prometheus:9090",
        "loki": "http://im-loki:3100",
        "alertmanager": "http://im-alertmanager:9093",
    }


def test_without_metrics_only_logs_are_a_source(render: Render) -> None:
    objects = render("grafana", {"global": {"monitoring": {"type": "none"}}})
    data = find(objects, "ConfigMap", "im-grafana")["data"]["datasources.yaml"]
    assert [s["uid"] for s in yaml.safe_load(data)["datasources"]] == ["loki"]


def test_the_operators_grafana_finds_dashboards_and_loki(render: Render) -> None:
    objects = render("grafana", {"global": {"monitoring": {"type": "operator"}}})
    labels = {o["metadata"]["name"]: o["metadata"]["labels"] for o in objects}
    assert {o["kind"] for o in objects} == {"ConfigMap"}
    assert labels["im-grafana-dashboards"]["grafana_dashboard"] == "1"
    assert labels["im-grafana-loki"]["grafana_datasource"] == "1"


def test_nobody_enters_unseen(render: Render) -> None:
    config = ini(render("grafana"))
    assert config["auth.anonymous"]["enabled"] == "false"
    assert config["users"]["allow_sign_up"] == "false"
    env = find(render("grafana"), "StatefulSet", "im-grafana")["spec"]["template"]["spec"][
        "containers"
    ][0]["env"]
    secret = {
        e["name"]: e["valueFrom"]["secretKeyRef"]["key"] for e in env if "SECURITY" in e["name"]
    }
    assert secret == {
        "GF_SECURITY_ADMIN_USER": "adminUser",
        "GF_SECURITY_ADMIN_PASSWORD": "adminPassword",
        "GF_SECURITY_SECRET_KEY": "secretKey",
    }


def test_public_address_and_cookies_follow_the_exposure(render: Render) -> None:
    exposure = {
        "type": "httpRoute",
        "scheme": "https",
        "hosts": {"main": "im.example.com"},
        "gateway": {"parentRefs": [{"name": "public"}]},
    }
    config = ini(render("grafana", {"global": {"exposure": exposure}}))
    assert config["server"]["root_url"] == "https://im.example.com/grafana/"
    assert config["security"]["cookie_secure"] == "true"


def test_the_client_secret_stays_in_its_secret(render: Render) -> None:
    objects = render("grafana", {"oidc": OIDC})
    assert ini(objects)["auth.generic_oauth"]["client_id"] == "grafana"
    assert "client_secret" not in ini(objects)["auth.generic_oauth"]
    env = find(objects, "StatefulSet", "im-grafana")["spec"]["template"]["spec"]["containers"][0][
        "env"
    ]
    reference = next(e for e in env if e["name"] == "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET")
    assert reference["valueFrom"]["secretKeyRef"] == {"name": "login", "key": "clientSecret"}


def _ports(objects: list[dict[str, Any]], name: str) -> set[int]:
    """Ports that the chart's pods may reach wherever the host is."""
    policy = find(objects, "NetworkPolicy", name)
    free = [rule for rule in policy["spec"]["egress"] if "to" not in rule]
    return {port["port"] for rule in free for port in rule["ports"]}


DNS = {53, 5353}


def test_what_urls_name_can_be_reached(render: Render) -> None:
    """A provider or a data source elsewhere, on whatever port it listens."""
    assert _ports(render("grafana"), "im-grafana") == DNS
    assert _ports(render("grafana", {"oidc": OIDC}), "im-grafana") == DNS | {443}
    oidc = {**OIDC, "tokenURL": "https://id.example.com:8443/token", "apiURL": "http://keycloak/me"}
    sources = {"prometheus": {"url": "http://prometheus.monitoring:9090/p"}}
    values = {"oidc": oidc, "dataSources": sources}
    assert _ports(render("grafana", values), "im-grafana") == DNS | {80, 8443, 9090}
    logs = render("alloy", {"lokiURL": "http://loki.monitoring:3100/loki/api/v1/push"})
    assert _ports(logs, "im-alloy") == DNS | {443, 3100, 6443}


def test_half_an_oidc_is_refused(render: Render) -> None:
    with pytest.raises(HelmError, match=r"oidc\.tokenURL must be set"):
        render("grafana", {"oidc": {**OIDC, "tokenURL": ""}})

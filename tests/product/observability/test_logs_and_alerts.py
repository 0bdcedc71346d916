"""Loki, Alloy and Alertmanager: their configuration, and what their programs say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.helm.adapter import HelmError
from tests.product.infrastructure.programs import ask, find_data, one, program, write_files

Render = Callable[..., list[dict[str, Any]]]
Scenarios = Callable[[str], dict[str, Any]]
S3 = {
    "type": "s3",
    "s3": {"bucket": "logs", "existingSecret": "keys", "endpoint": "s3.example.com"},
}


def folders(render: Render, scenarios: Scenarios, chart: str, tmp_path: Path) -> list[Path]:
    """The mounted files of a chart with its defaults and each of its values files."""
    found = []
    for number, values in enumerate(scenarios(chart).values()):
        objects = render(chart, values)
        if any(o["kind"] == "ConfigMap" for o in objects):
            found.append(write_files(objects, tmp_path / str(number)))
    return found


def test_loki_accepts_its_configuration(
    render: Render, scenarios: Scenarios, tmp_path: Path
) -> None:
    loki = program("loki")
    known = {"POD_IP": "127.0.0.1", "S3_ACCESS_KEY_ID": "id", "S3_SECRET_ACCESS_KEY": "key"}
    for folder in folders(render, scenarios, "loki", tmp_path):
        ask(
            [loki, f"-config.file={folder}/loki.yaml", "-config.expand-env=true", "-verify-config"],
            known,
        )


def test_loki_deletes_old_logs_and_knows_one_tenant(render: Render) -> None:
    config = yaml.safe_load(find_data(render("loki", {"retentionDays": 3}), "loki.yaml"))
    assert config["auth_enabled"] is False
    assert config["limits_config"]["retention_period"] == "72h"
    assert config["compactor"] == {"retention_enabled": True, "delete_request_store": "filesystem"}
    assert config["schema_config"]["configs"][0]["object_store"] == "filesystem"


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (2, 1), (3, 3), (5, 3)])
def test_a_pod_of_loki_may_restart(render: Render, replicas: int, copies: int) -> None:
    """A write needs more than half of the copies, and of two that is both."""
    objects = render("loki", {"storage": S3, "replicaCount": replicas})
    config = yaml.safe_load(find_data(objects, "loki.yaml"))
    assert config["common"]["replication_factor"] == copies


def test_limits_win_over_the_charts(render: Render) -> None:
    limits = {"volume_enabled": False, "ingestion_rate_mb": 16}
    text = find_data(render("loki", {"limits": limits}), "loki.yaml")
    assert text.count("volume_enabled") == 1, "Loki refuses a key that stands there twice"
    assert yaml.safe_load(text)["limits_config"] == {"retention_period": "168h", **limits}


def test_keys_of_the_bucket_reach_loki_by_variables(render: Render) -> None:
    objects = render("loki", {"storage": S3})
    config = yaml.safe_load(find_data(objects, "loki.yaml"))
    assert config["common"]["storage"]["s3"]["secret_access_key"] == "${S3_SECRET_ACCESS_KEY}"
    env = one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["env"]
    keys = {e["name"]: e.get("valueFrom", {}).get("secretKeyRef") for e in env}
    assert keys["S3_SECRET_ACCESS_KEY"] == {"name": "keys", "key": "secretAccessKey"}


def test_several_pods_of_loki_need_a_bucket(render: Render) -> None:
    with pytest.raises(HelmError, match="need a bucket that they share"):
        render("loki", {"replicaCount": 2})
    with pytest.raises(HelmError, match=r"storage\.s3\.bucket must name a bucket"):
        render("loki", {"storage": {"type": "s3"}})


def test_alloy_accepts_its_configuration(
    render: Render, scenarios: Scenarios, tmp_path: Path
) -> None:
    alloy = program("alloy")
    for folder in folders(render, scenarios, "alloy", tmp_path):
        ask([alloy, "validate", f"{folder}/config.alloy"], {})


def test_alloys_parser_reads_its_configuration(
    render: Render, scenarios: Scenarios, tmp_path: Path
) -> None:
    parser = program("alloy-syntax")
    labels = {"externalLabels": {"cluster": 'it\'s "east"\\1'}}
    several = {"some": labels, **scenarios("alloy")}
    found = folders(render, lambda _: several, "alloy", tmp_path)
    ask([parser, *(f"{folder}/config.alloy" for folder in found)], {})
    broken = (found[0] / "config.alloy").read_text().replace("{", "", 1)
    (tmp_path / "broken.alloy").write_text(broken)
    with pytest.raises(AssertionError, match=r"broken\.alloy:1:"):
        ask([parser, f"{tmp_path}/broken.alloy"], {})


def test_alloys_components_lead_to_one_another(render: Render, scenarios: Scenarios) -> None:
    for values in scenarios("alloy").values():
        text = find_data(render("alloy", values), "config.alloy")
        made = {".".join(m) for m in re.findall(r'^([a-z.]+) "(\w+)" \{$', text, re.MULTILINE)}
        used = set(
            re.findall(r"\b((?:discovery|loki)\.\w+\.\w+)\.(?:targets|output|receiver)", text)
        )
        assert used == made - {"loki.source.kubernetes.pods"}
        assert text.count("{") == text.count("}")


def test_alloy_reads_pods_and_their_logs_only(render: Render) -> None:
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    assert one(render("alloy"), "Role")["rules"] == rules
    wide = render("alloy", {"scope": "cluster"})
    assert one(wide, "ClusterRole")["rules"] == rules
    assert not [o for o in wide if o["kind"] == "Role"]


@pytest.mark.parametrize(
    ("chart", "mounted"),
    [
        ("alloy", True),
        ("prometheus", True),
        ("loki", False),
        ("alertmanager", False),
        ("grafana", False),
    ],
)
def test_only_who_asks_the_api_server_gets_a_token(
    render: Render, chart: str, mounted: bool
) -> None:
    spec = one(render(chart), "StatefulSet")["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is mounted


def test_alloy_sends_to_the_instances_loki(render: Render) -> None:
    assert 'url = "http://im-loki:3100/loki/api/v1/push"' in find_data(
        render("alloy"), "config.alloy"
    )
    other = {"lokiURL": "https://logs.example.com/loki/api/v1/push"}
    assert 'url = "https://logs.example.com/' in find_data(render("alloy", other), "config.alloy")


def test_amtool_accepts_the_configuration(
    render: Render, scenarios: Scenarios, tmp_path: Path
) -> None:
    amtool = program("amtool")
    for folder in folders(render, scenarios, "alertmanager", tmp_path):
        ask([amtool, "check-config", f"{folder}/alertmanager.yml"], {})


def test_without_receivers_alerts_go_nowhere(render: Render) -> None:
    config = yaml.safe_load(find_data(render("alertmanager"), "alertmanager.yml"))
    assert config["receivers"] == [{"name": "nobody"}]
    assert config["route"]["receiver"] == "nobody"


BASIC = {"basic_auth": {"username": "im", "password": "abc"}}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"pagerduty_configs": [{"routing_key": "abc"}]}, "routing_key"),
        ({"email_configs": [{"to": "a@example.com", "auth_password": "abc"}]}, "auth_password"),
        ({"webhook_configs": [{"url": "http://a", "http_config": BASIC}]}, "password"),
        ({"webhook_configs": [{"url": "http://im:abc@hooks.example.com/"}]}, "url"),
        ({"webhook_configs": [{"url": "https://oapi.example.com/send?a=1&access_token=b"}]}, "url"),
        ({"webhook_configs": [{"url": "https://qyapi.example.com/send?key=b"}]}, "url"),
        ({"webhook_configs": [{"url": "https://example.com/?a=1&X-Api-Key=b"}]}, "url"),
        ({"slack_configs": [{"channel": "#im", "api_url": "https://example.com/T1"}]}, "api_url"),
        ({"rocketchat_configs": [{"token_id": "abc"}]}, "token_id"),
    ],
)
def test_no_secret_of_a_receiver_is_in_a_config_map(
    render: Render, settings: dict[str, Any], key: str
) -> None:
    with pytest.raises(HelmError, match=f"receivers set {key}, .* say {key}_file"):
        render("alertmanager", {"receivers": [{"name": "team", **settings}]})


def test_addresses_without_a_secret_may_stand_in_receivers(render: Render) -> None:
    telegram = {"telegram_configs": [{"api_url": "https://example.com", "chat_id": 1}]}
    webhook = {
        "webhook_configs": [{"url": "http://bot.im.svc/alerts?to=a@example.com&design=1&monkey=1"}]
    }
    assert render("alertmanager", {"receivers": [{"name": "team", **telegram, **webhook}]})


def test_a_route_needs_its_receiver(render: Render) -> None:
    with pytest.raises(HelmError, match="which is not among receivers"):
        render("alertmanager", {"route": {"receiver": "team"}})


def test_a_whole_configuration_comes_from_its_secret(render: Render) -> None:
    spec = one(render("alertmanager", {"existingSecret": "alerts"}), "StatefulSet")["spec"]
    pod = spec["template"]["spec"]
    assert {"name": "CONFIG_FILE", "value": "/config/alertmanager.yml"} in pod["containers"][0][
        "env"
    ]
    assert {"name": "config", "secret": {"secretName": "alerts"}} in pod["volumes"]


@pytest.mark.parametrize(
    "chart", ["loki", "alloy", "prometheus", "alertmanager", "grafana", "mysql", "zookeeper"]
)
def test_pods_meet_the_restricted_level(render: Render, scenarios: Scenarios, chart: str) -> None:
    for values in scenarios(chart).values():
        for item in render(chart, values):
            if item["kind"] != "StatefulSet":
                continue
            pod = item["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            for part in pod["containers"]:
                assert part["securityContext"]["readOnlyRootFilesystem"] is True
                assert part["securityContext"]["capabilities"] == {"drop": ["ALL"]}
                assert part["resources"]["limits"]["memory"]

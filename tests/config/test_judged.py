"""Values are judged as a build judges charts, at the value that brings a fault about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openim_charts.charts.api import Chart, compile_chart
from openim_charts.config.api import Surroundings, plan, read_values
from openim_charts.config.decide import Trial
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Catalog

Said = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def umbrella(catalog: Catalog) -> Chart:
    return compile_chart(catalog, "openim")


@pytest.fixture
def said(umbrella: Chart, catalog: Catalog, tmp_path: Path) -> Said:
    def judge(text: str) -> list[str]:
        path = tmp_path / "openim.yaml"
        path.write_text(text)
        try:
            found: list[Finding] = plan(umbrella, catalog, find_helm(), read_values([path]))[1]
        except FindingsError as error:
            found = list(error.findings)
        return [f"{f.location.line}:{f.location.column} {f.severity} {f.rule}" for f in found]

    return judge


FAULTY = """\
openim-push: {enabled: false}
openim-api:
  extraVolumeMounts: [{name: certs, mountPath: /certs}]
  resources:
    limits: {memory: 1Gi}
    requests: {memory: 8Gi}
openim-rpc-auth:
  extraEnv: [{name: DB_PASSWORD, value: Qx7Zr4Tn9WbVa2LpKc8Y}]
kafka:
  podSecurityContext: {runAsNonRoot: false, runAsUser: 0}
openim-rpc-msg:
  initContainers: [{name: first, image: "busybox:1"}]
"""


def test_each_fault_is_at_the_value_that_brings_it_about(said: Said) -> None:
    assert said(FAULTY) == [
        "1:15 warning switched-off",
        "3:3 error volume-mounts",
        "6:16 warning resource-limits",
        "8:3 error no-secret-in-configmap",
        "10:45 warning restricted-pod-security",
        "12:3 warning resource-limits",
        "12:3 warning restricted-pod-security",
    ]


IDLE = """\
global:
  image: {registry: harbor.example.com}
  secrets: {provider: helm, job: {image: {tag: "9"}}}
  redis: {mode: external, addresses: [redis.example.com:6379], existingSecret: theirs, database: 3}
  config:
    server:
      webhooks: {url: "http://hooks.example.com"}
redis: {persistence: {size: 3Gi}}
loki: {enabled: false, persistence: {size: 2Gi}}
alloy: {lokiURL: "https://loki.example.com/loki/api/v1/push"}
grafana: {dataSources: {loki: {url: "https://loki.example.com"}}}
"""


def test_values_without_effect_are_named(said: Said) -> None:
    assert said(IDLE) == ["3:43 warning idle-value", "8:23 warning idle-value"]


@pytest.mark.parametrize("text", ["global: {}\n", "redis: {}\nglobal: {image: {}}\n"])
def test_an_empty_section_is_no_value(said: Said, text: str) -> None:
    assert said(text) == []


OLD = {
    "config:\n  envs: {discovery: k8s}\n  mongo: {database: openIM_v3}\n": "2:3",
    "replicaCount: 1\nimage: {tag: latest}\nglobal:\n  monitor: {enabled: true}\n": "4:3",
    "openim-msggateway-proxy: {replicaCount: 1}\n": "1:1",
    'nameOverride: ""\nfullnameOverride: ""\nserviceAccount: {create: false}\n'
    "podAnnotations: {}\nsecurityContext: {}\nservice: {type: ClusterIP, port: 80}\n": "1:1",
}


@pytest.mark.parametrize("text", OLD)
def test_values_of_the_old_charts_are_told_once(said: Said, text: str) -> None:
    assert said(text) == [f"{OLD[text]} error foreign-values"]


def test_a_mistake_does_not_make_values_those_of_others(said: Said) -> None:
    text = "podAnnotations: {}\nserviceAccount: {create: true}\nconfig: {log: {level: 3}}\n"
    assert {line.split()[2] for line in said(text)} == {"unknown-key"}


def test_what_a_switch_alone_brings_about_is_at_the_switch(
    umbrella: Chart, catalog: Catalog
) -> None:
    name = "openim-web-front"
    where = Surroundings("openim", "openim", {name: {"enabled": False}})
    trial = Trial(umbrella, catalog, find_helm(), {name: {"enabled": True}}, where)
    assert trial.decider(name, "Deployment", name, ("kind",)) == (name, "enabled")
    idle = Trial(umbrella, catalog, find_helm(), {name: {"enabled": False}}, where)
    assert idle.decider(name, "Deployment", name, ("kind",)) == ()

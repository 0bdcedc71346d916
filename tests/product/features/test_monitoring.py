"""Prometheus finds every pod that has metrics, under the names that dashboards select."""

from __future__ import annotations

import re

from openim_charts.specs.model import Catalog
from tests.product.features.conftest import Render, of_kind, usual_members

OPERATOR = {"global": {"monitoring": {"type": "operator", "labels": {"release": "prometheus"}}}}


def _with_metrics(catalog: Catalog) -> list[str]:
    charts = catalog.charts.values()
    found = [c.name for c in charts if c.kind == "module" and "metrics" in c.ports]
    assert len(found) > 10
    return found


def test_annotations_name_the_port_that_the_container_has(catalog: Catalog, render: Render) -> None:
    for name in _with_metrics(catalog):
        (deployment,) = of_kind(render(name), "Deployment")
        template = deployment["spec"]["template"]
        annotations = template["metadata"]["annotations"]
        ports = {p["name"]: p["containerPort"] for p in template["spec"]["containers"][0]["ports"]}
        assert annotations["prometheus.io/scrape"] == "true"
        assert annotations["prometheus.io/port"] == str(ports["metrics"])
        assert annotations["prometheus.io/job"] == f"openimserver-{name}"


def test_operator_objects_replace_annotations(catalog: Catalog, render: Render) -> None:
    for name in _with_metrics(catalog):
        objects = render(name, OPERATOR)
        (monitor,) = of_kind(objects, "PodMonitor")
        (rule,) = of_kind(objects, "PrometheusRule")
        (deployment,) = of_kind(objects, "Deployment")
        template = deployment["spec"]["template"]
        assert not any("prometheus.io" in k for k in template["metadata"].get("annotations", {}))
        labels = template["metadata"]["labels"]
        assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        names = [p["name"] for p in template["spec"]["containers"][0]["ports"]]
        assert endpoint["port"] in names
        job = f"openimserver-{name}"
        own = {"action": "replace", "targetLabel": "job", "replacement": job}
        assert own in endpoint["relabelings"]
        for o in (monitor, rule):
            assert o["metadata"]["labels"]["release"] == "prometheus"


def test_service_monitors_read_each_pod_once(render: Render) -> None:
    """By one value, and under the same names; a StatefulSet has two Services with its labels."""
    values = {"global": {"monitoring": {"type": "operator", "kind": "ServiceMonitor"}}}
    objects, by_pod = render("openim", values), render("openim", OPERATOR)
    assert not of_kind(objects, "PodMonitor")
    monitors = of_kind(objects, "ServiceMonitor")
    services = of_kind(objects, "Service")
    assert {m["metadata"]["name"] for m in monitors} == {
        m["metadata"]["name"] for m in of_kind(by_pod, "PodMonitor")
    }
    for monitor in monitors:
        spec = monitor["spec"]
        wanted = spec["selector"]["matchLabels"].items()
        (endpoint,) = spec["endpoints"]
        kept = [r["regex"] for r in endpoint["relabelings"] if r.get("action") == "keep"]
        read = [
            s["metadata"]["name"]
            for s in services
            if wanted <= s["metadata"]["labels"].items()
            and endpoint["port"] in [p["name"] for p in s["spec"]["ports"]]
            and all(re.fullmatch(regex, s["metadata"]["name"]) for regex in kept)
        ]
        assert len(read) == 1, (monitor["metadata"]["name"], read)
        assert spec["targetLabels"] == ["app.kubernetes.io/part-of"]
        assert any(r.get("targetLabel") == "job" for r in endpoint["relabelings"])


def test_pods_that_wait_are_not_read(render: Render) -> None:
    """They have no metrics yet, and are not down."""
    monitors = of_kind(render("openim", OPERATOR), "PodMonitor")
    for monitor in monitors:
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        drop = {
            "action": "drop",
            "sourceLabels": ["__meta_kubernetes_pod_phase"],
            "regex": "Pending",
        }
        assert drop in endpoint["relabelings"]
    assert len(monitors) > 10


def test_the_rule_selects_this_instance_only(render: Render) -> None:
    objects = render("openim-api", OPERATOR)
    (group,) = of_kind(objects, "PrometheusRule")[0]["spec"]["groups"]
    scope = 'namespace="chat",app_kubernetes_io_part_of="im"'
    exprs = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    assert f'api_count{{job="openimserver-openim-api",{scope}}}' in exprs["APICallsFail"]
    assert f'up{{{scope},job="pod-state",app="openim-api",ready="true"}}' in exprs["OpenIMAPIDown"]
    assert 'namespace="chat",deployment="im-api"' in exprs["OpenIMAPIDown"]
    (monitor,) = of_kind(objects, "PodMonitor")
    assert monitor["spec"]["podTargetLabels"] == ["app.kubernetes.io/part-of"]


def test_charts_without_metrics_and_none_give_nothing(catalog: Catalog, render: Render) -> None:
    objects = render("openim", OPERATOR)
    monitors = {
        o["metadata"]["labels"]["app.kubernetes.io/name"] for o in of_kind(objects, "PodMonitor")
    }
    members = usual_members(catalog)
    port = "metrics"
    assert monitors == {
        c.name
        for c in members
        if "monitoring" in c.features
        and c.options.get("monitoring", {}).get("operator", True)
        and c.options.get("monitoring", {}).get("port", port) in c.ports
    }
    # Whether pods are ready is known of programs without metrics too.
    watched = {
        o["metadata"]["labels"]["app.kubernetes.io/name"]
        for o in of_kind(objects, "PrometheusRule")
    }
    own = {"prometheus", "alertmanager", "grafana"}  # the operator's there; the first has its rules
    assert watched == {c.name for c in members if c.name not in own} | {"prometheus"}
    silent = render("openim", {"global": {"monitoring": {"type": "none"}}})
    assert not of_kind(silent, "PodMonitor", "PrometheusRule")
    assert "prometheus.io" not in str(silent)

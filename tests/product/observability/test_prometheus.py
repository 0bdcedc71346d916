"""Prometheus: what it reads, what it may, and that promtool accepts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.adapter import HelmError
from tests.product.infrastructure.programs import ask, find_data, one, program, write_files

Render = Callable[..., list[dict[str, Any]]]
OPERATOR = {"global": {"monitoring": {"type": "operator"}}}
HTTPS = {
    "type": "httpRoute",
    "scheme": "https",
    "hosts": {"main": "im.example.com"},
    "gateway": {"parentRefs": [{"name": "public"}]},
}


@pytest.mark.parametrize("chart", ["prometheus", "alertmanager"])
@pytest.mark.parametrize("kind", ["operator", "none"])
def test_nothing_runs_where_something_else_watches(render: Render, chart: str, kind: str) -> None:
    objects = render(chart, {"global": {"monitoring": {"type": kind}}})
    kinds = {item["kind"] for item in objects}
    assert kinds == ({"PrometheusRule"} if (chart, kind) == ("prometheus", "operator") else set())


def test_metrics_must_fit_on_the_volume(render: Render) -> None:
    with pytest.raises(HelmError, match=r"size is 6GB and does not fit on a volume of 6Gi"):
        render("prometheus", {"persistence": {"size": "6Gi"}})
    for values in (
        {"persistence": {"size": "6Gi"}, "retention": {"size": "500MB"}},
        {"persistence": {"size": "1Gi", "existingClaim": "mine"}},
        {"persistence": {"size": "1Gi", "enabled": False}},
    ):
        assert render("prometheus", values)


def test_rights_are_pods_of_the_namespace(render: Render) -> None:
    role = one(render("prometheus"), "Role")
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}
    ]
    assert not [o for o in render("prometheus") if o["kind"].startswith("Cluster")]


def test_other_namespaces_get_a_role_each(render: Render) -> None:
    objects = render("prometheus", {"namespaces": ["cert-manager"]})
    places = {o["metadata"]["namespace"] for o in objects if o["kind"] == "RoleBinding"}
    assert places == {"chat", "cert-manager"}
    config = yaml.safe_load(find_data(objects, "prometheus.yml"))
    job = next(j for j in config["scrape_configs"] if j["job_name"] == "other-namespaces")
    assert job["kubernetes_sd_configs"][0]["namespaces"]["names"] == ["cert-manager"]


def test_jobs_of_modules_are_those_of_their_alerts_and_dashboards(
    render: Render, compiler: Compiler
) -> None:
    jobs = set()
    for chart in compiler.catalog.charts.values():
        if "monitoring" not in chart.features or chart.family != "server":
            continue
        pod = one(render(chart.name), "Deployment")["spec"]["template"]["metadata"]
        notes = pod["annotations"]
        assert notes["prometheus.io/scrape"] == "true"
        assert int(notes["prometheus.io/port"]) == chart.ports["metrics"]
        jobs.add(notes["prometheus.io/job"])
    assert "openimserver-openim-api" in jobs
    assert all(job.startswith("openimserver-openim-") for job in jobs)


def test_the_certificate_of_a_public_host_is_probed(render: Render) -> None:
    assert "blackbox.yml" not in one(render("prometheus"), "ConfigMap")["data"]
    objects = render("prometheus", {"global": {"exposure": HTTPS}})
    config = yaml.safe_load(find_data(objects, "prometheus.yml"))
    job = next(j for j in config["scrape_configs"] if j["job_name"] == "certificates")
    assert job["static_configs"][0]["targets"] == ["im.example.com:443"]
    containers = one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"]
    assert [c["name"] for c in containers] == ["prometheus", "host-probe"]


def test_promtool_accepts_the_configuration(
    render: Render, scenarios: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    promtool = program("promtool")
    for number, values in enumerate(scenarios("prometheus").values()):
        objects = render("prometheus", values)
        if not any(o["kind"] == "ConfigMap" for o in objects):
            continue
        folder = write_files(objects, tmp_path / str(number))
        config = folder / "prometheus.yml"
        config.write_text(config.read_text().replace("/files/", f"{folder}/"))
        ask([promtool, "check", "config", "--syntax-only", str(config)], {})
        ask([promtool, "check", "rules", str(folder / "rules.yml")], {})

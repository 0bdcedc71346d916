"""Prometheus and Alertmanager run with the charts' commands and files, and work together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from openim_charts.charts.alerts import all_alerts
from openim_charts.specs.model import Catalog
from tests.product.infrastructure.programs import (
    container,
    eventually,
    find_data,
    plain_env,
    program,
    running,
    write_files,
)
from tests.product.observability.pod_list import Pods, api_server, pod_of

Objects = list[dict[str, Any]]
Render = Callable[..., Objects]
NET = "127.0.31."  # all of them use the same addresses
pytestmark = pytest.mark.xdist_group("prometheus")


def get(address: str, path: str) -> Any:
    """The JSON that an address answers."""
    with urlopen(f"http://{address}{path}", timeout=30) as answer:
        return json.load(answer)


def command(objects: Objects, chart: str, number: int, folder: Path) -> list[str]:
    """A pod's command, for the loopback address with a number and for a folder of the test.

    The name that stands for all pods is the address of the first.
    """
    spec, address = container(objects, chart), f"{NET}{number}"
    env = plain_env(spec, {"POD_NAME": f"im-{chart}-0", "POD_IP": address})
    line = " ".join(spec["command"])
    for name, value in {**env, "POD_DOMAIN": f"{NET}1"}.items():
        line = line.replace(f"$({name})", value)
    line = line.replace("=/files/", f"={folder}/").replace("=/data", f"={folder}/data")
    words = line.replace("/0.0.0.0", f"/{address}").replace("=0.0.0.0", f"={address}").split()
    port = next(p["containerPort"] for p in spec["ports"] if p["name"] == "http")
    return [
        program(words[0].removeprefix("/bin/")),
        *words[1:],
        f"--web.listen-address={address}:{port}",
    ]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts a chart's program on 127.0.31.NUMBER; gives its address once it is ready."""
    with ExitStack() as stack:

        def run(objects: Objects, chart: str, number: int, api: str = "") -> str:
            folder = tmp_path / f"{chart}-{number}"
            words = command(objects, chart, number, folder)
            file = write_files(objects, folder) / f"{chart}.yml"
            file.write_text(_local(file.read_text(), folder, api))
            rules = folder / "rules.yml"
            if api:
                rules.write_text(re.sub(r" for: [0-9]+m\n", " for: 1s\n", rules.read_text()))
            log = folder / "log"
            stack.enter_context(running(words, {}, log))
            address = words[-1].partition("=")[2]
            ready = f"http://{address}/-/ready"
            eventually(lambda: urlopen(ready, timeout=30).status == 200, log)
            return address

        yield run


def _local(text: str, folder: Path, api: str) -> str:
    """A configuration with the files of the folder and, if there is one, with an API server.

    With one it is quick too: what takes half a minute takes five seconds, which a pod that is up
    needs to answer on a busy machine.
    """
    text = text.replace("/files/", f"{folder}/").replace("127.0.0.1:9090", f"{NET}1:9090")
    if not api:
        return text
    config = yaml.safe_load(text)
    times = ("scrape_interval", "scrape_timeout", "evaluation_interval")
    config["global"] |= dict.fromkeys(times, "5s")
    for user in (*config["scrape_configs"], *config["alerting"]["alertmanagers"]):
        for discovery in user.get("kubernetes_sd_configs", ()):
            discovery["api_server"] = api
    return yaml.safe_dump(config, sort_keys=False)


def test_prometheus_loads_what_is_rendered(render: Render, start: Callable[..., str]) -> None:
    objects = render("prometheus")
    address = start(objects, "prometheus", 1)
    loaded = yaml.safe_load(get(address, "/api/v1/status/config")["data"]["yaml"])
    wanted = yaml.safe_load(find_data(objects, "prometheus.yml"))
    assert [j["job_name"] for j in loaded["scrape_configs"]] == [
        j["job_name"] for j in wanted["scrape_configs"]
    ]
    groups = get(address, "/api/v1/rules")["data"]["groups"]
    rules = yaml.safe_load(find_data(objects, "rules.yml"))["groups"]
    assert {g["name"]: [r["name"] for r in g["rules"]] for g in groups} == {
        g["name"]: [r["alert"] for r in g["rules"]] for g in rules
    }
    flags = get(address, "/api/v1/status/flags")["data"]
    assert flags["storage.tsdb.retention.time"] == "15d"
    # It counts in powers of two, whatever the unit is called.
    assert flags["storage.tsdb.retention.size"] == "6GiB"


def test_pods_are_watched_by_what_the_api_server_reports(
    render: Render, start: Callable[..., str]
) -> None:
    watching, alerts, etcd = (render(c) for c in ("prometheus", "alertmanager", "etcd"))
    pods = Pods(
        [
            pod_of(watching, "im-prometheus-0", f"{NET}1"),
            pod_of(alerts, "im-alertmanager-0", f"{NET}2"),
            pod_of(etcd, "im-etcd-0", f"{NET}3"),
            pod_of(etcd, "im-etcd-done", f"{NET}4", "Succeeded"),
            pod_of(etcd, "im-etcd-waits", f"{NET}6", "Pending", ready=False),
            pod_of(render("etcd", {}, "other"), "other-etcd-0", f"{NET}5"),
        ]
    )
    receiver = start(alerts, "alertmanager", 2)
    with api_server(f"{NET}9", pods) as api:
        address = start(watching, "prometheus", 1, api)

        def scraped() -> dict[str, str]:
            found = get(address, "/api/v1/targets?state=active")["data"]["activeTargets"]
            return {
                t["labels"]["pod"]: t["health"] for t in found if t["scrapePool"] != "pod-state"
            }

        def state() -> set[tuple[str, ...]]:
            found = get(address, "/api/v1/query?query=up%7Bjob%3D%22pod-state%22%7D")
            labels = ("pod", "app", "container", "phase", "ready", "owner")
            return {
                tuple(item["metric"][label] for label in labels)
                for item in found["data"]["result"]
                if item["value"][1] == "1"
            }

        def raised() -> dict[str, dict[str, str]]:
            found = get(receiver, "/api/v2/alerts")
            return {a["labels"]["alertname"]: a["labels"] for a in found}

        # What waits or has ended has no metrics; the other instance is none of this one's business.
        wanted = {"im-prometheus-0": "up", "im-alertmanager-0": "up", "im-etcd-0": "down"}
        eventually(lambda: scraped() == wanted)
        known = {
            ("im-prometheus-0", "prometheus", "prometheus", "Running", "true", "StatefulSet"),
            ("im-alertmanager-0", "alertmanager", "alertmanager", "Running", "true", "StatefulSet"),
            ("im-etcd-0", "etcd", "etcd", "Running", "true", "StatefulSet"),
            ("im-etcd-waits", "etcd", "etcd", "Pending", "false", "StatefulSet"),
        }
        eventually(lambda: state() == known)
        eventually(lambda: {"MetricsMissing", "PodNotReady"} <= raised().keys())
        assert raised()["MetricsMissing"]["pod"] == "im-etcd-0"
        assert raised()["PodNotReady"]["pod"] == "im-etcd-waits"
        assert "EtcdDown" not in raised()
        pods.change(pod_of(etcd, "im-etcd-0", f"{NET}3", start="2"))
        eventually(lambda: "ContainerRestarted" in raised())
        assert raised()["ContainerRestarted"]["container"] == "etcd"
        pods.change(pod_of(etcd, "im-etcd-0", f"{NET}3", ready=False, start="2"))
        eventually(lambda: "EtcdDown" in raised())
        assert raised()["EtcdDown"]["severity"] == "critical"


def test_one_failure_wakes_people_once(
    render: Render, start: Callable[..., str], catalog: Catalog
) -> None:
    """Each failure in a namespace of its own; what is active gets to people."""
    address = start(render("alertmanager"), "alertmanager", 1)
    severities = {a.name: (a.severity, a.chart.name) for a in all_alerts(catalog)}
    failures = yaml.safe_load((Path(__file__).parent / "failures.yaml").read_text())
    labels = [
        {"alertname": name, "namespace": what, "severity": severity, "chart": chart}
        for what, failure in failures.items()
        for name in failure["raises"]
        for severity, chart in [severities[name]]
    ]
    # A warning about the same chart is kept back, one about another chart is not.
    labels += [
        {"alertname": name, "namespace": "warnings", "severity": severity, "chart": chart}
        for name, severity, chart in [
            ("RedisDown", "critical", "redis"),
            ("RedisMemoryHigh", "warning", "redis"),
            ("LokiDown", "warning", "loki"),
            ("PodNotReady", "warning", ""),
            ("DiskFull", "critical", ""),
        ]
    ]
    body = json.dumps([{"labels": known} for known in labels]).encode()
    headers = {"Content-Type": "application/json"}
    urlopen(Request(f"http://{address}/api/v2/alerts", body, headers), timeout=30).close()

    def active() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for alert in get(address, "/api/v2/alerts"):
            if alert["status"]["state"] == "active":
                known = alert["labels"]
                found.setdefault(known["namespace"], set()).add(known["alertname"])
        return found

    wanted = {
        what: {failure["raises"][0]} for what, failure in failures.items() if failure["raises"]
    }
    wanted["warnings"] = {"RedisDown", "LokiDown", "PodNotReady", "DiskFull"}
    eventually(lambda: active() == wanted)


def peers(address: str) -> int:
    """How many Alertmanagers one knows, itself among them."""
    return len(get(address, "/api/v2/status")["cluster"]["peers"])


def test_two_alertmanagers_find_each_other(render: Render, start: Callable[..., str]) -> None:
    objects = render("alertmanager")
    both = [start(objects, "alertmanager", number) for number in (1, 2)]
    eventually(lambda: [peers(address) for address in both] == [2, 2])

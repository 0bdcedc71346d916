"""Alerts as promtool evaluates them: each is raised by its failure, none by what is healthy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from openim_charts.charts.alerts import Alert, alerts, all_alerts, inhibitions
from openim_charts.charts.api import Compiler
from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.model import Catalog, ChartSpec
from tests.product.infrastructure.programs import ask, find_data, program
from tests.product.observability import instance
from tests.product.observability.instance import END, SCOPE, START, Pod, Stage, changed

FEATURES = Path(__file__).parents[3] / "chart-specs" / "features"

Render = Callable[..., list[dict[str, Any]]]
Test = dict[str, Any]
HERE = Path(__file__).parent
ALERTS: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "alerts.yaml").read_text())
FAILURES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "failures.yaml").read_text())
OPERATOR = {"global": {"monitoring": {"type": "operator"}}}


@pytest.fixture(scope="module")
def rules(render: Render) -> dict[str, Any]:
    """The rendered file of rules."""
    found: dict[str, Any] = yaml.safe_load(find_data(render("prometheus"), "rules.yml"))
    return found


@pytest.fixture(scope="module")
def members(compiler: Compiler) -> list[ChartSpec]:
    """The charts that the umbrella holds."""
    charts = compiler.catalog.charts
    return [charts[name] for name in charts["openim"].includes]


class Promtool:
    """Collects tests of rules, which promtool runs together."""

    def __init__(self, rules: Mapping[str, Any], folder: Path) -> None:
        self._rules, self._folder, self._files = rules, folder, list[str]()

    def add(self, tests: list[Test], alert: str = "") -> None:
        """Test all rules; or those of one alert alone, which takes much less time."""
        number = len(self._files)
        rules, path = self._folder / f"rules-{number}.yml", self._folder / f"tests-{number}.yml"
        groups = [
            group | {"rules": [r for r in group["rules"] if alert in ("", r["alert"])]}
            for group in self._rules["groups"]
        ]
        rules.write_text(yaml.safe_dump({"groups": groups}))
        suite = {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": tests}
        path.write_text(yaml.safe_dump(suite))
        self._files.append(str(path))

    def run(self) -> None:
        """Fails with what promtool finds different."""
        ask([program("promtool"), "test", "rules", *self._files], {})


@pytest.fixture
def promtool(rules: dict[str, Any], tmp_path: Path) -> Promtool:
    program("promtool")
    return Promtool(rules, tmp_path)


def firing(*names: str, **labels: str) -> tuple[str, list[dict[str, Any]]]:
    """What promtool is to find: these alerts, of all with the labels."""
    inner = "".join(f',{key}="{value}"' for key, value in labels.items())
    expr = f'group by (alertname) (ALERTS{{alertstate="firing"{inner}}})'
    return expr, [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in names]


def test_of(name: str, series: Mapping[str, str], at: Iterable[tuple[str, Any]]) -> Test:
    """A test of promtool: at each of the times what fires."""
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": k, "values": v} for k, v in series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": when, "exp_samples": samples}
            for when, (expr, samples) in at
        ],
    }


test_of.__test__ = False  # type: ignore[attr-defined]


def series_of(case: Mapping[str, Any]) -> dict[str, str]:
    """The series of an entry of alerts.yaml."""
    found = {k.replace("$scope", SCOPE): v for k, v in case.get("series", {}).items()}
    for pod in case.get("pods", ()):
        known = {key: str(value) for key, value in pod.items() if key != "values"}
        identity = {"container_id": known.pop("id")} if "id" in known else {}
        found[instance.container(**known, **identity)] = pod["values"]
    return found


def rules_of(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules of the chart prometheus."""
    groups = yaml.safe_load(find_data(objects, "rules.yml"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def down(catalog: Catalog) -> Iterator[Alert]:
    """The alerts that a chart is down, as all charts but Prometheus have them."""
    for chart in catalog.charts.values():
        yield from (a for a in alerts(chart)[:1] if a.name not in ALERTS)


def test_every_alert_has_a_unit_test(catalog: Catalog, render: Render) -> None:
    names = {rule["alert"] for rule in rules_of(render("prometheus"))}
    assert names == {*ALERTS, *(alert.name for alert in down(catalog))}


def test_alerts_fire_when_they_should_and_only_then(promtool: Promtool) -> None:
    for alert, cases in ALERTS.items():
        tests = [
            test_of(
                alert, series_of(case), [(case["quiet"], firing()), (case["fires"], firing(alert))]
            )
            for case in cases
        ]
        promtool.add(tests, alert)
    promtool.run()


def test_a_chart_without_ready_pods_is_down(catalog: Catalog, promtool: Promtool) -> None:
    """Known from the API server, or from kube-state-metrics with the operator."""
    names = []
    for alert in down(catalog):
        kind = "statefulset" if alert.chart.kind == "infrastructure" else "deployment"
        name = f'namespace="chat",{kind}="im-{alert.chart.component}"'
        pod = Pod(alert.chart.name, "a")
        found = {
            "gone": instance.series([instance.gone(pod)]),
            "not ready": instance.series([instance.unready(pod)]),
            "never ready": instance.series([replace(pod, stages=(Stage(0, END, ready=False),))]),
            "operator": {f"kube_{kind}_status_replicas_ready{{{name}}}": instance.minutes("2|0")},
        }
        tests = [
            test_of(
                f"{alert.name}: {what}",
                series,
                [
                    (f"{START + 2}m", firing()),
                    (f"{START + 4}m", firing(*(() if what == "never ready" else (alert.name,)))),
                ],
            )
            for what, series in found.items()
        ]
        promtool.add(tests, alert.name)
        names.append(alert.name)
    assert len(names) > 25
    promtool.run()


def _installation(pods: Mapping[str, Pod]) -> Iterator[Pod]:
    """All wait: middleware for images and volumes, modules for middleware."""
    for pod in pods.values():
        yield instance.installed(pod, 10 if pod.owner == "StatefulSet" else 12)
    for app in ("kafka-setup", "minio-setup"):
        yield Pod(app, f"im-{app}-1", "Job", (Stage(1, 12),))


def _upgrade(pods: Mapping[str, Pod]) -> Iterator[Pod]:
    """Each pod is replaced, some at a time, as when they are deleted one after another. Those that
    register in etcd do so before their predecessor ends."""
    keys = {"etcd_debugging_mvcc_keys_total": "11|22"}
    for number, pod in enumerate(pods.values()):
        pod = changed(pod, keys) if pod.app == "etcd" else pod
        yield from instance.replaced(pod, START + number % 10)


def _drain(pods: Mapping[str, Pod]) -> Iterator[Pod]:
    """Half of the pods are replaced at once."""
    keys = {"etcd_debugging_mvcc_keys_total": "11|22"}
    for number, pod in enumerate(pods.values()):
        pod = changed(pod, keys) if pod.app == "etcd" else pod
        yield from instance.replaced(pod) if number % 2 else (pod,)


HEALTHY: dict[str, Callable[[Mapping[str, Pod]], Iterable[Pod]]] = {
    "an installation": _installation,
    "every day": lambda pods: pods.values(),
    "an upgrade": _upgrade,
    "a drained node": _drain,
}


@pytest.mark.parametrize("situation", HEALTHY)
def test_nothing_is_raised_by(situation: str, members: list[ChartSpec], promtool: Promtool) -> None:
    pods = HEALTHY[situation](instance.healthy(members))
    at = [(f"{minute}m", firing()) for minute in range(END + 1)]
    promtool.add([test_of(situation, instance.series(pods), at)])
    promtool.run()


def test_a_restarted_container_is_a_warning(members: list[ChartSpec], promtool: Promtool) -> None:
    pods = instance.healthy(members)
    pods["mongodb"] = instance.restarted(pods["mongodb"])
    at = [(f"{START + 2}m", firing("ContainerRestarted"))]
    promtool.add([test_of("restart", instance.series(pods.values()), at)])
    promtool.run()


def _failure(failure: Mapping[str, Any], members: list[ChartSpec]) -> dict[str, str]:
    """The series of an entry of failures.yaml."""
    pods = instance.healthy(members)
    for chart, metrics in failure.get("metrics", {}).items():
        pods[chart] = changed(pods[chart], metrics)
    for chart in failure.get("gone", ()):
        pods[chart] = instance.gone(pods[chart])
    for chart in failure.get("unready", ()):
        pods[chart] = instance.unready(pods[chart])
    host = 'job="public-hosts",instance="https://im.example.com/"'
    probe = {f"probe_success{{{host},{SCOPE}}}": instance.minutes(failure.get("hosts", "1"))}
    return instance.series(pods.values()) | probe


def test_each_failure_raises_what_names_it_and_what_explains_others_first(
    members: list[ChartSpec], promtool: Promtool
) -> None:
    """What it explains would wake people too if it came before, unless it is a program that is down
    as well: those come together."""
    tests = []
    for what, failure in FAILURES.items():
        names = failure["raises"]
        at = [(f"{START}m", firing(severity="critical"))]
        at += [(f"{START + 9}m", firing(*sorted(names), severity="critical"))]
        if names and names[0].endswith("Down"):
            early = [name for name in names if name.endswith("Down")]
            at += [(f"{START + 4}m", firing(*sorted(early), severity="critical"))]
        tests.append(test_of(what, _failure(failure, members), at))
    promtool.add(tests)
    promtool.run()


def test_no_alert_is_kept_back_by_what_it_keeps_back(catalog: Catalog) -> None:
    """Alertmanager would keep back both."""
    causes = {alert.name: set(names) for alert, names in inhibitions(catalog)}
    for name, known in causes.items():
        seen: set[str] = set()
        while known - seen:
            seen |= known
            known = set[str]().union(*(causes.get(other, ()) for other in seen))
        assert name not in seen


def test_names_are_of_one_alert_and_causes_exist(catalog: Catalog) -> None:
    found = [alert.name for alert in all_alerts(catalog)]
    assert len(found) == len(set(found))
    for alert in all_alerts(catalog):
        assert {*alert.causes} <= {*found, *catalog.charts}, alert.name


def test_every_chart_with_pods_has_an_alert_that_it_is_down(catalog: Catalog) -> None:
    for chart in catalog.charts.values():
        assert bool(alerts(chart)) is (chart.kind != "umbrella"), chart.name


@pytest.mark.parametrize("key", ["summary", "description", "meaning", "users", "look", "steps"])
def test_an_alert_that_does_not_say_what_to_do_is_refused(catalog: Catalog, key: str) -> None:
    schema = FeatureFiles(FEATURES).schema
    check = jsonschema.Draft202012Validator(schema)
    options = dict(catalog.charts["redis"].options["alerts"])
    assert check.is_valid({"options": {"alerts": options}})
    rule = {k: v for k, v in options["rules"][0].items() if k != key}
    errors = list(check.iter_errors({"options": {"alerts": options | {"rules": [rule]}}}))
    assert [error.message for error in errors] == [f"'{key}' is a required property"]


def test_those_who_register_are_counted(catalog: Catalog) -> None:
    """RegistrationsLost counts the ready pods of modules that register in etcd."""
    (alert,) = (a for a in all_alerts(catalog) if a.name == "RegistrationsLost")
    (apps,) = re.findall(r'app=~"([^"]*)"', alert.raw)
    counted = {name for name in catalog.charts if re.fullmatch(apps, name)}
    assert counted == {name for name, chart in catalog.charts.items() if "rpc" in chart.ports}


def test_every_alert_says_what_it_is_about_and_where_help_is(
    render: Render, compiler: Compiler
) -> None:
    """Sums have lost the namespace, and by it Alertmanager groups alerts."""
    home = compiler.catalog.repository.home
    for rule in rules_of(render("prometheus")):
        assert rule["labels"]["namespace"] == "chat"
        assert rule["labels"]["severity"] in ("critical", "warning")
        page = f"{home}/blob/main/docs/alerts.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook_url"] == page
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}


def test_the_operator_gets_the_same_alerts_once(render: Render, compiler: Compiler) -> None:
    def known(rule: dict[str, Any]) -> str:
        return yaml.safe_dump({**rule, "expr": " ".join(rule["expr"].split())})

    found: list[str] = []
    for chart in compiler.catalog.charts.values():
        if alerts(chart):
            for item in render(chart.name, OPERATOR):
                if item["kind"] == "PrometheusRule":
                    found += [known(r) for g in item["spec"]["groups"] for r in g["rules"]]
    # These programs are the operator's own there.
    apart = {"prometheus", "alertmanager", "grafana"}
    own = [r for r in rules_of(render("prometheus")) if r["labels"].get("chart") not in apart]
    assert sorted(found) == sorted(known(rule) for rule in own)

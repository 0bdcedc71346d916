"""What values do to the pods, and that nothing in a pod or an object is said twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openim_charts.charts.api import Chart, Compiler
from openim_charts.helm.adapter import Helm, HelmError, Rendering
from openim_charts.packaging.api import package
from openim_charts.specs.image_model import ImageFile
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.reader import parse_plain
from tests.product.features.conftest import Objects, Render, Values, of_kind
from tests.replaced import replace

_COMMON = {
    "helm.sh/resource-policy": "delete",
    "helm.sh/hook": "post-install",
    "checksum/config": "none",
    "example.com/team": "im",
}


def _pod(objects: Objects) -> dict[str, Any]:
    (workload,) = of_kind(objects, "Deployment", "StatefulSet")
    template: dict[str, Any] = workload["spec"]["template"]
    return template


def _container(objects: Objects) -> dict[str, Any]:
    container: dict[str, Any] = _pod(objects)["spec"]["containers"][0]
    return container


def test_each_layout_of_the_image_has_its_own_command_or_none(
    catalog: Catalog, engine: Helm
) -> None:
    spec = catalog.charts["redis"]
    plain, *others = spec.images
    images = {**spec.images, plain: replace(spec.images[plain], command=())}
    changed = replace(catalog, charts={**catalog.charts, "redis": replace(spec, images=images)})
    archive = package(Compiler(changed).compile("redis"), 0)
    for layout, image in images.items():
        values = {"image": {"layout": layout}}
        objects = [f.text for f in engine.render(archive, values, "im", "chat", "1.34").files]
        container = _container([parse_plain(text, "x") for text in objects])
        assert container.get("command", []) == list(image.command)
    assert others


def test_each_chart_names_the_licenses_of_its_images(charts: dict[str, Chart]) -> None:
    for name, chart in charts.items():
        for layout in chart.spec.images.values():
            wanted = f"`{layout.image.reference}`"
            (line,) = [
                line for line in chart.files["README.md"].decode().splitlines() if wanted in line
            ]
            declared = layout.image.license.replace("NONE", "none declared")
            assert f"License: {declared}." in line, name
    read = charts["redis"].files["README.md"].decode()
    assert "JSON, Search, Bloom and TimeSeries" in read  # which only the replaced entrypoint loads


@pytest.mark.parametrize("chart", ["openim-rpc-auth", "openim-web-front", "redis", "kafka"])
@pytest.mark.parametrize("provider", ["helm", "job"])
def test_no_object_names_an_annotation_twice(
    rendering: Callable[..., Rendering], chart: str, provider: str
) -> None:
    values = {"commonAnnotations": _COMMON, "global": {"secrets": {"provider": provider}}}
    for file in rendering(chart, values).files:
        assert parse_plain(file.text, file.path)


def test_common_annotations_are_on_every_object_and_take_no_hook_away(render: Render) -> None:
    values = {"commonAnnotations": _COMMON, "global": {"secrets": {"provider": "job"}}}
    objects = render("openim-rpc-auth", values)
    assert all(o["metadata"]["annotations"]["example.com/team"] == "im" for o in objects)
    (test,) = of_kind(objects, "Pod")
    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    (job,) = of_kind(objects, "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook-weight"] == "-10"
    (secret,) = of_kind(render("openim-rpc-auth", {"commonAnnotations": _COMMON}), "Secret")
    assert secret["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_a_pod_s_annotations_win_over_those_of_the_chart(render: Render) -> None:
    off = {"prometheus.io/scrape": "false"}
    pod = _pod(render("openim-rpc-auth", {"podAnnotations": off}))
    annotations = pod["metadata"]["annotations"]
    assert annotations["prometheus.io/scrape"] == "false"
    assert annotations["prometheus.io/port"] == "12200"


@pytest.mark.parametrize("chart", ["openim-msggateway", "openim-chat-rpc", "redis"])
def test_a_variable_of_the_values_takes_the_place_of_the_chart_s(
    render: Render, chart: str
) -> None:
    names = [v["name"] for v in _container(render(chart))["env"]]
    mine = [{"name": names[-1], "value": "1"}, {"name": "TZ", "value": "Asia/Shanghai"}]
    env = _container(render(chart, {"extraEnv": mine}))["env"]
    assert [v["name"] for v in env] == [*names[:-1], names[-1], "TZ"]
    assert env[-2:] == mine


def test_a_preset_of_resources_replaces_them_and_the_process_knows_its_limit(
    render: Render,
) -> None:
    assert _container(render("openim-api"))["resources"]["limits"] == {"memory": "512Mi"}
    container = _container(render("openim-api", {"resourcesPreset": "large"}))
    assert container["resources"]["limits"] == {"memory": "2Gi"}
    unlimited: Values = {"resources": {"limits": None}}
    assert _container(render("openim-api"))["env"][0]["name"] == "GOMEMLIMIT"
    assert _container(render("openim-api", unlimited))["env"][0]["name"] != "GOMEMLIMIT"
    both = _container(render("openim-api", {**unlimited, "resourcesPreset": "nano"}))
    assert both["env"][0]["name"] == "GOMEMLIMIT"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("512Mi", "460MiB"), ("1Gi", "921MiB"), ("1.5Gi", "1382MiB"), ("500M", "429MiB"),
     (536870912, "460MiB"), ("524288Ki", "460MiB")],
)  # fmt: skip
@pytest.mark.parametrize("chart", ["openim-api", "openim-crontask", "loki"])
def test_a_go_process_leaves_a_tenth_of_its_memory_to_others(
    render: Render, chart: str, limit: str | int, expected: str
) -> None:
    container = _container(render(chart, {"resources": {"limits": {"memory": limit}}}))
    assert {"name": "GOMEMLIMIT", "value": expected} in container["env"]


def test_a_vertical_autoscaler_moves_the_limit_of_the_process_too(render: Render) -> None:
    container = _container(render("openim-api", {"verticalPodAutoscaler": {"enabled": True}}))
    assert container["env"][0]["valueFrom"]["resourceFieldRef"]["resource"] == "limits.memory"


def test_volumes_are_given_to_the_group_once(render: Render, compiler: Compiler) -> None:
    for name, spec in compiler.catalog.charts.items():
        if "persistence" not in spec.features:
            continue
        context = _pod(render(name))["spec"]["securityContext"]
        assert context["fsGroupChangePolicy"] == "OnRootMismatch", name


SERVED = {"openim-api", "openim-msggateway", "openim-chat-api", "openim-admin-api",
          "openim-web-front", "openim-admin-front"}  # fmt: skip


@pytest.mark.parametrize("chart", sorted(SERVED))
def test_what_clients_talk_to_answers_until_they_are_sent_elsewhere(
    render: Render, chart: str
) -> None:
    assert _container(render(chart))["lifecycle"]["preStop"]["sleep"]["seconds"] >= 5


def test_no_readiness_depends_on_another_program(compiler: Compiler) -> None:
    """openim-api reads etcd for /prometheus_discovery: its pods would leave the Service with it."""
    probes = [p for s in compiler.catalog.charts.values() for p in s.probes.values()]
    assert not [p for p in probes if "prometheus_discovery" in str(p)]


def test_diagnostic_mode_waits_for_nothing(render: Render) -> None:
    assert _pod(render("openim-rpc-msg"))["spec"]["initContainers"]
    values = {"diagnosticMode": {"enabled": True}}
    pod = _pod(render("openim-rpc-msg", values))
    assert "initContainers" not in pod["spec"]
    assert pod["spec"]["containers"][0]["command"] == ["sleep"]


def test_diagnostic_mode_runs_no_hook_of_the_program(render: Render) -> None:
    for name in ("redis", "seaweedfs"):
        assert "lifecycle" in _container(render(name))
        values: dict[str, Any] = {"diagnosticMode": {"enabled": True}}
        assert "lifecycle" not in _container(render(name, values))
        own = {"preStop": {"sleep": {"seconds": 1}}}
        assert _container(render(name, {**values, "lifecycle": own}))["lifecycle"] == own


def _diagnostic(catalog: Catalog) -> list[tuple[str, str]]:
    charts = catalog.charts.values()
    return [(c.name, layout) for c in charts if "pod" in c.features for layout in c.images]


def test_diagnostic_mode_starts_what_the_image_has_or_is_refused(
    catalog: Catalog, archives: Callable[[str], bytes], engine: Helm
) -> None:
    refused: dict[str, str] = {}
    for chart, layout in _diagnostic(catalog):
        layouts = {"image": {"layout": layout}} if len(catalog.charts[chart].images) > 1 else {}
        values = {"diagnosticMode": {"enabled": True}, **layouts}
        image = catalog.charts[chart].images[layout].image
        try:
            files = engine.render(archives(chart), values, "im", "chat", "1.34").files
        except HelmError as error:
            refused[image.name] = error.said
            continue
        command = _container([parse_plain(f.text, "x") for f in files])["command"]
        assert image.has(command[0]), chart
    assert set(refused) == {i.name for i in catalog.images.values() if _bare(i, catalog)}
    for message in refused.values():
        assert message.startswith("diagnosticMode.enabled: the image has neither sleep nor a shell")
        assert "kubectl debug" in message


def _bare(image: ImageFile, catalog: Catalog) -> bool:
    """Whether a chart runs the image as its own, and it has no shell."""
    used = {layout.image.name for c in catalog.charts.values() for layout in c.images.values()}
    return image.name in used and not image.shell


def test_diagnostic_mode_of_an_image_of_ones_own(render: Render) -> None:
    mode = {"enabled": True, "command": ["/bin/pause"], "args": []}
    assert _container(render("etcd", {"diagnosticMode": mode}))["command"] == ["/bin/pause"]


def test_a_spread_over_zones_counts_what_its_own_selector_says(render: Render) -> None:
    plain = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    wide = {**plain, "labelSelector": {"matchLabels": {"app.kubernetes.io/part-of": "im"}}}
    values = {"topologySpreadConstraints": [plain, wide]}
    found = _pod(render("openim-rpc-auth", values))["spec"]["topologySpreadConstraints"]
    own = {"app.kubernetes.io/name": "openim-rpc-auth", "app.kubernetes.io/instance": "im"}
    same = {"labelSelector": {"matchLabels": own}, "matchLabelKeys": ["pod-template-hash"]}
    assert found == [{**plain, **same}, wide]


def test_a_spread_counts_all_pods_of_a_statefulset(render: Render) -> None:
    plain = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    values = {"topologySpreadConstraints": [plain]}
    found = _pod(render("etcd", values))["spec"]["topologySpreadConstraints"]
    own = {"app.kubernetes.io/name": "etcd", "app.kubernetes.io/instance": "im"}
    assert found == [{**plain, "labelSelector": {"matchLabels": own}}]


@pytest.mark.parametrize(
    ("chart", "ignored"),
    [
        ("mysql", "MYSQL_ROOT_PASSWORD"),
        ("mongodb", "MONGO_INITDB_"),
        ("kafka", "KAFKA_*"),
        ("grafana", "GF_*__FILE"),
        ("zookeeper", "ZOO_"),
    ],
)
def test_variables_that_do_nothing_are_named_where_a_user_would_set_them(
    compiler: Compiler, chart: str, ignored: str
) -> None:
    values = compiler.compile(chart).files["values.yaml"].decode()
    told = values[values.index("Additional environment variables") :].partition("extraEnv:")[0]
    assert ignored in " ".join(told.replace("#", " ").split())

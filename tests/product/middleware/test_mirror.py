"""One registry and one pull secret for every image of every chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from openim_charts.charts.api import Chart
from openim_charts.checks.checker import bare_archive
from openim_charts.checks.release import PodTemplate, pod_of
from openim_charts.checks.rendered import Parser, listing
from openim_charts.checks.scenarios import overlay, scenarios
from openim_charts.helm.adapter import Helm
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT

MIRROR = {"global": {"image": {"registry": "mirror.example.com/im", "pullSecrets": ["mirror"]}}}
# Jobs that run only where they are wanted.
JOBS = {
    "global": {
        "secrets": {"provider": "job"},
        "etcd": {"auth": {"enabled": True}},
        "kafka": {"auth": {"enabled": True}},
    }
}
NAMES = sorted(n for n, c in load_catalog(ROOT).charts.items() if c.kind != "umbrella")


def _pods(chart: Chart, catalog: Catalog, helm: Helm) -> Iterator[PodTemplate]:
    """Pods of all objects, hooks and tests, with the defaults and with each of its values files."""
    archive, parser = bare_archive(chart), Parser()
    for _, values in (*scenarios(chart), ("", JOBS)):
        rendering = helm.render(
            archive, overlay(values, MIRROR), "im", "apps", catalog.repository.kubernetes[-1]
        )
        for file in rendering.files:
            obj = parser.parse(file, "", hook=False)
            pod = pod_of(obj) if obj else None
            if pod:
                yield pod


@pytest.mark.parametrize("name", NAMES)
def test_every_image_comes_from_the_mirror(
    name: str, charts: Mapping[str, Chart], catalog: Catalog, helm: Helm
) -> None:
    pods = list(_pods(charts[name], catalog, helm))
    assert pods, "nothing was rendered"
    kinds = {pod.obj.kind for pod in pods}
    assert "Pod" in kinds or "tests" not in charts[name].spec.features, "no test was looked at"
    for pod in pods:
        where = f"{pod.obj.kind}/{pod.obj.name}"
        for _, container in pod.containers():
            assert container["image"].startswith("mirror.example.com/im/"), where
        assert {"name": "mirror"} in listing(pod.spec, "imagePullSecrets"), where


def _images(chart: Chart, helm: Helm, values: Mapping[str, Any]) -> set[str]:
    rendering = helm.render(bare_archive(chart), overlay(JOBS, values), "im", "apps", "1.34")
    objects = (Parser().parse(file, "", hook=False) for file in rendering.files)
    pods = [pod for obj in objects if obj and (pod := pod_of(obj))]
    return {container["image"] for pod in pods for _, container in pod.containers()}


def test_each_upstream_can_have_a_registry_of_its_own(
    charts: Mapping[str, Chart], helm: Helm
) -> None:
    plain = _images(charts["openim"], helm, {})
    upstreams = sorted({image.partition("/")[0] for image in plain})
    assert len(upstreams) > 1
    mirrors = {u: f"harbor.example.com/{u.partition('.')[0]}" for u in upstreams[1:]}
    image = {"registry": "harbor.example.com/rest", "registries": mirrors}
    mirrored = _images(charts["openim"], helm, {"global": {"image": image}})

    def moved(reference: str) -> str:
        registry, _, rest = reference.partition("/")
        return f"{mirrors.get(registry, 'harbor.example.com/rest')}/{rest}"

    assert mirrored == {moved(reference) for reference in plain}


@pytest.mark.parametrize("own", ["harbor.example.com/own", "quay.io", "docker.io"])
def test_a_registry_that_a_user_names_for_one_image_holds(
    charts: Mapping[str, Chart], helm: Helm, own: str
) -> None:
    """Even when it is the one that the image has by default."""
    shared = {"registry": "mirror.example.com", "registries": {"quay.io": "quay.example.com"}}
    values = {"image": {"registry": own}, "setupJob": {"image": {"registry": own}}}
    found = _images(charts["minio"], helm, {"global": {"image": shared}, **values})
    assert {f.partition("/minio/")[0] for f in found if "/minio/" in f} == {own}
    assert [f for f in found if f.startswith("mirror.example.com/library/busybox:")]

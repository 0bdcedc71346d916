"""One registry and one pull secret for every image of every chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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

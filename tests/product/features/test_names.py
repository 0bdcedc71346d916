"""Names of objects, however long the release's is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.adapter import Helm
from tests.product.features.conftest import Values, of_kind

FIRST, SECOND = ("a-release-s-name-may-have-fifty-three-characters-an-" + end for end in "xy")
_EXPOSED: Values = {
    "global": {
        "secrets": {"provider": "job"},
        "exposure": {
            "type": "ingress",
            "hosts": {"main": "im.example.com", "admin": "admin.example.com"},
            "ingress": {"controller": "other"},
        },
    }
}

Objects = list[dict[str, Any]]
Named = Callable[..., Objects]


@pytest.fixture(scope="session")
def named(archives: Callable[[str], bytes], engine: Helm) -> Named:
    """The objects of a chart for a release of some name."""

    def render(chart: str, release: str, values: Values) -> Objects:
        found = engine.render(archives(chart), values, release, "chat", "1.34")
        return [yaml.load(f.text, yaml.CSafeLoader) for f in found.files]

    return render


@pytest.mark.parametrize("chart", ["openim-server", "openim-chat", "openim-web-front"])
def test_names_fit_whatever_the_release_is_called(named: Named, chart: str) -> None:
    assert len(FIRST) == 53
    objects = named(chart, FIRST, _EXPOSED)
    for o in of_kind(objects, "Service", "Job", "Deployment", "Pod"):
        assert len(o["metadata"]["name"]) <= 63


def test_two_releases_with_long_names_have_no_object_in_common(named: Named) -> None:
    first, second = (
        {(o["kind"], o["metadata"]["name"]) for o in named("openim-server", name, _EXPOSED)}
        for name in (FIRST, SECOND)
    )
    assert not first & second


def test_modules_find_one_another_by_names_that_were_cut(named: Named) -> None:
    """A module alone asks for the Secret by the name that its owner gives it."""
    (made,) = of_kind(named("openim-rpc-auth", FIRST, {}), "Secret")
    (pod,) = of_kind(named("openim-rpc-conversation", FIRST, {}), "Deployment")
    asked = {
        v["valueFrom"]["secretKeyRef"]["name"]
        for v in pod["spec"]["template"]["spec"]["containers"][0]["env"]
        if v["name"] == "IMENV_SHARE_SECRET"
    }
    assert asked == {made["metadata"]["name"]}


def test_middleware_says_when_modules_will_not_find_it(
    archives: Callable[[str], bytes], engine: Helm
) -> None:
    values = {"global": {"instance": "openim"}}

    def notes(release: str, **more: str) -> str:
        return engine.render(archives("redis"), {**values, **more}, release, "chat", "1.34").notes

    warning = "charts of the instance openim look for openim-redis"
    assert warning in notes("cache")
    assert warning in notes("openim-redis", fullnameOverride="cache")
    assert warning not in notes("openim-redis")


def _installed(archives: Callable[[str], bytes], engine: Helm, readme: str, chart: str) -> Objects:
    """What the command in a chart's README installs; it has no file openim.yaml here."""
    line = next(line for line in readme.splitlines() if line.startswith("    helm install "))
    _, _, release, reference, *rest = line.split()
    assert reference.split("/")[1] == chart
    assert rest[-2:] == ["-f", "openim.yaml"]
    values: dict[str, Any] = {}
    if rest[0] == "--set":
        assert rest[1].startswith("global.instance=")
        values = {"global": {"instance": rest[1].partition("=")[2]}}
    found = engine.render(archives(chart), values, release, "chat", "1.34")
    return [yaml.load(f.text, yaml.CSafeLoader) for f in found.files]


def test_charts_installed_by_the_commands_of_their_readmes_find_one_another(
    archives: Callable[[str], bytes], compiler: Compiler, engine: Helm
) -> None:
    catalog = compiler.catalog
    single = [spec for spec in catalog.charts.values() if spec.kind != "umbrella"]
    services, asked = set(), {}
    for spec in single:
        readme = compiler.compile(spec.name).files["README.md"].decode()
        objects = _installed(archives, engine, readme, spec.name)
        services |= {o["metadata"]["name"] for o in of_kind(objects, "Service")}
        asked[spec.name] = {dependency.component for dependency in spec.uses} | {
            catalog.charts[name].component for name in spec.calls
        }
    for name, components in asked.items():
        missing = {f"openim-{c}" for c in components} - services
        assert not missing, f"{name} looks for {missing}"

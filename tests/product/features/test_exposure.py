"""Requests from outside reach the right module, path and headers right, whatever the gateway."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.helm.adapter import Helm, HelmError, Rendering
from openim_charts.specs.model import Catalog, ChartSpec
from tests.product.features.conftest import Objects, Render, of_kind, usual_members
from tests.product.features.gateways import GATEWAYS, Forward, Refusal

FEATURE = Path(__file__).parents[3] / "chart-specs/features/exposure"
SCENARIOS: dict[str, Any] = yaml.safe_load((FEATURE / "ci.yaml").read_text())
HOSTS = {"main": "im.example.com", "admin": "admin.example.com"}
ROUTES = ("HTTPRoute", "Ingress", "Middleware", "VirtualService", "Certificate")

# Ways in which a client may spell a hidden path, and paths that only look like the module's.
SPELLINGS = ["{0}{1}", "{0}{1}/", "{0}{1}/api", "{0}{1}/api/", "{0}x{1}/api", "{0}{2}/api"]


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return request.param


def _exposed(catalog: Catalog) -> list[ChartSpec]:
    return [chart for chart in usual_members(catalog) if chart.exposure]


def test_requests_reach_their_module(catalog: Catalog, render: Render, scenario: str) -> None:
    objects = render("openim", SCENARIOS[scenario])
    ask = GATEWAYS[scenario]
    strips = scenario != "ingress-other"  # there the user's annotations strip
    for chart in _exposed(catalog):
        assert chart.exposure
        prefix = chart.exposure.path.rstrip("/")
        scheme = "http" if scenario == "ingress-other" else "https"
        url = f"{scheme}://{HOSTS[chart.exposure.host]}{prefix}"
        headers = {n: v.replace("{url}", url) for n, v in chart.exposure.headers.items()}
        for path in ("/", "/user/get_users_info", "/a/b/"):
            inside = path if chart.exposure.strip_prefix and strips else prefix + path
            assert ask(objects, HOSTS[chart.exposure.host], prefix + path) == Forward(
                f"im-{chart.component}",
                chart.ports[chart.exposure.port],
                inside,
                headers if strips else {},
            )


def test_prefix_without_slash_is_the_modules_root(
    catalog: Catalog, render: Render, scenario: str
) -> None:
    objects = render("openim", SCENARIOS[scenario])
    for chart in _exposed(catalog):
        assert chart.exposure
        if chart.exposure.strip_prefix and scenario != "ingress-other":
            answer = GATEWAYS[scenario](objects, HOSTS[chart.exposure.host], chart.exposure.path)
            assert isinstance(answer, Forward)
            assert (answer.service, answer.path) == (f"im-{chart.component}", "/")


def test_longer_words_are_not_the_prefix(catalog: Catalog, render: Render, scenario: str) -> None:
    objects = render("openim", SCENARIOS[scenario])
    for chart in _exposed(catalog):
        assert chart.exposure
        if chart.exposure.path != "/":
            answer = GATEWAYS[scenario](
                objects, HOSTS[chart.exposure.host], f"{chart.exposure.path}x/y"
            )
            assert not isinstance(answer, Forward) or answer.service != f"im-{chart.component}"


def _reaches_hidden(objects: Objects, chart: ChartSpec, scenario: str) -> list[str]:
    """Spellings of the chart's hidden paths that get through to it."""
    assert chart.exposure
    prefix = chart.exposure.path.rstrip("/")
    paths = [
        spelling.format(prefix, hidden, hidden.removeprefix("/"))
        for hidden in chart.exposure.hidden
        for spelling in SPELLINGS
    ]
    answers = {p: GATEWAYS[scenario](objects, HOSTS[chart.exposure.host], p) for p in paths}
    own = f"im-{chart.component}"
    return [p for p, a in answers.items() if isinstance(a, Forward) and a.service == own]


def test_hidden_paths_never_reach_the_module(
    catalog: Catalog, render: Render, scenario: str
) -> None:
    hiding = [c for c in catalog.charts.values() if c.exposure and c.exposure.hidden]
    assert "openim-api" in [c.name for c in hiding]
    for chart in hiding:
        assert not _reaches_hidden(render(chart.name, SCENARIOS[scenario]), chart, scenario)
    whole = render("openim", SCENARIOS[scenario])
    for chart in (c for c in _exposed(catalog) if c in hiding):
        assert not _reaches_hidden(whole, chart, scenario)


def test_gateways_that_decode_paths_hide_encoded_spellings(render: Render) -> None:
    objects = render("openim-api", SCENARIOS["ingress-nginx"])
    for path in (
        "/api/%70rometheus_discovery/api",
        "/api//prometheus_discovery/api",
        "/api/prometheus_discovery%2Fapi",
        "/API/Prometheus_Discovery/api",
    ):
        assert GATEWAYS["ingress-nginx"](objects, HOSTS["main"], path) == Refusal(404)
    objects = render("openim-api", SCENARIOS["istio"])
    path = "/api/prometheus_discovery%2Fapi"
    assert GATEWAYS["istio"](objects, HOSTS["main"], path) == Refusal(404)


def test_nothing_is_exposed_by_default(render: Render) -> None:
    assert not of_kind(render("openim"), *ROUTES)


def test_without_an_admin_host_its_pages_stay_inside(render: Render) -> None:
    values = {
        "global": {
            "exposure": {
                **SCENARIOS["istio"]["global"]["exposure"],
                "hosts": {"main": "im.example.com"},
            }
        }
    }
    routed = {o["metadata"]["name"] for o in of_kind(render("openim", values), "VirtualService")}
    assert "im-web-front" in routed
    assert not routed & {"im-admin-front", "im-admin-api"}


def test_two_pages_cannot_have_one_host(render: Render) -> None:
    hosts = {"main": "im.example.com", "admin": "im.example.com"}
    exposure = {"type": "ingress", "hosts": hosts}
    with pytest.raises(HelmError, match=r"hosts\.admin is im\.example\.com, and so is another"):
        render("openim-admin-front", {"global": {"exposure": exposure}})
    assert render("openim-web-front", {"global": {"exposure": exposure}})


def test_one_module_can_be_left_out(render: Render) -> None:
    values = SCENARIOS["http-route"] | {"openim-chat-api": {"exposure": {"enabled": False}}}
    routed = {o["metadata"]["name"] for o in of_kind(render("openim", values), "HTTPRoute")}
    assert "im-chat-api" not in routed
    assert "im-api" in routed


def test_one_certificate_for_each_host(render: Render) -> None:
    objects = render("openim", SCENARIOS["ingress-traefik"])
    certificates = {
        c["spec"]["secretName"]: c["spec"]["dnsNames"] for c in of_kind(objects, "Certificate")
    }
    assert sorted(certificates.values()) == [["admin.example.com"], ["im.example.com"]]
    for ingress in of_kind(objects, "Ingress"):
        (tls,) = ingress["spec"]["tls"]
        assert certificates[tls["secretName"]] == tls["hosts"]


def test_an_existing_certificate_is_used(render: Render) -> None:
    objects = render("openim", SCENARIOS["ingress-nginx"])
    assert not of_kind(objects, "Certificate")
    secrets = {i["spec"]["tls"][0]["secretName"] for i in of_kind(objects, "Ingress")}
    assert secrets == {"example-tls"}


def test_hidden_router_takes_every_request_that_the_main_one_would(render: Render) -> None:
    """Traefik chooses among the routers of an entry point: the hidden one must be on the same."""
    main, hidden = sorted(
        of_kind(render("openim-api", SCENARIOS["ingress-traefik"]), "Ingress"),
        key=lambda o: o["metadata"]["name"],
    )
    own = ("middlewares", "priority")
    apart = [
        {k: v for k, v in o["metadata"]["annotations"].items() if k.rpartition(".")[2] not in own}
        for o in (main, hidden)
    ]
    assert apart[0] == apart[1]
    assert main["spec"]["tls"] == hidden["spec"]["tls"]


def test_users_annotations_cannot_open_hidden_paths(render: Render) -> None:
    key = "traefik.ingress.kubernetes.io/router.middlewares"
    exposure = SCENARIOS["ingress-traefik"]["global"]["exposure"]
    values = {"global": {"exposure": {**exposure, "ingress": {"annotations": {key: "chat-auth"}}}}}
    annotations = {
        o["metadata"]["name"]: o["metadata"]["annotations"][key]
        for o in of_kind(render("openim-api", values), "Ingress")
    }
    assert annotations == {
        "im-api": "chat-auth",
        "im-api-hidden": "chat-im-api-hidden@kubernetescrd",
    }


def test_routes_attach_to_parents_of_any_kind(render: Render) -> None:
    exposure = SCENARIOS["http-route"]["global"]["exposure"]
    parents = [
        {"name": "public", "port": 8443},
        {"name": "l", "kind": "ListenerSet", "group": "x.io"},
    ]
    values = {"global": {"exposure": {**exposure, "gateway": {"parentRefs": parents}}}}
    (route,) = of_kind(render("openim-api", values), "HTTPRoute")
    group = "gateway.networking.k8s.io"
    assert route["spec"]["parentRefs"] == [
        {"group": group, "kind": "Gateway", "name": "public", "port": 8443},
        {"group": "x.io", "kind": "ListenerSet", "name": "l"},
    ]


def test_a_gateway_that_refuses_timeouts_gets_none(render: Render) -> None:
    exposure = SCENARIOS["http-route"]["global"]["exposure"]
    gateway = {**exposure["gateway"], "websocketTimeout": ""}
    values = {"global": {"exposure": {**exposure, "gateway": gateway}}}
    (route,) = of_kind(render("openim-msggateway", values), "HTTPRoute")
    assert "timeouts" not in route["spec"]["rules"][0]


def test_websockets_and_uploads_are_not_cut_off(render: Render) -> None:
    (route,) = of_kind(render("openim-msggateway", SCENARIOS["http-route"]), "HTTPRoute")
    assert route["spec"]["rules"][0]["timeouts"] == {"request": "0s"}
    (socket,) = of_kind(render("openim-msggateway", SCENARIOS["ingress-nginx"]), "Ingress")
    (api,) = of_kind(render("openim-api", SCENARIOS["ingress-nginx"]), "Ingress")
    name = "nginx.ingress.kubernetes.io/"
    assert int(socket["metadata"]["annotations"][f"{name}proxy-read-timeout"]) >= 3600
    assert api["metadata"]["annotations"][f"{name}proxy-body-size"] == "0"


@pytest.mark.helm
def test_both_helms_give_the_same_objects(render: Render, scenario: str, command: Helm) -> None:
    def plain(objects: Objects) -> Objects:
        return [o for o in objects if o["kind"] != "Secret"]  # generated at each rendering

    values = SCENARIOS[scenario]
    assert plain(render("openim", values, command)) == plain(render("openim", values))


@pytest.mark.parametrize(
    ("exposure", "named"),
    [
        ({"type": "httpRoute", "gateway": {"parentRefs": [{"name": "g"}]}}, "hosts/main"),
        ({"type": "httpRoute", "hosts": {"main": "a.example.com"}}, "parentRefs"),
        ({"type": "istio", "hosts": {"main": "a.example.com"}}, "gateways"),
        ({"type": "ingress", "hosts": {"main": "https://a.example.com"}}, "hosts/main"),
        ({"type": "Ingress"}, "type"),
    ],
)
def test_incomplete_exposure_is_refused(
    render: Render, exposure: dict[str, Any], named: str
) -> None:
    with pytest.raises(HelmError) as refusal:
        render("openim-api", {"global": {"exposure": exposure}})
    assert any(named in detail for detail in refusal.value.details)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "http://im.example.com/api"),
        ({"tls": {"enabled": True}}, "https://im.example.com/api"),
        ({"scheme": "https"}, "https://im.example.com/api"),
        ({"scheme": "http", "port": 8080}, "http://im.example.com:8080/api"),
    ],
)
def test_public_url(render: Render, settings: dict[str, Any], url: str) -> None:
    values = {
        "global": {
            "exposure": {
                "type": "istio",
                "hosts": {"main": "im.example.com"},
                "istio": {"gateways": ["a/b"]},
                **settings,
            }
        }
    }
    (service,) = of_kind(render("openim-api", values), "VirtualService")
    route = service["spec"]["http"][-1]
    assert route["headers"]["request"]["set"] == {"X-Request-Api": url}


def test_notes_say_how_to_reach_the_module(rendering: Callable[..., Rendering]) -> None:
    inside = rendering("openim-web-front").notes
    assert "  kubectl port-forward --namespace chat service/im-web-front 8080:80" in inside
    outside = rendering("openim-web-front", SCENARIOS["http-route"]).notes
    assert "  https://im.example.com/" in outside.splitlines()
    assert "port-forward" not in outside

"""What NOTES.txt tells after an installation: which commands, for which objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from openim_charts.helm.adapter import Rendering

Notes = Callable[..., Rendering]

READ = "  kubectl get secret --namespace chat {} --output jsonpath='{{.data.{}}}' | base64 --decode"
INGRESS = {"type": "ingress", "hosts": {"main": "im.example.com", "admin": "admin.example.com"}}


@pytest.mark.parametrize("chart", ["openim", "openim-chat", "openim-admin-rpc"])
def test_the_first_administrator_can_be_read(rendering: Notes, chart: str) -> None:
    assert READ.format("im-chat", "adminUserID") in rendering(chart).notes.splitlines()
    own = {"existingSecret": "mine", "secretKeys": {"adminUserID": "who"}}
    notes = rendering(chart, {"global": {"chat": own}}).notes
    assert READ.format("mine", "who") in notes.splitlines()


def test_an_umbrella_says_nothing_of_what_it_does_not_install(rendering: Notes) -> None:
    everything = rendering("openim").notes
    assert READ.format("im-grafana", "adminPassword") in everything.splitlines()
    without: dict[str, Any] = {
        "global": {
            "monitoring": {"type": "operator"},
            "exposure": INGRESS,
            "chat": {"existingSecret": "theirs"},
        },
        "openim-admin-rpc": {"enabled": False},
        "openim-admin-front": {"enabled": False},
    }
    notes = rendering("openim", without).notes
    assert "jsonpath" not in notes
    assert "admin.example.com" not in notes


def test_an_umbrella_names_the_pages_that_browsers_can_open(rendering: Notes) -> None:
    closed = "Nothing of it can be reached from outside the cluster yet (global.exposure)."
    assert closed in rendering("openim").notes.splitlines()
    notes = rendering("openim", {"global": {"exposure": INGRESS}}).notes.splitlines()
    assert closed not in notes
    assert {"  http://im.example.com/", "  http://admin.example.com/"} <= set(notes)


def test_an_umbrella_names_the_clusters_that_outlive_it(rendering: Notes) -> None:
    operated = {"global": {"redis": {"mode": "kubeblocks"}}}
    line = "  kubectl get clusters.apps.kubeblocks.io --namespace chat im-redis"
    assert line in rendering("openim", operated).notes.splitlines()
    assert "kubeblocks" not in rendering("openim").notes
    gone = {"redis": {"persistence": {"retention": {"whenDeleted": "Delete"}}}}
    assert "kubeblocks" not in rendering("openim", operated | gone).notes


RECEIVERS = {"receivers": [{"name": "team"}, {"name": "pager"}]}


def test_the_notes_say_who_gets_alerts(rendering: Notes) -> None:
    nobody = "Alerts go to nobody yet."
    assert nobody in rendering("openim").notes
    assert nobody in rendering("openim", {"alertmanager": {"enabled": False}}).notes
    assert nobody in rendering("alertmanager").notes
    for chart, values in {"openim": {"alertmanager": RECEIVERS}, "alertmanager": RECEIVERS}.items():
        notes = rendering(chart, values).notes
        assert "Alerts go to team, pager." in notes.splitlines()
        assert nobody not in notes
    secret = rendering("alertmanager", {"existingSecret": "alerts"}).notes
    assert "Alerts go where the Secret alerts says." in secret.splitlines()
    for kind, words in {"operator": "operator's Alertmanager", "none": "Nothing raises"}.items():
        notes = rendering("openim", {"global": {"monitoring": {"type": kind}}}).notes
        assert words in notes
        assert nobody not in notes


@pytest.mark.parametrize("chart", ["openim", "alertmanager"])
def test_the_values_that_the_notes_show_give_alerts_to_somebody(
    rendering: Notes, chart: str
) -> None:
    (shown,) = re.findall(r"webhooks:\n\n((?:  .*\n)+)", rendering(chart).notes)
    assert "Alerts go to team." in rendering(chart, yaml.safe_load(shown)).notes


@pytest.mark.parametrize("values", [{}, {"global": {"exposure": INGRESS}}], ids=["closed", "open"])
def test_an_umbrella_s_notes(rendering: Notes, snapshot: SnapshotAssertion, values: Any) -> None:
    """As a whole, for people who review them: 'make golden' accepts a change."""
    assert rendering("openim", values).notes == snapshot


@pytest.mark.parametrize("chart", ["openim", "openim-server", "openim-rpc-third"])
def test_links_that_no_client_can_open_are_told(rendering: Notes, chart: str) -> None:
    told = "Clients outside the cluster cannot open the files that are sent to them"
    assert told in rendering(chart).notes
    assert told not in rendering(chart, {"global": {"exposure": INGRESS}}).notes
    own = {"global": {"objectStorage": {"publicURL": "https://files.example.com"}}}
    assert told not in rendering(chart, own).notes


def test_the_notes_say_what_ingress_nginx_must_allow(rendering: Notes) -> None:
    nginx = {"global": {"exposure": INGRESS | {"ingress": {"controller": "nginx"}}}}
    for chart in ("openim", "openim-api"):
        assert "annotations-risk-level Critical" in rendering(chart, nginx).notes
        assert "risk-level" not in rendering(chart, {"global": {"exposure": INGRESS}}).notes

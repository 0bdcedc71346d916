"""``null`` in a values file takes away what an earlier file said: it counts as nothing there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from openim_charts.charts.compiler import Compiler
from openim_charts.charts.values import walk
from openim_charts.helm.adapter import HelmError
from tests.product.features.conftest import Render

JOB = {"provider": "job"}  # its objects hold no random passwords
CHARTS = ["openim-api", "openim-chat-rpc", "openim-web-front", "redis", "prometheus", "grafana"]


def _emptied(values: Mapping[str, Any]) -> dict[str, Any]:
    """``null`` for each map and list that is empty; keys of configuration files are no map."""
    made: dict[str, Any] = {}
    for key, value in values.items():
        if key == "config":
            continue
        if value in ([], {}):
            made[key] = None
        elif isinstance(value, Mapping) and (below := _emptied(value)):
            made[key] = below
    return made


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"replicaCount": None}, "replicaCount"),
        ({"networkPolicy": {"enabled": None}}, "enabled"),
        ({"image": {"tag": None}}, "tag"),
        ({"image": None}, "image"),
        ({"global": {"redis": None}}, "redis"),
        ({"global": {"discovery": {"type": None}}}, "type"),
    ],
)
def test_what_templates_rely_on_may_not_be_null(
    render: Render, values: dict[str, Any], named: str
) -> None:
    with pytest.raises(HelmError) as refusal:
        render("openim-rpc-group", values)
    assert f"missing property '{named}'" in refusal.value.said


@pytest.mark.parametrize("name", CHARTS)
def test_an_empty_map_or_list_may_be_null(name: str, compiler: Compiler, render: Render) -> None:
    emptied = _emptied(compiler.compile(name).values)
    assert {"podLabels", "tolerations", "networkPolicy"} <= emptied.keys()
    emptied["global"]["secrets"] = JOB
    assert render(name, emptied) == render(name, {"global": {"secrets": JOB}})


@pytest.mark.parametrize("name", ["openim-chat-rpc", "grafana"])
def test_any_value_may_be_null_or_is_refused_by_name(
    name: str, compiler: Compiler, render: Render
) -> None:
    """No template stumbles over a value that is not there."""
    _, tree = compiler.compile_parts(name)
    for path, _ in walk(tree):
        if "config" in path[:2]:
            continue
        values: Any = None
        for key in reversed(path):
            values = {key: values}
        try:
            render(name, values)
        except HelmError as refusal:
            if not re.search(r"missing property|got null", refusal.said):
                raise

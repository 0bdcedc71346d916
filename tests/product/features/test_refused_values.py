"""A value that a release takes and that must not be used ends an installation with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from openim_charts.helm.adapter import Helm, HelmError
from tests.product.features.conftest import Render

PUBLIC = {"publicRead": True}
PLACES: list[dict[str, Any]] = [
    {"global": {"objectStorage": PUBLIC}},
    {"global": {"config": {"server": {"minio": PUBLIC}}}},
    {"config": {"minio": PUBLIC}},
]


@pytest.mark.parametrize("values", PLACES)
def test_nobody_can_let_everybody_write_to_the_bucket(
    render: Render, command: Helm, values: dict[str, Any]
) -> None:
    with pytest.raises(HelmError, match=r"publicRead cannot be true with server .*s3:PutObject"):
        render("openim-rpc-third", values, command)


def test_other_modules_do_not_mind(render: Render) -> None:
    assert render("openim-rpc-user", PLACES[0])


@pytest.mark.parametrize("name", ["openim-api", "openim-chat-rpc"])
def test_a_service_without_the_family_that_openim_listens_on_is_refused(
    render: Render, command: Helm, name: str
) -> None:
    with pytest.raises(HelmError, match=r"service\.ipFamilies: .* listens on IPv4 only"):
        render(name, {"service": {"ipFamilies": ["IPv6"]}}, command)
    assert render(name, {"service": {"ipFamilies": ["IPv6", "IPv4"]}}, command)


def test_other_programs_may_have_any_family(render: Render) -> None:
    assert render("openim-web-front", {"service": {"ipFamilies": ["IPv6"]}})


def test_a_slip_below_global_is_named_once_and_a_stranger_s_key_is_let_be(
    render: Render, command: Helm
) -> None:
    """Once, and not for each chart to which Helm hands it down."""
    with pytest.raises(HelmError) as error:
        render("openim-chat", {"global": {"storageClas": "fast"}}, command)
    assert "'storageClas'" in str(error.value)
    assert set(re.findall(r"at '(/[^']*)'", str(error.value))) == {"/global"}
    cattle = {"clusterId": "local", "systemDefaultRegistry": ""}
    assert render("openim-chat", {"global": {"cattle": cattle}}, command)

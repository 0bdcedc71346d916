"""A value that a release takes and that must not be used ends an installation with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from generator.helm.adapter import Helm, HelmError
from tests.features.conftest import Render

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

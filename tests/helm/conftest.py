"""The engines under test: what is installed here."""

from __future__ import annotations

import pytest

from openim_charts.helm.adapter import Helm
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.embedded import EmbeddedHelm
from openim_charts.helm.start import available
from tests.conftest import HELMS, helm_command


def _engine(name: str) -> Helm:
    if name == "embedded":
        if not available():
            pytest.skip("helm-python-sdk is not installed")
        return EmbeddedHelm()
    return CommandHelm(helm_command(name))


@pytest.fixture(params=["embedded", *HELMS])
def engine(request: pytest.FixtureRequest) -> Helm:
    return _engine(request.param)


@pytest.fixture
def engines() -> list[Helm]:
    return [_engine(name) for name in ("embedded", *HELMS)]

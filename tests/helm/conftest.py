"""The engines under test: what is installed here."""

from __future__ import annotations

import os
import shutil

import pytest

from generator.helm.adapter import Helm
from generator.helm.command import CommandHelm
from generator.helm.embedded import EmbeddedHelm, available


def _engine(name: str) -> Helm:
    if name == "embedded":
        if not available():
            pytest.skip("helm-python-sdk is not installed")
        return EmbeddedHelm()
    path = shutil.which(os.environ.get(name.upper(), name))
    if path is None:
        pytest.skip(f"no {name} on PATH, and {name.upper()} does not name one")
    return CommandHelm(path)


@pytest.fixture(params=["embedded", "helm3", "helm4"])
def engine(request: pytest.FixtureRequest) -> Helm:
    return _engine(request.param)


@pytest.fixture
def engines() -> list[Helm]:
    return [_engine(name) for name in ("embedded", "helm3", "helm4")]

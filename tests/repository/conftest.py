"""The Helm command lines under test: helm3 and helm4 on PATH, or what HELM3 and HELM4 name."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(params=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest) -> str:
    path = shutil.which(os.environ.get(request.param.upper(), request.param))
    if path is None:
        pytest.skip(f"no {request.param} on PATH, and {request.param.upper()} does not name one")
    return path

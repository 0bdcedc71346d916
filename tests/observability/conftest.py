"""The observability charts, rendered as the other infrastructure charts are."""

from __future__ import annotations

from tests.infrastructure.conftest import engine as engine
from tests.infrastructure.conftest import render as render
from tests.infrastructure.conftest import rendering as rendering
from tests.infrastructure.conftest import scenarios as scenarios

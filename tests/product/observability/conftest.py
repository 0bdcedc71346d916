"""The observability charts, rendered as the other infrastructure charts are."""

from __future__ import annotations

from tests.product.infrastructure.conftest import engine as engine
from tests.product.infrastructure.conftest import render as render
from tests.product.infrastructure.conftest import rendering as rendering
from tests.product.infrastructure.conftest import scenarios as scenarios

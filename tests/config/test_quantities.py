"""Kubernetes' quantities."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openim_charts.config.plan import cores, quantity, size


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250m", "0.25"),
        ("2", "2"),
        (0.5, "0.5"),
        ("1.5Gi", "1610612736"),
        ("96Mi", "100663296"),
        ("512M", "512000000"),
        ("3k", "3000"),
        ("1e3", "1000"),
        (".5", "0.5"),
        ("1E", "1000000000000000000"),
    ],
)
def test_quantity(text: object, amount: str) -> None:
    assert quantity(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "Gi", "1gi", "1 Gi", "a", "1ii"])
def test_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="quantity"):
        quantity(text)


def test_shown() -> None:
    assert [cores(Decimal(n)) for n in ("0.25", "12", "10", "0.125")] == [
        "0.25",
        "12",
        "10",
        "0.12",
    ]
    assert size(Decimal(96 * 2**20)) == "96 MiB"
    assert size(Decimal("3.9") * 2**30) == "3.9 GiB"
    assert size(Decimal(512)) == "512 B"

"""Amounts of CPU, memory and disk as Kubernetes writes them.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(m|k|Ki|[MGTPE]i?|[eE][+-]?\d+)?")
_DECIMAL = {"m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def quantity(text: object) -> Decimal:
    """Cores or bytes: ``250m`` is 0.25, ``1Gi`` is 1073741824. Raises ValueError."""
    found = _QUANTITY.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f"{text!r} is not a quantity")
    number, unit = Decimal(found[1]), found[2] or ""
    if unit in _BINARY:
        return number * Decimal(1024 ** _BINARY[unit])
    if unit in _DECIMAL:
        return number.scaleb(_DECIMAL[unit])
    return number.scaleb(int(unit[1:]))


def cores(amount: Decimal) -> str:
    """``0.25``, ``12``: at most two places."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def size(amount: Decimal) -> str:
    """``96 MiB``, ``3.9 GiB``: bytes in the unit in which they are easy to read."""
    for unit, power in (("GiB", 3), ("MiB", 2), ("KiB", 1)):
        value = amount / 1024**power
        if value >= 1:
            return f"{value:.1f}".removesuffix(".0") + f" {unit}"
    return f"{amount:.0f} B"

"""Requests do not exceed limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import RenderedObject, get, mapping
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_NUMBER = re.compile(r"^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


class ResourceLimits(ObjectRule):
    """Each container's requests against its limits."""

    id = "resource-limits"
    of_values = Severity.WARNING
    summary = "No container requests more than its limit, and every container requests something."
    rationale = (
        "The API server refuses a request above the limit. Without requests the scheduler packs "
        "pods blindly and a namespace with a quota refuses them."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        pod = pod_of(obj)
        for path, container in pod.containers() if pod else ():
            requests = mapping(container, "resources", "requests")
            limits = mapping(container, "resources", "limits")
            if not requests and not limits:
                yield Problem("has neither requests nor limits", obj, path)
            for name, value in requests.items():
                asked, most = amount(value), amount(get(limits, name))
                if asked is not None and most is not None and asked > most:
                    message = f"requests {value} of {name}, more than its limit {limits[name]}"
                    yield Problem(message, obj, (*path, "resources", "requests", name))


def amount(quantity: object) -> Decimal | None:
    """The number that a Kubernetes quantity stands for, None when it is not one."""
    parts = _NUMBER.match(str(quantity))
    if not parts:
        return None
    number, suffix = Decimal(parts[1]), parts[2]
    if suffix in _BINARY:
        return number * Decimal(2 ** _BINARY[suffix])
    return number.scaleb(_DECIMAL[suffix]) if suffix in _DECIMAL else None

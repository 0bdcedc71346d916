"""The variables of containers, and what refers to them, for any target."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.checks.api import get, listing
from openim_charts.config.api import quantity

# What Kubernetes replaces in commands and variables
# (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a container: a text, a key of a Secret, or what the pod knows of itself."""

    name: str
    text: str = ""  # with references to variables before it
    secret: tuple[str, str] | None = None  # its name, and the key
    optional: bool = False  # without the Secret, or the key, there is no variable
    field: str | None = None  # a path in the pod; "" where Kubernetes has another source


def variables_of(container: Mapping[str, Any]) -> Iterator[Variable]:
    """The variables that a container sets, in its order."""
    for variable in listing(container, "env"):
        name, source = str(get(variable, "name")), get(variable, "valueFrom")
        if source is None:
            yield Variable(name, str(get(variable, "value") or ""))
            continue
        secret, resource = get(source, "secretKeyRef"), get(source, "resourceFieldRef")
        limit = _limit(container, resource) if resource else None
        if limit is not None:
            yield Variable(name, limit)
        elif secret:
            key = (str(secret["name"]), str(secret["key"]))
            yield Variable(name, secret=key, optional=bool(secret.get("optional")))
        else:
            yield Variable(name, field=str(get(source, "fieldRef", "fieldPath") or ""))


def _limit(container: Mapping[str, Any], reference: Mapping[str, Any]) -> str | None:
    """What a container may have of a resource, in units of the divisor; None where it is not said:
    then Kubernetes gives what the node has."""
    given = get(container, "resources", *str(reference["resource"]).split("."))
    if given is None:
        return None
    return str(math.ceil(quantity(given) / quantity(reference.get("divisor") or 1)))


def expanded(text: str, variables: Mapping[str, str | None], literal: Callable[[str], str]) -> str:
    """A text with Kubernetes' references to variables replaced by these.

    They are as the target reads them; ``literal`` makes a text one in which it replaces nothing.
    """
    made, end = "", 0
    for found in REFERENCE.finditer(text):
        value = variables.get(found[1] or "")
        kept = "$" if found[0] == "$$" else found[0]
        made += literal(text[end : found.start()]) + (literal(kept) if value is None else value)
        end = found.end()
    return made + literal(text[end:])


def secret_variable(secret: str, key: str) -> str:
    """What a key of a Secret is called in the file of passwords: ``openim-redis``, ``password`` is
    OPENIM_REDIS_PASSWORD."""
    return re.sub(r"\W", "_", f"{secret}_{kebab(key)}").upper()

"""The variables of containers, and what refers to them, for any target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.checks.api import get, listing

# What Kubernetes replaces in commands and variables
# (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))?")


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
        secret = get(source, "secretKeyRef")
        if secret:
            key = (str(secret["name"]), str(secret["key"]))
            yield Variable(name, secret=key, optional=bool(secret.get("optional")))
        else:
            yield Variable(name, field=str(get(source, "fieldRef", "fieldPath") or ""))


def expanded(text: str, variables: Mapping[str, str | None], literal: Callable[[str], str]) -> str:
    """A text with Kubernetes' references to variables replaced by these.

    They are as the target reads them; ``literal`` makes a text one in which it replaces nothing.
    """

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return literal("$")
        value = variables.get(found[1] or "")
        return literal(found[0]) if value is None else value

    return _REFERENCE.sub(replaced, text)


def secret_variable(secret: str, key: str) -> str:
    """What a key of a Secret is called in the file of passwords: ``openim-redis``, ``password`` is
    OPENIM_REDIS_PASSWORD."""
    return re.sub(r"\W", "_", f"{secret}_{kebab(key)}").upper()

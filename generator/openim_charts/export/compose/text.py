"""Texts of pods as Compose reads them, and the variables of their containers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.checks.api import get, listing
from openim_charts.export.compose.system import ADDRESSES, Pod

# What Kubernetes replaces in commands and variables
# (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))?")


def literal(text: str) -> str:
    """A text in which Compose replaces nothing."""
    return text.replace("$", "$$")


def expanded(text: str, variables: Mapping[str, str | None]) -> str:
    """A text with Kubernetes' references to variables replaced by these, which Compose may read."""

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$$"
        value = variables.get(found[1] or "")
        return literal(found[0]) if value is None else value

    return _REFERENCE.sub(replaced, text)


def secret_variable(secret: str, key: str) -> str:
    """What a key of a Secret is called in .env: ``openim-redis``, ``password`` is
    OPENIM_REDIS_PASSWORD."""
    return re.sub(r"\W", "_", f"{secret}_{kebab(key)}").upper()


def variables(pod: Pod, container: Mapping[str, Any], namespace: str) -> dict[str, str | None]:
    """The variables of a container as Compose sets them; None takes the one of that name from
    .env, and sets nothing where there is none."""
    found: dict[str, str | None] = {}
    for variable in listing(container, "env"):
        name = str(get(variable, "name"))
        source = get(variable, "valueFrom")
        if source is None:
            found[name] = expanded(str(get(variable, "value") or ""), found)
        elif get(source, "secretKeyRef"):
            found[name] = _secret(source["secretKeyRef"])
        else:
            found[name] = field_of(pod, str(get(source, "fieldRef", "fieldPath")), namespace)
    return found


def _secret(reference: Mapping[str, Any]) -> str | None:
    if reference.get("optional"):
        return None
    name = secret_variable(str(reference["name"]), str(reference["key"]))
    return f"${{{name}:?is not in .env, which secrets.sh makes}}"


def field_of(pod: Pod, path: str, namespace: str) -> str | None:
    """What a pod knows about itself; None where Compose cannot say it."""
    known = {
        "metadata.name": pod.host,
        "metadata.namespace": namespace,
        **dict.fromkeys(ADDRESSES, pod.address),
    }
    return known.get(path)

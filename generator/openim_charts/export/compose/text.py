"""Texts of pods as Compose reads them, and the variables of their containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openim_charts.export.system import ADDRESSES, Pod
from openim_charts.export.variables import Variable, expanded, secret_variable, variables_of

# The first three numbers of all addresses; Compose takes another one from .env.
NETWORK = "${NETWORK:-172.31.77}"
_FIRST = 2  # last number of the first fixed address; the gateway has 1


def literal(text: str) -> str:
    """A text in which Compose replaces nothing."""
    return text.replace("$", "$$")


def filled(text: str, variables: Mapping[str, str | None]) -> str:
    """A text with Kubernetes' references to variables replaced by these, which Compose may read."""
    return expanded(text, variables, literal)


def address(pod: Pod) -> str:
    """The fixed address of a pod that asks for it, "" of the others."""
    return "" if pod.number is None else f"{NETWORK}.{_FIRST + pod.number}"


def variables(pod: Pod, container: Mapping[str, Any], namespace: str) -> dict[str, str | None]:
    """The variables of a container as Compose sets them; None takes the one of that name from
    .env, and sets nothing where there is none."""
    found: dict[str, str | None] = {}
    for variable in variables_of(container):
        if variable.secret:
            found[variable.name] = _secret(variable)
        elif variable.field is not None:
            found[variable.name] = field_of(pod, variable.field, namespace)
        else:
            found[variable.name] = filled(variable.text, found)
    return found


def _secret(variable: Variable) -> str | None:
    if variable.optional or not variable.secret:
        return None
    name = secret_variable(*variable.secret)
    return f"${{{name}:?is not in .env, which secrets.sh makes}}"


def field_of(pod: Pod, path: str, namespace: str) -> str | None:
    """What a pod knows about itself; None where Compose cannot say it."""
    known = {
        "metadata.name": pod.host,
        "metadata.namespace": namespace,
        **dict.fromkeys(ADDRESSES, address(pod)),
    }
    return known.get(path)

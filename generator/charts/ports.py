"""Ports that pods listen on: where a configuration file says one, every other object follows it."""

from __future__ import annotations

from generator.charts.config import is_port, leaves
from generator.specs.model import ChartSpec


def port_key(spec: ChartSpec, port: str) -> tuple[str, ...]:
    """The key below ``global.config`` that sets a port of the chart; () when nothing can."""
    if spec.line is None:
        return ()
    for file in spec.config:
        for path, node in leaves(file):
            bind = node.get("bind", {})
            own = bind.get("chart", spec.name) == spec.name
            if own and is_port(bind) and bind["port"] == port:
                return (spec.line.product, file.name, *path)
    return ()


def port_values(spec: ChartSpec) -> tuple[str, ...]:
    """The values, dotted, that set ports of the chart, in the order of its ports."""
    keys = (port_key(spec, port) for port in spec.ports)
    return tuple(".".join(("global", "config", *key)) for key in keys if key)


def listening(spec: ChartSpec, number: int) -> str:
    """Helm's expression for the port that the pods of a chart have in place of ``number``.

    That is the number that the spec gives to a port, and the port of its Service for ever; the
    expression holds in all charts of an instance, since ``global`` is the same for them.
    """
    name = next((name for name, known in spec.ports.items() if known == number), "")
    key = port_key(spec, name)
    if not key:
        return str(number)
    words = " ".join(f'"{word}"' for word in key)
    return f"(dig {words} (list {number}) $.Values.global.config | first | int)"


def listening_text(spec: ChartSpec, number: int) -> str:
    """The same as the text of a template."""
    expression = listening(spec, number)
    return expression if expression == str(number) else f"{{{{ {expression[1:-1]} }}}}"

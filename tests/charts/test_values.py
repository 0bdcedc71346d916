"""Defaults that a spec replaces."""

from __future__ import annotations

from dataclasses import replace

from generator.charts.api import Compiler
from generator.specs.model import Catalog


def test_a_shared_default_that_one_spec_replaces_stays_with_that_chart(catalog: Catalog) -> None:
    loud, other = "openim-rpc-auth", "openim-rpc-user"
    spec = catalog.charts[loud]
    changed = replace(spec, values={**spec.values, "global": {"logging": {"level": 6}}})
    compiler = Compiler(replace(catalog, charts={**catalog.charts, loud: changed}))
    assert compiler.compile(loud).values["global"]["logging"]["level"] == 6
    assert compiler.compile(other).values["global"]["logging"]["level"] == 3

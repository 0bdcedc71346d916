"""The infrastructure charts, rendered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.adapter import Helm, Rendering
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from openim_charts.yamlio.reader import parse_plain
from tests.product.infrastructure.programs import program, write_tool
from tests.product.infrastructure.redis_pods import Pods

Values = Mapping[str, Any]
NONE: Values = {}


@pytest.fixture(scope="session")
def engine() -> Helm:
    return find_helm()


@pytest.fixture(scope="session")
def rendering(compiler: Compiler, engine: Helm) -> Callable[..., Rendering]:
    made: dict[tuple[str, str, str], Rendering] = {}

    @cache
    def archive(name: str) -> bytes:
        return package(compiler.compile(name), 0)

    def render(chart: str, values: Values = NONE, release: str = "im") -> Rendering:
        key = (chart, json.dumps(values, sort_keys=True), release)
        if key not in made:
            made[key] = engine.render(archive(chart), values, release, "chat", "1.34")
        return made[key]

    return render


@pytest.fixture(scope="session")
def render(rendering: Callable[..., Rendering]) -> Callable[..., list[dict[str, Any]]]:
    """The objects of a chart for a release ``im`` in the namespace ``chat``."""

    def objects(*arguments: Any) -> list[dict[str, Any]]:
        return [yaml.load(f.text, yaml.CSafeLoader) for f in rendering(*arguments).files]

    return objects


@pytest.fixture(scope="session")
def scenarios(compiler: Compiler) -> Callable[[str], dict[str, Values]]:
    """The default values of a chart and those of its ci/ files, by name.

    Left out are files that install no program or let something else make the Secrets: the features
    that offer these are tested in their own rooms.
    """

    def of(chart: str) -> dict[str, Values]:
        files = compiler.compile(chart).files
        found = {p: parse_plain(files[p].decode(), p) for p in compiler.compile(chart).scenarios}
        own = {p: v for p, v in found.items() if not _elsewhere(v.get("global", {}))}
        assert own, f"{chart} has no ci/ file of its own"
        return {"defaults": {}, **own}

    return of


def _elsewhere(values: Values) -> bool:
    sections = [section for section in values.values() if isinstance(section, dict)]
    return any("provider" in section or "mode" in section for section in sections)


@pytest.fixture
def redis(render: Callable[..., Any], tmp_path: Path) -> Iterator[Callable[[Values], Pods]]:
    """Redis or Valkey pods of one release with these values; they end with the test."""
    program("redis-cli")
    with ExitStack() as stack:

        def make(values: Values) -> Pods:
            layout = values.get("image", {}).get("layout", "redis")
            write_tool(
                tmp_path / "tools",
                f"{layout}-server",
                f'#!/bin/sh\nexec "{program(f"{layout}-server")}" "$@"\n',
            )
            made = Pods(render("redis", values), tmp_path)
            stack.callback(made.stack.close)
            return made

        yield make

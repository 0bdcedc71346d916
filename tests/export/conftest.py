"""Exports of the project's charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import Release
from openim_charts.config.api import Surroundings, read_values, rendered
from openim_charts.export.api import TARGETS, export
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document

RELEASE, NAMESPACE = "im", "messaging"
Exported = Callable[..., Mapping[str, bytes]]


@pytest.fixture(scope="package")
def composed(catalog: Catalog, compiler: Compiler) -> tuple[Release, Mapping[str, bytes]]:
    """What is rendered of everything for Compose, without values, and the files."""
    chart, target = compiler.compile("openim"), TARGETS["compose"]
    where = Surroundings(RELEASE, NAMESPACE, target.defaults(chart, catalog))
    release, warnings = rendered(chart, catalog, find_helm(), Document("", {}, {}, {}), where)
    assert not warnings
    assert not list(target.refused(release))
    return release, target.files(release)


@pytest.fixture
def exported(catalog: Catalog, compiler: Compiler, tmp_path: Path) -> Exported:
    """The files of a target for a chart, as the release openim, with values: openim.yaml."""

    def make(
        target: str, chart: str, values: str, upstreams: Sequence[str] = ()
    ) -> Mapping[str, bytes]:
        path = tmp_path / "openim.yaml"
        path.write_text(values)
        compiled, document = compiler.compile(chart), read_values([path])
        chosen = TARGETS[target]
        chosen = chosen.to(upstreams) if chosen.to else chosen
        return export(chosen, compiled, catalog, find_helm(), document, "openim")[0]

    return make

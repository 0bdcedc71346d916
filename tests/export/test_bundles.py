"""The project's own bundles."""

from __future__ import annotations

import re

from openim_charts.charts.api import Compiler
from openim_charts.export.bundles import bundles_of
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package, unpack
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT

# By target: files that a user needs.
FILES = {"compose": {"compose.yaml", "secrets.sh"}, "systemd": {"install.sh", "secrets.sh"}}


def _names(catalog: Catalog) -> set[str]:
    return {
        f"{chart.name}-{target}-{preset}-{chart.version}.tgz"
        for chart in catalog.charts.values()
        if chart.bundles
        for target in FILES
        for preset in getattr(chart.bundles, target)
    }


def test_documents_name_bundles_that_there_are(catalog: Catalog) -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(
            r"[a-z-]+-(?:compose|systemd)-[a-z-]+-\d\S*?\.tgz", page.read_text("utf-8")
        )
    }
    assert named
    assert named <= _names(catalog), "give the documents the chart's version"


def test_every_bundle_can_be_made(catalog: Catalog, compiler: Compiler) -> None:
    made = set()
    for name in (chart.name for chart in catalog.charts.values() if chart.bundles):
        chart = compiler.compile(name)
        archive = package(chart, catalog.source_date)
        for bundle in bundles_of(chart, archive, catalog, find_helm()):
            target = bundle.folder.split("-")[1]
            assert FILES[target] | {"export.json"} <= unpack(bundle.archive).keys()
            made.add(bundle.listed.file)
    assert made == _names(catalog)

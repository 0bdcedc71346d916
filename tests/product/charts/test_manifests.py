"""What every chart renders, as files that show a reviewer what a change does to manifests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import PurePosixPath

import pytest

from openim_charts.charts.api import Chart
from openim_charts.checks.checker import NAMESPACE, RELEASE, bare_archive
from openim_charts.checks.scenarios import scenarios
from openim_charts.helm.adapter import RenderedFile
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT

# Passwords are made anew for each rendering.
_RANDOM = re.compile(r"^(  \"?[\w.-]+\"?: )\S+$", re.MULTILINE)


@pytest.mark.parametrize("name", sorted(load_catalog(ROOT).charts))
def test_manifests(
    name: str,
    catalog: Catalog,
    charts: Mapping[str, Chart],
    golden: Callable[[str, dict[str, bytes]], None],
) -> None:
    golden(f"manifests/{name}", manifests(charts[name], catalog))


def manifests(chart: Chart, catalog: Catalog) -> dict[str, bytes]:
    """The defaults whole, and how each values file that checks render differs from them.

    Of an umbrella's defaults only what its own templates render: its charts have their own files.
    """
    archive, helm = bare_archive(chart), find_helm()
    version = catalog.repository.kubernetes[-1]
    texts, own = {}, ""
    for scenario, values in scenarios(chart):
        documents = helm.render(archive, values, RELEASE, NAMESPACE, version).files
        texts[scenario] = "".join(map(_shown, documents))
        if not scenario:
            own = "".join(_shown(d) for d in documents if "/charts/" not in d.path)
    default = texts.pop("")
    files = {"default.yaml": own.encode()}
    for scenario, text in texts.items():
        stem = PurePosixPath(scenario).stem.removesuffix("-values")
        lines = unified_diff(
            default.splitlines(), text.splitlines(), "default", scenario, n=2, lineterm=""
        )
        files[f"{stem}.diff"] = "".join(f"{line}\n" for line in lines).encode()
    return files


def _shown(file: RenderedFile) -> str:
    return f"---\n# Source: {file.path}\n{_without_random(file.text.strip())}\n"


def _without_random(text: str) -> str:
    if "\nkind: Secret\n" not in text:
        return text
    head, found, data = text.partition("\ndata:\n")
    return head + found + _RANDOM.sub(r"\1…", data)

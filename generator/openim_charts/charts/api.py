"""Compiling and explaining, for the other packages."""

from __future__ import annotations

from openim_charts.charts.compiler import Compiler
from openim_charts.charts.explain import Explanation
from openim_charts.charts.explain import explain as _explain
from openim_charts.charts.interface import FeatureFacts, Hook, feature_facts, hooks
from openim_charts.charts.model import Chart
from openim_charts.specs.model import Catalog

__all__ = [
    "Chart",
    "Compiler",
    "Explanation",
    "FeatureFacts",
    "Hook",
    "compile_chart",
    "compiler_for",
    "explain",
    "feature_facts",
    "hooks",
]

_last: list[tuple[Catalog, Compiler]] = []


def compiler_for(catalog: Catalog) -> Compiler:
    """The compiler of a catalog; the one made last is kept."""
    if not _last or _last[0][0] is not catalog:
        _last[:] = [(catalog, Compiler(catalog))]
    return _last[0][1]


def compile_chart(catalog: Catalog, name: str) -> Chart:
    """Compile the chart ``name`` of the catalog. Raises FindingsError."""
    return compiler_for(catalog).compile(name)


def explain(catalog: Catalog, name: str, key: str) -> Explanation:
    """Where the default of ``key`` (dotted) of a chart comes from. Raises UserError."""
    return _explain(catalog, name, key, compiler_for(catalog))

"""Compiling, for the other rooms."""

from __future__ import annotations

from generator.charts.compiler import Compiler
from generator.charts.model import Chart
from generator.specs.model import Catalog

__all__ = ["Chart", "Compiler", "compile_chart"]

_compilers: dict[int, tuple[Catalog, Compiler]] = {}


def compiler_for(catalog: Catalog) -> Compiler:
    """The compiler of a catalog; the one made last is kept."""
    known = _compilers.get(id(catalog))
    if known is None:
        _compilers.clear()
        known = _compilers[id(catalog)] = (catalog, Compiler(catalog))
    return known[1]


def compile_chart(catalog: Catalog, name: str) -> Chart:
    """Compile the chart ``name`` of the catalog. Raises FindingsError."""
    return compiler_for(catalog).compile(name)

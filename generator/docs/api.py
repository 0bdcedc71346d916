"""All generated documents of the project, by path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.charts.alerts import PAGE
from generator.charts.compiler import Compiler
from generator.checks.docs import checks_markdown
from generator.diff.docs import versioning
from generator.docs.alerts import alerts_page
from generator.docs.failures import failures
from generator.docs.images import images_reference
from generator.docs.openim_yaml import openim_reference, schema_text
from generator.docs.spec_reference import spec_reference
from generator.specs.api import load_catalog


def documents(root: Path) -> Mapping[str, str]:
    """Path below ``root`` and text of every generated document. Raises FindingsError."""
    compiler = Compiler(load_catalog(root))
    return {
        "docs/spec-reference.md": spec_reference(root),
        "docs/openim-yaml.md": openim_reference(compiler.globals),
        "docs/images.md": images_reference(compiler),
        "docs/checks.md": checks_markdown(),
        "docs/versioning.md": versioning(),
        PAGE: alerts_page(compiler.catalog),
        "docs/failures.md": failures(root),
        "schemas/openim.schema.json": schema_text(compiler),
    }

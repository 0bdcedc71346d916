"""``openim-charts validate``"""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli import options
from generator.cli.console import Console
from generator.cli.report import counted
from generator.findings import Finding, FindingsError


@click.command(
    epilog="""\b
    Examples:
      openim-charts validate
      openim-charts validate --format json | jq '.[].message'
    """
)
@options.project
def command(root: Path, console: Console) -> int:
    """Check the specs only.

    Reads everything under chart-specs/ and reports all errors of all files, also those that only
    show when a chart is compiled. Helm is not called, nothing is written.
    """
    from generator.charts.api import Compiler
    from generator.checks.api import refused_values
    from generator.specs.api import load_catalog

    catalog = load_catalog(root)
    compiler = Compiler(catalog)
    findings: set[Finding] = set()
    for name in catalog.charts:
        try:
            for wrong in refused_values(compiler.compile(name), catalog.root).values():
                findings |= set(wrong)
        except FindingsError as error:
            findings |= set(error.findings)
    if findings:
        raise FindingsError(findings)
    console.say(f"{counted(len(catalog.charts), 'chart')}: all specs are valid")
    return 0

"""``openim-charts validate``"""

from __future__ import annotations

from pathlib import Path

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted, print_findings
from openim_charts.findings import FindingsError


@click.command(
    epilog="""\b
    Examples:
      openim-charts validate
      openim-charts validate --format json | jq '.[].message'
    """
)
@options.project
@click.pass_context
def command(ctx: click.Context, root: Path, console: Console) -> int:
    """Check the specs only.

    Reads everything under chart-specs/ and reports all errors of all files, also those that only
    show when a chart is compiled. Helm is not called, no chart is written. Specs that were valid
    before are not read again.
    """
    from openim_charts.cli.inputs import CACHE, inputs_of
    from openim_charts.repository.state import CheckCache
    from openim_charts.specs.layout import scan

    cache = CheckCache(root / CACHE / "checks")
    key = CheckCache.key("validate", inputs_of(root, "none").digest)
    if cache.get(key) is None:
        from openim_charts.cli.specs import load_specs, mistakes_of_charts

        if found := mistakes_of_charts(load_specs(root)):
            raise FindingsError(found)
        cache.put(key, ())
    console.say(f"{counted(len(scan(root)[0].chart), 'chart')}: all specs are valid")
    return print_findings((), ctx.meta)

"""``openim-charts export``"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted, print_findings
from openim_charts.findings import UserError

# A label of DNS, which namespaces and releases are called by (RFC 1123); Helm takes at most 53
# characters for a release.
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LONGEST = {"--release": 53, "--namespace": 63}


@click.command(
    epilog="""\b
    Examples:
      openim-charts export manifests --out manifests
      openim-charts export compose -f openim.yaml --out openim
      openim-charts export systemd -f openim.yaml --out openim
      openim-charts export manifests -f presets/ha.yaml -f openim.yaml --out manifests
      openim-charts export manifests --chart redis --namespace im --out redis
      openim-charts export proxy -f openim.yaml --upstream 127.0.0.1:8080 --out proxy
      openim-charts export sealos -f presets/minimal.yaml --out sealos
    """
)
@click.argument("target", type=click.Choice(["manifests", "compose", "systemd", "proxy", "sealos"]))
@click.option(
    "--values",
    "-f",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A values file; the last one wins.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="A new folder, or one that an export of this target wrote.",
)
@click.option(
    "--chart",
    metavar="NAME",
    shell_complete=options.complete_chart,
    help="The chart that is exported.  [default: the largest umbrella]",
)
@click.option("--release", metavar="NAME", help="The release's name.  [default: the chart's]")
@click.option("--namespace", metavar="NAME", help="The namespace.  [default: the chart's name]")
@click.option(
    "--upstream",
    "upstreams",
    multiple=True,
    metavar="[SERVICE=]HOST[:PORT]",
    help="For proxy, where requests go: HOST:PORT is a gateway or Compose, HOST a machine where "
    "each Service has its port; several share the requests.",
)
@options.helm_engine
@options.project
@click.pass_context
def command(
    ctx: click.Context,
    target: str,
    files: tuple[Path, ...],
    out: Path,
    chart: str | None,
    release: str | None,
    namespace: str | None,
    upstreams: tuple[str, ...],
    helm: Literal["auto", "command", "embedded"],
    root: Path,
    console: Console,
) -> int:
    """Write what a chart installs as files for others than Helm.

    TARGET is what installs them: manifests are plain YAML for kubectl, with a kustomization that
    has a component for each chart; compose is one machine with Docker Compose; systemd is a host
    with OpenIM's own programs; proxy is nginx or HAProxy before any of these; sealos is the folder
    of a cluster image. The same values give the same files, and no file holds a secret. What a
    target cannot express is refused, at the value that asks for it.
    """
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.project import largest, refuse_sources, select
    from openim_charts.config.api import read_values
    from openim_charts.export.api import TARGETS, export, write_export
    from openim_charts.helm.find import find_helm
    from openim_charts.specs.api import load_catalog

    refuse_sources("--out", out, root)
    _check_names(release, namespace)
    chosen = TARGETS[target]
    if chosen.to:
        chosen = chosen.to(upstreams)
    elif upstreams:
        raise UserError(f"--upstream is for the target proxy, and means nothing to {target}")
    document = read_values(files)
    catalog = load_catalog(root)
    name = select(catalog, [chart])[0] if chart else largest(catalog)
    made, warnings = export(
        chosen,
        compile_chart(catalog, name),
        catalog,
        find_helm(helm),
        document,
        release or "",
        namespace or "",
    )
    written = write_export(out, target, made, chosen.kept)
    if warnings:
        print_findings(warnings, ctx.meta)
    console.say(
        f"{out}: {counted(len(made), 'file')}, {len(written.changed)} new or changed, "
        f"{len(written.removed)} removed"
    )
    return 0


def _check_names(release: str | None, namespace: str | None) -> None:
    for option, name in (("--release", release), ("--namespace", namespace)):
        if name is None:
            continue
        if not _LABEL.fullmatch(name) or len(name) > _LONGEST[option]:
            raise UserError(
                f"{option} {name}: write at most {_LONGEST[option]} lower-case letters, digits "
                "and dashes, with no dash at an end"
            )

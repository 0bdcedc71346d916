"""``openim-charts export``"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.report import Console, counted, print_findings
from openim_charts.findings import UserError

if TYPE_CHECKING:
    from openim_charts.export.model import Target
    from openim_charts.specs.model import Catalog

# A label of DNS, which namespaces and releases are called by (RFC 1123); Helm takes at most 53
# characters for a release.
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_TARGETS = (
    *("manifests", "compose", "systemd", "proxy", "sealos"),
    *("argocd", "flux", "fleet", "helmfile"),
)
_LONGEST = {"--release": 53, "--namespace": 63, "--cluster": 63}
_PLACE = re.compile(r"(https?|oci)://[^/\s]+(/\S*)?")


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
      openim-charts export argocd -f openim.yaml --out argocd
      openim-charts export flux -f openim.yaml --cluster eu=eu.yaml --cluster us=us.yaml --out flux
      openim-charts export helmfile -f openim.yaml --apart --out helmfile
    """
)
@click.argument("target", type=click.Choice(_TARGETS))
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
@click.option(
    "--cluster",
    "clusters",
    multiple=True,
    metavar="NAME=FILE",
    help="A cluster with a whole copy, and a values file for it that goes over the others.",
)
@click.option(
    "--apart",
    is_flag=True,
    help="Each chart that the umbrella holds as a release of its own, after what it uses.",
)
@click.option(
    "--repository",
    metavar="URL",
    help="Where the charts are published: https://… or oci://…  [default: the project's]",
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
    clusters: tuple[str, ...],
    apart: bool,
    repository: str | None,
    helm: Literal["auto", "command", "embedded"],
    root: Path,
    console: Console,
) -> int:
    """Write what a chart installs as files for others than Helm.

    TARGET is what installs them: manifests are plain YAML for kubectl, with a kustomization that
    has a component for each chart; compose is one machine with Docker Compose; systemd is a host
    with OpenIM's own programs; proxy is nginx or HAProxy before any of these; sealos is the folder
    of a cluster image; argocd, flux, fleet and helmfile take the published chart from git, for one
    cluster or for a copy in each of several. The same values give the same files, and no file holds
    a secret. What a target cannot express is refused, at the value that asks for it.
    """
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.project import largest, refuse_sources, select
    from openim_charts.config.api import read_values
    from openim_charts.export.api import export, export_copies, write_export
    from openim_charts.helm.find import find_helm
    from openim_charts.specs.api import load_catalog

    refuse_sources("--out", out, root)
    copies = _copies(clusters)
    named = [("--release", release), ("--namespace", namespace)]
    for option, given in (*named, *(("--cluster", cluster) for cluster in copies)):
        if given is not None:
            _check_name(option, given)
    git = {"--cluster": clusters, "--apart": apart, "--repository": repository}
    chosen = _target(target, upstreams, git)
    catalog = _published(load_catalog(root), repository)
    name = select(catalog, [chart])[0] if chart else largest(catalog)
    where = (chosen, compile_chart(catalog, name), catalog, find_helm(helm))
    names = (release or "", namespace or "")
    if copies or apart:
        documents = {cluster: read_values((*files, file)) for cluster, file in copies.items()}
        documents = documents or {"": read_values(files)}
        made, warnings = export_copies(*where, documents, *names, apart)
    else:
        made, warnings = export(*where, read_values(files), *names)
    written = write_export(out, target, made, chosen.kept)
    if warnings:
        print_findings(warnings, ctx.meta)
    console.say(
        f"{out}: {counted(len(made), 'file')}, {len(written.changed)} new or changed, "
        f"{len(written.removed)} removed"
    )
    return 0


def _target(name: str, upstreams: tuple[str, ...], git: Mapping[str, object]) -> Target:
    """The target of this name, as the options that only some have make it."""
    from openim_charts.export.api import TARGETS

    chosen = TARGETS[name]
    for option, given in git.items():
        if given and not chosen.copies:
            raise UserError(f"{option} is for targets that install from git, not for {name}")
    if chosen.to:
        return chosen.to(upstreams)
    if upstreams:
        raise UserError(f"--upstream is for the target proxy, and means nothing to {name}")
    return chosen


def _copies(clusters: Iterable[str]) -> dict[str, Path]:
    """The values file of each cluster."""
    found: dict[str, Path] = {}
    for given in clusters:
        cluster, _, file = given.partition("=")
        if not file:
            raise UserError(f"--cluster {given}: write NAME=FILE, with the values of that cluster")
        if cluster in found:
            raise UserError(f"--cluster {given}: {cluster} is named twice")
        found[cluster] = Path(file)
    return found


def _published(catalog: Catalog, url: str | None) -> Catalog:
    """The catalog with another place of the published charts."""
    if url is None:
        return catalog
    from dataclasses import replace

    from msgspec import structs

    if not _PLACE.fullmatch(url):
        raise UserError(f"--repository {url}: write a URL that starts with https:// or oci://")
    return replace(catalog, repository=structs.replace(catalog.repository, url=url))


def _check_name(option: str, name: str) -> None:
    longest = _LONGEST[option]
    if not _LABEL.fullmatch(name) or len(name) > longest:
        raise UserError(
            f"{option} {name}: write at most {longest} lower-case letters, digits "
            "and dashes, with no dash at an end"
        )

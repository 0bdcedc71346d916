"""``openim-charts publish``"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from openim_charts.cli import options
from openim_charts.cli.build import OUTPUT
from openim_charts.cli.project import refuse_sources
from openim_charts.cli.report import Console, counted
from openim_charts.findings import UserError

if TYPE_CHECKING:
    from openim_charts.repository.api import Item, PublishResult
    from openim_charts.specs.keys.repository import ArtifactHub

TO = click.option(
    "--to",
    required=True,
    metavar="PLACE",
    help="A folder, git+URL#BRANCH, or oci://REGISTRY/PATH.",
)


def _check_url(_ctx: click.Context, _param: click.Parameter, url: str | None) -> str | None:
    """A whole address, or none at all. Plugins of Helm know more schemes than http and https."""
    if url:
        from openim_charts.repository.index_text import is_address

        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if not (parts.scheme and parts.hostname) or not is_address(url):
            raise UserError(
                f"--url {url}: it must be an address such as https://charts.example.com"
            )
    return url


URL = click.option(
    "--url",
    metavar="URL",
    callback=_check_url,
    help="The public address, with which URLs in the index start; '' makes them relative."
    "  [default: that of the project]",
)


@click.command(
    epilog="""\b
    Examples:
      openim-charts publish --to ../gh-pages
      openim-charts publish --to git+git@github.com:me/charts.git#gh-pages
      openim-charts publish --to public --url https://charts.example.com
      openim-charts publish --to public --base https://me.github.io/charts --sign me@example.com
      openim-charts publish --to oci://ghcr.io/me/charts

    The passphrase of the key is read from the variable OPENIM_CHARTS_PASSPHRASE.
    """
)
@TO
@URL
@click.option(
    "--from",
    "built",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"The build to publish.  [default: {OUTPUT} in the project]",
)
@click.option(
    "--base", default="", metavar="URL_OR_FOLDER", help="A repository to grow from, besides PLACE."
)
@click.option(
    "--sign",
    default="",
    metavar="KEY",
    help="Sign what is added: a key that gpg knows, or a file with a secret key.",
)
@click.option("--adopt", is_flag=True, help="Take over an index that another tool wrote.")
@click.option(
    "--plain-http", is_flag=True, help="Speak HTTP to a registry that is not on this machine."
)
@options.project_without_format
def command(
    to: str,
    url: str | None,
    built: Path | None,
    base: str,
    sign: str,
    adopt: bool,
    plain_http: bool,
    root: Path,
    console: Console,
) -> int:
    """Add the build to what is already published.

    What is published stays for ever as it is: a chart that changed under a published version is
    refused, with the version that it should have. Everything is published or nothing; readers see
    the old repository or the new one. Each new chart's name, version, digest and place is printed.
    The web page beside the index is made anew.
    """
    from openim_charts.repository.api import PublishOptions, publish, read_releases
    from openim_charts.repository.release import of_chart
    from openim_charts.repository.target import DirectoryTarget, OciTarget, parse_target
    from openim_charts.specs.api import load_catalog

    target = parse_target(to)
    folder = (built or root / OUTPUT).absolute()
    if isinstance(target, DirectoryTarget):
        if target.path.resolve() == folder.resolve():
            raise UserError(f"--to {to}: this is the build itself; give another folder")
        refuse_sources("--to", target.path, root)
    releases = list(read_releases(folder))
    catalog = load_catalog(root)
    hub = catalog.repository.artifact_hub
    _check_key(sign, hub)
    address = catalog.repository.url if url is None else url
    site = None
    if not isinstance(target, OciTarget):
        from openim_charts.cli.site import site_of  # a registry has no page

        site = site_of(catalog, address, folder, releases, sign)
    request = PublishOptions(to, address, base, sign, adopt, plain_http)
    result = publish(releases, request, extras=site, about=lambda name: of_chart(hub, name))
    report(result, result.added, console)
    return 0


def _check_key(sign: str, hub: ArtifactHub) -> None:
    """Refuse to sign with another key than the one that the charts themselves name."""
    wanted = hub.sign_key.fingerprint if hub.sign_key else ""
    if not (sign and wanted):
        return
    from openim_charts.packaging.keyring import fingerprints, public_key

    found = fingerprints(public_key(sign))
    if wanted not in found:
        raise UserError(
            f"--sign {sign}: its fingerprint is {', '.join(found)}, but the charts say that "
            f"{wanted} signs them (artifactHub.signKey in chart-specs/repository.yaml)"
        )


def report(result: PublishResult, items: Iterable[Item], console: Console) -> None:
    """Items on standard output, one a line; the numbers on standard error."""
    for item in items:
        click.echo(f"{item.name} {item.version} {item.digest} {item.place}")
    files = f", {counted(len(result.files), 'file')} written" if result.files else ""
    console.say(f"{result.to}: {len(result.added)} added, {len(result.kept)} kept{files}")

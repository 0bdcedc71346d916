"""What the catalog says of the repository's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from openim_charts.findings import UserError
from openim_charts.graph.api import Graph, neighbourhood, svg, system_graph
from openim_charts.packaging.api import sign as sign_archive
from openim_charts.packaging.keyring import public_key
from openim_charts.repository.api import Release
from openim_charts.repository.bundles import Bundle, Signer, read_bundles
from openim_charts.repository.page import PageInfo, Site
from openim_charts.repository.release import ARTIFACT_HUB, of_repository
from openim_charts.repository.staging import files_in
from openim_charts.specs.layout import PRESETS, SCRIPTS, SPECS
from openim_charts.specs.model import Catalog


def site_of(
    catalog: Catalog,
    url: str = "",
    built: Path | None = None,
    releases: Sequence[Release] = (),
    sign: str = "",
) -> Site:
    """What goes beside the index at ``url``, ``releases`` being the build in the folder ``built``.

    Raises UserError when the public key of ``sign`` cannot be had.
    """
    repository = catalog.repository
    graph = system_graph(catalog)
    hub = of_repository(repository.artifact_hub)
    return Site(
        info=PageInfo(
            name=repository.name,
            url=url or repository.url,
            title=f"{repository.name}: Helm charts",
            description=repository.description,
            home=repository.home,
            license=repository.license,
            umbrella=_umbrella(catalog),
            svg=svg(graph, f"{repository.name}: calls and uses"),
        ),
        releases=releases,
        picture=_pictures(graph),
        files={
            **(_presets(built) if built else {}),
            **scripts(catalog, url or repository.url),
            **({ARTIFACT_HUB: hub} if hub else {}),
        },
        bundles=read_bundles(built) if built else (),
        signer=_signer(sign) if sign else None,
        key=public_key(sign) if sign else b"",
        keyring=f"{repository.name}.gpg",
    )


def _signer(key: str) -> Signer:
    """Signs a bundle as a chart of its folder's name; each once, however often it is asked."""

    @cache
    def signed(bundle: Bundle) -> str:
        return sign_archive(bundle.archive, {"name": bundle.folder, "version": bundle.version}, key)

    return signed


def _umbrella(catalog: Catalog) -> str:
    """The chart that holds the most others."""
    holders = [chart for chart in catalog.charts.values() if chart.kind == "umbrella"]
    return max(holders, key=lambda chart: len(chart.includes)).name if holders else ""


def _pictures(graph: Graph) -> Callable[[str], str]:
    def picture(name: str) -> str:
        try:
            return svg(neighbourhood(graph, name), f"{name}: calls and uses")
        except UserError:  # it stands alone
            return ""

    return picture


def scripts(catalog: Catalog, url: str) -> dict[str, bytes]:
    """What users run, by path, with ``url`` in place of the repository's usual address."""
    folder = Path(catalog.root, SPECS, SCRIPTS)
    usual, given = catalog.repository.url.encode(), url.encode()
    return {
        f"{SCRIPTS}/{name}": (folder / name).read_bytes().replace(usual, given)
        for name in sorted(files_in(folder))
    }


def _presets(built: Path) -> Mapping[str, bytes]:
    folder = built / PRESETS
    return {f"{PRESETS}/{name}": (folder / name).read_bytes() for name in sorted(files_in(folder))}

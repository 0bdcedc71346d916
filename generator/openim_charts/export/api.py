"""Exporting what a chart installs, for the other packages."""

from __future__ import annotations

from collections.abc import Mapping

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Release
from openim_charts.config.api import Surroundings, refused, rendered
from openim_charts.export.compose import COMPOSE
from openim_charts.export.folder import Written, write_export
from openim_charts.export.gitops import ARGOCD, FLEET, FLUX, HELMFILE
from openim_charts.export.manifests import MANIFESTS
from openim_charts.export.model import Files, Target
from openim_charts.export.proxy.target import PROXY
from openim_charts.export.sealos import SEALOS
from openim_charts.export.systemd import SYSTEMD
from openim_charts.findings import Finding, FindingsError, UserError
from openim_charts.helm.adapter import Helm
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document

__all__ = ["TARGETS", "Files", "Target", "Written", "export", "export_copies", "write_export"]

TARGETS: Mapping[str, Target] = {
    "manifests": MANIFESTS,
    "compose": COMPOSE,
    "systemd": SYSTEMD,
    "proxy": PROXY,
    "sealos": SEALOS,
    "argocd": ARGOCD,
    "flux": FLUX,
    "fleet": FLEET,
    "helmfile": HELMFILE,
}


def export(
    target: Target,
    chart: Chart,
    catalog: Catalog,
    helm: Helm,
    document: Document,
    release: str = "",
    namespace: str = "",
) -> tuple[Files, list[Finding]]:
    """The files with which a target installs the chart with the values of the document, and
    warnings about values. The release and the namespace have the chart's name if they are "".

    Raises FindingsError with all that is wrong with the values, or with what the target cannot
    express of that which they install.
    """
    made, warnings = _rendered(target, chart, catalog, helm, document, release, namespace)
    return target.files(made), warnings


def export_copies(
    target: Target,
    chart: Chart,
    catalog: Catalog,
    helm: Helm,
    documents: Mapping[str, Document],
    release: str = "",
    namespace: str = "",
    apart: bool = False,
) -> tuple[Files, list[Finding]]:
    """The files with which a target installs the chart in each cluster with the values of its own
    document, as one release or each chart that it holds ``apart``, and warnings about values. The
    only cluster may be called "": the one in which the target's program is.

    Raises UserError where the target cannot, and FindingsError as ``export`` does, with what is
    wrong in any of the clusters.
    """
    if target.copies is None:
        raise UserError("this target installs no charts, and makes no copies in several clusters")
    releases: dict[str, Release] = {}
    warnings: set[Finding] = set()
    wrong: set[Finding] = set()
    for cluster, document in sorted(documents.items()):
        try:
            made, found = _rendered(target, chart, catalog, helm, document, release, namespace)
        except FindingsError as error:
            wrong.update(error.findings)
        else:
            releases[cluster] = made
            warnings.update(found)
    if wrong:
        raise FindingsError(sorted(wrong))
    return target.copies(releases, apart), sorted(warnings)


def _rendered(
    target: Target,
    chart: Chart,
    catalog: Catalog,
    helm: Helm,
    document: Document,
    release: str,
    namespace: str,
) -> tuple[Release, list[Finding]]:
    defaults = target.defaults(chart, catalog)
    where = Surroundings(release or chart.name, namespace or chart.name, defaults)
    made, warnings = rendered(chart, catalog, helm, document, where)
    problems = [("not-exportable", problem) for problem in target.refused(made)]
    if problems:
        raise FindingsError(refused(made, helm, document, where, problems))
    return made, warnings

"""The chart itself as one release, for programs that install it from git."""

from openim_charts.export.gitops.argocd import ARGOCD
from openim_charts.export.gitops.fleet import FLEET
from openim_charts.export.gitops.flux import FLUX
from openim_charts.export.gitops.helmfile import HELMFILE

__all__ = ["ARGOCD", "FLEET", "FLUX", "HELMFILE"]

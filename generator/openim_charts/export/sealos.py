"""The folder of a cluster image of sealos: the chart, its values, its images and what installs it.

``sealos build`` finds images by itself too: it renders what is in charts/ with the values file
beside it, and knows images by their tags alone (lifecycle/pkg/sreg/buildimage/ of
https://github.com/labring/sealos).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release
from openim_charts.export.gitops.common import secrets_in_values
from openim_charts.export.model import Files, Target
from openim_charts.images.api import pod_images
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.writer import dump

_KUBEFILE = """\
# Made by 'openim-charts export sealos'; 'sealos build' puts the images into registry/ before.
FROM scratch
ENV NAME={release} NAMESPACE={namespace}
COPY . .
CMD ["bash entrypoint.sh"]
"""
# Lines of CMD run one after another whatever became of the last one, those of a script do not.
_ENTRYPOINT = """\
#!/usr/bin/env bash
# Installs or upgrades the release. 'sealos run --env' gives NAME, NAMESPACE and HELM_OPTS, which
# are more words for Helm.
set -euo pipefail
cd "$(dirname "${{BASH_SOURCE[0]}}")"
helm=helm
if [ -f opt/helm ]; then
  chmod +x opt/helm
  helm=./opt/helm
fi
if ! command -v "$helm" >/dev/null; then
  echo "there is no helm: put it into opt/ and build the image again, or install it here" >&2
  exit 1
fi
# shellcheck disable=SC2086 # They are words.
exec "$helm" upgrade --install "${{NAME:-{release}}}" {archive} \\
  --namespace "${{NAMESPACE:-{namespace}}}" --create-namespace \\
  --values {values} --wait --timeout 15m ${{HELM_OPTS:-}}
"""


def _defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:  # noqa: ARG001
    return {}


def _refused(release: Release) -> Iterator[Problem]:
    for pod in release.pods:
        for path, container in pod.containers():
            if "@" in str(container.get("image")):
                message = "sealos knows images by their tags alone; take the digest out"
                yield Problem(message, pod.obj, (*path, "image"))
    yield from secrets_in_values(release)


def _files(release: Release) -> Files:
    chart = release.chart
    words = {
        "release": release.name,
        "namespace": release.namespace,
        "archive": f"charts/{chart.name}-{chart.version}.tgz",
        "values": f"charts/{chart.name}.values.yaml",
    }
    images = sorted({image for obj in release.objects for image in pod_images(obj)})
    texts = {
        "Kubefile": _KUBEFILE.format_map(words),
        "entrypoint.sh": _ENTRYPOINT.format_map(words),
        f"images/shim/{chart.name}": "".join(f"{image}\n" for image in images),
        words["values"]: dump(release.values),
    }
    made = {path: text.encode() for path, text in texts.items()}
    return {**made, words["archive"]: package(chart, release.catalog.source_date)}


SEALOS = Target(
    description="The folder of a cluster image, from which sealos installs with one command.",
    defaults=_defaults,
    refused=_refused,
    files=_files,
    kept=frozenset({"opt/", "registry/"}),  # programs of the user, and images that sealos fetched
)

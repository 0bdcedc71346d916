"""What the targets share that install the chart itself from a repository of charts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Path, Problem, Release, RenderedObject, faults_of, mapping
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.writer import dump

ONE = ""  # the name of the cluster where the files are for a single one
TIMEOUT = 900  # seconds in which everything is ready
HEAD = "# Written by 'openim-charts export', which writes it anew: change openim.yaml.\n"
_OCI = "oci://"
_LEVEL = "pod-security.kubernetes.io/enforce"
_IN_VALUES = (
    "its content would be in a file that others read too; create the Secret apart from the export"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where programs get the chart from."""

    url: str  # of the repository
    registry: bool
    chart: str
    version: str

    @property
    def address(self) -> str:
        """The URL, without its scheme where it is a registry's."""
        return self.url.removeprefix(_OCI)


def origin(release: Release) -> Origin:
    """Where the chart of a release is published."""
    url = release.catalog.repository.url.rstrip("/")
    chart = release.chart
    return Origin(url, url.startswith(_OCI), chart.name, chart.version)


def defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:  # noqa: ARG001
    """A Job makes the Secrets, since some of the programs render without asking the cluster."""
    return {"global": {"secrets": {"provider": "job"}}}


def values_text(release: Release) -> str:
    """All values of a release that are not the chart's own, as a values file.

    A text and no object: null takes a default away, and what applies objects drops it.
    """
    return dump(release.values)


def values_paths(clusters: Iterable[str]) -> Mapping[str, str]:
    """The path of the values file of each cluster."""
    return {name: "values.yaml" if name == ONE else f"values-{name}.yaml" for name in clusters}


def namespace_labels(releases: Iterable[Release]) -> Mapping[str, str]:
    """Labels of a namespace that admits all the pods; none where values ask for more than the
    restricted level gives."""
    pods = (pod for release in releases for pod in release.pods)
    return {} if any(any(faults_of(pod)) for pod in pods) else {_LEVEL: "restricted"}


def namespace_text(
    releases: Iterable[Release], annotations: Mapping[str, str] | None = None
) -> str:
    """The namespace of the releases as an object."""
    first, *rest = releases
    labels = namespace_labels([first, *rest])
    metadata: dict[str, Any] = {"name": first.namespace}
    metadata |= {"labels": labels} if labels else {}
    metadata |= {"annotations": annotations} if annotations else {}
    return dump({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def kustomization(resources: Iterable[str], **more: Any) -> str:
    """A kustomization of these files, so that nothing else in the folder is taken for objects."""
    base = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return dump({**base, "resources": list(resources), **more})


def documents(objects: Iterable[Mapping[str, Any]]) -> str:
    """Objects as one file."""
    return "---\n".join(dump(obj) for obj in objects)


def secrets_in_values(release: Release) -> Iterator[Problem]:
    """Secrets whose content stands in the values, which become files."""
    for obj in release.of("Secret"):
        if any(_stands_in(text, path, release.given) for path, text in contents(obj)):
            yield Problem(_IN_VALUES, obj, ("kind",))


def contents(secret: RenderedObject) -> Iterator[tuple[Path, str]]:
    """The texts in a Secret, as they are written there."""
    for part in ("data", "stringData"):
        for key, text in mapping(secret.data, part).items():
            if text:
                yield (part, key), str(text)


def _stands_in(text: str, path: Path, given: Iterable[str]) -> bool:
    plain = _decoded(text) if path[0] == "data" else text
    # A template may encode what stands in it.
    return any(text in one or ("{{" in one and plain in one) for one in given)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text

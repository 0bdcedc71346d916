"""What the targets share that install the chart itself from a repository of charts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openim_charts.charts.graph_view import variables
from openim_charts.charts.model import Chart
from openim_charts.checks.api import Path, Problem, Release, RenderedObject, faults_of, mapping
from openim_charts.export.model import Files, Target
from openim_charts.findings import UserError
from openim_charts.specs.model import Catalog, ChartSpec
from openim_charts.yamlio.writer import dump

ONE = ""  # the name of the cluster where the files are for a single one
TIMEOUT = 900  # seconds in which everything is ready
_LONGEST = 53  # characters of a release's name, by Helm
_LABEL = 63  # of a label, which some of the programs make of the name of their object
HEAD = "# Written by 'openim-charts export', which writes it anew: change openim.yaml.\n"
_OCI = "oci://"
_LEVEL = "pod-security.kubernetes.io/enforce"
_IN_VALUES = (
    "its content would be in a file that others read too; create the Secret apart from the export"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A release of Helm, and the chart that it is of."""

    cluster: str
    name: str
    chart: str
    version: str
    values: Mapping[str, Any]
    needs: tuple[str, ...] = ()  # names of the releases in the cluster that are ready before
    folder: str = ""  # of its values file, with a slash at its end

    @property
    def title(self) -> str:
        """A name that no part for another cluster has."""
        return self.name if self.cluster == ONE else f"{self.name}-{self.cluster}"

    @property
    def file(self) -> str:
        """The name of its values file."""
        return "values.yaml" if self.cluster == ONE else f"values-{self.cluster}.yaml"

    @property
    def path(self) -> str:
        """The path of its values file."""
        return self.folder + self.file

    @property
    def text(self) -> str:
        """All of its values that are not the chart's own, as a values file.

        A text and no object: null takes a default away, and what applies objects drops it.
        """
        return dump(self.values)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be installed, and where its charts come from."""

    name: str  # the release's
    repository: str  # of charts: its name
    url: str
    namespace: str
    labels: Mapping[str, str]  # of the namespace
    parts: tuple[Part, ...]
    apart: bool  # whether each chart is a release of its own

    @property
    def registry(self) -> bool:
        """Whether the charts are in a registry of images."""
        return self.url.startswith(_OCI)

    @property
    def address(self) -> str:
        """The URL, without its scheme where it is a registry's."""
        return self.url.removeprefix(_OCI)

    @property
    def single(self) -> bool:
        """Whether it is for one cluster."""
        return all(part.cluster == ONE for part in self.parts)

    @property
    def values(self) -> Mapping[str, str]:
        """The values files by path."""
        return {part.path: HEAD + part.text for part in self.parts}


def target(
    description: str,
    texts: Callable[[Plan], Mapping[str, str]],
    refused: Callable[[Release], Iterator[Problem]],
) -> Target:
    """A target that installs the chart itself, with the ``texts`` of its files by path."""

    def copies(releases: Mapping[str, Release], apart: bool) -> Files:
        made = texts(planned(releases, apart))
        return {path: text.encode() for path, text in made.items()}

    return Target(
        description=description,
        defaults=_defaults,
        refused=refused,
        files=lambda release: copies({ONE: release}, apart=False),
        copies=copies,
    )


def planned(releases: Mapping[str, Release], apart: bool) -> Plan:
    """What installs a release in each cluster: as one, or each of its charts apart."""
    first = next(iter(releases.values()))
    source = first.catalog.repository
    parts: list[Part] = []
    for cluster, release in releases.items():
        chart = release.chart
        whole = Part(cluster, release.name, chart.name, chart.version, release.values)
        parts += _apart(cluster, release) if apart else [whole]
    for part in parts:
        for name, longest in ((part.name, _LONGEST), (part.title, _LABEL)):
            if len(name) > longest:
                raise UserError(
                    f"{name} would be called by more than {longest} characters; take a shorter "
                    "--release, or a shorter name of the --cluster"
                )
    labels = _labels(releases.values())
    url = source.url.rstrip("/")
    return Plan(first.name, source.name, url, first.namespace, labels, tuple(parts), apart)


def _apart(cluster: str, release: Release) -> Iterator[Part]:
    """Each chart that installs something, as the release by which the others find it."""
    if not release.chart.spec.includes:
        raise UserError(f"--apart is for a chart that holds others; {release.chart.name} does not")
    shared = release.values.get("global", {})
    instance = shared.get("instance") or release.name
    found = {release.spec_of(obj).name for obj in release.objects}
    specs = [release.catalog.charts[name] for name in release.chart.spec.includes if name in found]
    names = {spec.name: f"{instance}-{spec.component}" for spec in specs}
    needs = _needs(specs, release.catalog)
    for spec in specs:
        own = {k: v for k, v in release.values.get(spec.name, {}).items() if k != "enabled"}
        values = {"global": {**shared, "instance": instance}, **own}
        before = tuple(names[name] for name in needs[spec.name])
        name, folder = names[spec.name], f"{names[spec.name]}/"
        yield Part(cluster, name, spec.name, spec.version, values, before, folder)


def _needs(specs: Iterable[ChartSpec], catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """The charts that must be there before each: what it uses, and what makes its Secrets.

    What it calls is not among them, since modules call one another in circles.
    """
    specs = list(specs)
    found: dict[str, set[str]] = {spec.name: set() for spec in specs}
    wanted = [(spec.name, _providers(spec)) for spec in specs]
    wanted += [(spec.name, _makers(spec, catalog)) for spec in specs]
    for name, components in wanted:
        for spec in specs:
            if spec.component in components and not _reaches(found, spec.name, name):
                found[name].add(spec.name)
    return {name: tuple(sorted(others)) for name, others in found.items()}


def _providers(spec: ChartSpec) -> set[str]:
    return {component for dependency in spec.uses for component in dependency.components}


def _makers(spec: ChartSpec, catalog: Catalog) -> set[str]:
    credentials = [catalog.credentials[variable.credential] for variable in variables(spec)]
    owners = {name for c in credentials for name in (c.owner, *c.alternatives)}
    return {catalog.charts[name].component for name in owners if name in catalog.charts}


def _reaches(edges: Mapping[str, set[str]], start: str, end: str) -> bool:
    return start == end or any(_reaches(edges, name, end) for name in edges[start])


def _defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:  # noqa: ARG001
    """A Job makes the Secrets, since some of the programs render without asking the cluster."""
    return {"global": {"secrets": {"provider": "job"}}}


def _labels(releases: Iterable[Release]) -> Mapping[str, str]:
    """Labels of a namespace that admits all the pods; none where values ask for more than the
    restricted level gives."""
    pods = (pod for release in releases for pod in release.pods)
    return {} if any(any(faults_of(pod)) for pod in pods) else {_LEVEL: "restricted"}


def namespace_text(plan: Plan, annotations: Mapping[str, str] | None = None) -> str:
    """The namespace as an object."""
    metadata: dict[str, Any] = {"name": plan.namespace}
    metadata |= {"labels": plan.labels} if plan.labels else {}
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

"""Chart.yaml: what Helm and Artifact Hub read of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.charts.values import Node, walk
from openim_charts.image import DEFAULT_REGISTRY
from openim_charts.specs.keys.base import written
from openim_charts.specs.keys.repository import Maintainer, Repository
from openim_charts.specs.model import Catalog, ChartSpec
from openim_charts.yamlio.writer import dump


def images_of(charts: Iterable[tuple[Mapping[str, Node], ChartSpec]]) -> list[dict[str, str]]:
    """Name and reference of every image that default values can run, each once, sorted by name.

    ``charts`` are a chart and those that it holds, by their values and specs. Held charts may share
    an image, and each has names of its own, so theirs are called by their repositories.
    """
    found: dict[str, str] = {}
    for number, (tree, spec) in enumerate(charts):
        for name, image in _named(tree, spec):
            repository = image.rpartition("/")[2].partition(":")[0]
            found.setdefault(image, repository if number else name)
    return sorted(({"name": n, "image": i} for i, n in found.items()), key=_by_name)


def _by_name(entry: Mapping[str, str]) -> tuple[str, str]:
    return entry["name"], entry["image"]


def _named(tree: Mapping[str, Node], spec: ChartSpec) -> Iterator[tuple[str, str]]:
    for path, node in walk(tree):
        properties = node.get("properties", {})
        if "repository" not in properties or "tag" not in properties:
            continue
        value = {k: n.get("default", "") for k, n in properties.items()}
        layout = spec.images.get(value.get("layout", ""))
        repository = value["repository"] or (layout.repository if layout else "")
        tag = value["tag"] or (layout.tag if layout else "")
        name = spec.component if path == ("image",) else "-".join(path).removesuffix("-image")
        digest = value.get("digest") or (layout.digest if layout else "")
        upstream = node.get("upstream") or (layout.registry if layout else DEFAULT_REGISTRY)
        reference = f"{value.get('registry') or upstream}/{repository}:{tag}"
        yield name, f"{reference}@{digest}" if digest else reference


def _maintainer(maintainer: Maintainer) -> dict[str, str]:
    fields = {"name": maintainer.name, "email": maintainer.email, "url": maintainer.url}
    return {key: value for key, value in fields.items() if value}


def _annotations(spec: ChartSpec, repository: Repository, images: Sequence[Any]) -> dict[str, str]:
    """https://artifacthub.io/docs/topics/annotations/helm; the rule artifact-hub checks them."""
    security = any(change.kind == "security" for change in spec.changes)
    key = repository.signing_key
    found = {
        "artifacthub.io/category": spec.category,
        "artifacthub.io/license": repository.license,
        "artifacthub.io/changes": dump(written(spec.changes)) if spec.changes else "",
        "artifacthub.io/images": dump(list(images)) if images else "",
        "artifacthub.io/links": dump([{"name": "support", "url": f"{repository.home}/issues"}]),
        "artifacthub.io/prerelease": "true" if "-" in spec.version.partition("+")[0] else "",
        "artifacthub.io/containsSecurityUpdates": "true" if security else "",
        "artifacthub.io/signKey": dump(dict(key)) if key else "",
    }
    return {key: value for key, value in found.items() if value}


def chart_metadata(
    spec: ChartSpec,
    catalog: Catalog,
    images: Sequence[Mapping[str, str]],
    dependencies: Sequence[ChartSpec] = (),
) -> dict[str, Any]:
    """The content of Chart.yaml, in the order in which it is written."""
    repository = catalog.repository
    metadata: dict[str, Any] = {
        "apiVersion": "v2",
        "name": spec.name,
        "version": spec.version,
        "appVersion": spec.app_version,
        "kubeVersion": repository.kube_version,
        "description": spec.description,
        "type": "application",
        "keywords": sorted({*repository.keywords, *spec.keywords}),
        "home": repository.home,
        "sources": list(repository.sources),
        "maintainers": [_maintainer(m) for m in repository.maintainers],
        "icon": repository.icon,
        "deprecated": spec.deprecated or None,
        "annotations": _annotations(spec, repository, images),
        "dependencies": [
            {
                "name": d.name,
                "version": d.version,
                "repository": "",
                "condition": f"{d.name}.enabled",
            }
            for d in dependencies
        ],
    }
    return {key: value for key, value in metadata.items() if value}

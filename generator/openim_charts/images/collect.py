"""Every image of a build, from what charts say and from what they render."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import RenderedObject, get, listing
from openim_charts.diff.objects import Renderer
from openim_charts.diff.packed import PackedChart
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.image import Image, parse_image
from openim_charts.images.model import Use, UsedImage
from openim_charts.specs.model import ChartSpec
from openim_charts.yamlio.reader import parse_plain

ANNOTATION = "artifacthub.io/images"
CHART = "Chart.yaml"


def collect_images(
    archives: Mapping[str, bytes],
    helm: Helm,
    kubernetes: str,
    jobs: int = 1,
    advance: Callable[[str], None] = lambda _: None,
) -> list[UsedImage]:
    """All images of the charts (archives by name), sorted, with the charts that use them.

    They are those in Chart.yaml's annotation and those of all pods that the default values and
    each file in ci/ render. Raises FindingsError or HelmError for a chart that does not render.
    """

    def one(name: str) -> tuple[str, list[tuple[str, str]]]:
        found = list(images_of(PackedChart.of(archives[name]), Renderer(helm, kubernetes)))
        advance(name)
        return name, found

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return _grouped(list(pool.map(one, archives)))


def with_layouts(used: Iterable[UsedImage], charts: Iterable[ChartSpec]) -> list[UsedImage]:
    """The images used, and those that the charts run only with a layout that no values file has."""
    found = {entry.image: entry for entry in used}
    more: dict[Image, list[Use]] = {}
    for chart in charts:
        for layout, said in chart.images.items():
            if said.image.reference not in found:
                more.setdefault(said.image.reference, []).append(Use(chart.name, (layout,)))
    found |= {image: UsedImage(image, tuple(uses)) for image, uses in more.items()}
    return [found[image] for image in sorted(found)]


def images_of(chart: PackedChart, renderer: Renderer) -> Iterator[tuple[str, str]]:
    """Reference and place (Chart.yaml, "" or a values file) of each image of one chart."""
    annotations = chart.metadata.get("annotations") or {}
    named = parse_plain(f"images:\n{_indented(annotations.get(ANNOTATION, ''))}", ANNOTATION)
    for entry in named.get("images") or []:
        yield entry["image"], CHART
    for scenario, values in (("", {}), *chart.scenarios()):
        try:
            objects = [obj for _, obj in renderer.rendered(chart, values, scenario)]
        except (HelmError, FindingsError) as error:
            raise FindingsError([_refused(chart, scenario, error)]) from error
        for obj in objects:
            for reference in pod_images(obj):
                yield reference, scenario


def _refused(chart: PackedChart, scenario: str, error: Exception) -> Finding:
    return Finding(Location(chart.name), "helm-render", f"{error} (with {scenario or 'defaults'})")


def pod_images(obj: RenderedObject) -> Iterator[str]:
    """References of the images of the pod that an object makes."""
    pod = pod_of(obj)
    if pod is None:
        return
    for _, container in pod.containers():
        yield str(container.get("image", ""))
    for volume in listing(pod.spec, "volumes"):
        if reference := get(volume, "image", "reference"):
            yield str(reference)


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _grouped(found: Sequence[tuple[str, list[tuple[str, str]]]]) -> list[UsedImage]:
    # A pinned image is rendered without its tag, which the chart's metadata has.
    named = (parse_image(reference) for _, references in found for reference, _ in references)
    tagged = {(i.registry, i.repository, i.digest): i for i in named if i and i.tag and i.digest}
    by_image: dict[Image, dict[str, dict[str, None]]] = {}
    for chart, references in found:
        for reference, place in references:
            image = parse_image(reference)
            if image is None:
                wrong = f"'{reference}' is no image reference (with {place or 'default values'})"
                raise FindingsError([Finding(Location(chart), "image-reference", wrong)])
            image = tagged.get((image.registry, image.repository, image.digest), image)
            by_image.setdefault(image, {}).setdefault(chart, {})[place] = None
    return [
        UsedImage(image, tuple(Use(chart, tuple(places)) for chart, places in charts.items()))
        for image, charts in sorted(by_image.items())
    ]

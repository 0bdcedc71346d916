"""Exports of a chart's presets, packed for users who have neither Helm nor this program."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.charts.model import Chart
from openim_charts.checks.api import Release, dotted, objects_of, overlay
from openim_charts.export.compose import COMPOSE
from openim_charts.export.folder import with_record
from openim_charts.export.systemd import SYSTEMD
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.adapter import Helm, HelmError
from openim_charts.packaging.api import package_files
from openim_charts.repository.bundles import Bundle
from openim_charts.specs.layout import PRESETS
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.reader import parse_plain

_TARGETS = {"compose": COMPOSE, "systemd": SYSTEMD}  # by the key of ``bundles`` in a spec


def bundles_of(chart: Chart, archive: bytes, catalog: Catalog, helm: Helm) -> Iterator[Bundle]:
    """The bundles that the spec of a chart asks for, made from its archive.

    Raises FindingsError, placed at the spec, for a preset that the target cannot express.
    """
    asked = chart.spec.bundles
    for name, target in _TARGETS.items() if asked else ():
        for index, preset in enumerate(getattr(asked, name)):
            place = chart.spec.origin("bundles", name, index)
            path = f"{PRESETS}/{preset}.yaml"
            given = parse_plain(chart.files[path].decode(), path)
            values = overlay(target.defaults(chart, catalog), given)
            oldest = catalog.repository.kubernetes[0]
            try:
                rendering = helm.render(archive, values, chart.name, chart.name, oldest)
            except HelmError as error:
                message = f"with the preset '{preset}': {error}"
                raise FindingsError([Finding(place, "helm-render", message)]) from error
            objects = objects_of(rendering)
            release = Release(
                chart, catalog, chart.name, chart.name, preset, objects, rendering, values
            )
            for problem in target.refused(release):
                what = f"{problem.obj.kind} {problem.obj.name}: " if problem.obj else ""
                message = f"'{preset}': {what}{dotted(problem.path)}: {problem.message}"
                raise FindingsError([Finding(place, "not-exportable", message)])
            folder = f"{chart.name}-{name}-{preset.replace('/', '-')}"
            files = with_record(name, target.files(release))
            packed = package_files(folder, files, catalog.source_date, place)
            yield Bundle(chart.name, chart.version, folder, target.start, packed)

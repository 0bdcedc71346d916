"""The release fits into its Secret."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks.release import Release
from openim_charts.checks.rule import Problem, ReleaseRule
from openim_charts.checks.scenarios import overlay
from openim_charts.helm.adapter import Rendering
from openim_charts.yamlio.reader import parse_plain

LIMIT = 1024 * 1024  # bytes of a Secret's data, Kubernetes' MaxSecretSize
SHARE = 0.7


class ReleaseSize(ReleaseRule):
    """What Helm stores for each revision."""

    id = "release-size"
    summary = "The release Secret stays under 70 % of what Kubernetes stores."
    rationale = (
        "Helm keeps chart, values and manifests of each revision in one Secret, and an "
        "installation that does not fit fails. The rest is room for the user's own values."
    )

    def check(self, release: Release) -> Iterator[Problem]:
        if _surely_fits(release.chart, release.rendering):
            return
        # What is compressed least takes a fifth of the time, and almost every release fits so.
        if release_size(release.chart, release.rendering, level=1) <= LIMIT * SHARE:
            return
        size = release_size(release.chart, release.rendering)
        if size > LIMIT * SHARE:
            message = (
                f"the release takes {size} bytes, {size / LIMIT:.0%} of a Secret; "
                f"at most {SHARE:.0%} may be taken"
            )
            yield Problem(message, file=release.scenario or "values.yaml")


def release_size(chart: Chart, rendering: Rendering, level: int = 9) -> int:
    """Bytes of the release in its Secret: JSON, gzip, base64, as Helm's storage driver encodes it
    (pkg/storage/driver/util.go). Within a few per cent: time stamps and the user's values differ.
    A ``level`` of compression below Helm's 9 gives more.
    """
    release = {
        "name": "release",
        "info": {"status": "deployed", "notes": rendering.notes, "description": "Install complete"},
        "chart": _chart(chart),
        "manifest": "".join(f"---\n# Source: {f.path}\n{f.text}" for f in rendering.manifests),
        "hooks": [{"name": "hook", "path": f.path, "manifest": f.text} for f in rendering.hooks],
        "version": 1,
        "namespace": "namespace",
    }
    text = json.dumps(release, separators=(",", ":"), ensure_ascii=False)
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return len(base64.b64encode(packer.compress(text.encode()) + packer.flush()))


def _surely_fits(chart: Chart, rendering: Rendering) -> bool:
    """Whether the release would fit even if nothing of it could be compressed."""
    stored = sum(len(data) for path, data in chart.files.items() if not path.startswith("charts/"))
    manifests = sum(len(file.text) for file in rendering.files)
    # Files are encoded twice in base64, manifests once and as JSON texts.
    return not _subcharts(chart) and stored * 16 / 9 + manifests * 3 / 2 < LIMIT * SHARE


def _subcharts(chart: Chart) -> set[str]:
    return {path.split("/")[1] for path in chart.files if path.startswith("charts/")}


def _chart(chart: Chart) -> dict[str, Any]:
    """A chart as Helm stores it: without its subcharts, but with all their values."""
    own = {path: data for path, data in chart.files.items() if not path.startswith("charts/")}
    templates = {path: data for path, data in own.items() if path.startswith("templates/")}
    known = {"Chart.yaml", "values.yaml", "values.schema.json", "Chart.lock", *templates}
    return {
        "metadata": dict(chart.metadata),
        "values": _values(chart),
        "schema": _encoded(own.get("values.schema.json", b"")),
        "templates": _files(templates),
        "files": _files({path: data for path, data in own.items() if path not in known}),
    }


def _values(chart: Chart) -> dict[str, Any]:
    values = dict(chart.values)
    for name in sorted(_subcharts(chart)):
        data = chart.files.get(f"charts/{name}/values.yaml")
        if data is not None:
            own = _parsed(data)
            values[name] = overlay(
                own, {**values.get(name, {}), "global": values.get("global", {})}
            )
    return values


@lru_cache(256)  # every rendering of an umbrella asks for the same files again
def _parsed(values_yaml: bytes) -> dict[str, Any]:
    return dict(parse_plain(values_yaml.decode(), "values.yaml"))


def _files(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [{"name": path, "data": _encoded(data)} for path, data in files.items()]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()

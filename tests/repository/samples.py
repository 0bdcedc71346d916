"""Small charts for tests of packaging and repositories."""

from __future__ import annotations

from openim_charts.findings import Location
from openim_charts.packaging.api import package_files
from openim_charts.repository.api import Release, release_of

CHART = """\
apiVersion: v2
name: sample
version: 1.0.0
appVersion: "1"
description: "A sample: 示例"
icon: https://example.com/icon.svg
annotations:
  artifacthub.io/changes: |
    - kind: added
      description: All of it.
""".encode()

FILES = {
    "Chart.yaml": CHART,
    "values.yaml": b"replicas: 1\n",
    "README.md": b"# sample\n",
    "templates/configmap.yaml": (
        b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
        b"data:\n  from: {{ .Chart.Name }}\n"
    ),
}

DATE = 1_700_000_000


def chart_release(name: str, version: str, note: str = "", date: int = DATE) -> Release:
    """A packaged chart; ``note`` is in one of its files, so that another note is other content."""
    text = CHART.decode().replace("name: sample", f"name: {name}")
    text = text.replace("version: 1.0.0", f"version: {version}")
    files = {**FILES, "Chart.yaml": text.encode(), "README.md": f"# {name}\n{note}\n".encode()}
    return release_of(package_files(name, files, date, Location("spec.yaml")), date)

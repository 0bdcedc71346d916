"""What the real Helm makes of a values file."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import helm_command

_TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: probe}
data: {values: {{ .Values | toJson | b64enc }}}
"""
_CHART = '{"apiVersion": "v2", "name": "probe", "version": "1.0.0"}\n'


def embedded(text: str) -> dict[str, Any]:
    """The values that the embedded engine reads from ``text``."""
    helm_python = pytest.importorskip("helm_python")
    values: dict[str, Any] = helm_python.values_from_yaml(text)
    return values


def command(name: str, text: str, folder: Path) -> dict[str, Any]:
    """The values that the Helm command line ``name`` (helm3, helm4) hands to templates."""
    helm = helm_command(name)
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text(_CHART)
    (folder / "templates" / "values.yaml").write_text(_TEMPLATE)
    (folder / "values.yaml").write_text(text, encoding="utf-8")
    result = subprocess.run(
        [helm, "template", "probe", str(folder)], capture_output=True, text=True, check=True
    )
    values: dict[str, Any] = json.loads(
        base64.b64decode(result.stdout.rpartition(": ")[2].rstrip("}\n"))
    )
    return values

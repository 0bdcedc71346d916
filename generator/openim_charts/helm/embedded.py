"""Helm inside this process: helm-python-sdk, an optional extra pinned exactly.

It carries Helm's Go library; two things about it are not obvious:

* It must not be used after a fork: the child hangs for ever. Use threads or spawned processes.
* Its public ``Chart.render`` has no Kubernetes version, but the C function below it takes
  ``kube_version`` and ``api_versions`` among its JSON options (unknown options are refused, so
  a change would be noticed). This module calls that function; hence the exact pin.

A garbage collection of the Go library costs a third of a lint. It reads GOGC from the
environment with which the process was started (not from ``os.environ``): see ``start``.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from openim_charts.findings import UserError
from openim_charts.helm import documents
from openim_charts.helm.adapter import (
    HelmError,
    LintMessage,
    LintSeverity,
    Rendering,
    normal_version,
)

PINNED = "0.2.2"
_AT_LEAST = re.compile(r">= *v?(\d+)\.(\d+)\.(\d+)-0")


class EmbeddedHelm:
    """The embedded engine. The package is imported at the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._local = threading.local()
        self._pid = os.getpid()

    @cached_property
    def _library(self) -> Any:
        import helm_python

        if helm_python.__version__ != PINNED:
            raise UserError(
                f"helm-python-sdk {helm_python.__version__} is installed but {PINNED} is needed: "
                f"pip install helm-python-sdk=={PINNED}, or choose the helm command"
            )
        return helm_python

    def _helm(self) -> Any:
        if os.getpid() != self._pid:
            raise UserError("the embedded Helm engine cannot work in a forked process")
        with self._lock:
            return self._library

    @property
    def version(self) -> str:
        """The version of the Helm library inside."""
        return str(self._helm().helm_sdk_version()).removeprefix("v")

    def lint(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        kube_version: str,
        skip_schema: bool = False,
    ) -> list[LintMessage]:
        """See Helm.lint. Helm lints files only, so the archive passes through a temporary one."""
        helm = self._helm()
        with tempfile.TemporaryDirectory(prefix="chart-lint-") as folder:
            path = Path(folder, "chart.tgz")
            path.write_bytes(archive)
            try:
                report = helm.lint(
                    path,
                    dict(values),
                    kube_version=normal_version(kube_version),
                    skip_schema_validation=skip_schema,
                )
            except helm.HelmError as error:
                raise HelmError(error.detail) from None
        messages = {
            LintMessage(m["path"], LintSeverity(m["severity"]), m["error"].strip())
            for m in report["messages"]
        }
        seen = {m.message for m in messages}
        stray = {e.strip() for e in report["errors"]} - seen
        return sorted(messages | {LintMessage("", LintSeverity.ERROR, e) for e in stray})

    def render(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        release: str,
        namespace: str,
        kube_version: str,
        api_versions: Iterable[str] = (),
    ) -> Rendering:
        """See Helm.render. The archive is read from memory.

        Rendered text that is not YAML is not noticed here, as the engine does not parse it.
        """
        helm = self._helm()
        options = {
            "name": release,
            "namespace": namespace,
            "kube_version": normal_version(kube_version),
            "api_versions": list(api_versions),
        }
        try:
            chart, root = self._chart(helm, archive)
            _refuse_incompatible(helm, chart, options)
            rendered: dict[str, str] = json.loads(
                helm._native.call_string(
                    "helm_render", chart._raw(), json.dumps(dict(values)), json.dumps(options)
                )
            )
        except helm.HelmError as error:
            raise HelmError(error.detail) from None
        notes = rendered.get(f"{root}/templates/NOTES.txt", "")
        return documents.arrange(
            (
                (path, document)
                for path, text in sorted(rendered.items())
                if not path.endswith("/NOTES.txt") and not path.rsplit("/", 1)[-1].startswith("_")
                for document in documents.split(text)
            ),
            notes.strip(),
        )

    def _chart(self, helm: Any, archive: bytes) -> tuple[Any, str]:
        """The loaded chart and its name.

        Each thread keeps the last chart for its next scenario, but none with dependencies: those
        that values switch off, a rendering takes out of the loaded chart for good.
        """
        if getattr(self._local, "archive", None) is archive:
            return self._local.chart, self._local.name
        chart = helm.Chart.load_archive(archive)
        metadata = chart.metadata
        if not metadata.get("dependencies"):
            self._local.chart, self._local.archive = chart, archive
            self._local.name = metadata["name"]
        return chart, metadata["name"]


def _refuse_incompatible(helm: Any, chart: Any, options: Mapping[str, Any]) -> None:
    """Raise as Helm's commands do when Chart.yaml's kubeVersion excludes the version.

    The render function does not look at it. The plain form ``>=1.31.0-0`` is decided here; any
    other is put to the engine by an install without a cluster, which costs a second rendering.
    """
    constraint = str(chart.metadata.get("kubeVersion") or "")
    if not constraint:
        return
    plain = _AT_LEAST.fullmatch(constraint)
    if not plain:
        with helm.Config(storage_driver="memory", kubeconfig_content="") as config:
            asked = {"dry_run": "client", "kube_version": options["kube_version"]}
            none = helm._native.HANDLE(0)
            helm._native.call_string(
                "helm_install",
                config._raw(),
                none,
                chart._raw(),
                None,
                "r",
                "{}",
                json.dumps(asked),
            )
        return
    version = options["kube_version"]
    if [int(n) for n in version[1:].split("-")[0].split(".")] < [int(n) for n in plain.groups()]:
        raise HelmError(
            f"chart requires kubeVersion: {constraint} "
            f"which is incompatible with Kubernetes {version}"
        )

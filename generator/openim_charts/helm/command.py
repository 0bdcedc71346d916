"""The ``helm`` command, major version 3 or 4."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
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

_SOURCE = re.compile(r"(?m)^---\n# Source: (.+)\n")
_MESSAGE = re.compile(r"^\[(INFO|WARNING|ERROR|UNKNOWN)\] (.*?): (.*)$", re.DOTALL)
_NOTES = "zz-notes-as-an-object.yaml"
# ``helm template`` does not print the notes; this template, added to the copy that is rendered,
# puts them into an object.
_NOTES_TEMPLATE = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata:\n"
    '  notes: {{ include (print $.Template.BasePath "/NOTES.txt") . | toJson }}\n'
)
TIMEOUT = 120.0  # seconds for one call


class CommandHelm:
    """Runs the program at ``path``, one process for each call."""

    def __init__(self, path: str) -> None:
        self.path = path

    @cached_property
    def version(self) -> str:
        """What the program says; UserError when it is not Helm 3 or 4."""
        result = self._run("version", "--template", "{{.Version}}")
        found = re.search(r"v?(\d+\.\d+\S*)", result.stdout)
        if result.returncode or not found or found[1].split(".")[0] not in ("3", "4"):
            raise UserError(f"{self.path} is not Helm 3 or 4; set HELM to one that is")
        return found[1]

    def lint(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        kube_version: str,
        skip_schema: bool = False,
    ) -> list[LintMessage]:
        """See Helm.lint."""
        with _on_disk(archive, values, extra={}) as (chart, values_file):
            result = self._run(
                "lint",
                chart,
                "--values",
                values_file,
                "--kube-version",
                normal_version(kube_version),
                *(["--skip-schema-validation"] if skip_schema else []),
            )
        messages = set(_lint_messages(result.stdout))
        failed = any(m.severity == LintSeverity.ERROR for m in messages)
        if result.returncode and not failed:
            raise HelmError(result.stderr or result.stdout)
        return sorted(messages)

    def render(
        self,
        archive: bytes,
        values: Mapping[str, Any],
        release: str,
        namespace: str,
        kube_version: str,
        api_versions: Iterable[str] = (),
    ) -> Rendering:
        """See Helm.render."""
        flags = [flag for version in api_versions for flag in ("--api-versions", version)]
        name, has_notes = _describe(archive)
        notes_path = f"{name}/templates/{_NOTES}"
        extra = {f"templates/{_NOTES}": _NOTES_TEMPLATE} if has_notes else {}
        with _on_disk(archive, values, extra) as (chart, values_file):
            result = self._run(
                "template",
                release,
                chart,
                "--values",
                values_file,
                "--namespace",
                namespace,
                "--kube-version",
                normal_version(kube_version),
                *flags,
            )
        if result.returncode:
            raise HelmError(result.stderr)
        parts = _SOURCE.split(result.stdout)[1:]
        pairs = [(p, t.strip() + "\n") for p, t in zip(parts[::2], parts[1::2], strict=True)]
        notes = next((text for path, text in pairs if path == notes_path), "")
        return documents.arrange(
            (pair for pair in pairs if pair[0] != notes_path), _notes(notes).strip()
        )

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self.path, *arguments],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except OSError as error:
            raise UserError(f"cannot run {self.path}: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise UserError(f"{self.path} {arguments[0]} took over {TIMEOUT:.0f} s") from None


def _lint_messages(output: str) -> Iterator[LintMessage]:
    """Messages start with ``[SEVERITY]`` at the start of a line and may go over several lines."""
    body = output.split("\n\nError: ")[0]
    for block in re.split(r"(?m)^(?=\[(?:INFO|WARNING|ERROR|UNKNOWN)\] )", body)[1:]:
        found = _MESSAGE.match(block.strip())
        if found:
            text = re.split(r"\n\d+ chart\(s\) linted|\n==> Linting ", found[3])[0]
            yield LintMessage(found[2], LintSeverity[found[1]], text.strip())


@contextmanager
def _on_disk(
    archive: bytes, values: Mapping[str, Any], extra: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The unpacked chart with the extra files, and a values file, for the time of one call."""
    with tempfile.TemporaryDirectory(prefix="chart-") as folder:
        root = Path(folder, "chart")
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            tar.extraction_filter = getattr(tarfile, "data_filter", None)  # since Python 3.11.4
            tar.extractall(root)
        chart = next(root.iterdir())
        for name, text in extra.items():
            Path(chart, name).write_text(text, encoding="utf-8")
        values_file = Path(folder, "values.json")
        values_file.write_text(json.dumps(dict(values)), encoding="utf-8")
        yield str(chart), str(values_file)


def _describe(archive: bytes) -> tuple[str, bool]:
    """The chart's folder name (its name) and whether it has notes."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        names = tar.getnames()
    name = names[0].split("/")[0]
    return name, f"{name}/templates/NOTES.txt" in names


def _notes(document: str) -> str:
    _, _, text = document.partition("  notes: ")
    return str(json.loads(text)) if text else ""

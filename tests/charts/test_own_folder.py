"""The folder beside a spec: what is wrong in it is told at its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.charts.api import Compiler
from generator.findings import FindingsError
from generator.specs.api import load_catalog

ROOT = Path(__file__).parents[2]
FOLDER = "chart-specs/infrastructure/zookeeper"

Findings = Callable[..., list[str]]


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    """What is said of the real specs with one file more beside zookeeper's."""
    shutil.copytree(ROOT / "chart-specs", tmp_path / "chart-specs")
    shutil.copytree(ROOT / "presets", tmp_path / "presets")

    def find(file: str, content: bytes) -> list[str]:
        path = tmp_path / FOLDER / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        try:
            Compiler(load_catalog(tmp_path)).compile("zookeeper")
        except FindingsError as error:
            return [str(finding) for finding in error.findings]
        return []

    return find


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("ci.yaml", b"big: 3\n", "1:6: wrong-type: 'big' must be null or a mapping, not a number"),
        (
            "ci.yaml",
            b"small: {}\n../x: {}\n",
            "2:1: bad-key: the key '../x' in ci.yaml must be a name such as ingress-nginx, "
            "since it becomes the file ci/NAME-values.yaml",
        ),
        (
            "slots/container.envs",
            b"- name: A\n",
            "1:1: unknown-slot: no template of the chart asks for the slot 'container.envs'; "
            "did you mean 'container.env'?",
        ),
        (
            "vaules.yaml",
            b"a: 1\n",
            "1:1: misplaced-file: nothing reads 'vaules.yaml' beside a spec; "
            "did you mean 'values.yaml'?",
        ),
        (
            "template/a.yaml",
            b"a: 1\n",
            "1:1: misplaced-file: nothing reads 'template' beside a spec; "
            "did you mean 'templates'?",
        ),
        (
            "templates/a.yaml",
            b"a: 1\n# \xe4\n",
            "2:3: yaml-encoding: byte 0xe4 is not UTF-8 text; save the file as UTF-8",
        ),
        ("notes.txt", b"a\n\n[[ b ]]\n", "3:1: feature-template: 'b' is undefined"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    findings: Findings, file: str, content: bytes, said: str
) -> None:
    assert findings(file, content) == [f"{FOLDER}/{file}:{said}"]


def test_notes_to_people_and_hidden_files_are_not_read(findings: Findings) -> None:
    assert findings("README.md", b"\xff") == []
    assert findings("templates/.x.yaml.swp", b"\xff") == []

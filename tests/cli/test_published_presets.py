"""Presets: values files beside the index, checked with the chart that names them."""

from __future__ import annotations

import pytest

from tests.cli.projects import Cli

SMALL = "# One pod.\nreplicaCount: 2\n"


@pytest.fixture
def project(cli: Cli) -> Cli:
    """The project, in which alpha has a preset."""
    (cli.folder / "presets").mkdir()
    (cli.folder / "presets" / "small.yaml").write_text(SMALL)
    cli.change("alpha", "appVersion: v1", "appVersion: v1\npresets: [small]")
    return cli


def test_a_preset_is_published_beside_the_index(project: Cli) -> None:
    assert project("build").code == 0
    assert project.snapshot()["presets/small.yaml"][2] == SMALL.encode()
    before = project.snapshot()
    project.change("beta", "version: 1.0.0", "version: 1.0.1")
    assert project("build", "beta").code == 0
    assert project.snapshot()["presets/small.yaml"] == before["presets/small.yaml"]


def test_a_preset_may_be_in_a_folder_and_hold_templates(project: Cli) -> None:
    text = "podAnnotations: {example.com/note: '{{ .Release.Name }}'}\n"
    (project.folder / "presets" / "clusters").mkdir()
    (project.folder / "presets" / "clusters" / "own.yaml").write_text(text)
    project.change("alpha", "[small]", "[small, clusters/own]")
    assert project("build").code == 0
    assert project.snapshot()["presets/clusters/own.yaml"][2] == text.encode()
    project.change("alpha", "clusters/own", "../own")
    done = project("build")
    assert done.code == 1
    assert "'../own'" in done.out


def test_a_changed_preset_is_built(project: Cli) -> None:
    project("build")
    (project.folder / "presets" / "small.yaml").write_text("replicaCount: 3\n")
    assert "1 of 2 charts changed" in project("build").err
    assert project.snapshot()["presets/small.yaml"][2] == b"replicaCount: 3\n"


def test_a_preset_that_the_chart_refuses(project: Cli) -> None:
    project("build")
    before = project.snapshot()
    (project.folder / "presets" / "small.yaml").write_text("replicaCont: 3\n")
    done = project("build")
    assert done.code == 1
    assert "replicaCont" in done.out
    assert "presets/small.yaml" in done.out
    assert project.snapshot() == before


def test_a_preset_that_is_not_there(project: Cli) -> None:
    project.change("alpha", "[small]", "[smal]")
    done = project("build")
    assert done.code == 1
    assert "unknown preset 'smal' in presets; did you mean 'small'?" in done.out

"""All scripts that the charts carry, as they are mounted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.product.infrastructure.programs import one, program, write_files

AUTH = {"etcd": {"auth": {"enabled": True}}}
CHARTS = ["etcd", "kafka", "minio", "mongodb", "mysql", "redis", "seaweedfs", "zookeeper"]


@pytest.fixture(params=CHARTS)
def scripts(
    request: pytest.FixtureRequest,
    render: Callable[..., Any],
    scenarios: Callable[..., Any],
    tmp_path: Path,
) -> list[Path]:
    found = []
    for number, values in enumerate(scenarios(request.param).values()):
        folder = write_files(render(request.param, values), tmp_path / str(number))
        found += sorted(folder.glob("*.sh"))
    assert found
    return found


def test_shellcheck_finds_nothing(scripts: list[Path]) -> None:
    done = subprocess.run(
        [program("shellcheck"), *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_shellcheck_finds_nothing_in_the_files_of_the_specs() -> None:
    files = sorted((ROOT / "chart-specs").rglob("*.sh"))
    assert len(files) > 15
    done = subprocess.run(
        [program("shellcheck"), *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_shell_of_the_first_line_reads_them(scripts: list[Path]) -> None:
    shells = {"#!/bin/sh": "dash", "#!/bin/bash": "bash"}
    for script in scripts:
        shell = shells[script.read_text().splitlines()[0]]
        done = subprocess.run(
            [shutil.which(shell) or "/bin/sh", "-n", str(script)],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"]},
        )
        assert done.returncode == 0, done.stderr


def test_no_request_waits_for_ever(render: Callable[..., Any]) -> None:
    objects = render("etcd", {"global": AUTH | {"secrets": {"provider": "job"}}})
    texts = [str(o) for o in objects if o["kind"] in ("ConfigMap", "Job")]
    calls = [call for text in texts for call in re.findall(r"\bcurl -[^|]*", text)]
    assert len(calls) == 2
    assert not [call for call in calls if "--max-time" not in call]


@pytest.mark.parametrize("chart", CHARTS)
def test_every_mounted_script_exists(chart: str, render: Callable[..., Any]) -> None:
    objects = render(chart)
    text = "".join(str(o) for o in objects if o["kind"] in ("StatefulSet", "Job"))
    named = set(re.findall(r"/files/([\w.-]+)", text))
    assert named <= one(objects, "ConfigMap")["data"].keys()

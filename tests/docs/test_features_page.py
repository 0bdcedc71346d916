"""docs/features.md: whoever does what it says gets a feature."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from tests.cli.projects import Cli, make_project
from tests.conftest import ROOT

FILE = re.compile(r"^    # (chart-specs/features/\S+)\n((?:    .*\n|\n)+)", re.MULTILINE)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A project with two charts."""
    return make_project(ROOT, tmp_path)


def test_the_feature_of_the_page_works(cli: Cli) -> None:
    files = FILE.findall((ROOT / "docs" / "features.md").read_text("utf-8"))
    assert len(files) == 4
    for path, text in files:
        file = cli.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).strip("\n") + "\n")
    spec = cli.spec("alpha")
    spec.write_text(spec.read_text() + "features: [timezone]\n")
    result = cli("lint", "alpha", "--quiet")
    assert (result.code, result.out) == (0, "")
    values = cli.folder / "values.yaml"
    values.write_text("timezone: Asia/Shanghai\n")
    shown = cli("render", "alpha", "--show", "deployment.yaml", "-f", str(values)).out
    (deployment,) = yaml.safe_load_all(shown)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "TZ", "value": "Asia/Shanghai"} in container["env"]
    values.write_text("timezone: shanghai\n")
    assert cli("render", "alpha", "-f", str(values)).code == 1

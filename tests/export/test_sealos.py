"""``openim-charts export sealos``: what builds a cluster image, and what its one script does."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from openim_charts.checks.api import Release
from openim_charts.export.api import TARGETS, write_export
from openim_charts.findings import FindingsError
from openim_charts.helm.find import find_helm
from tests.export.conftest import Exported
from tests.product.infrastructure.programs import program

_IMAGE = re.compile(r"^[ -]*image: *[\"']?([^\"'\s]+)", re.MULTILINE)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    write_export(folder, "sealos", files, TARGETS["sealos"].kept)


@pytest.mark.xdist_group("compose")
def test_images_are_those_that_sealos_finds_by_rendering(
    composed: tuple[Release, Mapping[str, bytes]],
) -> None:
    release, _ = composed
    files = TARGETS["sealos"].files(release)
    listed = files["images/shim/openim"].decode().splitlines()
    given = yaml.safe_load(files["charts/openim.values.yaml"])
    archive = files["charts/openim-1.0.0.tgz"]
    rendering = find_helm().render(archive, given, "dryrun", "default", "1.31")
    found = {image for file in rendering.files for image in _IMAGE.findall(file.text)}
    assert listed == sorted(found)
    assert any("/openim-server:" in image for image in listed)
    assert not any("curl" in image for image in listed), "no Job makes Secrets with these values"


def test_a_dockerfile_parser_reads_the_kubefile(exported: Exported) -> None:
    text = exported("sealos", "redis", "replicaCount: 1")["Kubefile"]
    done = subprocess.run([program("kubefile")], input=text, capture_output=True, check=True)
    read = json.loads(done.stdout)
    assert read["Base"] == "scratch"
    found = {each["Name"]: each["Data"] for each in read["Instructions"]}
    assert list(found) == ["ENV", "COPY", "CMD"]
    variables = {pair["Key"]: pair["Value"] for pair in found["ENV"]["Env"]}
    assert variables == {"NAME": "openim", "NAMESPACE": "redis"}
    assert (found["COPY"]["SourcePaths"], found["COPY"]["DestPath"]) == (["."], ".")
    assert found["CMD"]["CmdLine"] == ["bash entrypoint.sh"]


def test_the_script_runs_helm_and_ends_as_helm_does(exported: Exported, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    _write(exported("sealos", "redis", "replicaCount: 1"), folder)
    command = ["bash", str(folder / "entrypoint.sh")]
    bare = {"PATH": "/usr/bin:/bin"}
    missing = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert missing.returncode == 1
    assert "there is no helm: put it into opt/" in missing.stderr
    (folder / "opt").mkdir()
    (folder / "opt/helm").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n')
    given = {**bare, "NAME": "im", "HELM_OPTS": "--set replicaCount=2"}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 7
    words = done.stdout.split()
    assert words[:4] == ["upgrade", "--install", "im", "charts/redis-1.0.0.tgz"]
    assert words[-2:] == ["--set", "replicaCount=2"]
    values = words[words.index("--values") + 1]
    assert yaml.safe_load((folder / values).read_text()) == {"replicaCount": 1}


def test_what_a_build_leaves_in_the_folder_stays(exported: Exported, tmp_path: Path) -> None:
    folder, kept = tmp_path / "out", ["opt/helm", "registry/docker/registry/v2/blobs/a"]
    files = exported("sealos", "redis", "replicaCount: 1")
    _write(files, folder)
    for path in kept:
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("its own")
    _write({**files, "charts/redis.values.yaml": b"{}\n"}, folder)
    assert [(folder / path).read_text() for path in kept] == ["its own", "its own"]
    assert (folder / "charts/redis.values.yaml").read_bytes() == b"{}\n"


@pytest.mark.parametrize(
    ("values", "line", "message"),
    [
        (
            f"replicaCount: 1\nimage:\n  digest: sha256:{'0' * 64}\n",
            3,
            "sealos knows images by their tags alone; take the digest out",
        ),
        (
            "extraObjects:\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: own}\n"
            "    stringData: {password: do not tell anybody}\n",
            1,
            "its content would be in a file that others read too",
        ),
    ],
)
def test_what_does_not_belong_into_an_image_is_refused(
    exported: Exported, values: str, line: int, message: str
) -> None:
    with pytest.raises(FindingsError) as caught:
        exported("sealos", "redis", values)
    [finding] = caught.value.findings
    assert finding.location.line == line
    assert message in finding.message

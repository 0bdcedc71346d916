"""Bundles: exports of presets, packed beside the charts for users without Helm."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.cli.projects import Cli

SMALL = "# One pod.\nresources: {limits: {memory: 64Mi}}\n"
FILE = "bundles/alpha-compose-small-1.0.0.tgz"


@pytest.fixture
def project(cli: Cli) -> Cli:
    """The project, in which alpha has a preset of which a bundle is made."""
    (cli.folder / "presets").mkdir()
    (cli.folder / "presets" / "small.yaml").write_text(SMALL)
    keys = "appVersion: v1\npresets: [small]\nbundles: {compose: [small]}"
    cli.change("alpha", "appVersion: v1", keys)
    cli.image("nginx").write_bytes((cli.root / "chart-specs/images/nginx.yaml").read_bytes())
    return cli


def _unpacked(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def _text(folder: Path) -> str:
    return (folder / "index.html").read_text("utf-8")


def test_a_bundle_is_what_an_export_writes(project: Cli) -> None:
    done = project("build")
    assert "2 of 2 charts changed" in done.err, done.out
    content = project.snapshot()[FILE][2]
    out = project.folder / "out"
    export = ("export", "compose", "--chart", "alpha", "-f", "presets/small.yaml")
    assert project(*export, "--out", str(out)).code == 0
    assert _unpacked(content) == {
        f"alpha-compose-small/{path.relative_to(out).as_posix()}": path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    page = _text(project.folder / "dist/charts")
    digest = hashlib.sha256(content).hexdigest()
    assert f'echo "{digest}  alpha-compose-small-1.0.0.tgz" | sha256sum --check' in page
    assert "sh secrets.sh &amp;&amp; docker compose up --detach --wait" in page
    before = project.snapshot()
    project.change("beta", "version: 1.0.0", "version: 1.0.1")
    assert project("build", "beta").code == 0
    assert project.snapshot()[FILE] == before[FILE]


def test_a_bundle_is_signed_and_stays_on_the_page(project: Cli) -> None:
    pysequoia = pytest.importorskip("pysequoia")
    key = project.folder / "key.pgp"
    key.write_bytes(bytes(pysequoia.Tsk.generate("Bundles <bundles@example.com>")))
    assert project("build").code == 0
    place = project.folder / "public"
    publish = ("publish", "--to", str(place), "--sign", str(key))
    assert project(*publish).code == 0
    published = (place / FILE).read_bytes()
    digest = hashlib.sha256(published).hexdigest()
    signed = (place / f"{FILE}.prov").read_text()
    assert f"alpha-compose-small-1.0.0.tgz: sha256:{digest}" in signed
    assert "BEGIN PGP SIGNATURE" in signed

    withdraw = ("withdraw", "beta", "1.0.0", "--reason", "old", "--to", str(place))
    assert project(*withdraw).code == 0
    assert digest in _text(place), "the page still names it"


def test_what_cannot_be_a_bundle_is_named(project: Cli) -> None:
    project.change("alpha", "compose: [small]", "compose: [smal]")
    done = project("build")
    assert done.code == 1
    assert "alpha.yaml:7:21" in done.out
    assert "unknown preset 'smal' in bundles.compose; did you mean 'small'?" in done.out
    project.change("alpha", "compose: [smal]", "compose: [small]")
    (project.folder / "presets" / "small.yaml").write_text("replicaCount: 2\n")
    done = project("build", "--format", "json")
    assert done.code == 1
    [finding] = [f for f in json.loads(done.out) if f["rule"] == "not-exportable"]
    assert "one machine runs one of each" in finding["message"]
    assert not (project.folder / "dist/charts").exists()

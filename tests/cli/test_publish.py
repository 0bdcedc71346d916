"""``publish`` and ``withdraw``, and what a user with the real Helm makes of the result."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from openim_charts.packaging.api import read_archive
from openim_charts.repository.oci.client import Registry
from openim_charts.repository.serve import Server
from tests.cli.projects import Cli, make_project
from tests.conftest import HELMS, helm_command
from tests.registry import RunningRegistry

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def built_once(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cli = make_project(root, tmp_path_factory.mktemp("project"))
    assert cli("build").code == 0
    return cli.folder


@pytest.fixture
def built(root: Path, built_once: Path, tmp_path: Path) -> Cli:
    """The project, built."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    return Cli(root, tmp_path)


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def build_again(cli: Cli, version: str) -> None:
    cli.change("alpha", "version: 1.0.0", f"version: {version}")
    cli.change("alpha", "A site called alpha.", "A better site.")
    assert cli("build").code == 0


def test_it_publishes_with_the_page_and_says_what(built: Cli, tmp_path: Path) -> None:
    done = built("publish", "--to", "public", "--url", "https://charts.example.com")
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert [line[0] for line in lines] == ["alpha", "beta"]
    assert lines[0][3] == "https://charts.example.com/alpha-1.0.0.tgz"
    assert "2 added, 0 kept" in done.err
    files = content(tmp_path / "public")
    assert {"index.yaml", "index.html", "alpha-1.0.0.tgz", "page/app.js"} <= files.keys()
    assert b"helm repo add openim https://charts.example.com" in files["index.html"]
    index = json.loads(files["index.yaml"])
    assert f"sha256:{index['entries']['alpha'][0]['digest']}" == lines[0][2]


def test_it_only_adds(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    before = content(tmp_path / "public")
    again = built("publish", "--to", "public")
    assert (again.code, again.out) == (0, "")
    assert "0 added, 2 kept" in again.err
    assert content(tmp_path / "public") == before
    build_again(built, "1.1.0")
    done = built("publish", "--to", "public")
    assert [line.split()[:2] for line in done.out.splitlines()] == [["alpha", "1.1.0"]]
    after = content(tmp_path / "public")
    same = {"alpha-1.0.0.tgz", "beta-1.0.0.tgz", "page/data/details/beta.js", "page/app.js"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["page/data/details/alpha.js"] != before["page/data/details/alpha.js"]
    versions = after["page/data/versions/alpha.js"]
    assert b"1.0.0" in versions
    assert b"1.1.0" in versions
    assert b"A better site." in after["page/data/charts.js"]


def test_a_later_commit_alone_changes_nothing(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    before = content(tmp_path / "public")
    archive = (tmp_path / "dist/charts/beta-1.0.0.tgz").read_bytes()
    assert built("build", environment={"SOURCE_DATE_EPOCH": "1760000000"}).code == 0
    assert (tmp_path / "dist/charts/beta-1.0.0.tgz").read_bytes() != archive
    done = built("publish", "--to", "public")
    assert (done.code, done.out) == (0, ""), done.err
    assert content(tmp_path / "public") == before


def test_charts_that_it_does_not_add_are_not_read_for_the_page(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    details = tmp_path / "public/page/data/details/beta.js"
    details.write_bytes(b"as it was")
    build_again(built, "1.1.0")
    assert built("publish", "--to", "public").code == 0
    assert details.read_bytes() == b"as it was"
    (tmp_path / "public/page/app.js").write_bytes(b"of another release of the tool")
    assert built("publish", "--to", "public").code == 0
    assert details.read_bytes() != b"as it was"


def test_a_damaged_page_is_made_anew(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    before = content(tmp_path / "public")
    (tmp_path / "public/page/data/keys.js").write_bytes(b"cut sho")
    (tmp_path / "public/page/data/details/beta.js").unlink()
    assert built("publish", "--to", "public").code == 0
    assert content(tmp_path / "public") == before


def test_a_chart_changed_under_its_version_is_refused(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    before = content(tmp_path / "public")
    build_again(built, "1.0.0")
    done = built("publish", "--to", "public")
    assert done.code == 2
    assert "give it version 1.0.1" in done.err
    assert content(tmp_path / "public") == before


def test_withdrawing_is_seen_in_the_index_and_on_the_page(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    done = built("withdraw", "alpha", "1.0.0", "--reason", "it forgets", "--to", "public")
    assert (done.code, done.err) == (0, "public: alpha 1.0.0 is withdrawn\n")
    files = content(tmp_path / "public")
    entry = json.loads(files["index.yaml"])["entries"]["alpha"][0]
    assert entry["deprecated"] is True
    assert b"it forgets" in files["page/data/versions/alpha.js"]
    assert "alpha-1.0.0.tgz" in files
    assert b"alpha" in files["page/data/keys.js"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("publish", "--to", "dist/charts"), "this is the build itself"),
        (("publish", "--to", "."), "this is a folder of the project's sources"),
        (("publish", "--to", "chart-specs/public"), "this is a folder of the project's sources"),
        (("build", "--output", "presets"), "this is a folder of the project's sources"),
        (("publish", "--to", "public", "--url", "nope"), "--url nope: it must be an address"),
        (("publish", "--to", "public", "--url", 'https://x.example/a"b'), "it must be an address"),
        (("publish", "--to", "public", "--url", "https://x.example\\a"), "it must be an address"),
        (("publish", "--to", "public", "--url", "https://?x"), "--url https://?x: it must be"),
        (
            ("withdraw", "alpha", "1.0.0", "--reason", "x", "--to", "public", "--url", "nope"),
            "--url nope: it must be an address",
        ),
        (("publish", "--to", "https://example.com"), "give a folder, git+URL#BRANCH or oci://"),
        (("publish", "--to", "public", "--from", "none"), "build the charts first"),
        (("publish", "--to", "public", "--sign", "nobody@example.com"), "nobody@example.com"),
        (("publish",), "Missing option '--to'"),
        (("withdraw", "alpha", "2.0.0", "--reason", "x", "--to", "public"), "there is no index"),
        (("withdraw", "alpha", "2.0.0", "--reason", "x", "--to", "oci://x/y"), "no index"),
    ],
)
def test_mistakes_are_one_message(
    built: Cli, tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    done = built(*arguments, environment={"GNUPGHOME": str(tmp_path)})
    assert done.code == 2
    assert why in done.err
    assert not (tmp_path / "public/index.yaml").exists()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    sequoia = pytest.importorskip("pysequoia")
    made = sequoia.Tsk.generate("Charts <charts@example.com>", profile=sequoia.Profile.RFC4880)
    path = tmp_path / "key.pgp"
    path.write_bytes(bytes(made))
    return path


HUB = """\
artifactHub:
  repositoryID: 5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11
  registryIDs: {alpha: 0c1a3a86-6a0b-4d7e-8a59-0b9a5f7f3c22}
  owners: [{name: Ann, email: ann@example.com}]
"""
OWNERS = "owners:\n  - name: Ann\n    email: ann@example.com\n"


def test_artifact_hub_is_told_what_the_repository_says(built: Cli, tmp_path: Path) -> None:
    built("publish", "--to", "public")
    by_hand = tmp_path / "public/artifacthub-repo.yml"
    by_hand.write_text("ignore: [{name: beta}]\n")
    assert built("publish", "--to", "public").code == 0
    assert by_hand.read_text() == "ignore: [{name: beta}]\n", "nothing is said in the specs"
    repository = tmp_path / "chart-specs/repository.yaml"
    repository.write_text(repository.read_text() + HUB)
    assert built("build").code == 0
    told = f"repositoryID: 5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11\n{OWNERS}"
    assert (tmp_path / "dist/charts/artifacthub-repo.yml").read_text() == told
    assert built("publish", "--to", "public").code == 0
    assert by_hand.read_text() == told


@pytest.mark.usefixtures("no_login")
def test_artifact_hub_is_told_of_each_chart_in_a_registry(
    built: Cli, tmp_path: Path, registry: RunningRegistry
) -> None:
    repository = tmp_path / "chart-specs/repository.yaml"
    repository.write_text(repository.read_text() + HUB)
    assert built("build").code == 0
    done = built("publish", "--to", f"oci://{registry.host}/told")
    assert done.code == 0, done.err
    assert "2 added, 0 kept, 2 files written" in done.err
    client = Registry(registry.host)
    found = {}
    for name in ("alpha", "beta"):
        manifest = client.manifest(f"told/{name}", "artifacthub.io")
        assert manifest
        (layer,) = json.loads(manifest[1])["layers"]
        found[name] = client.blob(f"told/{name}", layer["digest"]).decode()
    own = "repositoryID: 0c1a3a86-6a0b-4d7e-8a59-0b9a5f7f3c22\n"
    assert found == {"alpha": own + OWNERS, "beta": OWNERS}


def test_the_key_that_the_charts_name_signs_and_no_other(
    built: Cli, tmp_path: Path, key: Path
) -> None:
    sequoia = pytest.importorskip("pysequoia")
    fingerprint = sequoia.Tsk.from_file(str(key)).extract_certificate().fingerprint.upper()
    repository = tmp_path / "chart-specs/repository.yaml"
    before = repository.read_text()
    signs = "artifactHub:\n  signKey: {{fingerprint: {}}}\n"
    repository.write_text(before + signs.format("F" * 40))
    done = built("publish", "--to", "public", "--sign", str(key))
    assert done.code == 2
    assert f"its fingerprint is {fingerprint}, but the charts say that FFFFF" in done.err
    assert not (tmp_path / "public").exists()
    repository.write_text(before + signs.format(fingerprint))
    assert built("build").code == 0
    assert built("publish", "--to", "public", "--sign", str(key)).code == 0
    archive = (tmp_path / "public/alpha-1.0.0.tgz").read_bytes()
    named = read_archive(archive).metadata["annotations"]["artifacthub.io/signKey"]
    url = f"{yaml.safe_load(before)['url']}/openim.gpg"
    assert yaml.safe_load(named) == {"fingerprint": fingerprint, "url": url}


@pytest.fixture
def address(built: Cli, key: Path, tmp_path: Path) -> Iterator[str]:
    """A signed repository with two versions of alpha, served."""
    folder = tmp_path / "public"
    folder.mkdir()
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for version in ("1.0.0", "1.10.0"):
        if version != "1.0.0":
            build_again(built, version)
        done = built("publish", "--to", "public", "--url", server.url, "--sign", str(key))
        assert done.code == 0, done.err
    yield server.url
    server.close()
    thread.join()


@pytest.fixture(params=HELMS)
def helm(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    path = helm_command(request.param)
    places = [f"--repository-{k}={tmp_path / k}" for k in ("config", "cache")]

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [path, *arguments, *places]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)

    return call


@pytest.mark.helm
def test_users_follow_the_page(helm: Run, address: str, tmp_path: Path, key: Path) -> None:
    """The keyring that the page names verifies what Helm pulls; its fingerprint is shown."""
    sequoia = pytest.importorskip("pysequoia")
    page = (tmp_path / "public/index.html").read_text()
    certificate = sequoia.Tsk.from_file(str(key)).extract_certificate()
    assert certificate.fingerprint.upper() in page
    assert helm("repo", "add", "openim", address).returncode == 0
    found = helm("search", "repo", "openim/alpha", "--versions").stdout.splitlines()[1:]
    assert [line.split()[1] for line in found] == ["1.10.0", "1.0.0"]
    assert f"{address}/openim.gpg" in page
    verify = ("--verify", "--keyring", str(tmp_path / "public/openim.gpg"), "-d", str(tmp_path))
    done = helm("pull", "openim/alpha", *verify)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "alpha-1.10.0.tgz").read_bytes() == (
        tmp_path / "dist/charts/alpha-1.10.0.tgz"
    ).read_bytes()


@pytest.mark.helm
@pytest.mark.cluster
def test_a_cluster_takes_what_was_published(helm: Run, address: str) -> None:
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG names no cluster")
    helm("repo", "add", "openim", address)
    name = f"p-{uuid.uuid4().hex[:8]}"
    done = helm("install", name, "openim/alpha", "--dry-run=server", "--namespace", "default")
    assert done.returncode == 0, done.stderr
    assert f"app.kubernetes.io/instance: {name}" in done.stdout

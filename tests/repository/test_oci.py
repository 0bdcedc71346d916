"""Charts in a real registry on loopback: github.com/distribution/distribution, from Go."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests

from openim_charts.findings import UserError
from openim_charts.repository.api import PublishOptions, publish, release_of, withdraw
from tests.registry import USER, RunningRegistry, login, passwords, running
from tests.repository.samples import DATE, chart_release

pytestmark = pytest.mark.usefixtures("no_login")


def to(registry: RunningRegistry, path: str) -> PublishOptions:
    return PublishOptions(f"oci://{registry.host}/{path}")


def test_a_version_is_pushed_once_and_never_changes(registry: RunningRegistry) -> None:
    options = to(registry, "once")
    first = publish([chart_release("one", "1.0.0"), chart_release("two", "1.0.0+b.1")], options)
    assert [item.name for item in first.added] == ["one", "two"]
    again = publish([chart_release("one", "1.0.0"), chart_release("one", "1.1.0")], options)
    assert [(i.version, i.digest) for i in again.kept] == [("1.0.0", first.added[0].digest)]
    assert [i.version for i in again.added] == ["1.1.0"]
    with pytest.raises(UserError) as refused:
        publish(
            [
                chart_release("one", "1.0.0", "changed"),
                chart_release("three", "1.0.0"),
                chart_release("two", "1.0.0+b.1", "changed"),
            ],
            options,
        )
    assert "one 1.0.0 changed after it was published: give it version 1.0.1" in str(refused.value)
    assert "two 1.0.0+b.1 changed after it was published: give it version 1.0.1" in str(
        refused.value
    )
    missing = requests.get(f"http://{registry.host}/v2/once/three/tags/list", timeout=60)
    assert missing.status_code == 404


def test_another_compression_of_the_same_chart_is_kept(registry: RunningRegistry) -> None:
    import gzip

    release = chart_release("one", "1.0.0")
    options = to(registry, "gzip")
    (first,) = publish([release], options).added
    again = release_of(gzip.compress(gzip.decompress(release.archive), 1), DATE)
    assert again.digest != release.digest
    (kept,) = publish([again], options).kept
    assert kept.digest == first.digest


@pytest.mark.helm
def test_helm_pulls_and_renders_it(helm: str, registry: RunningRegistry, tmp_path: Path) -> None:
    release = chart_release("sample", "1.0.0+build.7")
    result = publish([release], to(registry, "charts"))
    (item,) = (*result.added, *result.kept)
    assert item.place == f"oci://{registry.host}/charts/sample:1.0.0_build.7"

    def run(*arguments: str) -> str:
        done = subprocess.run([helm, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    place = f"oci://{registry.host}/charts/sample"
    said = run("pull", place, "--version", release.version, "--plain-http", "-d", str(tmp_path))
    assert item.digest in said
    (pulled,) = tmp_path.glob("*.tgz")
    assert pulled.read_bytes() == release.archive
    shown = run("show", "chart", place, "--version", release.version, "--plain-http")
    assert "示例" in shown
    if "v4" in run("version", "--short"):  # Helm 3 asks the cluster even when it only pretends
        run("install", "x", place, "--version", release.version, "--plain-http", "--dry-run=client")
    assert "from: sample" in run(
        "template", "x", place, "--version", release.version, "--plain-http"
    )


@pytest.mark.helm
def test_provenance_is_pulled_with_it(helm: str, registry: RunningRegistry, tmp_path: Path) -> None:
    sequoia = pytest.importorskip("pysequoia")
    key = sequoia.Tsk.generate("Charts <charts@example.com>", profile=sequoia.Profile.RFC4880)
    (tmp_path / "key.pgp").write_bytes(bytes(key))
    (tmp_path / "ring.gpg").write_bytes(bytes(key.extract_certificate()))
    target = f"oci://{registry.host}/signed"
    path = "-".join(Path(helm).parts[-2:])  # one for each Helm, wherever they are
    publish(
        [chart_release("sample", "1.0.0", path)],
        PublishOptions(f"{target}/{path}", sign=str(tmp_path / "key.pgp")),
    )
    done = subprocess.run(
        [helm, "pull", f"{target}/{path}/sample", "--version", "1.0.0", "--plain-http", "--verify",
         "--keyring", str(tmp_path / "ring.gpg"), "-d", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sample-1.0.0.tgz.prov").exists()


def test_the_manifest_is_helm_s(registry: RunningRegistry) -> None:
    (item,) = publish([chart_release("one", "1.0.0")], to(registry, "manifest")).added
    answer = requests.get(
        f"http://{registry.host}/v2/manifest/one/manifests/{item.digest}",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
        timeout=60,
    )
    manifest = answer.json()
    assert manifest["config"]["mediaType"] == "application/vnd.cncf.helm.config.v1+json"
    assert manifest["layers"][0]["mediaType"] == (
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    )
    assert manifest["annotations"]["org.opencontainers.image.title"] == "one"
    assert manifest["annotations"]["org.opencontainers.image.created"] == "2023-11-14T22:13:20Z"
    assert "artifacthub.io/changes" in manifest["annotations"]


def test_a_login_is_found_and_needed(tmp_path: Path, no_login: Path) -> None:
    with running(tmp_path, passwords(tmp_path)) as registry:
        with pytest.raises(UserError, match="log in with 'helm registry login'"):
            publish([chart_release("one", "1.0.0")], to(registry, "x"))
        no_login.write_text(login(registry.host))
        assert len(publish([chart_release("one", "1.0.0")], to(registry, "x")).added) == 1
        no_login.write_text(login(registry.host, username=USER, password="x"))
        with pytest.raises(UserError, match="HTTP 401"):
            publish([chart_release("one", "2.0.0")], to(registry, "x"))


def test_no_registry_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(UserError, match="failed 4 times: ConnectionError"):
        publish([chart_release("one", "1.0.0")], PublishOptions("oci://127.0.0.1:1/x"))


def test_a_registry_cannot_withdraw() -> None:
    with pytest.raises(UserError, match="a registry has no index"):
        withdraw("oci://127.0.0.1:1/x", "one", "1.0.0", "broken")


ABOUT = b"repositoryID: 5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11\n"


@pytest.mark.helm
def test_artifact_hub_finds_what_it_is_told(helm: str, registry: RunningRegistry) -> None:
    """Under the tag and media type of its documentation; Helm sees no version in it."""
    options = to(registry, "-".join(["hub", Path(helm).name.lower()]))

    def told(name: str) -> bytes:
        return ABOUT if name == "one" else b""

    releases = [chart_release("one", "1.0.0"), chart_release("two", "1.0.0")]
    first = publish(releases, options, about=told)
    place = f"{options.to}/one"
    assert first.files == (f"{place}:artifacthub.io",)
    assert publish(releases, options, about=told).files == ()
    path = f"http://{registry.host}/v2/{place.partition(registry.host)[2].strip('/')}"
    accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
    manifest = requests.get(f"{path}/manifests/artifacthub.io", headers=accept, timeout=60).json()
    (layer,) = manifest["layers"]
    assert layer["mediaType"] == (
        "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
    )
    assert requests.get(f"{path}/blobs/{layer['digest']}", timeout=60).content == ABOUT
    assert requests.get(path.replace("one", "two") + "/tags/list", timeout=60).json()["tags"] == [
        "1.0.0"
    ]
    done = subprocess.run(
        [helm, "show", "chart", place, "--plain-http"], capture_output=True, text=True, check=False
    )
    assert "version: 1.0.0" in done.stdout, done.stderr
    changed = publish(releases, options, about=lambda name: told(name) + b"owners: []\n")
    assert len(changed.files) == 2
    assert [item.name for item in changed.kept] == ["one", "two"]

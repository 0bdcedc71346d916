"""Images of charts, their pins, bundles and tags."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from openim_charts.charts.api import Chart, Compiler, compile_chart
from openim_charts.cli.main import run
from openim_charts.findings import UserError
from openim_charts.helm.find import find_helm
from openim_charts.images.api import (
    Image,
    branch_tag,
    bundle,
    collect_images,
    parse_image,
    pin_files,
    release_tag,
)
from openim_charts.images.api import test_tag as next_candidate
from openim_charts.images.pin import pin
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT
from tests.replaced import replace

DIGEST = f"sha256:{'a' * 64}"


def test_images_come_from_the_annotation_and_from_every_rendering(
    charts: dict[str, Chart],
) -> None:
    wanted = ("redis", "openim-api")
    archives = {name: package(charts[name], 0) for name in wanted}
    found = {str(used.image): used for used in collect_images(archives, find_helm(), "1.37", 2)}
    (layout, *_) = charts["redis"].spec.images.values()
    redis = found[str(layout.image.reference)]
    assert [use.chart for use in redis.uses] == ["redis"]
    assert redis.uses[0].scenarios[:2] == ("Chart.yaml", "")
    shared = next(used for name, used in found.items() if "busybox" in name)
    assert "redis" in [use.chart for use in shared.uses]
    for name, chart in charts.items():
        if name in wanted:
            for entry in yaml.safe_load(chart.metadata["annotations"]["artifacthub.io/images"]):
                assert entry["image"] in found


def test_a_pinned_chart_runs_the_digest(catalog: Catalog) -> None:
    spec = catalog.charts["openim-api"]
    layout, image = next(iter(spec.images.items()))
    images = {**spec.images, layout: replace(image, image=replace(image.image, digest=DIGEST))}
    pinned = replace(catalog, charts={**catalog.charts, spec.name: replace(spec, images=images)})
    archive = package(Compiler(pinned).compile(spec.name), 0)
    used = {u.image: u.uses for u in collect_images({spec.name: archive}, find_helm(), "1.37")}
    whole = Image(image.registry, image.repository, image.tag, DIGEST)
    assert used[whole][0].scenarios[:2] == ("Chart.yaml", "")
    assert not [i for i in used if i.repository == image.repository and i != whole]


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("redis", Image("docker.io", "library/redis", "latest")),
        ("openim/api:v1", Image("docker.io", "openim/api", "v1")),
        ("localhost:5000/a/b:1", Image("localhost:5000", "a/b", "1")),
        ("quay.io/a/b:1@" + DIGEST, Image("quay.io", "a/b", "1", DIGEST)),
        ("quay.io/a@" + DIGEST, Image("quay.io", "a", "", DIGEST)),
        ("Bad/Name:1", None),
        ("a:b c", None),
    ],
)
def test_references(text: str, image: Image | None) -> None:
    assert parse_image(text) == image


FACTS = """\
# The web site.
registry: quay.io
repository: team/web
tag: "1.0"   # quoted, as 1.0 is a number

license: MIT   # as its makers say
programs:
  [
    sh, wget,
  ]
"""


def test_pinning_changes_nothing_but_the_digest() -> None:
    web = Image("quay.io", "team/web", "1.0")
    digests = {web: DIGEST, Image("docker.io", "team/web", "1.0"): "sha256:wrong"}
    text, image = pin(FACTS, digests)
    assert image == web
    tag = 'tag: "1.0"   # quoted, as 1.0 is a number\n'
    assert text == FACTS.replace(tag, f"{tag}digest: {DIGEST}\n")
    newer, _ = pin(text, {web: f"sha256:{'b' * 64}"})
    assert newer == text.replace("a" * 64, "b" * 64)
    assert pin(FACTS, {replace(web, tag="1.1"): DIGEST}) == (FACTS, None)
    template = "[% if x %]\ntag: v1\n[% endif %]\n"
    assert pin(template, digests) == (template, None)


def test_the_project_s_images_can_be_pinned(catalog: Catalog, charts: dict[str, Chart]) -> None:
    annotated = {
        entry["image"]
        for chart in charts.values()
        for entry in yaml.safe_load(chart.metadata["annotations"].get(
            "artifacthub.io/images", "[]")) or []
    }  # fmt: skip
    images = {image for text in annotated if (image := parse_image(text))}
    assert images <= {image.reference for image in catalog.images.values()}
    changed, found = pin_files(ROOT / "chart-specs" / "images", dict.fromkeys(images, DIGEST))
    assert found == images
    for path, text in changed.items():
        assert text.replace(f"digest: {DIGEST}\n", "") == path.read_text("utf-8")


def test_a_bundle_names_every_image_once() -> None:
    images = [
        Image("docker.io", "library/redis", "8"),
        Image("docker.io", "library/redis", "7"),
        Image("quay.io", "minio/minio", "r1", DIGEST),
    ]
    files = bundle([*images, images[0]], "mirror.lan:5000/im")
    assert files["images.txt"].split() == [
        "docker.io/library/redis:7",
        "docker.io/library/redis:8",
        f"quay.io/minio/minio:r1@{DIGEST}",
    ]
    assert files["mirror.txt"].splitlines()[2] == (
        "quay.io/minio/minio:r1 mirror.lan:5000/im/minio/minio:r1"
    )
    assert yaml.safe_load(files["skopeo.yaml"]) == {
        "docker.io": {"images": {"library/redis": ["7", "8"]}},
        "quay.io": {"images": {"minio/minio": ["r1"]}},
    }
    assert '[host."https://mirror.lan:5000/v2/im"]' in files["certs.d/docker.io/hosts.toml"]
    assert yaml.safe_load(files["values.yaml"]) == {
        "global": {"image": {"registry": "mirror.lan:5000/im"}}
    }


def test_a_bundle_refuses_two_images_of_one_name() -> None:
    images = [Image("docker.io", "a/b", "1"), Image("quay.io", "a/b", "1")]
    with pytest.raises(UserError, match=r"docker\.io/a/b:1 and quay\.io/a/b:1"):
        bundle(images, "mirror.lan")


@pytest.mark.parametrize(
    ("branch", "tag"),
    [
        ("main", "main"),
        ("refs/heads/main", "main"),
        ("v3.8", "v3.8"),
        ("feature/群组 search", "feature-search-"),
        ("rc1", "rc1-"),
        ("release-v1.0.0", "release-v1.0.0-"),
        ("latest", "latest-"),
        ("群组", ""),
        ("x" * 200, "x" * 119 + "-"),
    ],
)
def test_branch_tags(branch: str, tag: str) -> None:
    found = branch_tag(branch)
    assert found.startswith(tag)
    assert parse_image(f"a/b:{found}")
    assert len(found) <= 128
    if found != branch.removeprefix("refs/heads/"):
        assert branch_tag(f"{branch}-") != found


def test_candidates_and_releases() -> None:
    assert next_candidate([]) == "rc0"
    assert next_candidate(["rc0", "v1/rc9", "rc10", "rc", "rcx", "rc-11"]) == "rc11"
    assert release_tag("3.8.3") == release_tag("v3.8.3") == "release-v3.8.3"
    assert release_tag("v3.8.3-patch.15") == "release-v3.8.3-patch.15"
    assert release_tag("refs/tags/release-v1.0.0-rc.1") == "release-v1.0.0-rc.1"
    for wrong in ("3.8", "3.08.3", "3.8.3-", "3.8.3-a..b", "3.8.3+build.1", "main", ""):
        with pytest.raises(UserError, match="a release needs a version"):
            release_tag(wrong)
    with pytest.raises(UserError, match="longer than 128 characters"):
        release_tag("1.0.0-" + "x" * 120)


def test_an_umbrella_names_the_images_of_its_charts(catalog: Catalog) -> None:
    def named(chart: str) -> list[dict[str, str]]:
        annotations = compile_chart(catalog, chart).metadata["annotations"]
        found: list[dict[str, str]] = yaml.safe_load(annotations["artifacthub.io/images"])
        return found

    for umbrella in ("openim-chat", "openim-server"):
        images = [entry["image"] for entry in named(umbrella)]
        held = catalog.charts[umbrella].includes
        assert set(images) == {e["image"] for chart in held for e in named(chart)}
        names = [entry["name"] for entry in named(umbrella)]
        assert len(set(images)) == len(images) == len(set(names))


def test_tags_need_no_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow that other repositories call asks where there are no charts."""
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a"]
    for more in (
        ["init", "-q", "-b", "trunk"],
        ["commit", "-qm", "x", "--allow-empty"],
        ["tag", "rc4"],
    ):
        subprocess.run([*git, *more], check=True)
    assert run(["image-tag", "branch"]) == 0
    assert run(["image-tag", "test"]) == 0
    assert run(["image-tag", "release", "--version", "1.2.3"]) == 0
    assert capsys.readouterr().out == "trunk\nrc5\nrelease-v1.2.3\n"


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["image-tag", "branch", "--branch", "main", "--root", str(ROOT)]) == 0
    assert run(["image-tag", "test", "--number", "3", "--root", str(ROOT)]) == 0
    assert run(["image-tag", "release", "--version", "1.2.3", "--root", str(ROOT)]) == 0
    assert capsys.readouterr().out == "main\nrc3\nrelease-v1.2.3\n"
    bundled = tmp_path / "offline"
    arguments = ["images", "redis", "--root", str(ROOT), "--quiet", "--format", "json"]
    assert run([*arguments, "--bundle", str(bundled), "--mirror", "m.lan"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["image"] for row in rows} == set((bundled / "images.txt").read_text().split())
    assert run([*arguments, "--bundle", str(bundled)]) == 2
    assert "there is something there already" in capsys.readouterr().err

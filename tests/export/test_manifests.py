"""``openim-charts export manifests``: the objects of Helm, for programs that are not Helm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart, Compiler
from openim_charts.export.api import TARGETS, export, write_export
from openim_charts.findings import FindingsError
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document
from tests.conftest import helm_command
from tests.export.conftest import NAMESPACE, RELEASE, Exported

Objects = dict[tuple[str, str], Mapping[str, Any]]

MANIFESTS = TARGETS["manifests"]


def _objects(text: bytes | str) -> Iterator[Mapping[str, Any]]:
    yield from yaml.load_all(text, Loader=yaml.CSafeLoader)


def _by_name(objects: Iterator[Mapping[str, Any]]) -> Objects:
    return {(obj["kind"], obj["metadata"]["name"]): obj for obj in objects}


@pytest.fixture(scope="module")
def umbrella(catalog: Catalog, compiler: Compiler) -> Mapping[str, bytes]:
    nothing = Document("", {}, {}, {})
    chart = compiler.compile("openim")
    files, warnings = export(MANIFESTS, chart, catalog, find_helm(), nothing, RELEASE, NAMESPACE)
    assert not warnings
    return files


def _applied(files: Mapping[str, bytes]) -> list[Mapping[str, Any]]:
    """All objects in the order in which kubectl applies a folder."""
    paths = sorted(path for path in files if path.startswith("apply/"))
    return [obj for path in paths for obj in _objects(files[path])]


def _expected(chart: Chart, catalog: Catalog) -> tuple[Objects, Objects]:
    """What the Helm command renders with the provider 'job': objects, and those of hooks that are
    no tests, without the hooks' annotations."""
    helm = CommandHelm(helm_command("helm4"))
    archive = package(chart, catalog.source_date)
    values = {"global": {"secrets": {"provider": "job"}}}
    oldest = catalog.repository.kubernetes[0]
    rendering = helm.render(archive, values, RELEASE, NAMESPACE, oldest)
    plain = _by_name(obj for file in rendering.manifests for obj in _objects(file.text))
    hooks = [obj for file in rendering.hooks for obj in _objects(file.text)]
    kept = [obj for obj in hooks if obj["metadata"]["annotations"].pop("helm.sh/hook") != "test"]
    for obj in kept:
        del obj["metadata"]["annotations"]
    return plain, _by_name(iter(kept))


@pytest.mark.helm
def test_kubectl_builds_what_helm_renders(
    umbrella: Mapping[str, bytes], catalog: Catalog, compiler: Compiler, tmp_path: Path
) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on PATH")
    write_export(tmp_path / "out", "manifests", umbrella)
    command = [kubectl, "kustomize", str(tmp_path / "out" / "kustomize")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = _by_name(_objects(done.stdout))
    assert built == _by_name(iter(_applied(umbrella)))

    plain, hooks = _expected(compiler.compile("openim"), catalog)
    rest = {key: obj for key, obj in built.items() if key not in plain}
    assert {key: built.get(key) for key in plain} == plain
    jobs = {key for key in hooks if key[0] == "Job"}
    assert len(jobs) > 1
    assert {key: rest.get(key) for key in hooks.keys() - jobs} == {
        key: hooks[key] for key in hooks.keys() - jobs
    }
    renamed = {name.rpartition("-")[0]: obj for (kind, name), obj in rest.items() if kind == "Job"}
    assert {name: obj["spec"] for name, obj in renamed.items()} == {
        name: hooks["Job", name]["spec"] for _, name in jobs
    }
    assert len(rest) == len(hooks)


def test_an_object_is_applied_after_what_it_needs(umbrella: Mapping[str, bytes]) -> None:
    seen: set[tuple[str, str]] = set()
    needed = 0
    for obj in _applied(umbrella):
        pod = obj.get("spec", {}).get("template", {}).get("spec", {})
        account = pod.get("serviceAccountName")
        wanted = {("ServiceAccount", account)} if account else set()
        for volume in pod.get("volumes", ()):
            sources = [volume, *volume.get("projected", {}).get("sources", ())]
            wanted |= {("ConfigMap", s["configMap"]["name"]) for s in sources if "configMap" in s}
        assert wanted <= seen, obj["metadata"]["name"]
        needed += len(wanted)
        seen.add((obj["kind"], obj["metadata"]["name"]))
    assert needed > len(umbrella) // 2
    first = [obj["kind"] for obj in _objects(umbrella["apply/01-before.yaml"])]
    assert first[-1] == "Job"
    assert not {"Deployment", "StatefulSet"} & {*first}


def test_no_secret_is_written(umbrella: Mapping[str, bytes]) -> None:
    assert not any(obj["kind"] == "Secret" for obj in _applied(umbrella))


def test_the_same_values_give_the_same_bytes(exported: Exported) -> None:
    first = dict(exported("manifests", "redis", "{}"))
    assert dict(exported("manifests", "redis", "{}")) == first


def test_a_changed_job_has_another_name(exported: Exported) -> None:
    def jobs(values: str) -> set[str]:
        found = _objects(exported("manifests", "redis", values)["apply/01-before.yaml"])
        return {obj["metadata"]["name"] for obj in found if obj["kind"] == "Job"}

    plain = jobs("{}")
    changed = jobs("global: {secrets: {job: {resources: {limits: {memory: 65Mi}}}}}")
    assert len(plain) == len(changed) == 1
    assert plain != changed
    long = jobs(f"fullnameOverride: {'r' * 50}")
    assert all(len(name) <= 63 for name in long)


SECRETS = """\
fullnameOverride: cache
global:
  secrets: {provider: helm}
  image: {registry: harbor.example.com}
"""
HOOKS = """\
global: {secrets: {provider: job}}
extraObjects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: bye, annotations: {helm.sh/hook: "post-delete,test"}}
"""


@pytest.mark.parametrize(
    ("values", "place", "start"),
    [
        pytest.param(SECRETS, "3:13", "Secret openim-redis at kind: its content", id="secret"),
        pytest.param(HOOKS, "2:1", "ConfigMap bye at metadata.annotations", id="hook"),
    ],
)
def test_what_plain_yaml_cannot_do_is_refused_at_its_value(
    exported: Exported, values: str, place: str, start: str
) -> None:
    with pytest.raises(FindingsError) as caught:
        exported("manifests", "redis", values)
    (finding,) = caught.value.findings
    assert finding.rule == "not-exportable"
    assert f"{finding.location.line}:{finding.location.column}" == place
    assert finding.message.startswith(start), finding

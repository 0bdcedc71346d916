"""What installs the published chart from git: objects that are right, and Helm's own rendering."""

from __future__ import annotations

import json
import lzma
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner

from openim_charts.charts.api import Compiler
from openim_charts.charts.graph_view import variables
from openim_charts.checks.api import (
    Release,
    RenderedObject,
    bare_archive,
    objects_of,
    overlay,
    pod_of,
)
from openim_charts.cli.app import app
from openim_charts.config.api import read_values
from openim_charts.export.api import TARGETS, Files, export_copies, write_export
from openim_charts.findings import FindingsError, UserError
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.find import find_helm
from openim_charts.kubernetes.crd import crd_schemas
from openim_charts.packaging.api import package
from openim_charts.specs.model import Catalog
from tests.conftest import ROOT, helm_command
from tests.export.conftest import NAMESPACE, RELEASE, Exported
from tests.replaced import replace

GITOPS = ("argocd", "flux", "fleet", "helmfile")
# null takes a default away, and '{{' is for Helm alone.
VALUES = """\
global:
  exposure: {type: httpRoute, hosts: {main: im.example.com}, gateway: {parentRefs: [{name: web}]}}
openim-rpc-user:
  affinity: null
  podAnnotations: {example.com/note: "{{ .values }} ${HOME}"}
"""
PLACES = {"eu": "im.example.eu", "us": "im.example.us"}


@pytest.fixture(scope="module")
def copies(
    catalog: Catalog, compiler: Compiler, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Release]:
    """What is rendered of everything with VALUES, and the same with the hosts of two clusters."""
    path = tmp_path_factory.mktemp("values") / "openim.yaml"
    path.write_text(VALUES)
    chart, oldest = compiler.compile("openim"), catalog.repository.kubernetes[0]
    values = overlay(TARGETS["argocd"].defaults(chart, catalog), read_values([path]).data)
    archive = package(chart, catalog.source_date)
    rendering = find_helm().render(archive, values, RELEASE, NAMESPACE, oldest)
    objects = objects_of(rendering)
    one = Release(chart, catalog, RELEASE, NAMESPACE, "", objects, rendering, values)

    def at(host: str) -> Release:
        own = {"global": {"exposure": {"hosts": {"main": host}}}}
        found: Release = replace(one, values=overlay(values, own))
        return found

    return {"": one} | {cluster: at(host) for cluster, host in PLACES.items()}


def _one(target: str, copies: Mapping[str, Release]) -> Files:
    assert not list(TARGETS[target].refused(copies[""]))
    return TARGETS[target].files(copies[""])


def _several(target: str, copies: Mapping[str, Release]) -> Files:
    make = TARGETS[target].copies
    assert make is not None
    return make({cluster: copies[cluster] for cluster in PLACES}, False)


def _apart(target: str, copies: Mapping[str, Release], *clusters: str) -> Files:
    make = TARGETS[target].copies
    assert make is not None
    return make({cluster: copies[cluster] for cluster in clusters or ("",)}, True)


def _objects(files: Files, path: str) -> list[dict[str, Any]]:
    return list(yaml.load_all(files[path], Loader=yaml.CSafeLoader))


@cache
def _schemas() -> Mapping[tuple[str, str], Any]:
    """Validators of the definitions that Argo CD and Flux install, by apiVersion and kind."""
    packed = (Path(__file__).parent / "crds.json.xz").read_bytes()
    found = {}
    for definition in json.loads(lzma.decompress(packed)):
        for api, kind, schema in crd_schemas(definition):
            schema["properties"]["metadata"] = {"type": "object", "required": ["name", "namespace"]}
            found[api, kind] = jsonschema_rs.Draft7Validator(schema)
    return found


def _valid(obj: Mapping[str, Any]) -> None:
    errors = _schemas()[obj["apiVersion"], obj["kind"]].iter_errors(obj)
    assert not [str(error) for error in errors]


@pytest.mark.parametrize("target", GITOPS)
def test_the_same_release_gives_the_same_bytes(target: str, copies: Mapping[str, Release]) -> None:
    assert _one(target, copies) == _one(target, copies)
    assert list(_several(target, copies).items()) == list(_several(target, copies).items())


@pytest.mark.helm
def test_an_application_renders_what_helm_installs(copies: Mapping[str, Release]) -> None:
    release = copies[""]
    chart, catalog = release.chart, release.catalog
    [found] = _objects(_one("argocd", copies), "application.yaml")
    _valid(found)
    spec = found["spec"]
    assert spec["destination"]["namespace"] == NAMESPACE
    source = spec["source"]
    assert found["metadata"]["name"] == source["helm"]["releaseName"] == RELEASE
    assert source["repoURL"] == catalog.repository.url
    assert (source["chart"], source["targetRevision"]) == ("openim", chart.version)
    values = yaml.load(source["helm"]["values"], Loader=yaml.CSafeLoader)
    mine = yaml.load(VALUES, Loader=yaml.CSafeLoader)
    mine["global"]["secrets"] = {"provider": "job"}
    assert values == mine
    helm, archive = CommandHelm(helm_command("helm4")), package(chart, catalog.source_date)
    theirs = helm.render(archive, values, RELEASE, NAMESPACE, catalog.repository.kubernetes[0])
    assert theirs.files == release.rendering.files, "each rendering makes something else"
    assert spec["syncPolicy"]["managedNamespaceMetadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "restricted"
    }


def test_an_application_set_has_the_values_of_each_cluster(copies: Mapping[str, Release]) -> None:
    [found] = _objects(_several("argocd", copies), "applicationset.yaml")
    _valid(found)
    elements = found["spec"]["generators"][0]["list"]["elements"]
    assert [element["cluster"] for element in elements] == [*PLACES]
    for element in elements:
        values = yaml.safe_load(element["values"])
        assert values == copies[element["cluster"]].values
        assert values["global"]["exposure"]["hosts"]["main"] == PLACES[element["cluster"]]
        assert set(element) == set(re.findall(r"\{\{ \.(\w+) \}\}", json.dumps(_template(found))))
    for element in elements:
        text = json.dumps(_template(found))
        for key, value in element.items():
            text = text.replace(f"{{{{ .{key} }}}}", json.dumps(value)[1:-1])
        application = json.loads(text)
        application["metadata"]["namespace"] = found["metadata"]["namespace"]
        _valid({"apiVersion": found["apiVersion"], "kind": "Application", **application})
        assert application["spec"]["source"]["helm"]["values"] == element["values"]
        assert application["spec"]["destination"]["name"] == element["cluster"]


def _template(application_set: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = application_set["spec"]["template"]
    return found


@pytest.mark.parametrize("target", ["flux", "fleet", "helmfile"])
def test_values_are_in_a_file_for_each_cluster(target: str, copies: Mapping[str, Release]) -> None:
    for files, clusters in ((_one(target, copies), [""]), (_several(target, copies), [*PLACES])):
        paths = [f"values-{cluster}.yaml" if cluster else "values.yaml" for cluster in clusters]
        assert [path for path in files if path.startswith("values")] == paths
        for cluster, path in zip(clusters, paths, strict=True):
            assert _objects(files, path) == [copies[cluster].values]


def _built(files: Files, folder: Path) -> dict[tuple[str, str], Any]:
    """What kubectl makes of the kustomization, by kind and name."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on PATH")
    write_export(folder, "flux", files)
    command = [kubectl, "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    objects = yaml.load_all(done.stdout, Loader=yaml.CSafeLoader)
    return {(obj["kind"], obj["metadata"]["name"]): obj for obj in objects}


def test_flux_takes_the_chart_and_the_values(copies: Mapping[str, Release], tmp_path: Path) -> None:
    release = copies[""]
    built = _built(_one("flux", copies), tmp_path / "flux")
    space = built.pop(("Namespace", NAMESPACE))["metadata"]
    assert space["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    assert space["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert {obj["metadata"]["namespace"] for obj in built.values()} == {NAMESPACE}
    values = built.pop(("ConfigMap", f"{RELEASE}-values"))
    assert yaml.load(values["data"]["values.yaml"], Loader=yaml.CSafeLoader) == release.values
    assert values["metadata"]["labels"] == {"reconcile.fluxcd.io/watch": "Enabled"}
    for obj in built.values():
        _valid(obj)
    source, spec = built["HelmRepository", RELEASE], built["HelmRelease", RELEASE]["spec"]
    assert source["spec"]["url"] == release.catalog.repository.url
    assert spec["chart"]["spec"]["sourceRef"] == {"kind": "HelmRepository", "name": RELEASE}
    assert spec["chart"]["spec"]["version"] == release.chart.version
    assert spec["releaseName"] == RELEASE
    assert spec["valuesFrom"] == [{"kind": "ConfigMap", "name": values["metadata"]["name"]}]


def test_flux_reaches_other_clusters_and_registries(
    copies: Mapping[str, Release], tmp_path: Path
) -> None:
    moved = {
        name: _moved(release, "oci://harbor.example.com/im") for name, release in copies.items()
    }
    built = _built(_several("flux", moved), tmp_path / "flux")
    source = built["OCIRepository", RELEASE]
    _valid(source)
    assert source["spec"]["url"] == "oci://harbor.example.com/im/openim"
    assert source["spec"]["ref"] == {"tag": copies[""].chart.version}
    for cluster in PLACES:
        release = built["HelmRelease", f"{RELEASE}-{cluster}"]
        _valid(release)
        spec = release["spec"]
        assert spec["chartRef"] == {"kind": "OCIRepository", "name": RELEASE}
        assert spec["kubeConfig"] == {"secretRef": {"name": f"{cluster}-kubeconfig"}}
        assert spec["releaseName"] == RELEASE
        values = built["ConfigMap", spec["valuesFrom"][0]["name"]]["data"]["values.yaml"]
        found = yaml.load(values, Loader=yaml.CSafeLoader)
        assert found["global"]["exposure"]["hosts"]["main"] == PLACES[cluster]


def _moved(release: Release, url: str) -> Release:
    catalog = release.catalog
    repository = replace(catalog.repository, url=url)
    found: Release = replace(release, catalog=replace(catalog, repository=repository))
    return found


def test_fleet_deploys_to_clusters_with_values_alone(copies: Mapping[str, Release]) -> None:
    release = copies[""]
    [one] = _objects(_one("fleet", copies), "fleet.yaml")
    assert one["defaultNamespace"] == NAMESPACE
    assert one["namespaceLabels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    helm = one["helm"]
    assert (helm["releaseName"], helm["valuesFiles"]) == (RELEASE, ["values.yaml"])
    assert (helm["repo"], helm["chart"]) == (release.catalog.repository.url, "openim")
    assert helm["version"] == release.chart.version
    assert helm["disablePreProcess"] is True, "'${HOME}' stays"
    assert "targetCustomizations" not in one

    [several] = _objects(_several("fleet", copies), "fleet.yaml")
    assert "valuesFiles" not in several["helm"]
    assert [target["clusterName"] for target in several["overrideTargets"]] == [*PLACES]
    assert {
        target["clusterName"]: target["helm"]["valuesFiles"]
        for target in several["targetCustomizations"]
    } == {cluster: [f"values-{cluster}.yaml"] for cluster in PLACES}

    [moved] = _objects(_one("fleet", {"": _moved(release, "oci://example.com/im")}), "fleet.yaml")
    assert moved["helm"]["chart"] == "oci://example.com/im/openim"
    assert "repo" not in moved["helm"]


def test_helmfile_makes_the_namespace_and_waits(copies: Mapping[str, Release]) -> None:
    files = _one("helmfile", copies)
    [state] = _objects(files, "helmfile.yaml")
    [repository], [release] = state["repositories"], state["releases"]
    assert repository["url"] == copies[""].catalog.repository.url
    assert release["chart"] == f"{repository['name']}/openim"
    assert release["version"] == copies[""].chart.version
    assert (release["name"], release["namespace"]) == (RELEASE, NAMESPACE)
    assert release["values"] == ["values.yaml"]
    [hook] = release["hooks"]
    [space] = _objects(files, hook["args"][-1])
    assert (space["kind"], space["metadata"]["name"]) == ("Namespace", NAMESPACE)
    assert state["helmDefaults"]["waitForJobs"] is True

    [state] = _objects(_several("helmfile", copies), "helmfile.yaml")
    for one, cluster in zip(state["releases"], PLACES, strict=True):
        assert (one["kubeContext"], one["labels"]) == (cluster, {"cluster": cluster})
        assert one["hooks"][0]["args"][2:4] == ["--context", cluster]
        assert one["values"] == [f"values-{cluster}.yaml"]


def test_charts_apart_install_what_the_umbrella_does(copies: Mapping[str, Release]) -> None:
    release, files = copies[""], _apart("helmfile", copies)
    catalog, helm = release.catalog, find_helm()
    compiler, oldest = Compiler(catalog), catalog.repository.kubernetes[0]
    [state] = _objects(files, "helmfile.yaml")
    found: dict[tuple[str, str], RenderedObject] = {}
    for one in state["releases"]:
        name = one["chart"].partition("/")[2]
        chart = compiler.compile(name)
        assert one["version"] == chart.version
        [values] = _objects(files, one["values"][0])
        archive = bare_archive(chart)
        rendering = helm.render(archive, values, one["name"], NAMESPACE, oldest)
        found |= _by_name(objects_of(rendering))
    known = _by_name(release.objects)
    assert found.keys() ^ known.keys() == set()
    for key, obj in known.items():
        if obj.kind == "ConfigMap":
            assert found[key].data["data"] == obj.data["data"], key
        pod, other = pod_of(obj), pod_of(found[key])
        if pod and other and not obj.hook:  # the Jobs for Secrets write labels
            assert dict(other.containers()) == dict(pod.containers()), key


def _by_name(objects: Iterable[RenderedObject]) -> dict[tuple[str, str], RenderedObject]:
    """Without digests, in which the name of the release is."""
    return {(obj.kind, re.sub("-[0-9a-f]{8}$", "", obj.name)): obj for obj in objects}


def test_a_chart_apart_comes_after_what_it_uses(copies: Mapping[str, Release]) -> None:
    catalog = copies[""].catalog
    [state] = _objects(_apart("helmfile", copies), "helmfile.yaml")
    needs = {one["name"]: one.get("needs", []) for one in state["releases"]}
    seen: set[str] = set()
    while ready := {n for n in needs if n not in seen and _names(needs[n]) <= seen}:
        seen |= ready
    assert seen == needs.keys(), "these wait for one another"
    for one in state["releases"]:
        spec = catalog.charts[one["chart"].partition("/")[2]]
        for dependency in spec.uses:
            assert f"{NAMESPACE}/{RELEASE}-{dependency.component}" in needs[one["name"]]
        for credential in (variable.credential for variable in variables(spec)):
            maker = catalog.charts.get(catalog.credentials[credential].owner)
            if maker and maker.name != spec.name and maker.kind == "module":
                assert f"{NAMESPACE}/{RELEASE}-{maker.component}" in needs[one["name"]]


def _names(needs: Iterable[str]) -> set[str]:
    return {need.rpartition("/")[2] for need in needs}


def test_every_target_orders_charts_apart(copies: Mapping[str, Release], tmp_path: Path) -> None:
    [state] = _objects(_apart("helmfile", copies, "eu"), "helmfile.yaml")
    wanted = {one["name"]: _names(one.get("needs", [])) for one in state["releases"]}
    every = [need for one in state["releases"] for need in one.get("needs", [])]
    assert all(need.startswith(f"eu/{NAMESPACE}/{RELEASE}-") for need in every)

    built = _built(_apart("flux", copies, "eu"), tmp_path / "flux")
    flux = {name: obj["spec"] for (kind, name), obj in built.items() if kind == "HelmRelease"}
    assert {
        spec["releaseName"]: {need["name"] for need in spec.get("dependsOn", [])}
        for spec in flux.values()
    } == {name: {f"{need}-eu" for need in needs} for name, needs in wanted.items()}
    assert {need["name"] for spec in flux.values() for need in spec.get("dependsOn", [])} < {*flux}
    for spec in flux.values():
        assert ("ConfigMap", spec["valuesFrom"][0]["name"]) in built

    files = _apart("fleet", copies)
    bundles = [_objects(files, path)[0] for path in files if path.endswith("/fleet.yaml")]
    assert {
        bundle["name"]: {need["name"] for need in bundle.get("dependsOn", [])} for bundle in bundles
    } == wanted
    assert all(f"{one['name']}/{one['helm']['valuesFiles'][0]}" in files for one in bundles)

    applications = _objects(_apart("argocd", copies), "application.yaml")
    for application in applications:
        _valid(application)
    assert {one["metadata"]["name"] for one in applications} == wanted.keys()
    [several] = _objects(_apart("argocd", copies, *PLACES), "applicationset.yaml")
    assert len(several["spec"]["generators"][0]["list"]["elements"]) == 2 * len(wanted)


PROVIDER = "global:\n  secrets: {provider: helm}\n"
WRITTEN = """\
extraObjects:
  - apiVersion: v1
    kind: Secret
    metadata: {name: mine}
    stringData: {password: correct horse}
"""
ENCODED = """\
extraObjects:
  - apiVersion: v1
    kind: Secret
    metadata: {name: mine}
    data: {password: '{{ b64enc "correct horse" }}'}
"""
LATE = """\
extraObjects:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: late
      annotations: {helm.sh/hook: post-rollback, helm.sh/hook-delete-policy: hook-succeeded}
"""
OWN = """\
extraObjects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: own, annotations: {argocd.argoproj.io/hook: PreSync}}
"""


@pytest.mark.parametrize(
    ("target", "values", "line", "start"),
    [
        ("argocd", PROVIDER, 2, "Secret openim-redis at kind: Argo CD renders without asking"),
        ("argocd", WRITTEN, 1, "Secret mine at kind: its content would be in a file"),
        ("argocd", ENCODED, 1, "Secret mine at kind: its content would be in a file"),
        ("argocd", LATE, 1, "ConfigMap late at metadata.annotations.helm.sh/hook: Argo CD does"),
        ("flux", ENCODED, 1, "Secret mine at kind: its content would be in a file"),
        ("argocd", OWN, 1, "ConfigMap own at metadata.annotations.argocd.argoproj.io/hook: besi"),
    ],
)
def test_what_a_target_cannot_do_is_refused_at_its_value(
    exported: Exported, target: str, values: str, line: int, start: str
) -> None:
    with pytest.raises(FindingsError) as caught:
        exported(target, "redis", values)
    (finding,) = caught.value.findings
    assert (finding.rule, finding.location.line) == ("not-exportable", line)
    assert finding.message.startswith(start), finding


def test_pods_that_ask_for_more_get_a_namespace_that_admits_them(exported: Exported) -> None:
    values = "containerSecurityContext: {allowPrivilegeEscalation: true}"
    [found] = _objects(exported("argocd", "redis", values), "application.yaml")
    assert "managedNamespaceMetadata" not in found["spec"]["syncPolicy"]


@pytest.mark.parametrize("target", ["flux", "fleet", "helmfile"])
def test_what_asks_the_cluster_may_let_helm_make_the_secrets(
    exported: Exported, target: str
) -> None:
    [values] = _objects(exported(target, "redis", PROVIDER), "values.yaml")
    assert values == {"global": {"secrets": {"provider": "helm"}}}


def test_mistakes_of_all_clusters_are_named(
    catalog: Catalog, compiler: Compiler, tmp_path: Path
) -> None:
    paths = [tmp_path / "eu.yaml", tmp_path / "us.yaml"]
    for path in paths:
        path.write_text("replicaCont: 2\n")
    documents = {path.stem: read_values([path]) for path in paths}
    chart, helm = compiler.compile("redis"), find_helm()
    with pytest.raises(FindingsError) as caught:
        export_copies(TARGETS["argocd"], chart, catalog, helm, documents)
    assert {Path(found.location.path).name for found in caught.value.findings} == {
        "eu.yaml",
        "us.yaml",
    }
    with pytest.raises(UserError, match="makes no copies in several"):
        export_copies(TARGETS["manifests"], chart, catalog, helm, documents)
    nothing = {"": read_values([])}
    with pytest.raises(UserError, match="--apart is for a chart that holds others; redis does not"):
        export_copies(TARGETS["flux"], chart, catalog, helm, nothing, apart=True)
    with pytest.raises(UserError, match="more than 63 characters; take a shorter --release"):
        export_copies(TARGETS["flux"], chart, catalog, helm, {"e" * 58: nothing[""]})


def test_the_command_takes_clusters_and_another_repository(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        command = ["export", *arguments, "--root", str(ROOT), "--chart", "redis"]
        result = CliRunner().invoke(app, command, standalone_mode=False)
        return int(result.return_value or 0), result.output

    out, values = tmp_path / "out", tmp_path / "eu.yaml"
    values.write_text("{}\n")
    place = ("--repository", "oci://harbor.example.com/im/charts")
    code, output = run("argocd", "--out", str(out), "--cluster", f"eu={values}", *place)
    assert code == 0, output
    found = yaml.safe_load((out / "applicationset.yaml").read_text())
    assert _template(found)["spec"]["source"]["repoURL"] == "harbor.example.com/im/charts"
    for mistake, message in (
        (("--cluster", "eu"), "--cluster eu: write NAME=FILE"),
        (("--cluster", f"EU={values}"), "--cluster EU: write at most 63 lower-case letters"),
        (("--cluster", f"eu={values}") * 2, "eu is named twice"),
        (("--repository", "charts"), "--repository charts: write a URL that starts with https://"),
    ):
        code, output = run("argocd", "--out", str(out), *mistake)
        assert code == 2
        assert message in output
    for option in (("--cluster", f"eu={values}"), place):
        code, output = run("manifests", "--out", str(tmp_path / "other"), *option)
        assert code == 2
        assert f"{option[0]} is for targets that install from git, not for manifests" in output

"""The presets for kinds of clusters, in namespaces that admit what such clusters admit.

What they change is created on trial (``--dry-run=server``), and every pod of it too, which
admission looks at only when pods are made. Rules of platforms that a plain cluster lacks are
ValidatingAdmissionPolicies: each refuses the same without the preset.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.checks.checker import bare_archive
from openim_charts.checks.scenarios import overlay
from openim_charts.helm.find import find_helm
from tests.conftest import HELMS, ROOT
from tests.product.cluster.conftest import WAIT, Namespace, eventually, new_namespace, run

pytestmark = pytest.mark.cluster

Object = dict[str, Any]
Rendered = Callable[[Mapping[str, Any]], list[Object]]
EXPOSED = {"hosts": {"main": "im.example.com", "admin": "admin.example.com"}}
GATEWAY = {"type": "httpRoute", "gateway": {"parentRefs": [{"name": "public"}]}}
TEAM = "example.com/team"
# What the security context constraint restricted-v2 asks: users and volumes' groups are of the
# range of the namespace, so pods name none.
_NO_USER = "!has({0}.securityContext) || !has({0}.securityContext.runAsUser)"
_EACH = f"object.spec.%s.all(c, {_NO_USER.format('c')})"
SCC = (
    _NO_USER.format("object.spec"),
    "!has(object.spec.securityContext) || !has(object.spec.securityContext.fsGroup)",
    _EACH % "containers",
    f"!has(object.spec.initContainers) || {_EACH % 'initContainers'}",
)
LABELLED = (f"has(object.metadata.labels) && '{TEAM}' in object.metadata.labels",)
CLASSES = (
    "!has(object.spec.volumeClaimTemplates) || "
    "object.spec.volumeClaimTemplates.all(c, has(c.spec.storageClassName))",
)
QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "everything"},
    "spec": {
        "hard": {
            "pods": 150,
            "persistentvolumeclaims": 20,
            "requests.storage": "500Gi",
            "requests.cpu": 20,
            "requests.memory": "40Gi",
            "requests.ephemeral-storage": "9Gi",
            "limits.cpu": 300,
            "limits.memory": "80Gi",
            "limits.ephemeral-storage": "300Gi",
        }
    },
}
LIMITS = {
    "apiVersion": "v1",
    "kind": "LimitRange",
    "metadata": {"name": "everything"},
    "spec": {
        "limits": [
            {"type": "Container", "min": {"cpu": "5m", "memory": "8Mi"}},
            {"type": "PersistentVolumeClaim", "max": {"storage": "100Gi"}},
        ]
    },
}


@dataclass(frozen=True)
class Platform:
    """What a kind of cluster asks of objects, and what a user says there beside the preset.

    ``rules`` are CEL expressions over objects of the resources that are ``asked``; ``objects`` are
    in the namespace; ``refusal`` is part of what a refused object without the preset is told.
    """

    values: Mapping[str, Any]
    asked: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    objects: tuple[Mapping[str, Any], ...] = ()
    refusal: str = ""


def _global(**values: Any) -> dict[str, Any]:
    return {"global": values}


PLATFORMS = {
    "openshift": Platform(_global(exposure=EXPOSED | GATEWAY), ("pods",), SCC, (), "runAsUser"),
    "gke": Platform(_global(exposure=EXPOSED | GATEWAY)),
    "rancher": Platform(_global(cattle={"clusterId": "local", "systemProjectId": "p-1"})),
    "k3s": Platform(_global(exposure={**EXPOSED, "type": "ingress"})),
    "default-deny": Platform(
        _global(commonLabels={TEAM: "im"}),
        ("pods", "services", "statefulsets", "deployments", "jobs", "networkpolicies"),
        LABELLED,
        (),
        TEAM,
    ),
    "quota": Platform({}, objects=(QUOTA, LIMITS), refusal="must specify limits.cpu"),
    "storage-class": Platform({}, ("statefulsets",), CLASSES, (), "storageClassName"),
    "istio-ambient": Platform({}),
    "istio-sidecars": Platform({}),
    "linkerd": Platform({}),
}
# Several at once, for each rendering takes its time; those of one tuple can be combined.
TOGETHER = (
    ("openshift", "rancher", "quota", "storage-class", "istio-ambient"),
    ("gke", "linkerd"),
    ("k3s", "default-deny", "istio-sidecars"),
)


def _preset(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "presets" / f"{name}.yaml").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def rendered(charts: Mapping[str, Chart]) -> Rendered:
    """What a release of the laptop's preset with other values is made of, and its pods."""
    archive, helm = bare_archive(charts["openim"]), find_helm()
    minimal = _preset("minimal")

    def objects(values: Mapping[str, Any]) -> list[Object]:
        files = helm.render(archive, overlay(minimal, values), "im", "apps", "1.36").files
        found = [yaml.load(file.text, yaml.CSafeLoader) for file in files]
        return [made for o in found if o for made in _with_its_pod(o)]

    return objects


@pytest.fixture(scope="module")
def plain(rendered: Rendered) -> list[Object]:
    """The same without a preset for a kind of cluster."""
    return rendered({})


def _with_its_pod(made: Object) -> Iterator[Object]:
    metadata = {key: value for key, value in made["metadata"].items() if key != "namespace"}
    yield {**made, "metadata": metadata}
    owner = made.get("spec", {})
    template = owner.get("template", {})
    if "containers" in template.get("spec", {}):
        names = [claim["metadata"]["name"] for claim in owner.get("volumeClaimTemplates", ())]
        claims = [{"name": n, "persistentVolumeClaim": {"claimName": n}} for n in names]
        # Admission of a pod looks for its account, which is created on trial only.
        spec = {
            **template["spec"],
            "volumes": [*template["spec"].get("volumes", ()), *claims],
            "serviceAccountName": "default",
        }
        of_pod = {**template["metadata"], "name": metadata["name"]}
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": of_pod, "spec": spec}


def _create(place: Namespace, objects: list[Object], *options: str) -> str:
    """Create objects of kinds that the cluster knows; what was said about those refused."""
    known = set(run("kubectl", "api-versions").split())
    items = [o for o in objects if o["apiVersion"] in known]
    assert items
    done = subprocess.run(
        ("kubectl", "create", "--namespace", place.name, "--filename=-", *options),
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.stderr if done.returncode else ""


def _policy(name: str, place: str, platform: Platform) -> list[Object]:
    """A policy with the platform's rules, and its binding to a namespace."""
    resources = {
        "apiGroups": ["", "apps", "batch", "networking.k8s.io"],
        "apiVersions": ["*"],
        "operations": ["CREATE"],
        "resources": list(platform.asked),
    }
    rules = {
        "matchConstraints": {"resourceRules": [resources]},
        "validations": [{"expression": r, "message": r} for r in platform.rules],
    }
    only = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": place}}}
    bound = {"policyName": name, "validationActions": ["Deny"], "matchResources": only}
    group = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": name}}
    return [
        {**group, "kind": "ValidatingAdmissionPolicy", "spec": rules},
        {**group, "kind": "ValidatingAdmissionPolicyBinding", "spec": bound},
    ]


@contextmanager
def _admitting(kinds: tuple[str, ...], folder: Path) -> Iterator[Namespace]:
    """A namespace in which the rules of these platforms hold."""
    with new_namespace(HELMS[-1], folder) as place:
        policies = [
            policy
            for kind in kinds
            if PLATFORMS[kind].rules
            for policy in _policy(f"{place.name}-{kind}", place.name, PLATFORMS[kind])
        ]
        made = [*policies, *(dict(o) for kind in kinds for o in PLATFORMS[kind].objects)]
        try:
            assert not made or not _create(place, made)
            yield place
        finally:
            for policy in policies:
                name = policy["metadata"]["name"]
                run("kubectl", "delete", policy["kind"], name, "--wait=false", "--ignore-not-found")


def test_each_kind_is_known() -> None:
    known = {file.stem for file in (ROOT / "presets" / "clusters").glob("*.yaml")}
    assert PLATFORMS.keys() == known == {kind for kinds in TOGETHER for kind in kinds}


@pytest.mark.parametrize("kind", [kind for kind, one in PLATFORMS.items() if one.refusal])
def test_a_platform_refuses_what_is_not_for_it(
    kind: str, plain: list[Object], tmp_path: Path
) -> None:
    with _admitting((kind,), tmp_path) as place:

        def refused() -> None:
            assert PLATFORMS[kind].refusal in _create(place, _program(plain), "--dry-run=server")

        eventually(refused)


@pytest.mark.parametrize("kinds", TOGETHER, ids="+".join)
def test_the_platforms_admit_all(
    kinds: tuple[str, ...], rendered: Rendered, plain: list[Object], tmp_path: Path
) -> None:
    values: dict[str, Any] = {}
    for kind in kinds:
        values = overlay(overlay(values, _preset(f"clusters/{kind}")), PLATFORMS[kind].values)
    new = [o for o in rendered(values) if o not in plain]
    pod = next(o for o in new if o["kind"] == "Pod")
    with _admitting(kinds, tmp_path) as place:

        def in_force() -> None:
            """Policies are some time after they are made, all at once; then the quota is known."""
            if any(PLATFORMS[kind].rules for kind in kinds):
                assert _create(place, _program(plain), "--dry-run=server")
            assert not _create(place, [pod], "--dry-run=server")

        eventually(in_force)
        assert not _create(place, new, "--dry-run=server")


def _program(objects: list[Object]) -> list[Object]:
    """One that has all that the platforms ask about: a pod, a Service, a volume."""
    return [o for o in objects if o["metadata"]["name"] == "im-redis"]


def test_a_quota_on_everything_is_kept(charts: Mapping[str, Chart], tmp_path: Path) -> None:
    """A program with a volume, both sorts of Jobs and the test run under it."""
    values = overlay(_preset("clusters/quota"), _global(secrets={"provider": "job"}))
    with _admitting(("quota",), tmp_path) as place:
        archive = place.archive(charts["minio"])
        place.run("install", "im-minio", archive, *WAIT, values=values)
        place.all_ready()
        place.run("test", "im-minio", "--timeout", "15m")

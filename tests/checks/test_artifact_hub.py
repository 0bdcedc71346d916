"""Annotations for Artifact Hub: what its own lint refuses, and what this project's charts say."""

from __future__ import annotations

import pytest
import yaml
from packaging.licenses import canonicalize_license_expression

from openim_charts.charts.api import Chart, Compiler
from openim_charts.checks.rules.artifact_hub import faults
from openim_charts.packaging.api import package, read_archive
from openim_charts.specs.keys.base import written
from openim_charts.specs.keys.chart import Change
from openim_charts.specs.keys.repository import ArtifactHub, SignKey
from openim_charts.specs.model import Catalog
from tests.checks.builders import chart, chart_problems
from tests.replaced import replace

CHANGES = "- kind: {}\n  description: It.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("category", "skip-prediction"),
        ("category", "streaming-messaging"),
        *(("changes", CHANGES.format(kind)) for kind in (
            "added", "changed", "deprecated", "removed", "fixed", "security")),
        ("changes", "- First.\n- Second.\n"),
        ("changes", "- description: It.\n  links: [{name: Why, url: 'https://example.com'}]\n"),
        ("containsSecurityUpdates", "true"),
        ("prerelease", "f"),
        ("operator", "0"),
        ("operatorCapabilities", "Basic Install"),
        ("images", "- image: redis\n"),
        ("images", f"- name: a\n  image: quay.io/a/b:1@sha256:{'a' * 64}\n  whitelisted: true\n"
                   "  platforms: [linux/amd64, linux/arm/v7]\n"),
        ("license", "Apache-2.0"),
        ("links", "- {name: support, url: 'https://example.com/issues'}\n"),
        ("maintainers", "- {name: Ann, email: ann@example.com}\n"),
        ("recommendations", "- url: https://artifacthub.io/packages/helm/a/b\n"),
        ("screenshots", "- {title: It, url: 'https://example.com/a.png'}\n"),
        ("signKey", "fingerprint: AB\nurl: https://example.com/key\n"),
        ("crds", "- {kind: A, version: v1, name: a.example.com, displayName: A}\n"),
        ("crdsExamples", "- {apiVersion: v1, kind: A}\n"),
        ("alternativeName", "we"),
        ("alternativeName", "website"),
    ],
)  # fmt: skip
def test_right_ones(name: str, text: str) -> None:
    assert list(faults(name, text, "web")) == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("category", "chat", '"chat" is not one of'),
        ("changes", "First.", "is not of type"),
        ("changes", "[]", "[] has less than 1 item"),
        ("changes", CHANGES.format("new"), '[0].kind "new" is not one of'),
        ("changes", "- kind: added\n", '[0] "description" is a required property'),
        ("changes", "- description: ''\n", "[0].description"),
        ("changes", "- A.\n- description: B.\n", "not valid under any"),
        ("changes", "- description: B.\n  links: [{name: x}]\n", '"url" is a required'),
        ("changes", "- a: [\n", "it is no YAML"),
        ("containsSecurityUpdates", "yes", '"yes" is not one of'),
        ("operatorCapabilities", "everything", "does not match"),
        ("images", "- image: Bad/Name\n", "'Bad/Name' is no image reference"),
        ("images", "- {image: a, platform: x}\n", "Additional properties are not allowed"),
        ("images", "- {image: a, platforms: [amd64]}\n", '"amd64" does not match'),
        ("images", "- {image: a, whitelisted: 'yes'}\n", "is not of type"),
        ("images", "- name: a\n", '"image" is a required property'),
        ("license", "Apache2", "'Apache2' is no identifier of the SPDX"),
        ("links", "- {name: a, url: example.com}\n", "does not match"),
        ("maintainers", "- {name: Ann}\n", '"email" is a required property'),
        ("signKey", "fingerprint: AB\n", '"url" is a required property'),
        ("signKey", "AB", "is not of type"),
        ("crds", "kind: A\n", "is not of type"),
        ("alternativeName", "page", "'page' is no part of 'web'"),
        ("categories", "security", "knows no such annotation"),
    ],
)
def test_wrong_ones(name: str, text: str, why: str) -> None:
    (fault,) = faults(name, text, "web")
    assert why in fault


def test_a_finding_names_the_line_of_chart_yaml_and_the_key_of_the_spec() -> None:
    made = chart({"Chart.yaml": "annotations:\n  other: x\n  artifacthub.io/category: chat\n"})
    wrong = {"annotations": {"other": "x", "artifacthub.io/category": "chat"}}
    (problem,) = chart_problems("artifact-hub", replace(made, metadata=wrong))
    assert (problem.file, problem.line, problem.spec) == ("Chart.yaml", 3, ("category",))
    assert problem.message.startswith('artifacthub.io/category: "chat" is not one of')


def annotations(archive: bytes) -> dict[str, str]:
    return dict(read_archive(archive).metadata["annotations"])


def test_every_archive_says_all_that_it_can(charts: dict[str, Chart], catalog: Catalog) -> None:
    for name, made in charts.items():
        found = annotations(package(made, 0))
        wanted = {f"artifacthub.io/{key}" for key in ("category", "license", "changes", "links")}
        assert wanted <= found.keys(), name
        assert [f for key, text in found.items() for f in faults(key[15:], text, name)] == []
    license_ = catalog.repository.license
    assert canonicalize_license_expression(license_) == license_


def test_what_follows_from_version_changes_and_key(catalog: Catalog) -> None:
    key = SignKey(fingerprint="AB", url="https://example.com/key")
    spec = catalog.charts["redis"]
    changes = (Change(kind="security", description="A hole is closed."),)
    wanted = replace(
        catalog,
        repository=replace(catalog.repository, artifact_hub=ArtifactHub(sign_key=key)),
        charts={**catalog.charts, "redis": replace(spec, version="1.1.0-rc.1+b", changes=changes)},
    )
    found = annotations(package(Compiler(wanted).compile("redis"), 0))
    assert found["artifacthub.io/prerelease"] == "true"
    assert found["artifacthub.io/containsSecurityUpdates"] == "true"
    assert yaml.safe_load(found["artifacthub.io/signKey"]) == written(key)
    assert [f for name, text in found.items() for f in faults(name[15:], text, "redis")] == []
    plain = annotations(package(Compiler(catalog).compile("redis"), 0))
    assert not {"prerelease", "containsSecurityUpdates", "signKey"} & {k[15:] for k in plain}

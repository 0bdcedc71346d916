"""Specs that contradict an image as earlier ones did: a rule names each, at its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import Checker
from openim_charts.checks.rule import ReleaseRule
from openim_charts.findings import Finding
from openim_charts.helm.find import find_helm
from openim_charts.specs.api import load_catalog
from openim_charts.specs.model import Catalog
from tests.checks.builders import release, rule
from tests.replaced import replace

HERE = "chart-specs/infrastructure"
PATHS = """\
- name: GF_PATHS_DATA
  value: /data
"""


def lint(root: Path, tmp_path: Path, chart: str, *changes: tuple[str, str, str]) -> list[Finding]:
    """Findings of the rules about images on a chart whose specs are changed."""
    shutil.copytree(root / "chart-specs", tmp_path / "chart-specs")
    shutil.copytree(root / "presets", tmp_path / "presets")
    for name, old, new in changes:
        file = tmp_path / name
        text = file.read_text("utf-8")
        assert old in text, old
        file.write_text(text.replace(old, new), "utf-8")
    catalog = load_catalog(tmp_path)
    found = Checker(catalog, find_helm()).check(Compiler(catalog).compile(chart))
    return [finding for finding in found if finding.rule.startswith("image-")]


def test_a_claim_above_the_volumes_of_an_image(root: Path, tmp_path: Path) -> None:
    spec, script = f"{HERE}/mongodb.yaml", f"{HERE}/mongodb/files/mongod.conf.tpl"
    path = ("size: 20Gi, path: /var/lib/mongodb", "size: 20Gi")
    found = lint(
        root, tmp_path, "mongodb", (spec, *path), (script, "/var/lib/mongodb/db", "/data/db")
    )
    texts = [f.message for f in found if f.rule == "image-volumes"]
    for volume in ("/data/db", "/data/configdb"):
        words = f"the volume {volume} of the image mongo lies below this mount at /data"
        assert any(words in text for text in texts), texts
    assert any("mongo writes the database to /data/db" in text for text in texts), texts
    lines = (root / spec).read_text("utf-8").splitlines()
    assert {(f.location.path, lines[f.location.line - 1].strip()) for f in found} == {
        (spec, "mongo-7:"),
        (spec, "mongo-8:"),
    }


def test_a_variable_of_an_image_that_wins_over_a_file(root: Path, tmp_path: Path) -> None:
    file = f"{HERE}/grafana/files/grafana.ini.tpl"
    said = (file, "[server]\n", "[paths]\ndata = /data\n[server]\n")
    without = (f"{HERE}/grafana/hooks/container.env.yaml", PATHS, "")
    found = lint(root, tmp_path, "grafana", without, said)
    (text,) = [f.message for f in found if f.rule == "image-environment"]
    assert (
        "/files/grafana.ini says paths.data = /data, and the image grafana sets GF_PATHS_DATA"
        in text
    )


def test_a_path_that_nothing_makes_writable(root: Path, tmp_path: Path) -> None:
    without = (f"{HERE}/grafana/hooks/container.env.yaml", PATHS, "")
    (finding,) = lint(root, tmp_path, "grafana", without)
    assert finding.rule == "image-paths"
    assert "to /var/lib/grafana, which is read-only" in finding.message


def test_a_program_that_a_script_misses(root: Path, tmp_path: Path) -> None:
    script = f"{HERE}/minio/files/setup.sh"
    call = 'case $(mc admin user info minio "$ACCESS_KEY") in'
    piped = call.replace(") in", " | grep -w openim) in")
    (finding,) = lint(root, tmp_path, "minio", (script, call, piped))
    assert finding.rule == "image-programs"
    assert "starts grep, which the image minio-client lacks" in finding.message
    lines = (root / script).read_text("utf-8").splitlines()
    assert (finding.location.path, lines[finding.location.line - 1].strip()) == (script, call)


def test_a_path_in_an_image_that_nobody_opened(root: Path, tmp_path: Path) -> None:
    line = "chart-specs/lines/server-v3.8.3/line.yaml"
    path = ("/_output/bin/platforms/linux/*/{binary}", "/_output/{binary}")
    found = lint(root, tmp_path, "openim-api", (line, *path))
    assert {f.rule for f in found} == {"image-programs"}
    assert "starts /openim-server/_output/openim-api, which the image" in found[0].message


POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: x}}
spec:
  securityContext: {{runAsNonRoot: true, runAsUser: 1000}}
  containers:
    - name: x
      image: {image}
      command: {command}
      env: {env}
"""


def messages(catalog: Catalog, name: str, image: str, command: str, env: str = "[]") -> list[str]:
    """What a rule says of a container with a real image."""
    reference = str(catalog.images[image].reference)
    made = release(POD.format(image=reference, command=command, env=env))
    wanted = rule(name)
    assert isinstance(wanted, ReleaseRule)
    return [p.message for p in wanted.check(replace(made, catalog=catalog))]


@pytest.mark.parametrize(
    ("image", "command", "missing"),
    [
        ("etcd", "[sleep, infinity]", "sleep"),
        ("loki", "[sleep, infinity]", "sleep"),
        ("loki", "[/bin/sh, -c, /usr/bin/loki]", "/bin/sh"),
        ("openim-web-front", "[/bin/sh, -c, until wget -q $A; do sleep 2; done]", "wget"),
        ("openim-admin-front", "[/bin/sh, -c, nc -z a 1]", "nc"),
        ("redis", "[/bin/sh, -c, exec nc a 1]", "nc"),
        ("mysql", "[/bin/bash, -c, mysqladmin ping | nslookup a]", "nslookup"),
    ],
)
def test_programs_that_an_image_lacks(
    catalog: Catalog, image: str, command: str, missing: str
) -> None:
    (message,) = messages(catalog, "image-programs", image, command)
    assert f"starts {missing}, " in message


def test_programs_that_an_image_has(catalog: Catalog) -> None:
    command = "[/bin/sh, -c, until wget -q $A && nc -z a 1; do sleep 2; done]"
    assert messages(catalog, "image-programs", "busybox", command) == []
    command = "[/bin/bash, -c, mysqladmin ping | curl -K - x]"
    assert messages(catalog, "image-programs", "mysql", command) == []


@pytest.mark.parametrize(
    ("image", "command", "variable"),
    [
        ("grafana", "[grafana, server]", "GF_INSTALL_PLUGINS"),
        ("grafana", "[grafana, server]", "GF_SECURITY_ADMIN_PASSWORD__FILE"),
        ("mysql", "[mysqld]", "MYSQL_ROOT_PASSWORD"),
        ("mongo", "[mongod]", "MONGO_INITDB_ROOT_USERNAME"),
        ("kafka", "[/opt/kafka/bin/kafka-server-start.sh, /files/x]", "KAFKA_NODE_ID"),
        ("zookeeper", "[zkServer.sh, start-foreground]", "ZOO_MY_ID"),
    ],
)
def test_variables_for_a_replaced_entrypoint(
    catalog: Catalog, image: str, command: str, variable: str
) -> None:
    env = f"[{{name: {variable}, value: x}}]"
    (message,) = messages(catalog, "image-environment", image, command, env)
    assert message.startswith(f"{variable} has no effect")
    entrypoint = catalog.images[image].configuration.entrypoint[0]
    through = command.replace("[", f"[{entrypoint}, ")
    assert messages(catalog, "image-environment", image, through, env) == []

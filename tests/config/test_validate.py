"""``openim-charts config validate`` as its users call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openim_charts", "config", "validate", "--root", str(ROOT)]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, check=False
    )


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """A values file with a mistake of each kind."""
    path = tmp_path / "openim.yaml"
    path.write_text(
        "global:\n"
        "  storageClas: fast\n"
        "  redis:\n"
        "    mode: externl\n"
        "  kafka: {mode: external}\n"
        "openim-api:\n"
        "  replicaCount: two\n"
        "mongodb:\n"
        "  persistence: {sise: 3Gi}\n"
        "mongodbb: {}\n"
    )
    return path


def test_every_mistake_is_named_in_its_place(values: Path) -> None:
    done = _run(values)
    assert done.returncode == 1
    lines = {line.removeprefix(f"{values}:") for line in done.stdout.splitlines()}
    assert lines == {
        "2:3: unknown-key: unknown key 'storageClas' in 'global'; did you mean 'storageClass'?",
        "4:11: bad-value: 'global.redis.mode' must be one of builtin, external, kubeblocks, "
        "not 'externl'; did you mean 'external'?",
        "5:10: bad-value: 'global.kafka.addresses' must not be empty",
        "7:17: wrong-type: 'openim-api.replicaCount' must be a whole number, not text",
        "9:17: unknown-key: unknown key 'sise' in 'mongodb.persistence'; did you mean 'size'?",
        "10:1: unknown-key: unknown key 'mongodbb'; did you mean 'mongodb'?",
    }


def test_keys_of_strangers_are_let_be_below_global_and_there_only(tmp_path: Path) -> None:
    path = tmp_path / "openim.yaml"
    path.write_text(
        "global:\n"
        "  cattle: {clusterId: local}\n"
        "  imageRegistry: registry.example.com\n"
        "  kafak: {}\n"
        "  priorityClass: high\n"
        "  redis: {cattle: {}}\n"
        "cattle: {}\n"
    )
    assert _run(path).stdout.splitlines() == [
        f"{path}:4:3: unknown-key: unknown key 'kafak' in 'global'; did you mean 'kafka'?",
        f"{path}:5:3: unknown-key: unknown key 'priorityClass' in 'global'; "
        "did you mean 'priorityClassName'?",
        f"{path}:6:11: unknown-key: unknown key 'cattle' in 'global.redis'; known: addresses, "
        "database, existingSecret, mode, secretKeys, topology",
        f"{path}:7:1: unknown-key: unknown key 'cattle'; no known one is like it",
    ]


def test_what_may_be_of_two_types_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "openim.yaml"
    path.write_text("redis:\n  resources:\n    requests: {memory: lots}\n")
    said = f"{path}:3:24: bad-value: 'redis.resources.requests.memory' must be a number of at least"
    assert _run(path).stdout.startswith(f"{said} 0 or text like ^")


def test_a_login_elsewhere_needs_its_secret(tmp_path: Path) -> None:
    """No chart makes the Secret of what it does not install; Kafka may have no login."""
    path = tmp_path / "openim.yaml"
    path.write_text(
        "global:\n"
        "  redis:\n    mode: external\n    addresses: [redis.example.com:6379]\n"
        "  kafka: {mode: external, addresses: [kafka.example.com:9092]}\n"
    )
    done = _run(path)
    assert done.stdout == (
        f"{path}:3:5: bad-value: 'global.redis.existingSecret' must not be empty\n"
    )


def test_formats_for_programs(values: Path) -> None:
    data = json.loads(_run(values, "--format", "json").stdout)
    assert data["plan"] is None
    assert {key: data["findings"][0][key] for key in ("line", "column")} == {"line": 2, "column": 3}
    assert f"::error file={values},line=2,col=3," in _run(values, "--format", "github").stdout


def test_what_a_template_refuses_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "openim.yaml"
    path.write_text("global:\n  instance: im\nredis:\n  enabled: true\n  replicaCount: 3\n")
    done = _run(path, "--chart", "openim")
    assert done.returncode == 1
    assert f"{path}:5:3: refused: mode standalone is one pod: set replicaCount to 1" in done.stdout
    assert "set replicaCount to 1" in done.stdout


def test_a_file_that_is_not_yaml_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "openim.yaml"
    path.write_text("global: [\n")
    assert f"{path}:" in _run(path).stdout
    assert "the file cannot be read" in _run(tmp_path / "absent.yaml").stdout


def test_what_is_installed(tmp_path: Path) -> None:
    """The later file wins; pods, memory and volumes are those of the files together."""
    path = tmp_path / "openim.yaml"
    path.write_text(
        "global: {storageClass: fast}\n"
        "kafka: {persistence: {size: 7Gi, storageClass: ssd}}\n"
        "loki: {persistence: {existingClaim: logs}}\n"
        "mongodb: {backup: {enabled: true, storageClass: archive}}\n"
        "openim-api: {replicaCount: 2}\n"
    )
    minimal = ROOT / "presets" / "minimal.yaml"
    plan = json.loads(_run(minimal, path, "--format", "json").stdout)["plan"]
    charts = {row["chart"]: row for row in plan["charts"]}
    assert (charts["openim-api"]["replicas"], charts["openim-push"]["replicas"]) == (2, 1)
    assert charts["openim-api"]["memory"] == 2 * 64 * 2**20
    volumes = {v["name"]: v for v in plan["volumes"]}
    kafka, mongodb, logs = (
        volumes[n] for n in ("data-openim-kafka", "data-openim-mongodb", "logs")
    )
    assert (kafka["size"], kafka["storageClass"]) == (7 * 2**30, "ssd")
    assert mongodb["storageClass"] == "fast"
    backups = volumes["openim-mongodb-backup"]
    assert (backups["size"], backups["storageClass"]) == (20 * 2**30, "archive")
    assert logs["existing"]
    assert plan["total"]["memory"] < 4 * 2**30
    assert plan["total"]["pods"] == sum(row["replicas"] for row in plan["charts"])


def test_one_chart_as_a_table(tmp_path: Path) -> None:
    done = _run(ROOT / "presets" / "minimal.yaml", "--chart", "openim-crontask")
    assert done.returncode == 1, "values of other charts are unknown to one chart alone"
    path = tmp_path / "openim.yaml"
    path.write_text("commonLabels: {}\n")
    done = _run(path, "--chart", "openim-crontask")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "CHART            PODS  CPU   MEMORY  CPU LIMIT  MEMORY LIMIT",
        "openim-crontask  1     0.05  96 MiB  none       512 MiB",
        "total            1     0.05  96 MiB  none       512 MiB",
    ]


def test_null_takes_a_default_of_a_chart_in_the_umbrella_away(tmp_path: Path) -> None:
    """As Helm does; a key that does not exist is a mistake all the same."""
    path = tmp_path / "openim.yaml"
    path.write_text("openim-api: {resources: {requests: null}}\n")
    result = _run(path)
    assert (result.returncode, result.stdout.count("openim-api")) == (0, 1), result.stdout
    path.write_text("openim-api: {resources: {request: null}}\n")
    assert f"{path}:1:26: unknown-key" in _run(path).stdout


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("openim-api:\n  image:\n  podLabels:\n", ["2:3: refused: 'openim-api.image'"]),
        (
            "openim-api: {image: null}\nredis: {image: {pullPolicy: null, digest: null}}\n",
            ["1:14: refused: 'openim-api.image'"],
        ),
        ("openim-api: {podLabels: {}}\nglobal:\n", ["2:1: null-value: 'global'"]),
        ("openim-api: {readinessProbe: null}\n", ["1:14: refused: 'openim-api.readinessProbe'"]),
        (
            "openim-push: {config: {webhooks: null}}\nopenim-api:\n  podLabels:\n",
            ["1:24: refused: 'openim-push.config.webhooks': got null, want object"],
        ),
    ],
)
def test_an_emptied_section_that_a_template_needs_is_named(
    tmp_path: Path, text: str, places: list[str]
) -> None:
    path = tmp_path / "openim.yaml"
    path.write_text(text)
    done = _run(path)
    assert done.returncode == 1
    said = [line.partition(" is empty (null)")[0] for line in done.stdout.splitlines()]
    assert said == [f"{path}:{place}" for place in places]

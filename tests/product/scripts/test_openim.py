"""The script in every class of failure, with programs in the place of Helm and kubectl.

What those really answer is in tests/product/cluster/test_operator.py.
"""

from __future__ import annotations

import subprocess
import time

import pytest

from openim_charts.specs.api import load_catalog
from tests.conftest import ROOT
from tests.product.infrastructure.programs import program
from tests.product.scripts.conftest import DEPLOYED, SCRIPT, SHELLS, Operator

VALUES = (
    "values don't meet the specifications of the schema(s)\\n- at '': additional 'x' not allowed"
)
WAITING = "api openim-api Deployment openim-api 1 1 2 1 2 2"


def test_shellcheck_finds_nothing() -> None:
    done = subprocess.run(
        [program("shellcheck"), str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_help_names_every_verb_option_and_exit_code(operator: Operator) -> None:
    done = operator("--help")
    assert done.code == 0
    text = SCRIPT.read_text("utf-8")
    assert all(f"\n  {verb} " in done.out for verb in _verbs(text))
    for option in ("--release", "--values", "--dry-run", "--yes", "OPENIM_REPOSITORY"):
        assert option in done.out
    assert done.out.endswith("7 some services hold, others do not\n")
    assert not operator.calls


def _verbs(text: str) -> list[str]:
    return [line.split("(")[0][5:] for line in text.splitlines() if line.startswith("verb_")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "VERB"),
        (("instal",), "unknown verb 'instal'"),
        (("status", "--nosuch"), "unknown option '--nosuch'"),
        (("status", "--release"), "'--release' needs a value"),
        (("status", "--timeout", "5m"), "'5m' is no number of seconds"),
        (("status", "-o", "yaml"), "--output is text or json"),
        (("status", "x;y"), "'x;y' is no name of a service"),
        (("status", "redi"), "no service is named 'redi'; there are: redis"),
        (("install", "redis"), "'install' is for all services"),
        (("delete",), "Give --yes where nobody can answer"),
        (("stop",), "Give --yes where nobody can answer"),
    ],
)
def test_wrong_usage_changes_nothing(
    operator: Operator, arguments: tuple[str, ...], words: str
) -> None:
    done = operator(*arguments)
    assert done.code == 2
    assert words in done.err
    assert not [c for c in operator.calls if " upgrade " in c or " uninstall " in c or "scale" in c]


@pytest.mark.parametrize("operator", SHELLS, indirect=True)
def test_a_release_is_installed_with_one_command_in_every_shell(operator: Operator) -> None:
    done = operator("install", "--preset", "minimal", "-f", "a.yaml", "--", "--set", "b=c")
    assert done.code == 0, done.err
    assert done.out.split() == ["redis", "openim-redis", "1/1", "unchanged"]
    [command] = [call for call in operator.calls if " upgrade " in call]
    url = "https://openimsdk.github.io/openim-charts"
    assert command == (
        "helm --namespace openim upgrade openim openim "
        f"--values {url}/presets/minimal.yaml,a.yaml --timeout 2s --repo {url} "
        "--wait --wait-for-jobs --install --create-namespace --set b=c"
    )


@pytest.mark.parametrize("operator", SHELLS, indirect=True)
def test_what_has_no_pod_ready_is_explained_in_every_shell(operator: Operator) -> None:
    operator.objects(WAITING, "redis redis StatefulSet openim-redis 1 1 1 1 1 1")
    message = '"Back-off pulling image \\"x/y:1\\""'
    operator.pods(
        ("api", "openim-api-5d9-abcde", "main", "api", "false", "ImagePullBackOff", message, "", "")
    )
    done = operator("status")
    assert done.code == 7
    assert 'openim-api-5d9-abcde api: ImagePullBackOff: Back-off pulling image "x/y:1"' in done.out
    found = operator("status", "--output", "json")
    assert found.code == 7
    services = {s["service"]: s for s in found.json["services"]}
    assert (services["api"]["result"], services["redis"]["result"]) == ("failed", "ready")
    assert services["api"]["reason"].endswith('Back-off pulling image "x/y:1"')


def test_a_crash_is_told_with_the_last_line_of_its_log(operator: Operator) -> None:
    operator.objects(WAITING)
    operator.pods(
        ("api", "openim-api-5d9-abcde", "main", "api", "false", "CrashLoopBackOff", '""', "",
         "OOMKilled, exit code 137")
    )  # fmt: skip
    operator.kubectl('case "$*" in *" logs "*--previous*) echo the last words; exit ;; esac')
    done = operator("status")
    assert done.code == 6
    assert "ended: OOMKilled, exit code 137: the last words" in done.out


def test_an_init_container_says_what_it_waits_for(operator: Operator) -> None:
    operator.objects(WAITING)
    operator.pods(
        ("api", "openim-api-5d9-abcde", "init", "wait", "false", "", '""', "", ""),
        ("api", "openim-api-5d9-abcde", "main", "api", "false", "PodInitializing", '""', "", ""),
    )
    operator.kubectl('case "$*" in *" logs "*) echo waiting for redis; exit ;; esac')
    assert "wait: is not done: waiting for redis" in operator("status").out


def test_no_pod_at_all_is_explained_by_the_event(operator: Operator) -> None:
    operator.objects(WAITING)
    operator.kubectl(
        'case "$*" in *" get events "*) printf "%s\\t" ReplicaSet openim-api-5d9 FailedCreate;'
        " echo 'exceeded quota'; exit ;; esac"
    )
    assert operator("status").out.rstrip().endswith("exceeded quota")


def test_a_job_that_failed_for_good_ends_helm_at_once(operator: Operator) -> None:
    operator.objects("kafka kafka Job openim-kafka-setup-1 1 0 1 0 0 0 failed")
    operator.helm(
        'case "$*" in *" upgrade "*) trap "echo context canceled; exit 1" TERM;'
        " n=0; while [ $n -lt 60 ]; do sleep 1; n=$((n + 1)); done ;; esac"
    )
    began = time.monotonic()
    done = operator("install", OPENIM_TIMEOUT="60")
    assert done.code == 6
    assert time.monotonic() - began < 30
    assert done.out.split() == ["kafka", "openim-kafka-setup-1", "0/1", "failed"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (VALUES, 5),
        ("execution error at (redis/templates/x.yaml:1:3): no", 5),
        ("Kubernetes cluster unreachable: no", 4),
        ("context deadline exceeded", 6),
        ("something else", 1),
    ],
)
def test_helms_failures_have_codes_and_keep_helms_words(
    operator: Operator, said: str, code: int
) -> None:
    operator.helm(f'case "$*" in *" upgrade "*) printf "Error: {said}\\n"; exit 1 ;; esac')
    found = operator("install", "--output", "json")
    assert found.code == code
    assert said.split("\\n")[0] in found.err
    assert found.json["code"] == code
    assert found.json["tool"]["code"] == 1
    assert said.split("\\n")[0] in found.json["tool"]["output"]


@pytest.mark.parametrize(
    ("helm", "kubectl", "code", "words"),
    [
        ("echo v3.12.9; exit", "", 3, "Helm v3.12.9 is too old"),
        ("echo v4.2.1; exit", "", 3, "Helm v4.2.1 is too old"),
        ("", "echo 'The connection was refused' >&2; exit 1", 4, "The connection was refused"),
    ],
)
def test_tools_and_cluster_are_looked_at_first(
    operator: Operator, helm: str, kubectl: str, code: int, words: str
) -> None:
    operator.helm(helm)
    operator.kubectl(kubectl)
    done = operator("install")
    assert done.code == code
    assert words in done.err


def test_a_missing_tool_is_named(operator: Operator) -> None:
    (operator.folder / "bin" / "helm").unlink()
    done = operator("status")
    assert (done.code, done.err) == (3, "openim: there is no 'helm' on PATH\n")


def test_values_of_before_may_be_kept_below_others(operator: Operator) -> None:
    assert operator("upgrade", "--same-values", "-f", "a.yaml").code == 0
    assert any("--values a.yaml --reset-then-reuse-values" in call for call in operator.calls)


@pytest.mark.parametrize(
    ("status", "cure"), [("pending-install", " uninstall "), ("pending-upgrade", " rollback ")]
)
def test_a_dead_command_is_cleared_away_and_a_living_one_is_not(
    operator: Operator, status: str, cure: str
) -> None:
    operator.helm(
        f"""case "$*" in *" status "*) echo '{DEPLOYED.replace('"deployed"', f'"{status}"')}';"""
        " exit ;; esac"
    )
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    operator.kubectl(f'case "$*" in *" get secrets "*) echo {now}; exit ;; esac')
    done = operator("install")
    assert done.code == 1
    assert "may be at work" in done.err
    assert not any(" upgrade " in call for call in operator.calls)

    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1000))
    operator.kubectl(f'case "$*" in *" get secrets "*) echo {before}; exit ;; esac')
    done = operator("install")
    assert done.code == 0
    assert f"has been {status} for 100" in done.err
    order = [call for call in operator.calls if cure in call or " upgrade " in call]
    assert [cure in call for call in order] == [True, False]


def test_a_dry_run_prints_commands_that_a_shell_can_read(operator: Operator) -> None:
    for verb in ("install", "restart", "stop", "delete"):
        done = operator(verb, "--dry-run", "--context", "my cluster", "--data")
        assert done.code == 0
        assert "-context 'my cluster' --namespace openim" in done.out
    changed = (" upgrade ", " restart ", " scale ", " uninstall ", " delete ")
    assert not [call for call in operator.calls if any(word in call for word in changed)]


def test_delete_says_what_it_kept(operator: Operator) -> None:
    operator.kubectl(
        'case "$*" in *"--output name"*) echo persistentvolumeclaim/data-a; exit ;; esac'
    )
    done = operator("delete", "--yes")
    assert done.code == 0
    assert done.err == "kept: persistentvolumeclaim/data-a \n"
    assert not any(" delete " in call for call in operator.calls)
    assert operator("delete", "--yes", "--data").code == 0
    assert any("delete persistentvolumeclaims,secrets" in call for call in operator.calls)


def test_a_failed_test_is_named_with_its_last_words(operator: Operator) -> None:
    operator.objects(WAITING, "redis redis StatefulSet openim-redis 1 1 1 1 1 1")
    ends = {"api": "Failed", "redis": "Succeeded"}
    suites = "".join(f"TEST SUITE: openim-{n}-test\\nPhase: {end}\\n" for n, end in ends.items())
    operator.helm(f'case "$*" in *" test "*) printf "{suites}"; exit 1 ;; esac')
    operator.kubectl('case "$*" in *" logs openim-api-test "*) echo no route; exit ;; esac')
    done = operator("test")
    assert done.code == 7
    assert [line.split()[3:] for line in done.out.splitlines()] == [
        ["failed", "no", "route"],
        ["passed"],
    ]


def test_stopped_services_start_with_as_many_pods_as_before(operator: Operator) -> None:
    operator.objects("redis redis StatefulSet openim-redis 2 2 0 0 0 0")
    operator.kubectl('case "$*" in *"index .metadata.annotations"*) printf 3; exit ;; esac')
    assert operator("start").code == 0
    assert any("scale StatefulSet/openim-redis --replicas=3" in call for call in operator.calls)


def test_services_are_chosen_by_the_kind_of_their_object(operator: Operator) -> None:
    operator.objects(WAITING, "redis redis StatefulSet openim-redis 1 1 1 1 1 1")
    assert (
        operator("stop", "deployments", "--dry-run").out.count("scale Deployment/openim-api") == 1
    )
    assert "redis" not in operator("stop", "deployments", "--dry-run").out
    assert operator("status", "statefulsets").code == 0


def test_doctor_finds_what_is_missing(operator: Operator) -> None:
    operator.kubectl('case "$*" in *"can-i create secrets"*) exit 1 ;; esac')
    done = operator("doctor")
    assert done.code == 1
    assert "bad  you may not create secrets" in done.out
    assert "note there is no default storage class" in done.out
    assert not any("--dry-run=server" not in call for call in operator.calls if " upgrade " in call)


def test_the_page_names_every_verb_and_exit_code(operator: Operator) -> None:
    text = SCRIPT.read_text("utf-8")
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [verb for verb in _verbs(text) if f"| `{verb}` |" not in page] == []
    said = operator("--help").out
    assert [code for code in range(8) if f"| {code} |" not in page or f"{code} " not in said] == []


def test_the_address_is_the_one_of_the_repository() -> None:
    url = load_catalog(ROOT).repository.url
    assert f"repository=${{OPENIM_REPOSITORY:-{url}}}" in SCRIPT.read_text("utf-8")

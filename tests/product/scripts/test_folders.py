"""The script beside exported folders, with programs in the place of Docker and systemd.

What is here was compared with Docker Engine 26.1 and Compose 5.6, whose words the programs say.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.product.scripts.conftest import SHELLS, Operator

DOCKER = """
case "$*" in
  "compose version --short") echo 5.6.0 ;;
  "version "*) echo 26.1.5 ;;
  *" ps --all --quiet"*) [ ! -s "$HERE/containers" ] || echo 0a1b ;;
  "inspect --format {{index"*) cat "$HERE/containers" ;;
  "inspect --format {{range"*) echo '"no answer\\\\n"' ;;
  *" logs --no-log-prefix --tail 1 "*) echo the last words ;;
  "volume ls "*) echo im_im-redis-data ;;
esac
"""
SYSTEMCTL = """
case "$*" in
  is-system-running) echo degraded ;;
  list-unit-files*) for unit in api push; do echo "im-$unit.service enabled enabled"; done ;;
  show*) cat "$HERE/units" ;;
esac
"""
REDIS = "im-redis\trunning\thealthy\t0\tunless-stopped\t2026-11-29T13:51:35Z\n"
VOLUMES = "im-redis-volumes\texited\t\t0\tno\t2026-11-29T13:51:30Z\n"
API = "Id=im-api.service\nLoadState=loaded\nActiveState=active\nInvocationID=1\n"


def push(state: str, sub: str, load: str = "loaded") -> str:
    """A unit as systemctl shows it."""
    return (
        f"Id=im-push.service\nLoadState={load}\nActiveState={state}\nSubState={sub}\n"
        "Result=exit-code\nExecMainStatus=255\nInvocationID=2\n"
    )


@pytest.fixture
def compose(operator: Operator) -> Operator:
    """The script in a folder for Compose, in which Redis runs."""
    folder = operator.folder / "out"
    folder.mkdir()
    (folder / "compose.yaml").write_text("# made\nname: im\nservices: {}\n")
    (folder / "export.json").write_text("{}")
    (folder / "secrets.sh").write_text("echo secrets.sh >>../calls; touch .env\n")
    operator.program("docker", usual=DOCKER)
    containers(operator, REDIS, VOLUMES)
    return operator


def containers(operator: Operator, *lines: str) -> None:
    (operator.folder / "containers").write_text("".join(lines))


def run(operator: Operator, *arguments: str) -> tuple[int, str, str]:
    done = operator(*arguments, OPENIM_FOLDER=str(operator.folder / "out"))
    return done.code, done.out, done.err


@pytest.mark.parametrize("operator", SHELLS, indirect=True)
def test_a_folder_for_compose_is_installed_in_every_shell(compose: Operator) -> None:
    code, out, err = run(compose, "install")
    assert code == 0, err
    assert [line.split() for line in out.splitlines()] == [
        ["redis", "im-redis", "1/1", "unchanged"],
        ["redis-volumes", "im-redis-volumes", "1/1", "unchanged"],
    ]
    folder = compose.folder / "out"
    up = f"docker compose --project-directory {folder} up --detach --wait --remove-orphans"
    calls = compose.calls
    assert calls.index("secrets.sh") < calls.index(f"{up} --wait-timeout 2")
    assert not [call for call in calls if call.startswith(("helm", "kubectl"))]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (REDIS.replace("healthy\t", "unhealthy\t"), "unhealthy: no answer"),
        (
            REDIS.replace("running\thealthy\t0", "restarting\t\t3"),
            "restarting: exit code 3: the last words",
        ),
        (REDIS.replace("running\thealthy", "created\t"), "waits for what it needs"),
    ],
)
def test_a_service_that_is_not_healthy_has_failed(
    compose: Operator, line: str, reason: str
) -> None:
    """Also where Compose says nothing of it."""
    containers(compose, line, VOLUMES)
    code, out, _ = run(compose, "install")
    assert code == 7
    assert f"failed     {reason}" in out


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("container im-redis-1 is unhealthy", 0),
        ("required variable X is missing a value: is not in .env, which secrets.sh makes", 5),
        ("Error response from daemon: No such image", 1),
    ],
)
def test_compose_failures_have_codes(compose: Operator, said: str, code: int) -> None:
    """What became healthy after Compose had given up has not failed."""
    compose.program("docker", f'case "$*" in *" up "*) echo "{said}"; exit 1 ;; esac', DOCKER)
    assert run(compose, "install")[0] == code


def test_a_stopped_service_is_started_and_no_other(compose: Operator) -> None:
    containers(compose, REDIS.replace("running\thealthy", "exited\t"), VOLUMES)
    assert "stopped" in run(compose, "status")[1]
    run(compose, "start")
    assert [c.split()[4:] for c in compose.calls if " start " in c] == [["start", "im-redis"]]


def test_data_and_passwords_stay_unless_told_otherwise(compose: Operator) -> None:
    env = compose.folder / "out" / ".env"
    env.write_text("IM_REDIS_PASSWORD=x\n")
    code, _, err = run(compose, "delete", "--yes")
    assert (code, env.exists()) == (0, True)
    assert "kept: im_im-redis-data" in err
    assert run(compose, "delete", "--yes", "--data")[0] == 0
    assert not env.exists()
    downs = [call.split(" down ")[1] for call in compose.calls if " down " in call]
    assert downs == ["--remove-orphans", "--remove-orphans --volumes"]


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ('case "$*" in *--short) echo 2.23.3; exit ;; esac', 3, "2.24 or newer is needed"),
        ('case "$*" in version*) echo no daemon >&2; exit 1 ;; esac', 4, "no Docker Engine"),
    ],
)
def test_what_is_not_there_is_named(compose: Operator, program: str, code: int, words: str) -> None:
    compose.program("docker", program, DOCKER)
    found, _, err = run(compose, "status")
    assert (found, words in err) == (code, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("install", "-f", "a.yaml"), 2, "export it again with other values"),
        (("test",), 2, "'test' is for Kubernetes"),
        (("status", "--on", "docker"), 2, "--on is kubernetes, compose or systemd"),
        (("status", "--folder", "/nowhere", "--on", "compose"), 5, "there is no /nowhere/compose"),
    ],
)
def test_wrong_usage_of_a_folder(
    compose: Operator, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found, _, err = run(compose, *arguments)
    assert (found, words in err) == (code, True)
    assert not [call for call in compose.calls if " up " in call]


@pytest.fixture
def host(operator: Operator) -> Operator:
    """The script on a host, in a folder for systemd, where one of two units runs."""
    units = operator.folder / "out" / "units"
    units.mkdir(parents=True)
    (units / "im.target").touch()
    (units.parent / "install.sh").write_text("echo install.sh >>../calls\n")
    operator.program("systemctl", usual=SYSTEMCTL)
    operator.program("journalctl", usual="echo the last words")
    show(operator, API, push("active", "running"))
    return operator


def show(operator: Operator, *blocks: str) -> None:
    (operator.folder / "units").write_text("\n".join(blocks))


@pytest.mark.parametrize("operator", SHELLS, indirect=True)
def test_a_folder_for_systemd_is_installed_in_every_shell(host: Operator) -> None:
    code, out, err = run(host, "install")
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()] == ["api", "push"]
    assert host.calls.index("install.sh") < host.calls.index("systemctl start im.target")


@pytest.mark.parametrize(
    ("block", "code", "words"),
    [
        (push("activating", "auto-restart"), 7, "auto-restart: exit-code, exit code 255: the last"),
        (push("inactive", "dead"), 0, "stopped"),
        (push("inactive", "dead", load="masked"), 0, "im-api.service"),
    ],
)
def test_the_state_of_a_unit_is_told(host: Operator, block: str, code: int, words: str) -> None:
    show(host, API, block)
    found, out, _ = run(host, "status")
    assert (found, words in out) == (code, True), out
    assert ("push" in out) == ("masked" not in block)


def test_units_are_stopped_and_logs_are_read_by_name(host: Operator) -> None:
    run(host, "stop", "--yes", "push")
    run(host, "logs", "api")
    assert "systemctl stop im-push.service" in host.calls
    assert "journalctl --lines 20 --unit im-api.service" in host.calls


def test_a_missing_program_is_found_before(host: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "host.env").write_text(f"BIN={tmp_path}/programs\n")
    (folder / "programs").write_text("openim-api\n")
    code, out, _ = run(host, "doctor")
    assert code == 5
    assert f"there is no {tmp_path}/programs/openim-api" in out

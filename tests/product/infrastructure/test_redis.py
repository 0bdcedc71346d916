"""A single Redis server runs with the chart's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.product.infrastructure.programs import NASTY, ask, eventually
from tests.product.infrastructure.redis_pods import PASSWORD, Pods


def test_a_server_needs_the_password_and_keeps_its_data(
    redis: Callable[..., Pods], tmp_path: Path
) -> None:
    one = redis({"maxmemory": "64mb", "extraConfig": "timeout 300\nhz 20"})
    one.start(0, 31)
    eventually(lambda: one.healthy(0, "alive") and one.healthy(0), tmp_path / "0-redis.log")
    with pytest.raises(AssertionError, match="NOAUTH"):
        ask(["redis-cli", "-e", "-h", "127.0.31.1", "get", "a"], {})
    assert one.cli(0, "set", "a", "1") == "OK"
    assert one.cli(0, "config", "get", "timeout").split() == ["timeout", "300"]
    assert one.run(0, "hand-over.sh") == "", "there is nobody to hand over to"
    one.stop(0)
    one.start(0, 31)
    eventually(lambda: one.cli(0, "get", "a") == "1", tmp_path / "0-redis.log")
    assert PASSWORD not in Path(f"/proc/{_pid(one)}/cmdline").read_text()
    assert (tmp_path / "0" / "redis.conf").stat().st_mode & 0o077 == 0


def test_a_password_may_hold_any_character(redis: Callable[..., Pods], tmp_path: Path) -> None:
    one = redis({})
    one.password = NASTY
    one.start(0, 29)
    eventually(lambda: one.healthy(0), tmp_path / "0-redis.log")
    assert one.cli(0, "set", "a", "1") == "OK"
    assert one.cli(0, "config", "get", "masterauth").splitlines()[1] == one.password


def _pid(pods: Pods) -> str:
    return pods.cli(0, "info", "server").split("process_id:")[1].split()[0]


def test_a_config_line_that_redis_refuses_is_noticed(
    redis: Callable[..., Pods], tmp_path: Path
) -> None:
    one = redis({"extraConfig": "no-such-directive yes"})
    one.start(0, 32)
    log = tmp_path / "0-redis.log"
    eventually(lambda: "no-such-directive" in log.read_text(), log)

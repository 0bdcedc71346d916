"""What the Job of MinIO does with mc, told by a stand-in that keeps MinIO's state in files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.product.infrastructure.programs import (
    NASTY,
    ask,
    container,
    find_data,
    plain_env,
    write_files,
    write_tool,
)

SECRETS = {
    "ROOT_USER": "root",
    "ROOT_PASSWORD": "rootPassword1",
    "ACCESS_KEY": "accessKey1",
    "SECRET_KEY": "secretKey1",
}
# Attaching twice fails, as it does with the real mc; passwords come by environment and input.
MC = """\
#!/bin/sh
cd "$STATE" || exit 9
echo "$*" >>calls
case "$1 $2 $3" in
  "alias set minio")
    read -r user
    read -r password
    case $password in wrong) exit 1 ;; esac
    printf '%s\\n' "$4" "$user" "$password" >alias
    [ -f up ] || { touch up; exit 1; }
    ;;
  "mb --ignore-existing minio/"*) echo "${3#minio/}" >bucket ;;
  "admin policy create") cp "$6" policy ;;
  "admin user add") read -r user; read -r secret; echo "$user:$secret" >user ;;
  "admin policy attach") [ ! -f attached ] && echo "$7" >attached ;;
  "admin user info") echo "PolicyName: openim" ;;
  *) exit 8 ;;
esac
"""


@pytest.fixture
def run(render: Callable[..., Any], tmp_path: Path) -> Callable[..., Path]:
    def job(values: dict[str, Any], **secrets: str) -> Path:
        objects = render("minio", values)
        files = write_files(objects, tmp_path / "files")
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        write_tool(tmp_path / "tools", "mc", MC)
        write_tool(tmp_path / "tools", "sleep", "#!/bin/sh\n")
        for name in secrets.pop("LACKING", "").split():
            write_tool(tmp_path / "tools", name, "#!/bin/sh\nexit 127\n")
        env = plain_env(container(objects, "setup", "Job"), SECRETS | secrets)
        path = f"{tmp_path}/tools:{os.environ['PATH']}"
        ask(["sh", str(files / "setup.sh")],
            env | {"PATH": path, "STATE": str(state), "FILES": str(files)})  # fmt: skip
        return state

    return job


def test_the_job_makes_bucket_and_user_any_number_of_times(run: Callable[..., Path]) -> None:
    for _ in range(2):
        state = run({})
        assert (state / "bucket").read_text() == "openim\n"
        assert (state / "user").read_text() == "accessKey1:secretKey1\n"
        assert (state / "attached").read_text() == "accessKey1\n"
    assert (state / "alias").read_text() == "http://im-minio:9000\nroot\nrootPassword1\n"


def test_the_administrator_may_have_any_password(run: Callable[..., Path]) -> None:
    state = run({}, ROOT_PASSWORD=NASTY, SECRET_KEY=NASTY)
    assert (state / "alias").read_text() == f"http://im-minio:9000\nroot\n{NASTY}\n"
    assert (state / "user").read_text() == f"accessKey1:{NASTY}\n"


def test_the_job_needs_no_tool_that_its_image_lacks(run: Callable[..., Path]) -> None:
    """The image of mc is ubi9-micro, without these; issue 4764 of minio/mc says so of grep."""
    for _ in range(2):
        run({}, LACKING="grep sed awk find tar curl wget nc")


def test_the_job_fails_where_its_password_is_wrong(run: Callable[..., Path]) -> None:
    with pytest.raises(AssertionError, match="gave up"):
        run({}, ROOT_PASSWORD="wrong")


def test_a_new_secret_key_reaches_the_user(run: Callable[..., Path]) -> None:
    run({})
    assert (run({}, SECRET_KEY="another2") / "user").read_text() == "accessKey1:another2\n"


def test_no_password_is_on_a_command_line(run: Callable[..., Path]) -> None:
    calls = (run({}) / "calls").read_text()
    assert "secretKey1" not in calls
    assert "rootPassword1" not in calls


def test_the_user_may_use_its_bucket_only(render: Callable[..., Any]) -> None:
    values = {"global": {"objectStorage": {"bucket": "pictures"}}}
    policy = json.loads(find_data(render("minio", values), "policy.json"))
    allowed = {(a, r) for s in policy["Statement"] for a in s["Action"] for r in s["Resource"]}
    assert {r for _, r in allowed} == {"arn:aws:s3:::pictures", "arn:aws:s3:::pictures/*"}
    assert ("s3:PutObject", "arn:aws:s3:::pictures/*") in allowed
    assert not [a for a, _ in allowed if "*" in a or "Policy" in a]

"""Backups of MongoDB: the chart's scripts with MongoDB's own tools, on a stand-in for mongod."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openim_charts.helm.adapter import HelmError
from tests.product.infrastructure.mongo_pods import Members, empty
from tests.product.infrastructure.programs import (
    NASTY,
    PATIENCE,
    ask,
    connects,
    eventually,
    plain_env,
    program,
    running,
    write_files,
    write_tool,
)
from tests.product.node.standins import HERE as NODE
from tests.product.node.standins import given
from tests.product.real.middleware import free_ports

Objects = list[dict[str, Any]]
ON = {"backup": {"enabled": True, "keep": 2}}
USE = """
const { MEMBERS, ROOT_PASSWORD, DO } = process.env;
if (DO === 'fill') {
  const admin = connect(`mongodb://${MEMBERS}/admin?directConnection=true`);
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: MEMBERS }] } });
  admin.createUser({ user: 'root', pwd: ROOT_PASSWORD, roles: ['root'] });
}
const login = `root:${encodeURIComponent(ROOT_PASSWORD)}`;
const db = connect(`mongodb://${login}@${MEMBERS}/openim_v3?directConnection=true&authSource=admin`);
if (DO === 'fill') {
  const text = (i) => '你好'.repeat(i);
  db.msg.insertMany(Array.from({ length: 500 }, (_, i) => ({ _id: `m${i}`, text: text(i) })));
  db.seq.insertOne({ conversation_id: 'si_a_b', max_seq: Long.fromString('9007199254740993') });
  db.seq.createIndex({ conversation_id: 1 }, { unique: true });
  db.seq_user.insertOne({ user_id: 'a', conversation_id: 'si_a_b', read_seq: Long.fromNumber(7) });
} else if (DO === 'spoil') {
  db.msg.deleteMany({ _id: { $ne: 'm1' } });
  db.seq.drop();
  db.later.insertOne({ _id: 'written after the backup' });
}
const byName = (one, other) => one.name.localeCompare(other.name);
const names = db.getCollectionNames().sort();
const data = {};
for (const name of names) {
  const documents = db[name].find().sort({ _id: 1 }).toArray();
  data[name] = { documents, indexes: db[name].getIndexes().sort(byName) };
}
print(EJSON.stringify(data, { relaxed: false }));
"""


@dataclass(frozen=True)
class Scripts:
    """The chart's scripts and what their containers give them."""

    folder: Path
    make: Mapping[str, str]
    restore: Mapping[str, str]

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def names(self) -> list[str]:
        return sorted(path.parent.name for path in self.backups.glob("*/SHA256SUMS"))

    def run(self, script: str, **env: str) -> subprocess.CompletedProcess[str]:
        given_ = {"backup.sh": self.make, "restore.sh": self.restore}[script]
        return subprocess.run(
            ["sh", self.folder / "files" / script],
            env={**given_, **env},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture
def scripts(render: Callable[..., Objects], tmp_path: Path) -> Scripts:
    objects = render("mongodb", ON)
    write_files(objects, tmp_path / "files")
    (tmp_path / "backups").mkdir()
    (tmp_path / "tmp").mkdir()
    places = {
        "BACKUPS": str(tmp_path / "backups"),
        "FILES": str(tmp_path / "files"),
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": str(tmp_path),
        "PATH": f"{tmp_path}/tools:{os.environ['PATH']}",
    }

    def env(name: str) -> dict[str, str]:
        jobs = {o["metadata"]["name"]: o for o in objects if o["kind"] == "CronJob"}
        pod = jobs[f"im-mongodb-{name}"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        return plain_env(pod["containers"][0], {"ROOT_PASSWORD": NASTY}) | places

    return Scripts(tmp_path, env("backup"), env("restore"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server with logins and an oplog, which belongs to no set yet."""
    jars, java = given("MONGOD_LIBS"), Path(program("java")).resolve()
    sources = sorted((NODE / "mongod").glob("*.java"))
    subprocess.run(
        [java.parent / "javac", "-d", tmp_path / "classes", "-cp", f"{jars}/*", *sources],
        check=True,
    )
    [port] = free_ports(1)
    (tmp_path / "db").mkdir()
    (tmp_path / "key").touch(0o600)
    (tmp_path / "mongod.conf").write_text(
        f"port: {port}\ndbPath: {tmp_path}/db\nkeyFile: {tmp_path}/key\n"
        "replSetName: rs0\noplogSizeMB: 990\n"
    )
    options = ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    classes = f"{tmp_path}/classes:{jars}/*"
    command = [str(java), *options, "-cp", classes, "Mongod", "--config", "mongod.conf"]
    log = tmp_path / "log"
    with running(["sh", "-c", 'cd "$0" && exec "$@"', str(tmp_path), *command], {}, log):
        eventually(lambda: connects(port), log)
        yield f"127.0.0.1:{port}"


def shell(text: str, folder: Path, address: str, do: str = "") -> str:
    (folder / "script.js").write_text(text)
    env = {"MEMBERS": address, "ROOT_PASSWORD": NASTY, "DO": do, "HOME": str(folder)}
    command = [program("mongosh"), "--quiet", "--norc", "--nodb", str(folder / "script.js")]
    return ask(command, env)


def real_tools(scripts: Scripts) -> None:
    tools = scripts.folder / "tools"
    for name in ("mongosh", "mongodump", "mongorestore"):
        write_tool(tools, name, f'#!/bin/sh\nexec "{program(name)}" "$@"\n')


def imitated_tools(scripts: Scripts, dump: str) -> None:
    """Tools for what happens around a dump; the last argument of mongodump is its folder."""
    tools = scripts.folder / "tools"
    write_tool(tools, "mongosh", "#!/bin/sh\necho im-mongodb-1:27017\n")
    last = 'for folder; do :; done\nmkdir -p "$folder/openim_v3"\ncd "$folder/openim_v3"\n'
    write_tool(tools, "mongodump", f"#!/bin/sh\n{last}{dump}\n")
    write_tool(tools, "mongorestore", "#!/bin/sh\nexit 0\n")


def test_what_was_lost_is_restored_as_it_was(scripts: Scripts, server: str) -> None:
    real_tools(scripts)
    before = shell(USE, scripts.folder, server, "fill")
    wrong = scripts.run("backup.sh", MEMBERS=server, ROOT_PASSWORD="wrong")
    assert (wrong.returncode, scripts.names()) == (1, [])
    assert wrong.stderr.splitlines() == [
        f"no backup was made: MongoDB at {server} does not answer root: Authentication failed."
    ]
    made = scripts.run("backup.sh", MEMBERS=server)
    assert made.returncode == 0, made.stderr
    [name] = scripts.names()
    assert f"made the backup {name} of {server}" in made.stdout
    [part] = {path.name for path in (scripts.backups / name).iterdir() if path.is_dir()}
    assert part == "openim_v3", "no users and no settings of the server"
    spoiled = json.loads(shell(USE, scripts.folder, server, "spoil"))
    assert len(spoiled["msg"]["documents"]) == 1

    refused = scripts.run("restore.sh", MEMBERS=server)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "nothing was restored: there is data in openim_v3 (later, msg, seq_user); stop what writes "
        "to it, then set OVERWRITE to yes to delete all of it"
    ]
    done = scripts.run("restore.sh", MEMBERS=server, OVERWRITE="yes")
    assert done.returncode == 0, done.stderr
    assert "replaying oplog" in done.stderr
    assert done.stdout.splitlines()[-1] == f"restored the backup {name}"
    expected = json.loads(before)
    [sequence], [user] = expected["seq"]["documents"], expected["seq_user"]["documents"]
    sequence["max_seq"]["$numberLong"] = str(2**53 + 1 + 1000)
    user["read_seq"]["$numberLong"] = str(7 + 1000)
    assert json.loads(shell(USE, scripts.folder, server)) == expected


@pytest.mark.parametrize(("behind", "chosen"), [((90, 3), 2), ((90, 61), 0)])
def test_a_secondary_that_has_nearly_everything_is_copied_else_the_primary(
    render: Callable[..., Objects], tmp_path: Path, behind: tuple[int, int], chosen: int
) -> None:
    pods, state = Members(render("mongodb", {**ON, "replicaCount": 3}), tmp_path), empty(3)
    names = list(state["pods"])
    hosts = [f"{name}.im-mongodb-headless.chat.svc.cluster.local:27017" for name in names]
    for name, seconds in zip(names, (0, *behind), strict=True):
        state["pods"][name] |= {"set": "rs0", "behind": seconds}
    state["sets"]["rs0"] = {
        "config": {"_id": "rs0", "members": [{"_id": i, "host": h} for i, h in enumerate(hosts)]},
        "users": {"admin.root": {"pwd": NASTY, "roles": ["root"]}},
        "primary": names[0],
    }
    addresses = {name: pod["address"] for name, pod in state["pods"].items()}
    env = {
        "MEMBERS": ",".join(hosts),
        "REPLICA_SET": "rs0",
        "ROOT_PASSWORD": NASTY,
        "HOME": str(tmp_path),
        "NODE_OPTIONS": f"--require {Path(__file__).parent / 'mongo_names.js'}",
        "TEST_ADDRESSES": json.dumps(addresses),
    }
    with pods.servers(state):
        answer = ask(
            [pods.shell, "--quiet", "--norc", "--nodb", "--file", str(pods.files / "member.js")],
            env,
        )
    assert answer.strip() == hosts[chosen]


def test_no_password_is_on_a_command_line_or_left_in_a_file(scripts: Scripts) -> None:
    imitated_tools(scripts, f'echo "$@" >{scripts.folder}/words\necho 1 | gzip >a.bson.gz')
    assert scripts.run("backup.sh").returncode == 0
    assert NASTY not in (scripts.folder / "words").read_text()
    assert list((scripts.folder / "tmp").iterdir()) == []


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_that_is_ended_midway_does_not_count(
    scripts: Scripts, way: signal.Signals
) -> None:
    imitated_tools(scripts, "echo 1 | gzip >msg.bson.gz\nexec sleep 300")
    process = subprocess.Popen(
        ["sh", scripts.folder / "files/backup.sh"], env=scripts.make, start_new_session=True
    )
    eventually(lambda: list(scripts.backups.glob("*.part/*/msg.bson.gz")))
    os.kill(process.pid, way)
    assert process.wait(60) != 0
    if way == signal.SIGKILL:  # all processes of a container end with its first one
        os.killpg(process.pid, way)
    assert scripts.names() == []
    assert "no complete backup" in scripts.run("restore.sh").stderr
    imitated_tools(scripts, "echo 1 | gzip >msg.bson.gz")
    assert eventually(lambda: scripts.run("backup.sh").returncode == 0)
    assert [path.name for path in scripts.backups.glob("*T*")] == scripts.names()


def test_a_damaged_file_is_found_before_and_after(scripts: Scripts) -> None:
    imitated_tools(scripts, "head -c 20000 /dev/urandom | gzip | head -c 10000 >msg.bson.gz")
    done = scripts.run("backup.sh")
    assert done.returncode == 1
    assert "a file of it is damaged" in done.stderr
    assert scripts.names() == []
    imitated_tools(scripts, "echo 1 | gzip >msg.bson.gz")
    assert scripts.run("backup.sh").returncode == 0
    [name] = scripts.names()
    (scripts.backups / name / "openim_v3/msg.bson.gz").write_bytes(b"")
    assert f"the backup {name} is damaged" in scripts.run("restore.sh").stderr


def old(scripts: Scripts, name: str, size: int) -> None:
    folder = scripts.backups / name
    folder.mkdir()
    (folder / "msg.bson.gz").write_bytes(os.urandom(size))
    (folder / "SHA256SUMS").touch()


def test_older_backups_are_deleted_only_for_a_good_one_of_their_size(scripts: Scripts) -> None:
    old(scripts, "2026-01-01T000000Z", 4_000_000)
    for day in (2, 3, 4):
        old(scripts, f"2026-01-0{day}T000000Z", 1000)
    imitated_tools(scripts, "exit 1")
    assert scripts.run("backup.sh").returncode == 1
    assert len(scripts.names()) == 4
    imitated_tools(scripts, "echo 1 | gzip >msg.bson.gz")
    done = scripts.run("backup.sh")
    assert "kept the backup 2026-01-01T000000Z beyond 2, since it is more than tw" in done.stdout
    assert scripts.names()[:-1] == ["2026-01-01T000000Z", "2026-01-04T000000Z"]


def test_the_backup_to_restore_can_be_named(scripts: Scripts) -> None:
    imitated_tools(scripts, "")
    for day in (1, 2):
        old(scripts, f"2026-01-0{day}T000000Z", 10)
    done = scripts.run("restore.sh", BACKUP="2026-01-03")
    assert done.stderr == (
        "nothing was restored: there is no backup 2026-01-03, but these: "
        "2026-01-01T000000Z 2026-01-02T000000Z\n"
    )


def test_jobs_of_a_long_name_and_a_claim_of_one_s_own(render: Callable[..., Objects]) -> None:
    values = {"backup": {"enabled": True, "existingClaim": "nas"}, "fullnameOverride": "x" * 50}
    jobs = [o for o in render("mongodb", values) if o["kind"] == "CronJob"]
    assert [len(o["metadata"]["name"]) <= 52 for o in jobs] == [True, True]
    assert [o["spec"].get("suspend") for o in jobs] == [None, True]
    for job in jobs:
        volumes = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
        claims = [v["persistentVolumeClaim"] for v in volumes if "persistentVolumeClaim" in v]
        assert claims == [{"claimName": "nas"}]
    assert not [o for o in render("mongodb", values) if o["kind"] == "PersistentVolumeClaim"]
    with pytest.raises(HelmError, match="schedule"):
        render("mongodb", {"backup": {"enabled": True, "schedule": "daily"}})


def test_what_all_containers_have_reaches_those_of_backups(render: Callable[..., Objects]) -> None:
    values = {"global": {"resources": {"limits": {"ephemeral-storage": "1Gi"}}}, **ON}
    jobs = [o for o in render("mongodb", values) if o["kind"] == "CronJob"]
    assert len(jobs) == 2
    for job in jobs:
        spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        limits = spec["containers"][0]["resources"]["limits"]
        assert limits == {"memory": "1Gi", "ephemeral-storage": "1Gi"}
        assert all("sizeLimit" in v["emptyDir"] for v in spec["volumes"] if "emptyDir" in v)

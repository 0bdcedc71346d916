"""``openim-charts export systemd``: units, what their programs read, and the scripts."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.checks.api import Release
from openim_charts.config.api import Surroundings, rendered
from openim_charts.export.api import TARGETS, export, write_export
from openim_charts.findings import FindingsError
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document
from tests.export.conftest import NAMESPACE, RELEASE, Exported
from tests.registry import free_port

SYSTEMD = TARGETS["systemd"]
Hosted = tuple[Release, Mapping[str, bytes]]


@pytest.fixture(scope="module")
def hosted(catalog: Catalog, compiler: Compiler) -> Hosted:
    """What is rendered of everything for a host, without values, and the files."""
    chart = compiler.compile("openim")
    where = Surroundings(RELEASE, NAMESPACE, SYSTEMD.defaults(chart, catalog))
    release, warnings = rendered(chart, catalog, find_helm(), Document("", {}, {}, {}), where)
    assert not warnings
    assert not list(SYSTEMD.refused(release))
    return release, SYSTEMD.files(release)


def _unit(text: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.decode().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def test_every_module_is_a_unit_with_the_files_that_helm_renders(
    hosted: Hosted, catalog: Catalog
) -> None:
    release, files = hosted
    maps = {obj.name: obj for obj in release.objects if obj.kind == "ConfigMap"}
    modules = [n for n in catalog.charts["openim"].includes if catalog.charts[n].line]
    names = [f"im-{catalog.charts[name].component}" for name in modules]
    units = {path for path in files if path.startswith("units/")}
    assert units == {f"units/{name}.service" for name in names} | {"units/im.target"}
    assert _unit(files["units/im.target"])["Wants"] == [f"{name}.service" for name in sorted(names)]
    for name in names:
        below = f"config/{name}/config/"
        found = {p.removeprefix(below): files[p].decode() for p in files if p.startswith(below)}
        assert found == maps[name].data["data"], name
        assert (
            f" -c /etc/im/{below[:-1]} -i 0"
            in _unit(files[f"units/{name}.service"])["ExecStart"][0]
        )


def test_modules_register_and_find_one_another_at_the_address_of_the_host(hosted: Hosted) -> None:
    commands = {
        path: _unit(content)["ExecStart"][0]
        for path, content in hosted[1].items()
        if path.endswith(".service")
    }
    auth = commands["units/im-rpc-auth.service"]
    for variable in ("REGISTERIP", "LISTENIP"):
        assert f" IMENV_OPENIM_RPC_AUTH_RPC_{variable}=${{ADDRESS}} " in auth
    gateway = commands["units/im-msggateway.service"]
    assert " IMENV_OPENIM_MSGGATEWAY_LISTENIP=${ADDRESS} " in gateway
    chat = commands["units/im-chat-api.service"]
    assert " CHATENV_SHARE_OPENIM_APIURL=http://${ADDRESS}:10002 " in chat
    registering = [c for c in commands.values() if "POD_IPS=" in c]
    assert all("_REGISTERIP=${ADDRESS} " in command for command in registering)
    assert len(registering) == 11


def test_systemd_itself_takes_the_units(hosted: Hosted, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on PATH")
    paths = []
    for path, content in hosted[1].items():
        if path.startswith("units/"):
            paths.append(tmp_path / path.removeprefix("units/"))
            paths[-1].write_bytes(content)

    def run(*words: str) -> None:
        done = subprocess.run(
            [program, *words, *map(str, paths)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout

    run("verify", "--man=no")
    paths = [path for path in paths if path.suffix == ".service"]
    run("security", "--offline=true", "--threshold=20", "--no-pager")


def test_what_is_not_healthy_does_not_count_as_started(hosted: Hosted) -> None:
    for path, content in hosted[1].items():
        if path.endswith(".service"):
            unit = _unit(content)
            asks = [*unit.get("ExecStartPost", ())]
            assert len(asks) == (path != "units/im-crontask.service"), path
            assert (unit["Restart"], unit["TimeoutStartSec"]) == (["always"], ["300"])
    gateway = _unit(hosted[1]["units/im-msggateway.service"])
    assert gateway["ExecStartPost"] == ["/bin/bash /etc/im/ready.sh tcp ${ADDRESS} 10001"]
    assert gateway["TimeoutStopSec"] == ["90"]


@pytest.fixture(scope="module")
def auth(catalog: Catalog, compiler: Compiler) -> Mapping[str, bytes]:
    """The export of one module, without values."""
    chart, document = compiler.compile("openim-rpc-auth"), Document("", {}, {}, {})
    return export(SYSTEMD, chart, catalog, find_helm(), document, "openim")[0]


@pytest.fixture
def installed(auth: Mapping[str, bytes], tmp_path: Path) -> tuple[Path, Path]:
    """That export, and the root of a host that has its program."""
    write_export(tmp_path / "out", "systemd", auth, SYSTEMD.kept)
    program = tmp_path / "root/opt/openim/bin/openim-rpc-auth"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    return tmp_path / "out", tmp_path / "root"


def _install(out: Path, root: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["sh", out / "install.sh"],
        cwd="/",
        env={"PATH": os.environ["PATH"], "DESTDIR": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    time.sleep(0.02)  # the times of files are those of a clock that ticks a hundred times a second
    return done


def test_installing_takes_what_only_the_user_knows(installed: tuple[Path, Path]) -> None:
    out, root = installed
    first = _install(out, root)
    assert first.returncode == 1
    secrets = root / "etc/openim/secrets.env"
    asked = [line.split()[3] for line in first.stderr.splitlines()]
    assert asked == ["ETCD_PASSWORD='…'", "ETCD_USERNAME='…'", "REDIS_PASSWORD='…'"]
    assert str(secrets) in first.stderr
    with secrets.open("a") as file:
        file.write("ETCD_USERNAME='root'\nETCD_PASSWORD='a\\b $c'\nREDIS_PASSWORD=''\n")
    second = _install(out, root)
    assert (second.returncode, second.stderr) == (0, "")

    env = root / "etc/openim/env/openim-rpc-auth.env"
    lines = env.read_text().splitlines()
    assert lines[:3] == [
        "IMENV_DISCOVERY_ETCD_USERNAME='root'",
        "IMENV_DISCOVERY_ETCD_PASSWORD='a\\b $c'",
        "IMENV_REDIS_PASSWORD=''",
    ]
    made = lines[3].removeprefix("IMENV_SHARE_SECRET=").strip("'")
    assert len(made) == 32
    assert not any(made.encode() in p.read_bytes() for p in out.rglob("*") if p.is_file())
    assert {stat.S_IMODE(p.stat().st_mode) for p in (secrets, env)} == {0o600}
    assert stat.S_IMODE(env.parent.stat().st_mode) == 0o700
    for path in (root / "etc").rglob("*"):
        private = path in (secrets, env, env.parent)
        assert private or path.stat().st_mode & 0o004, f"{path} must be readable for programs"


def test_installing_again_touches_only_what_changed(installed: tuple[Path, Path]) -> None:
    out, root = installed
    (root / "etc/openim").mkdir(parents=True)
    secrets = root / "etc/openim/secrets.env"
    secrets.write_text("ETCD_USERNAME=''\nETCD_PASSWORD=''\nREDIS_PASSWORD=''\n")
    assert _install(out, root).returncode == 0
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*.yml")}
    assert before
    again = _install(out, root)
    assert "changed" not in again.stdout
    assert {p: p.stat().st_mtime_ns for p in before} == before

    unit = "openim-rpc-auth.service"
    for path in ("out/config/openim-rpc-auth/config/log.yml", "root/etc/openim/host.env"):
        with (out.parent / path).open("a") as file:
            file.write("# changed\n")
        assert f"changed: {unit}\n" in _install(out, root).stdout, path
    program = root / "opt/openim/bin/openim-rpc-auth"
    shutil.copy2(program, program.with_suffix(".new")).replace(program)  # as old as it was
    assert f"changed: {unit}\n" in _install(out, root).stdout
    secrets.write_text(secrets.read_text().replace("REDIS_PASSWORD=''", "REDIS_PASSWORD='new'"))
    assert f"changed: {unit}\n" in _install(out, root).stdout

    (out / "units" / unit).rename(out / "units/openim-other.service")
    assert _install(out, root).returncode == 0
    left = {p.name for p in (root / "usr/local/lib/systemd/system").iterdir()}
    assert left == {"openim-other.service", "openim.target"}


def test_a_program_that_is_not_there_is_named(installed: tuple[Path, Path]) -> None:
    out, root = installed
    (root / "opt/openim/bin/openim-rpc-auth").unlink()
    done = _install(out, root)
    assert done.returncode == 1
    assert done.stderr.endswith("etc/openim/host.env names: openim-rpc-auth\n")
    assert not (root / "usr").exists()


def test_the_scripts_are_plain_shell(auth: Mapping[str, bytes], tmp_path: Path) -> None:
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck on PATH")
    for name in ("install.sh", "ready.sh", "secrets.sh"):
        (tmp_path / name).write_bytes(auth[name])
        done = subprocess.run([program, tmp_path / name], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


SERVER = """\
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/well" else 500)
        self.end_headers()
    def log_message(self, *_):
        pass
time.sleep(0.3)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_a_service_is_ready_when_it_answers(auth: Mapping[str, bytes], tmp_path: Path) -> None:
    script = tmp_path / "ready.sh"
    script.write_bytes(auth["ready.sh"])
    port = str(free_port())
    with subprocess.Popen([sys.executable, "-c", SERVER, port]) as server:

        def ask(*words: str, timeout: float = 20) -> int:
            command = ["bash", script, *words]
            env = {"PATH": os.environ["PATH"], "MAINPID": str(server.pid)}
            return subprocess.run(
                command, env=env, capture_output=True, timeout=timeout, check=False
            ).returncode

        try:
            assert ask("tcp", "127.0.0.1", port) == 0
            assert ask("http", "127.0.0.1", port, "/well") == 0
            with pytest.raises(subprocess.TimeoutExpired):
                ask("http", "127.0.0.1", port, "/ill", timeout=1)
        finally:
            server.kill()
        server.wait()
        assert ask("tcp", "127.0.0.1", port) == 1


REFUSED = """\
global:
  objectStorage: {mode: external, addresses: ["s3.example.com:443"], existingSecret: s3}
replicaCount: 2
command: [/bin/sh, -c, "migrate; exec openim-rpc-third"]
extraEnv: [{name: A, value: "x$(IMENV_SHARE_SECRET)"}]
extraVolumes: [{name: keys, secret: {secretName: keys}}]
extraVolumeMounts: [{name: keys, mountPath: /keys}]
initContainers:
  - &first
    name: first
    image: docker.io/library/busybox:1.37.0
    command: [echo]
    resources: {limits: {memory: 8Mi}}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      readOnlyRootFilesystem: true
extraObjects:
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: once}
    spec:
      template:
        spec:
          automountServiceAccountToken: false
          restartPolicy: Never
          securityContext:
            {runAsNonRoot: true, runAsUser: 65534, seccompProfile: {type: RuntimeDefault}}
          containers: [*first]
"""


def test_what_a_host_cannot_do_is_refused_at_its_value(exported: Exported) -> None:
    def said(chart: str, values: str) -> dict[int, str]:
        with pytest.raises(FindingsError) as caught:
            exported("systemd", chart, values)
        assert {finding.rule for finding in caught.value.findings} == {"not-exportable"}
        return {f.location.line: f.message for f in caught.value.findings}

    at = said("openim-rpc-third", REFUSED)
    assert at.keys() == {3, 4, 5, 6, 8, 18}
    assert "one machine runs one of each" in at[3]
    assert "write it as a program and its arguments" in at[4]
    assert "cannot put one variable's secret into another" in at[5]
    assert at[6].endswith("a unit has only files of ConfigMaps and temporary folders")
    assert at[8].endswith("'initContainers' has no counterpart in systemd")
    assert at[18].startswith("Job once at kind: systemd has nothing like it")
    assert "a host runs programs of OpenIM's own" in said("redis", "{}")[1]


def test_values_mean_the_same(exported: Exported) -> None:
    values = """\
command: [/opt/bin/openim-rpc-auth]
args: [-c, /config, --word, "$(WORD) 100% $HOME"]
extraEnv: [{name: WORD, value: 'a "b"\\c %n'}]
resources: {limits: {memory: 1Gi, cpu: 1500m}}
config: {openim-rpc-auth: {rpc: {registerIP: 192.0.2.7}}}
terminationGracePeriodSeconds: 45
"""
    unit = _unit(exported("systemd", "openim-rpc-auth", values)["units/openim-rpc-auth.service"])
    command = unit["ExecStart"][0]
    assert command.endswith(
        " ${BIN}/openim-rpc-auth -c /etc/openim/config/openim-rpc-auth/config --word "
        '"a \\"b\\"\\\\c %%n 100%% $$HOME"'
    )
    assert "REGISTERIP" not in command, "the file says it"
    assert 'WORD=a \\"b\\"\\\\c %%n' in " ".join(unit["Environment"])
    assert (unit["MemoryMax"], unit["CPUQuota"]) == (["1073741824"], ["150%"])
    assert unit["TimeoutStopSec"] == ["45"]


def test_addresses_of_the_user_stay_as_they_are(exported: Exported) -> None:
    values = 'global: {etcd: {addresses: ["[::1]:2379"]}}'
    made = exported("systemd", "openim-crontask", values)
    unit = _unit(made["units/openim-crontask.service"])
    assert unit["ExecStart"] == [
        "/usr/bin/env ${BIN}/openim-crontask -c /etc/openim/config/openim-crontask/config -i 0"
    ]
    assert b"[::1]:2379" in made["config/openim-crontask/config/discovery.yml"]

"""A unit of ``export systemd`` starts the real program: as systemd would, but for the sandbox."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.config.api import read_values
from openim_charts.export.api import TARGETS, export, write_export
from openim_charts.helm.find import find_helm
from openim_charts.specs.model import Catalog
from tests.product.infrastructure.programs import connects
from tests.product.real.conftest import System
from tests.product.real.middleware import free_ports
from tests.product.real.pods import local_addresses

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

MODULE = "openim-rpc-auth"


def _environment(path: Path) -> dict[str, str]:
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {line.partition("=")[0]: line.partition("=")[2].strip("'") for line in lines}


def _command(line: str, root: Path, env: Mapping[str, str]) -> list[str]:
    """The words of a command of a unit, whose /etc is that of ``root``."""
    for name, value in env.items():
        line = line.replace(f"${{{name}}}", value)
    return [word.replace("/etc/openim/", f"{root}/etc/openim/") for word in shlex.split(line)]


def _installed(
    out: Path, root: Path, program: Path, secrets: Mapping[str, Mapping[str, str]]
) -> Path:
    """Install an export below ``root``, as on a host that has the program and the passwords."""
    etc = root / "etc/openim"
    etc.mkdir(parents=True)
    given = {
        f"{secret}_{key}".replace("-", "_").upper(): value
        for secret, keys in secrets.items()
        for key, value in keys.items()
    }
    (etc / "secrets.env").write_text("".join(f"{k}='{v}'\n" for k, v in given.items()))
    host = (out / "host.env").read_text().replace("/opt/openim/bin", str(program.parent))
    (etc / "host.env").write_text(host)
    (root / program.parent.relative_to("/")).mkdir(parents=True)
    (root / program.relative_to("/")).symlink_to(program)
    env = {**os.environ, "DESTDIR": str(root)}
    subprocess.run(["sh", str(out / "install.sh")], env=env, check=True)
    return etc


def test_a_unit_starts_its_program_at_the_address_of_the_host(
    system: System, image: Path, catalog: Catalog, compiler: Compiler, tmp_path: Path
) -> None:
    rpc, metrics = free_ports(2)
    values = dict(system.middleware.values["global"])
    ports = {"rpc": {"ports": [rpc]}, "prometheus": {"ports": [metrics]}}
    values |= {"config": {"server": {MODULE: ports}}, "discovery": {"rootDirectory": "host"}}
    openim = tmp_path / "openim.yaml"
    openim.write_text(yaml.safe_dump({"global": values}))
    target, document = TARGETS["systemd"], read_values([openim])
    made, _ = export(target, compiler.compile(MODULE), catalog, find_helm(), document, "openim")
    write_export(tmp_path / "out", "systemd", made)
    [program] = image.glob(f"**/{MODULE}")
    root = tmp_path / "root"
    etc = _installed(tmp_path / "out", root, program, system.middleware.secrets)

    unit = (root / "usr/local/lib/systemd/system" / f"{MODULE}.service").read_text()
    lines = dict(line.split("=", 1) for line in unit.splitlines() if line.startswith("ExecStart"))
    env = _environment(etc / "host.env") | _environment(etc / f"env/{MODULE}.env")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(_command(lines["ExecStart"], root, env), env=env, stdout=log)
        try:
            ready = _command(lines["ExecStartPost"], root, env)
            ask = {"PATH": os.environ["PATH"], "MAINPID": str(process.pid)}
            subprocess.run(ready, env=ask, timeout=60, check=True)
            key = f"host/auth/127.0.0.1:{rpc}"
            deadline = time.monotonic() + 30
            while key not in system.middleware.etcd.keys("host/"):
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                time.sleep(0.2)
            others = [a for a in local_addresses() if not a.startswith("127.")]
            assert connects(rpc)
            assert not any(connects(rpc, address) for address in others)
        finally:
            process.terminate()
            process.wait(30)
    assert process.returncode == 0

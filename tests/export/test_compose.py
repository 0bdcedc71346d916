"""``openim-charts export compose``: what Docker Compose reads, starts and mounts."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.checks.api import Release
from openim_charts.export.api import TARGETS, write_export
from openim_charts.findings import FindingsError
from openim_charts.specs.model import Catalog
from tests.export.conftest import Exported

pytestmark = pytest.mark.xdist_group("compose")  # everything is rendered once for them

Services = Mapping[str, dict[str, Any]]

COMPOSE = TARGETS["compose"]


@pytest.fixture(scope="module")
def files(composed: tuple[Release, Mapping[str, bytes]]) -> Mapping[str, bytes]:
    return composed[1]


@pytest.fixture(scope="module")
def services(files: Mapping[str, bytes]) -> Services:
    found: Services = yaml.safe_load(files["compose.yaml"])["services"]
    return found


@pytest.fixture(scope="module")
def folder(files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export, with passwords."""
    out = tmp_path_factory.mktemp("compose") / "out"
    write_export(out, "compose", files, COMPOSE.kept)
    subprocess.run(["sh", out / "secrets.sh"], cwd="/", check=True)
    return out


def _modules(catalog: Catalog) -> list[str]:
    members = catalog.charts["openim"].includes
    return [c for c in members if catalog.charts[c].kind == "module"]


def test_compose_itself_takes_it(folder: Path, services: Services) -> None:
    program = shutil.which(os.environ.get("COMPOSE_CONFIG", "compose-config"))
    if program is None:
        pytest.skip("no compose-config on PATH, and COMPOSE_CONFIG does not name one")
    command = [program, str(folder / "compose.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    project = json.loads(done.stdout)
    assert project["name"] == "im"
    assert project["services"].keys() == services.keys()
    made = dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())
    auth = project["services"]["im-rpc-auth"]["environment"]
    assert auth["IMENV_SHARE_SECRET"] == made["IM_SERVER_SECRET"].strip("'")
    assert re.fullmatch("[A-Za-z0-9]{32}", auth["IMENV_SHARE_SECRET"])
    assert not auth.get("IMENV_REDIS_USERNAME"), "nobody has set it"
    script = project["services"]["im-api"]["entrypoint"][-1]
    assert script.startswith("exec /"), "the shell's own words"


def test_every_module_runs_with_the_files_that_helm_renders(
    composed: tuple[Release, Mapping[str, bytes]], services: Services, catalog: Catalog
) -> None:
    release, files = composed
    maps = {obj.name: obj for obj in release.objects if obj.kind == "ConfigMap"}
    for name in _modules(catalog):
        service = f"im-{catalog.charts[name].component}"
        assert services[service]["restart"] == "unless-stopped"
        if not catalog.charts[name].config:
            continue
        [mount] = [m for m in services[service]["volumes"] if m["target"] == "/config"]
        assert (mount["type"], mount["read_only"]) == ("bind", True)
        below = mount["source"].removeprefix("./") + "/"
        mounted = {p.removeprefix(below): files[p].decode() for p in files if p.startswith(below)}
        assert mounted == maps[service].data["data"], name


def test_a_service_starts_anew_when_its_files_change(exported: Exported) -> None:
    def of(values: str) -> dict[str, Any]:
        text = exported("compose", "openim-rpc-user", values)["compose.yaml"]
        found: dict[str, Any] = yaml.safe_load(text)["services"]["openim-rpc-user"]
        return found

    before = of("resources: {limits: {memory: 1Gi}}")
    after = of("{resources: {limits: {memory: 1Gi}}, config: {log: {remainRotationCount: 5}}}")
    assert before["labels"].keys() == after["labels"].keys()
    assert before.pop("labels") != after.pop("labels")
    assert before == after


def test_services_wait_for_what_they_use_until_it_is_ready(
    services: Services, catalog: Catalog
) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            needed = services[other]
            if how["condition"] == "service_healthy":
                assert "healthcheck" in needed, (name, other)
            elif how["condition"] == "service_completed_successfully":
                assert needed["restart"] == "no", (name, other)
            elif service["network_mode"] == f"service:{other}":
                assert how["restart"] is True
            else:
                assert service["network_mode"] == needed["network_mode"]
    for name in _modules(catalog):
        spec = catalog.charts[name]
        waits = services[f"im-{spec.component}"].get("depends_on", {})
        for dependency in spec.uses:
            provider = f"im-{dependency.component}"
            assert {provider, f"{provider}-health"} & waits.keys(), (name, provider)
    ended = {n for n, s in services.items() if s["restart"] == "no"}
    assert {n for n in ended if "setup" in n} <= {*services["im-rpc-third"]["depends_on"]} | {
        *services["im-msgtransfer"]["depends_on"]
    }


def test_what_shares_a_network_keeps_it_when_another_part_ends(services: Services) -> None:
    """Docker takes the network of a container away when that ends, also when it starts again."""
    sharing: dict[str, list[str]] = {}
    for name, service in services.items():
        mode = service.get("network_mode", "none")
        if mode != "none":
            sharing.setdefault(mode.removeprefix("service:"), []).append(name)
    for holder, names in sharing.items():
        assert len(names) > 1
        assert services[holder]["entrypoint"] == ["tail"]
        known = services[holder]["networks"]["default"]["aliases"]
        assert holder.removesuffix("-net") in known
        assert not {"hostname", "sysctls", "networks"} & {k for n in names for k in services[n]}
    assert "im-redis-net" in sharing


def test_nothing_is_left_of_volumes_that_images_declare(
    services: Services, catalog: Catalog
) -> None:
    seen = 0
    for name, service in services.items():
        image = catalog.image_of(service["image"])
        assert image
        mounted = {str(mount["target"]) for mount in service.get("volumes", ())}
        mounted |= {mount.partition(":")[0] for mount in service.get("tmpfs", ())}
        assert {*image.configuration.volumes} <= mounted, name
        seen += len(image.configuration.volumes)
    assert seen > 3


def test_images_have_the_programs_that_ask_them(services: Services, catalog: Catalog) -> None:
    asked = 0
    for name, service in services.items():
        if "healthcheck" in service:
            command = service["healthcheck"]["test"]
            image = catalog.image_of(service["image"])
            assert command[0] == "CMD"
            assert image is not None
            assert image.has(command[1]) is True, (name, command)
            asked += 1
    running = [s for s in services.values() if s["restart"] != "no"]
    assert asked > len(running) // 2


def test_the_script_is_plain_shell(folder: Path) -> None:
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck on PATH")
    command = [program, "--shell", "sh", str(folder / "secrets.sh")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_containers_are_restricted(services: Services) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        root = service.get("user", "").startswith("0:")
        assert root == (service.get("cap_add") == ["CHOWN"]), name
        assert not root or service["network_mode"] == "none", name
        assert service["logging"]["options"]["max-size"], name
        assert ("ports" in service) == (name == "edge"), name


def test_volumes_belong_to_who_uses_them(files: Mapping[str, bytes], services: Services) -> None:
    declared = yaml.safe_load(files["compose.yaml"])["volumes"]
    owners = {}
    for name, service in services.items():
        if "cap_add" in service:
            for volume in service["volumes"]:
                owners[volume["source"]] = (name, service["command"][0])
    users = [
        (mount["source"], service)
        for service in services.values()
        for mount in service.get("volumes", ())
        if mount["type"] == "volume" and "cap_add" not in service
    ]
    assert declared.keys() == owners.keys() == {volume for volume, _ in users}
    for volume, service in users:
        giver, owner = owners[volume]
        assert service["user"] == owner
        needed = service["depends_on"]
        if giver not in needed:
            needed = next(services[n]["depends_on"] for n in needed if "depends_on" in services[n])
        assert needed[giver]["condition"] == "service_completed_successfully"


def _names(files: Mapping[str, bytes]) -> Iterator[str]:
    for content in files.values():
        yield from re.findall(r"[a-z0-9.-]+\.svc\.cluster\.local", content.decode())


def test_names_of_kubernetes_lead_to_the_services(
    files: Mapping[str, bytes], services: Services
) -> None:
    known = {
        alias
        for service in services.values()
        for alias in service.get("networks", {}).get("default", {}).get("aliases", ())
    }
    wanted = {name for name in _names(files) if not name.startswith(".")}
    assert "im-etcd-0.im-etcd-headless.messaging.svc.cluster.local" in wanted
    assert wanted <= known


def test_secrets_are_made_once_and_are_in_no_file(files: Mapping[str, bytes], folder: Path) -> None:
    env = folder / ".env"
    before, mode = env.read_text(), stat.S_IMODE(env.stat().st_mode)
    assert mode == 0o600
    made = [line.partition("=")[2].strip("'") for line in before.splitlines()]
    long = [value for value in made if len(value) >= 16]
    assert len(long) > 8
    for path, content in files.items():
        assert not any(value.encode() in content for value in long), path

    changed = {**files, "compose.yaml": files["compose.yaml"] + b"# changed\n"}
    written = write_export(folder, "compose", changed, COMPOSE.kept)
    assert written.changed == ("compose.yaml", "export.json")
    subprocess.run(["sh", folder / "secrets.sh"], cwd="/", check=True)
    assert (env.read_text(), stat.S_IMODE(env.stat().st_mode)) == (before, mode)
    first, rest = before.split("\n", 1)
    env.write_text(rest.rstrip("\n"))
    subprocess.run(["sh", folder / "secrets.sh"], cwd="/", check=True)
    lines = env.read_text().splitlines()
    assert [line for line in lines if line in before] == rest.splitlines()
    assert [line.partition("=")[0] for line in lines if line not in before] == [
        first.partition("=")[0]
    ]
    env.write_text(before)
    assert (env.read_text(), stat.S_IMODE(env.stat().st_mode)) == (before, mode)


EXTERNAL = """\
global:
  redis: {mode: external, addresses: ["r.example.com:6379"], existingSecret: redis-login}
  image: {registry: harbor.example.com/mirror}
  exposure: {hosts: {main: im.example.com}, scheme: https, port: null}
initContainers:
  - name: first
    image: docker.io/library/busybox:1.37.0
    command: [echo, "$(WORD) $HOME"]
    env: [{name: WORD, value: "a$$b"}]
    resources: {limits: {memory: 8Mi}}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      readOnlyRootFilesystem: true
"""


def test_values_mean_the_same(exported: Exported, tmp_path: Path) -> None:
    made = exported("compose", "openim-msggateway", EXTERNAL)
    services: Services = yaml.safe_load(made["compose.yaml"])["services"]
    assert services["edge"]["image"].startswith("harbor.example.com/mirror/library/")
    assert services["edge"]["ports"] == ["${PORT:-80}:8080"]
    assert b"server_name im.example.com;" in made["config/edge/nginx.conf"]
    assert b"r.example.com:6379" in made["config/openim-msggateway/config/redis.yml"]
    assert services["openim-msggateway-first"]["entrypoint"] == ["echo", "a$$b $$HOME"]
    waits = services["openim-msggateway"]["depends_on"]
    assert waits == {"openim-msggateway-first": {"condition": "service_completed_successfully"}}
    write_export(tmp_path / "out", "compose", made, COMPOSE.kept)
    command = ["sh", str(tmp_path / "out" / "secrets.sh")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "write a line REDIS_LOGIN_PASSWORD='…' into .env: the key password of the Secret "
        "redis-login\n"
    )


REFUSED = """\
global:
  exposure:
    type: ingress
    hosts: {main: im.example.com}
service: {type: LoadBalancer}
hostAliases: [{ip: 192.0.2.1, hostnames: [mail.example.com]}]
extraVolumes: [{name: certificates, secret: {secretName: certificates}}]
extraVolumeMounts: [{name: certificates, mountPath: /certificates}]
"""


def test_what_compose_cannot_do_is_refused_at_its_value(exported: Exported) -> None:
    def said(values: str) -> dict[int, str]:
        with pytest.raises(FindingsError) as caught:
            exported("compose", "openim-api", values)
        found = caught.value.findings
        assert {finding.rule for finding in found} == {"not-exportable"}
        return {finding.location.line: finding.message for finding in found}

    at = said(REFUSED)
    assert at.keys() == {3, 5, 6, 7}
    assert at[3].startswith("Ingress openim-api")
    assert at[5].startswith("Service openim-api at spec.type: ")
    assert "'hostAliases'" in at[6]
    assert at[7].endswith("Compose cannot mount secret")
    assert said("replicaCount: 3")[1].startswith(
        "Deployment openim-api at spec.replicas: one machine runs one of each"
    )
    unsafe = said("containerSecurityContext: {seccompProfile: {type: Unconfined}}")
    assert any("seccompProfile: Compose has only Docker's own" in text for text in unsafe.values())
    assert "'nvidia.com/gpu'" in said("resources: {limits: {memory: 1Gi, nvidia.com/gpu: 1}}")[1]
    assert said("autoscaling: {type: hpa}")[1].startswith("HorizontalPodAutoscaler ")


def test_the_same_values_give_the_same_bytes(exported: Exported) -> None:
    first = dict(exported("compose", "minio", "{}"))
    assert dict(exported("compose", "minio", "{}")) == first


def test_what_is_run_after_a_start_is_a_step_of_its_own(exported: Exported) -> None:
    made = exported("compose", "seaweedfs", "{}")
    services: Services = yaml.safe_load(made["compose.yaml"])["services"]
    main, step = services["openim-seaweedfs"], services["openim-seaweedfs-post-start"]
    assert step["entrypoint"] == ["/bin/sh", "/files/bucket.sh"]
    for key in ("image", "user", "environment", "volumes", "network_mode", "read_only"):
        assert step[key] == main[key], key
    assert step["depends_on"]["openim-seaweedfs"] == {"condition": "service_started"}
    assert (step["restart"], "healthcheck" in step) == ("no", False)
    values = "global: {objectStorage: {mode: seaweedfs}}"
    text = exported("compose", "openim-rpc-third", values)["compose.yaml"]
    assert b"minio" not in text.lower().replace(b"imenv_minio", b"")

"""The facts about images, held against pods that are right and pods that are wrong in one way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from openim_charts.checks.containers import running
from openim_charts.checks.rule import ReleaseRule
from openim_charts.checks.started import in_file
from openim_charts.specs.image_model import ImageFile, Program
from openim_charts.specs.keys.image import Account, Configuration, Override, WrittenPath
from tests.checks.builders import chart_spec, image, release, rule
from tests.replaced import replace

POD = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: demo-web}
spec:
  template:
    spec:
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        fsGroup: 1000
      initContainers:
        - name: wait
          image: mirror.example.org/docker.io/library/tools:1.0
          command: [/bin/sh, -c, "until nc -z x 1; do sleep 2; done"]
          securityContext: {readOnlyRootFilesystem: true}
      containers:
        - name: main
          image: docker.io/library/web:1.0
          command: [/bin/sh, /files/start.sh]
          env:
            - {name: WEB_STORE, value: /data}
            - {name: WEB_INIT_OPTIONS, value: x}
            - {name: WEB_DATA, value: /data/db}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            exec: {command: [web, ready]}
          lifecycle:
            preStop: {exec: {command: [/bin/sh, -c, sleep 5]}}
          securityContext: {readOnlyRootFilesystem: true}
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: files, mountPath: /files}
            - {name: run, mountPath: /run}
      volumes:
        - name: files
          configMap: {name: demo-web}
        - {name: run, emptyDir: {}}
  volumeClaimTemplates:
    - metadata: {name: data}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: demo-web}
data:
  app.yml: |
    store: {path: /data}
  start.sh: |
    #!/bin/sh
    set -eu
    web=$(command -v other || command -v web)
    helper() { "$web" "$@"; }
    helper init
    exec timeout 5 "$web"
"""
WEB = image(
    "web",
    programs={"web": Program("web", "/usr/bin/web")},
    configuration=Configuration(
        user="1000",
        env={"WEB_STORE": "/store", "WEB_HOME": "/home"},
        volumes=("/store/data",),
        entrypoint=("/start.sh",),
        cmd=("web",),
    ),
    data_owner=Account(1000, 1000),
    writes=(
        WrittenPath("/store/data/db", "the database", setting="WEB_DATA, --data", by=("web",)),
        WrittenPath("/run/web", "a socket", needed=True, setting="socket"),
    ),
    overrides=(Override("WEB_STORE", "*.yml", "store.path"),),
    entrypoint_only=("WEB_INIT_*", "!WEB_INIT_OPTIONS"),
)
TOOLS = image("tools", programs={"nc": Program("nc")})


def found(
    name: str,
    text: str,
    web: ImageFile = WEB,
    notes: str = "",
    values: Mapping[str, Any] = MappingProxyType({}),
) -> list[str]:
    """Messages of the rule, on a release whose pod runs the image ``web``."""
    made = replace(release(text, chart_spec(notes=notes)), values=values)
    made = replace(made, catalog=replace(made.catalog, images={"web": web, "tools": TOOLS}))
    wanted = rule(name)
    if isinstance(wanted, ReleaseRule):
        return [problem.message for problem in wanted.check(made)]
    return [p.message for obj in made.objects for p in wanted.check(obj, made.catalog)]


RULES = [
    "image-environment",
    "image-known",
    "image-paths",
    "image-platforms",
    "image-programs",
    "image-user",
    "image-volumes",
]
ROOT = "securityContext: {readOnlyRootFilesystem: true}\n          volumeMounts"
# rule, what is replaced by what, words of the message
WRONG = [
    ("image-known", "web:1.0", "web:1.1", "nothing is known about the image docker.io/library/web"),
    ("image-known", "tools:1.0", "tool:1.0", "nothing is known"),
    (
        "image-volumes",
        "mountPath: /data}",
        "mountPath: /store}",
        "the volume /store/data of the image web lies below",
    ),
    (
        "image-volumes",
        "mountPath: /data}",
        "mountPath: /store/data/x}",
        "lies above this mount at /store/data/x",
    ),
    (
        "image-volumes",
        "{name: WEB_DATA, value: /data/db}",
        "",
        "writes the database to /store/data/",
    ),
    ("image-volumes", "/data/db}", "/store/data/a}", "writes the database to /store/data/a"),
    (
        "image-environment",
        "{name: WEB_STORE, value: /data}",
        "",
        "sets WEB_STORE=/store, which wins",
    ),
    ("image-environment", "WEB_INIT_OPTIONS", "WEB_INIT_USER", "WEB_INIT_USER has no effect"),
    (
        "image-programs",
        "command: [web, ready]",
        "command: [wget, -q]",
        "starts wget, and nobody has",
    ),
    (
        "image-programs",
        "command: [web, ready]",
        "command: [grep, -q]",
        "starts grep, which the image",
    ),
    ("image-programs", "command: [web, ready]", "command: [/bin/web]", "starts /bin/web, which"),
    ("image-programs", "-c, sleep 5", "-c, grep 5", "starts grep"),
    ("image-programs", "-c, sleep 5", "-c, timeout 5 grep", "starts grep"),
    ("image-programs", "-c, sleep 5", "-ec, env A=1 sh -c 'sleep 1 | grep 2'", "starts grep"),
    ("image-programs", "[/bin/sh, -c, sleep 5]", "[/bin/bash, -c, sleep 5]", "/bin/bash"),
    ("image-programs", "command -v web)", "command -v grep)", "line 3 starts other or grep"),
    ("image-programs", "    helper init\n", "    helper init | grep x\n", "line 5 starts grep"),
    ("image-programs", "    helper init\n", "    trap 'grep x' EXIT\n", "line 5 starts grep"),
    (
        "image-programs",
        "    helper init\n",
        "    $unknown init\n",
        "line 5 starts a program whose name",
    ),
    ("image-programs", "    helper init\n", "    if helper\n", "no shell script that can be"),
    ("image-programs", "/files/start.sh]", "/files/stop.sh]", "starts /files/stop.sh"),
    ("image-programs", "nc -z x 1", "wget -q x", "starts wget"),
    (
        "image-paths",
        "name: run, mountPath: /run",
        "name: run, mountPath: /tmp",
        "/run/web, which is",
    ),
    (
        "image-paths",
        "mountPath: /run}",
        "mountPath: /run, readOnly: true}",
        "which lies on the emptyDir",
    ),
    ("image-paths", ROOT, "securityContext: {}\n          volumeMounts", "must be true"),
    ("image-paths", "fsGroup: 1000", "runAsGroup: 1", "the claim at /data belongs to root"),
    ("image-user", "containerPort: 8080", "containerPort: 80", "cannot open port 80"),
]


@pytest.mark.parametrize("name", RULES)
def test_right(name: str) -> None:
    assert found(name, POD) == []


@pytest.mark.parametrize(("name", "old", "new", "words"), WRONG)
def test_wrong(name: str, old: str, new: str, words: str) -> None:
    assert old in POD, old
    messages = found(name, POD.replace(old, new))
    assert any(words in message for message in messages), messages


@pytest.mark.parametrize(
    ("user", "words"),
    [("", "runs as root"), ("0:0", "runs as root"), ("nobody", "has the user nobody"), ("7", "")],
)
def test_user_of_an_image(user: str, words: str) -> None:
    web = replace(WEB, configuration=Configuration(user=user))
    text = POD.replace("        runAsUser: 1000\n", "")
    messages = [m for m in found("image-user", text, web) if "image web " in m]
    assert [words in message for message in messages] == ([True] if words else [])
    assert not [m for m in found("image-user", POD, web) if "image web " in m]


@pytest.mark.parametrize("name", ["image-user", "image-paths"])
def test_a_platform_may_choose_user_and_groups(name: str) -> None:
    bare = POD.replace("        runAsUser: 1000\n        fsGroup: 1000\n", "")
    web = replace(WEB, configuration=replace(WEB.configuration, user=""))
    assert found(name, bare, web)
    assert not found(name, bare, web, values={"global": {"userFromPlatform": True}})


def test_a_sysctl_or_a_capability_opens_low_ports() -> None:
    text = POD.replace("containerPort: 8080", "containerPort: 80")
    sysctl = "sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '80'}]"
    capability = "{capabilities: {add: [NET_BIND_SERVICE]}, readOnlyRootFilesystem: true}"
    assert found("image-user", text)
    assert not found("image-user", text.replace("fsGroup: 1000", sysctl))
    assert not found("image-user", text.replace("{readOnlyRootFilesystem: true}", capability))


def test_a_platform_that_an_image_lacks_is_named_by_notes() -> None:
    web = replace(WEB, platforms=("linux/amd64",))
    assert "not known to be built for linux/arm64" in found("image-platforms", POD, web)[0]
    assert not found("image-platforms", POD, web, "On linux/arm64 use an image of your own.")


def test_a_writable_root_file_system_is_written_by_its_owner() -> None:
    text = POD.replace("mountPath: /run}", "mountPath: /other}").replace("only", "Other", 1)
    text = text.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")
    assert not [m for m in found("image-paths", text) if "belongs to the user" in m]
    other = text.replace("runAsUser: 1000", "runAsUser: 65534")
    assert [m for m in found("image-paths", other) if "belongs to the user 1000" in m]


@pytest.mark.parametrize(
    ("text", "led"),
    [
        ("socket = /other/web", True),
        ("socket: /other/web", True),
        ("{socket: /other/web}", True),
        ("socket /other/web", True),
        ("exec web --socket=$dir/web", True),
        ("# socket = /other/web", False),
        ("websocket = /other/web", False),
        ("socket = /closed/web", False),
    ],
)
def test_a_setting_in_a_file_leads_elsewhere(text: str, led: bool) -> None:
    pod = POD.replace("mountPath: /run}", "mountPath: /other}") + f"  web.conf: |\n    {text}\n"
    assert bool(found("image-paths", pod)) != led


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("a: {b: /x}", "a.b", ["/x"]),
        ('{"a": {"b": 1}}', "a.b", ["1"]),
        ("[a]\nb = /x\n[c]\nb = /y\n", "c.b", ["/y"]),
        ("a.b=/x\n", "a.b", ["/x"]),
        ("b = /x\n[a]\nc = /y", "a.b", []),
        ('echo "a=/x" >"$file"', "a", ["/x"]),
        ("dir /x\n", "dir", ["/x"]),
        ("; dir = /x\n", "dir", []),
    ],
)
def test_keys_of_files(text: str, key: str, values: list[str]) -> None:
    assert list(in_file(text, key)) == values


def test_without_a_command_the_image_runs_its_own() -> None:
    text = POD.replace("          command: [/bin/sh, /files/start.sh]\n", "")
    assert [m for m in found("image-programs", text) if "starts /start.sh" in m]
    assert not found("image-environment", text.replace("WEB_INIT_OPTIONS", "WEB_INIT_USER"))
    script = POD.replace("    helper init\n", "    /start.sh web\n")
    assert not found("image-environment", script.replace("WEB_INIT_OPTIONS", "WEB_INIT_USER"))
    reads = POD.replace("    helper init\n", '    echo "$WEB_INIT_USER"\n')
    assert not found("image-environment", reads.replace("WEB_INIT_OPTIONS", "WEB_INIT_USER"))


def test_mounted_scripts_that_start_others() -> None:
    """Each is read once, also where two of them start one another."""
    other = "  other.sh: |\n    #!/usr/bin/env bash\n    . /files/start.sh\n    grep x\n"
    for call in ("sh /files/other.sh", ". /files/other.sh", "/files/other.sh"):
        text = POD.replace("helper init", call) + other
        messages = found("image-programs", text)
        assert "line 3 starts grep, which the image web lacks" in messages
        assert ("line 1 starts bash" in "".join(messages)) == (call == "/files/other.sh")


def test_a_part_of_a_config_map_is_mounted() -> None:
    text = POD.replace("mountPath: /files}", "mountPath: /bin/start, subPath: start.sh}")
    text = text.replace("/files/start.sh", "/bin/start")
    assert found("image-programs", text) == []
    text = POD.replace(
        "{name: demo-web}\n        - {name: run",
        "{name: demo-web, items: [{key: start.sh, path: a}]}\n        - {name: run",
    )
    assert found("image-programs", text.replace("[/bin/sh, /files/start.sh]", "[/files/a]")) == []
    assert found("image-programs", text)


def test_a_container_is_known_by_all_that_rules_look_at() -> None:
    """A build does not judge a container again whose facts are those of a good one."""

    def facts(text: str, name: str = "web", **values: Any) -> list[tuple[object, ...]]:
        made = replace(release(text, chart_spec(name)), values=values)
        made = replace(made, catalog=replace(made.catalog, images={"web": WEB, "tools": TOOLS}))
        return [container.facts for container in running(made)]

    known = facts(POD)
    assert facts(POD) == known
    assert len(set(known)) == len(known) == 2
    assert facts(POD.replace("helper init", "helper other"))[1] != known[1], "a mounted file"
    assert not {*facts(POD.replace("runAsUser: 1000", "runAsUser: 0"))} & {*known}
    assert not {*facts(POD, name="other")} & {*known}, "the notes of its spec"
    assert not {*facts(POD, **{"global": {"userFromPlatform": True}})} & {*known}

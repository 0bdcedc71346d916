"""Probes run for months: a thousand rounds of each leave nothing behind in its container."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.product.node.release import Release, component_of

pytestmark = [pytest.mark.node, pytest.mark.nightly]

ROUNDS = 1000
LEFT = 4 * 1024 * 1024  # bytes that programs may have taken meanwhile for work of their own
# Its arguments are the command.
LOOP = """\
n=0 failed=0
while [ "$n" -lt "$ROUNDS" ]; do
  "$@" >/dev/null 2>&1 || failed=$((failed + 1))
  n=$((n + 1))
done
echo "$failed"
"""
# Anonymous memory and processes of the container, by cgroup v1 or v2, and connections that nobody
# has closed: established, or closed by the other side only.
USED = """\
cgroup=/sys/fs/cgroup memory=$cgroup/memory/memory.stat processes=$cgroup/pids/pids.current
[ -e "$memory" ] || memory=$cgroup/memory.stat processes=$cgroup/pids.current
while read -r name value; do
  case $name in anon | total_rss) echo "$value" ;; esac
done <"$memory"
read -r value <"$processes" && echo "$value"
count=0
for file in /proc/net/tcp /proc/net/tcp6; do
  [ -e "$file" ] || continue
  while read -r _ _ _ state _; do
    case $state in 01 | 08) count=$((count + 1)) ;; esac
  done <"$file"
done
echo "$count"
"""


@dataclass(frozen=True)
class Probe:
    """A command that the kubelet runs in a container again and again."""

    pod: str
    container: str
    command: tuple[str, ...]

    def shell(self, release: Release, script: str, *words: str) -> list[int]:
        """The numbers that a script prints in the container."""
        target = ("exec", self.pod, "--container", self.container, "--", "env", f"ROUNDS={ROUNDS}")
        found = release.kubectl(*target, "/bin/sh", "-c", script, "soak", *words)
        return [int(line) for line in found.split()]


def probes(pods: Sequence[Mapping[str, Any]]) -> dict[str, Probe]:
    """One of each script that probes run, by the chart's line or the chart that has it."""
    found: dict[str, Probe] = {}
    for pod in pods:
        for container in pod["spec"]["containers"]:
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                command = container.get(kind, {}).get("exec", {}).get("command")
                if command:
                    key = f"{container['image']} {' '.join(command)}"
                    name = pod["metadata"]["name"]
                    found.setdefault(key, Probe(name, container["name"], tuple(command)))
    return found


def test_a_thousand_rounds_of_each_probe_leave_nothing_behind(release: Release) -> None:
    if not release.pods():
        release.install()
    release.wait_ready(len(release.pods()))
    wrong = {}
    seen = probes(release.pods())
    for key, probe in seen.items():
        probe.shell(release, LOOP.replace("$ROUNDS", "20"), *probe.command)  # what it starts once
        memory, processes, connections = probe.shell(release, USED)
        [failed] = probe.shell(release, LOOP, *probe.command)
        after = probe.shell(release, USED)
        print(key, "failed", failed, "before", [memory, processes, connections], "after", after)
        grown = (
            after[0] - memory > LEFT
            or after[1] > processes + 1
            or after[2] > connections + ROUNDS // 20
        )
        if failed or grown:
            wrong[key] = (failed, (memory, processes, connections), after)
    assert not wrong, json.dumps(wrong, indent=2)
    assert seen
    restarted = [
        component_of(p)
        for p in release.pods()
        for s in p["status"]["containerStatuses"]
        if s["restartCount"] and p["metadata"]["name"] in {q.pod for q in seen.values()}
    ]
    assert not restarted

"""A sender of one message a second inside the cluster, and a receiver at the gateway."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.product.cluster.conftest import run
from tests.product.node.people import People, pushed_text
from tests.product.node.release import NAME, Forward, forward

POD = "sender"
# Its own name keeps it out of the Services and the counts of the release.
LABELS = {"app.kubernetes.io/name": POD}
PORT = 10002  # of openim-api
HEARTBEAT = 10  # seconds; the gateway waits for 30
GROUP_WAIT = 30  # seconds, as in the chart of Alertmanager
# Each message is sent beside the others, so that one that gets no answer does not hold them up.
SCRIPT = """\
n=0
while :; do
  n=$((n + 1))
  (
    begun=$(date +%s)
    answer=$(printf '{"sendID": "alice", "recvID": "bob", "senderPlatformID": 1, "sessionType": 1,
      "contentType": 101, "content": {"content": "m-%s"}}' "$n" |
      curl -sS --max-time 10 -H "operationID: sender-$n" -H "token: $TOKEN" \\
        -H 'Content-Type: application/json' --data-binary @- "$API/msg/send_msg" 2>&1 |
      tr '\\n' ' ')
    echo "$n $begun $(date +%s) $answer"
  ) &
  sleep 1
done
"""
_NUMBER = re.compile(r"m-(\d+)")


@dataclass(frozen=True)
class Sent:
    """A message: its number, when its sending began and ended, and whether it was accepted."""

    number: int
    begun: int
    ended: int
    accepted: bool
    answer: str


@dataclass
class Receiver:
    """Bob's client, connected or trying to be. ``arrived``: number of a message -> its time."""

    users: People
    arrived: dict[int, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """Connect, and note what is pushed, again and again until ``end``."""
        while not self._ended.is_set():
            try:
                with self.users.connection() as connection:
                    said = time.monotonic()
                    while not self._ended.is_set():
                        for text in pushed_text(connection.pushed()):
                            self._note(text)
                        if time.monotonic() > said + HEARTBEAT:
                            connection.ping()
                            said = time.monotonic()
            except (OSError, EOFError, AssertionError, RuntimeError, ValueError):
                self.users.gateway.renew()
                self.users.api.renew()
                self._ended.wait(0.5)
            except Exception:  # RefusedError and what a broken stream may look like
                self._ended.wait(0.5)

    def end(self) -> None:
        """Listen no more."""
        self._ended.set()

    def _note(self, text: str) -> None:
        found = _NUMBER.fullmatch(text)
        if found:
            self.arrived.setdefault(int(found[1]), time.time())


@dataclass
class Alarm:
    """What the release's Prometheus raises, and what its Alertmanager would wake somebody for."""

    prometheus: Forward
    alertmanager: Forward
    fired: dict[tuple[str, float], float] = field(default_factory=dict)
    _told: dict[tuple[str, float], list[float]] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Ask both again and again until ``end``; nobody answers while they are away themselves."""
        while not self._ended.wait(5):
            for alert in _asked(self.prometheus, "/api/v1/alerts"):
                if alert["state"] == "firing":
                    self.fired.setdefault(_identity(alert, "activeAt"), time.time())
            for alert in _asked(self.alertmanager, "/api/v2/alerts?silenced=false&inhibited=false"):
                if alert["labels"]["severity"] == "critical":
                    self._told.setdefault(_identity(alert, "startsAt"), []).append(time.time())

    def raised(self, begun: float) -> set[str]:
        """Names of the alerts whose cause came after a moment."""
        return {name for name, since in list(self.fired) if since >= begun}

    def pages(self, begun: float) -> dict[str, float]:
        """Critical alerts that began after a moment and that nothing else explained for as long as
        Alertmanager waits before it tells; each with the seconds until Alertmanager had it."""
        return {
            name: times[0] - begun
            for (name, since), times in list(self._told.items())
            if since >= begun and times[-1] - times[0] >= GROUP_WAIT
        }

    def ever(self) -> set[str]:
        """Names of all alerts that Prometheus remembers to have raised in the last two hours."""
        query = 'max_over_time(ALERTS{alertstate="firing"}[2h])'
        found = _asked(self.prometheus, f"/api/v1/query?{urlencode({'query': query})}", "result")
        return {series["metric"]["alertname"] for series in found}

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()


def _asked(server: Forward, path: str, key: str = "alerts") -> list[dict[str, Any]]:
    try:
        with urlopen(f"http://127.0.0.1:{server.port()}{path}", timeout=5) as answer:
            found = json.load(answer)
    except (OSError, HTTPException, ValueError):
        server.renew()
        return []
    return list(found["data"][key] if isinstance(found, dict) else found)


def _identity(alert: Mapping[str, Any], since: str) -> tuple[str, float]:
    return alert["labels"]["alertname"], datetime.fromisoformat(alert[since]).timestamp()


@dataclass(frozen=True)
class Traffic:
    """The sender, the receiver and who watches for alerts, at work."""

    users: People
    receiver: Receiver
    alarm: Alarm

    def sent(self) -> dict[int, Sent]:
        """What was sent so far, by number."""
        words = ("logs", POD, "--tail=-1")
        lines = self.users.release.kubectl(*words).splitlines()
        found = [sent for sent in map(_sent, lines) if sent]
        return {sent.number: sent for sent in found}

    def steady(self, after: float, count: int, seconds: float) -> Sequence[Sent]:
        """Wait for ``count`` messages in a row, sent after a moment, that are accepted and arrive.

        AssertionError when there are none in so many seconds.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(1)
            row: list[Sent] = []
            for sent in sorted(self.sent().values(), key=lambda s: s.number):
                if sent.begun < after:
                    continue
                good = sent.accepted and sent.number in self.receiver.arrived
                follows = not row or sent.number == row[-1].number + 1
                row = ([*row, sent] if follows else [sent]) if good else []
                if len(row) == count:
                    return row
        raise AssertionError(f"no {count} messages in a row arrived within {seconds} s")


def _sent(line: str) -> Sent | None:
    words = line.split(" ", 3)
    if len(words) < 4 or not words[0].isdigit():
        return None
    try:
        accepted = json.loads(words[3])["errCode"] == 0
    except (ValueError, KeyError, TypeError):
        accepted = False
    return Sent(int(words[0]), int(words[1]), int(words[2]), accepted, words[3][:300])


def _pod(image: str, token: str) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": POD, "labels": LABELS},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65534,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": POD,
                    "image": image,
                    "command": ["/bin/sh", "-c", SCRIPT],
                    "env": [
                        {"name": "API", "value": f"http://{NAME}-api:{PORT}"},
                        {"name": "TOKEN", "value": token},
                    ],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


@contextmanager
def traffic(users: People, image: str) -> Iterator[Traffic]:
    """The sender and the receiver, for a block's time."""
    namespace = users.release.namespace
    pod = json.dumps(_pod(image, users.admin().token))
    users.release.kubectl(
        "delete", "pod", POD, "--ignore-not-found", "--wait=true"
    )  # of an earlier run
    run("kubectl", "--namespace", namespace, "apply", "--filename", "-", stdin=pod)
    with (
        forward(users.release, "prometheus", 9090) as prometheus,
        forward(users.release, "alertmanager", 9093) as alertmanager,
    ):
        receiver, alarm = Receiver(users), Alarm(prometheus, alertmanager)
        threads = [threading.Thread(target=t, daemon=True) for t in (receiver.listen, alarm.watch)]
        for thread in threads:
            thread.start()
        try:
            yield Traffic(users, receiver, alarm)
        finally:
            receiver.end()
            alarm.end()
            for thread in threads:
                thread.join(30)
            words = ["kubectl", "--namespace", namespace, "delete", "pod", POD, "--wait=false"]
            subprocess.run(words, check=False, capture_output=True)

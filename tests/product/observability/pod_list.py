"""An API server that knows pods only: what Prometheus asks to find what it reads."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.http_server import JSONHandler, serving
from tests.product.infrastructure.programs import one

Pod = Mapping[str, Any]


def pod_of(
    objects: Sequence[dict[str, Any]],
    name: str,
    ip: str,
    phase: str = "Running",
    ready: bool = True,
    start: str = "1",
) -> Pod:
    """A pod of the only StatefulSet, as a cluster shows it.

    ``start`` is another one for each start of its containers.
    """
    workload = one(objects, "StatefulSet")
    template = workload["spec"]["template"]
    known = {"name": name, "namespace": workload["metadata"]["namespace"], "uid": name}
    owner = {"kind": "StatefulSet", "name": workload["metadata"]["name"], "controller": True}
    return {
        "metadata": template["metadata"] | known | {"ownerReferences": [owner]},
        "spec": template["spec"],
        "status": {
            "phase": phase,
            "podIP": ip,
            "hostIP": ip,
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [
                {"name": c["name"], "containerID": f"containerd://{name}-{c['name']}-{start}"}
                for c in template["spec"]["containers"]
            ],
        },
    }


class Pods:
    """The pods of all namespaces, which clients of the API server watch."""

    def __init__(self, pods: Sequence[Pod]) -> None:
        self.now = {pod["metadata"]["name"]: pod for pod in pods}
        self.watches: list[queue.Queue[Mapping[str, Any] | None]] = []
        self._version = 1

    def change(self, pod: Pod) -> None:
        """The pod is another one from now on."""
        self._version += 1
        metadata = pod["metadata"] | {"resourceVersion": str(self._version)}
        self.now[metadata["name"]] = {**pod, "metadata": metadata}
        for watch in self.watches:
            watch.put({"type": "MODIFIED", "object": self.now[metadata["name"]]})

    def end(self) -> None:
        """Every watch ends."""
        for watch in self.watches:
            watch.put(None)


@contextmanager
def api_server(host: str, pods: Pods) -> Iterator[str]:
    """Serve the pods for a block's time; gives the URL."""

    class Handler(JSONHandler):
        def get(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            namespace = url.path.split("/")[4]
            if "watch" not in query:
                found = [p for p in [*pods.now.values()] if _selected(p, namespace, query)]
                kind = {"kind": "PodList", "apiVersion": "v1"}
                self.answer(200, kind | {"metadata": {"resourceVersion": "1"}, "items": found})
            elif "sendInitialEvents" in query:
                # As older API servers say it; clients list then.
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422}
                self.answer(422, status | {"reason": "Invalid", "message": "sendInitialEvents"})
            else:
                self._watch(namespace, query)

        def _watch(self, namespace: str, query: Mapping[str, list[str]]) -> None:
            events: queue.Queue[Mapping[str, Any] | None] = queue.Queue()
            pods.watches.append(events)
            self.answer(200, None)
            # What changed between the list and this.
            for pod in [*pods.now.values()]:
                events.put({"type": "MODIFIED", "object": pod})
            while (event := events.get()) is not None:
                if _selected(event["object"], namespace, query):
                    self.wfile.write(json.dumps(event).encode() + b"\n")
                    self.wfile.flush()

    with serving(Handler, host) as address:
        try:
            yield f"http://{address}"
        finally:
            pods.end()


def _selected(pod: Pod, namespace: str, query: Mapping[str, list[str]]) -> bool:
    wanted = [term.split("=") for term in query.get("labelSelector", [""])[0].split(",") if term]
    meta = pod["metadata"]
    return meta["namespace"] == namespace and all(meta["labels"].get(k) == v for k, v in wanted)

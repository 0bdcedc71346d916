"""An API server that knows pods only: what Prometheus asks to find what it reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.http_server import JSONHandler, serving
from tests.infrastructure.programs import one

Pod = Mapping[str, Any]


def pod_of(objects: Sequence[dict[str, Any]], name: str, ip: str, phase: str = "Running") -> Pod:
    """A pod of the only StatefulSet, as a cluster shows it."""
    workload = one(objects, "StatefulSet")
    template = workload["spec"]["template"]
    known = {"name": name, "namespace": workload["metadata"]["namespace"], "uid": name}
    return {
        "metadata": template["metadata"] | known,
        "spec": template["spec"],
        "status": {"phase": phase, "podIP": ip, "hostIP": ip},
    }


@contextmanager
def api_server(host: str, pods: Sequence[Pod]) -> Iterator[str]:
    """Serve the pods of all namespaces for a block's time; gives the URL."""
    ended = threading.Event()

    class Handler(JSONHandler):
        def get(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            if "watch" not in query:
                namespace = url.path.split("/")[4]
                found = [p for p in pods if _selected(p, namespace, query)]
                kind = {"kind": "PodList", "apiVersion": "v1"}
                self.answer(200, kind | {"metadata": {"resourceVersion": "1"}, "items": found})
            elif "sendInitialEvents" in query:
                # As older API servers say it; clients list then.
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422}
                self.answer(422, status | {"reason": "Invalid", "message": "sendInitialEvents"})
            else:
                self.answer(200, None)
                ended.wait()

    with serving(Handler, host) as address:
        try:
            yield f"http://{address}"
        finally:
            ended.set()


def _selected(pod: Pod, namespace: str, query: Mapping[str, list[str]]) -> bool:
    wanted = [term.split("=") for term in query.get("labelSelector", [""])[0].split(",") if term]
    meta = pod["metadata"]
    return meta["namespace"] == namespace and all(meta["labels"].get(k) == v for k, v in wanted)

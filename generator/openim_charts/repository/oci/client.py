"""The part of the OCI distribution protocol that pushing charts needs.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from openim_charts.findings import UserError
from openim_charts.repository.oci.transport import Transport

MANIFEST = "application/vnd.oci.image.manifest.v1+json"

_MAX_MANIFEST = 4 * 2**20  # bytes, the protocol's advice for registries
_MAX_BLOB = 20 * 2**20


def digest_of(content: bytes) -> str:
    """The OCI digest of some bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def descriptor(kind: str, content: bytes) -> dict[str, Any]:
    """What a manifest says of a blob of the media type ``kind``."""
    return {"mediaType": kind, "digest": digest_of(content), "size": len(content)}


class Registry:
    """One registry. Methods raise UserError; ``repository`` is a path like ``charts/openim``."""

    def __init__(self, host: str, *, plain_http: bool = False, actions: str = "pull,push") -> None:
        self._host = host
        self._ask = Transport(host, plain_http=plain_http, actions=actions).ask

    def manifest(
        self, repository: str, tag: str, accept: str = MANIFEST
    ) -> tuple[str, bytes] | None:
        """Digest and content of the manifest behind a tag; None when there is none.

        ``accept`` lists the media types that will do.
        """
        answer = self._ask(
            "GET", repository, f"manifests/{tag}", headers={"Accept": accept}, limit=_MAX_MANIFEST
        )
        if answer.status_code == 404:
            return None
        _expect(answer, 200)
        return digest_of(answer.content), answer.content

    def blob(self, repository: str, digest: str) -> bytes:
        """A blob, proven by its digest."""
        answer = self._ask("GET", repository, f"blobs/{digest}", limit=_MAX_BLOB)
        _expect(answer, 200)
        if digest_of(answer.content) != digest:
            raise UserError(f"{self._host}/{repository}@{digest} is damaged in the registry")
        return answer.content

    def tags(self, repository: str) -> list[str]:
        """All tags; none when there is no such repository."""
        found: list[str] = []
        path = "tags/list"
        while path:
            answer = self._ask("GET", repository, path, limit=_MAX_MANIFEST)
            if answer.status_code == 404:
                return found
            _expect(answer, 200)
            found += answer.json().get("tags") or []
            path = answer.links.get("next", {}).get("url", "")
        return found

    def push_blob(self, repository: str, content: bytes) -> str:
        """Store a blob unless it is there; its digest."""
        digest = digest_of(content)
        if self._ask("HEAD", repository, f"blobs/{digest}").status_code == 200:
            return digest
        begun = self._ask("POST", repository, "blobs/uploads/")
        _expect(begun, 202)
        place = urljoin(begun.url, begun.headers.get("Location", ""))
        mark = "&" if urlsplit(place).query else "?"
        headers = {"Content-Type": "application/octet-stream"}
        done = self._ask("PUT", repository, f"{place}{mark}digest={digest}", content, headers)
        _expect(done, 201)
        return digest

    def push_manifest(self, repository: str, tag: str, content: bytes, kind: str = MANIFEST) -> str:
        """Point a tag at a manifest of the media type ``kind``; its digest."""
        headers = {"Content-Type": kind}
        _expect(self._ask("PUT", repository, f"manifests/{tag}", content, headers), 201)
        return digest_of(content)


def _expect(answer: requests.Response, status: int) -> None:
    if answer.status_code == status:
        return
    said = _message(answer)
    if answer.status_code in (401, 403):
        said += "; log in with 'helm registry login', as a user who may do that"
    raise UserError(f"{answer.request.method} {answer.url} gave HTTP {answer.status_code}: {said}")


def _message(answer: requests.Response) -> str:
    try:
        errors: Any = answer.json()["errors"]
        return "; ".join(f"{error['code']} {error.get('message', '')}".strip() for error in errors)
    except (ValueError, KeyError, TypeError):
        return answer.reason or "no reason given"

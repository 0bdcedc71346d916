"""The part of the OCI distribution protocol that pushing charts needs.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import hashlib
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from generator.findings import UserError
from generator.repository.oci.credentials import find_credentials
from generator.repository.oci.tokens import authorization

MANIFEST = "application/vnd.oci.image.manifest.v1+json"

_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between bytes
_TRIES = 4
_LATER = {408, 425, 429, 500, 502, 503, 504}
_MAX_MANIFEST = 4 * 2**20  # bytes, the protocol's advice for registries
_MAX_BLOB = 20 * 2**20
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def digest_of(content: bytes) -> str:
    """The OCI digest of some bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """One registry. Methods raise UserError; ``repository`` is a path like ``charts/openim``."""

    def __init__(self, host: str, *, plain_http: bool = False, actions: str = "pull,push") -> None:
        self._host = host
        self._actions = actions  # what a token is asked for
        loopback = urlsplit(f"//{host}").hostname in _LOOPBACK
        self._plain = plain_http or loopback
        self._base = f"{'http' if self._plain else 'https'}://{host}"
        self._session = requests.Session()
        self._authorization: dict[str, str] = {}

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
        self._expect(answer, 200)
        return digest_of(answer.content), answer.content

    def blob(self, repository: str, digest: str) -> bytes:
        """A blob, proven by its digest."""
        answer = self._ask("GET", repository, f"blobs/{digest}", limit=_MAX_BLOB)
        self._expect(answer, 200)
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
            self._expect(answer, 200)
            found += answer.json().get("tags") or []
            path = answer.links.get("next", {}).get("url", "")
        return found

    def push_blob(self, repository: str, content: bytes) -> str:
        """Store a blob unless it is there; its digest."""
        digest = digest_of(content)
        if self._ask("HEAD", repository, f"blobs/{digest}").status_code == 200:
            return digest
        begun = self._ask("POST", repository, "blobs/uploads/")
        self._expect(begun, 202)
        place = urljoin(begun.url, begun.headers.get("Location", ""))
        mark = "&" if urlsplit(place).query else "?"
        headers = {"Content-Type": "application/octet-stream"}
        done = self._ask("PUT", repository, f"{place}{mark}digest={digest}", content, headers)
        self._expect(done, 201)
        return digest

    def push_manifest(self, repository: str, tag: str, content: bytes) -> str:
        """Point a tag at a manifest; its digest."""
        headers = {"Content-Type": MANIFEST}
        self._expect(self._ask("PUT", repository, f"manifests/{tag}", content, headers), 201)
        return digest_of(content)

    def _ask(
        self,
        method: str,
        repository: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        limit: int = 2**20,
    ) -> requests.Response:
        url = urljoin(f"{self._base}/v2/{repository}/", path)
        answer = self._send(method, repository, url, content, headers or {}, limit)
        if answer.status_code != 401:
            return answer
        challenge = answer.headers.get("WWW-Authenticate", "")
        scope = f"repository:{repository}:{self._actions}"
        credentials = find_credentials(self._host)
        self._authorization[repository] = authorization(challenge, credentials, scope, self._secure)
        return self._send(method, repository, url, content, headers or {}, limit)

    def _send(
        self,
        method: str,
        repository: str,
        url: str,
        content: bytes | None,
        headers: dict[str, str],
        limit: int,
    ) -> requests.Response:
        if not self._secure(url):
            raise UserError(f"{self._host} sends us to {url}, which is not safe")
        if urlsplit(url).netloc == self._host and repository in self._authorization:
            headers = {**headers, "Authorization": self._authorization[repository]}
        why = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(0.5 * 2**attempt)
            try:
                answer = self._session.request(
                    method, url, data=content, headers=headers, timeout=_TIMEOUT, stream=True
                )
                _read(answer, limit)
            except requests.RequestException as error:
                why = type(error).__name__
                continue
            if answer.status_code not in _LATER:
                return answer
            why = f"HTTP {answer.status_code}"
        raise UserError(f"{method} {url} failed {_TRIES} times: {why}")

    def _secure(self, url: str) -> bool:
        """Whether a password may go there: HTTPS, or HTTP where the registry itself speaks it."""
        parts = urlsplit(url)
        return parts.scheme == "https" or (self._plain and parts.scheme == "http")

    def _expect(self, answer: requests.Response, status: int) -> None:
        if answer.status_code == status:
            return
        said = _message(answer)
        if answer.status_code in (401, 403):
            said += "; log in with 'helm registry login', as a user who may do that"
        raise UserError(
            f"{answer.request.method} {answer.url} gave HTTP {answer.status_code}: {said}"
        )


def _read(answer: requests.Response, limit: int) -> None:
    """Read a body of bounded size, so that ``answer.content`` holds it."""
    found = bytearray()
    for chunk in answer.iter_content(2**16):
        found += chunk
        if len(found) > limit:
            raise UserError(f"{answer.url} answers with more than {limit} bytes")
    answer._content = bytes(found)


def _message(answer: requests.Response) -> str:
    try:
        errors: Any = answer.json()["errors"]
        return "; ".join(f"{error['code']} {error.get('message', '')}".strip() for error in errors)
    except (ValueError, KeyError, TypeError):
        return answer.reason or "no reason given"

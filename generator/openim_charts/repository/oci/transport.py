"""Asking a registry: its logins, its redirects, and trying again.

The login that is stored for a registry goes to the registry and to where it sends us for a token,
never over HTTP to another host. Whatever other host a redirect names gets no login.
"""

from __future__ import annotations

import time
from urllib.parse import urljoin, urlsplit

import requests

from openim_charts.findings import UserError
from openim_charts.repository.fetch import LATER, TRIES, pause
from openim_charts.repository.oci.tokens import as_it_is, authorization, find_credentials

_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between bytes
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_HOPS = 5  # redirects in a row


class Transport:
    """One registry, host perhaps with a port; ``actions`` is what tokens are asked for."""

    def __init__(self, host: str, *, plain_http: bool, actions: str) -> None:
        self._host = host
        self._hostname = urlsplit(f"//{host}").hostname
        self._plain = plain_http or self._hostname in _LOOPBACK
        self._base = f"{'http' if self._plain else 'https'}://{host}"
        self._actions = actions
        self._session = requests.Session()
        self._authorization: dict[str, str] = {}  # by repository

    def ask(
        self,
        method: str,
        repository: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        limit: int = 2**20,
    ) -> requests.Response:
        """The answer of at most ``limit`` bytes; ``path`` is below the repository, or a URL.

        When the registry wants a login, or another one because a token ran out, it gets one and is
        asked again. Raises UserError.
        """
        url = urljoin(f"{self._base}/v2/{repository}/", path)
        answer = self._follow(method, repository, url, content, headers or {}, limit)
        if answer.status_code != 401:
            return answer
        challenge = answer.headers.get("WWW-Authenticate", "")
        scope = f"repository:{repository}:{self._actions}"
        credentials = find_credentials(self._host)
        header = authorization(challenge, credentials, scope, self._trusted)
        self._authorization[repository] = header
        return self._follow(method, repository, url, content, headers or {}, limit)

    def _follow(
        self,
        method: str,
        repository: str,
        url: str,
        content: bytes | None,
        headers: dict[str, str],
        limit: int,
    ) -> requests.Response:
        for _ in range(_HOPS):
            if not self._allowed(url):
                raise UserError(f"{self._host} sends us to {url}, which is not safe")
            login = self._authorization.get(repository)
            own = urlsplit(url)[:2] == urlsplit(self._base)[:2]
            sent = {**headers, "Authorization": login} if own and login else headers
            answer = self._try(method, url, content, sent, limit)
            if method not in ("GET", "HEAD") or not answer.is_redirect:
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise UserError(f"{self._host} redirects more than {_HOPS} times, at last to {url}")

    def _try(
        self, method: str, url: str, content: bytes | None, headers: dict[str, str], limit: int
    ) -> requests.Response:
        why = later = ""
        for failures in range(TRIES):
            if failures:
                time.sleep(pause(failures, later))
            later = ""
            try:
                answer = self._session.request(
                    method, url, data=content, headers=headers, timeout=_TIMEOUT, stream=True,
                    auth=as_it_is, allow_redirects=False,
                )  # fmt: skip
                _read(answer, limit)
            except requests.RequestException as error:
                why = type(error).__name__
                continue
            if answer.status_code not in LATER:
                return answer
            why = f"HTTP {answer.status_code}"
            later = answer.headers.get("Retry-After", "")
        raise UserError(f"{method} {url} failed {TRIES} times: {why}")

    def _allowed(self, url: str) -> bool:
        """Whether to ask there at all: HTTPS, or HTTP where the registry itself speaks it."""
        return urlsplit(url).scheme in (("https", "http") if self._plain else ("https",))

    def _trusted(self, url: str) -> bool:
        """Whether a password may go there: HTTPS, or HTTP to the host that speaks it."""
        parts = urlsplit(url)
        same = parts.hostname == self._hostname or {parts.hostname, self._hostname} <= _LOOPBACK
        return parts.scheme == "https" or (self._plain and same and parts.scheme == "http")


def _read(answer: requests.Response, limit: int) -> None:
    """Read a body of bounded size, so that ``answer.content`` holds it."""
    found = bytearray()
    for chunk in answer.iter_content(2**16):
        found += chunk
        if len(found) > limit:
            raise UserError(f"{answer.url} answers with more than {limit} bytes")
    answer._content = bytes(found)

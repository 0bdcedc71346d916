"""Answering a registry's challenge (RFC 7235, and the token flow of the distribution project)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

from generator.findings import UserError
from generator.repository.oci.credentials import Credentials

_PARAMETER = re.compile(r'([A-Za-z_]+)="([^"]*)"')
_SECONDS = 30.0


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """For ``auth=``: the request has its login, or shall have none. Without this, requests puts
    what ``~/.netrc`` says of the host in place of a token."""
    return request


def authorization(
    challenge: str, credentials: Credentials | None, scope: str, secure: Callable[[str], bool]
) -> str:
    """The Authorization header that answers a ``WWW-Authenticate`` challenge.

    ``secure`` says whether a URL may be sent a password. Raises UserError.
    """
    kind, _, rest = challenge.partition(" ")
    if kind.lower() == "basic":
        return _basic(credentials)
    if kind.lower() != "bearer":
        raise UserError(f"the registry wants authentication of an unknown kind: {challenge!r}")
    parameters = dict(_PARAMETER.findall(rest))
    realm = parameters.get("realm", "")
    if not secure(realm):
        raise UserError(f"the registry sends us for a token to {realm!r}, which is not safe")
    wanted = {"scope": scope, "service": parameters.get("service", "")}
    return f"Bearer {_token(realm, {k: v for k, v in wanted.items() if v}, credentials)}"


def _basic(credentials: Credentials | None) -> str:
    if credentials is None or not credentials.user:
        raise UserError(
            "the registry wants a user and a password: log in with 'helm registry login'"
        )
    pair = f"{credentials.user}:{credentials.password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _token(realm: str, wanted: dict[str, str], credentials: Credentials | None) -> str:
    host = urlsplit(realm).netloc
    try:
        if credentials and credentials.identity_token:
            form = {
                **wanted,
                "grant_type": "refresh_token",
                "refresh_token": credentials.identity_token,
                "client_id": "openim-charts",
            }
            answer = requests.post(
                realm, data=form, timeout=_SECONDS, auth=as_it_is, allow_redirects=False
            )
        else:
            headers = {"Authorization": _basic(credentials)} if credentials else {}
            answer = requests.get(
                realm, params=wanted, headers=headers, timeout=_SECONDS,
                auth=as_it_is, allow_redirects=False,
            )  # fmt: skip
        body: Any = answer.json() if answer.status_code == 200 else {}
    except (requests.RequestException, ValueError) as error:
        raise UserError(f"{host} gave no token: {type(error).__name__}") from error
    token = body.get("token") or body.get("access_token") if isinstance(body, dict) else None
    if not token:
        hint = "check the login" if credentials else "log in with 'helm registry login'"
        raise UserError(f"{host} gave no token (HTTP {answer.status_code}): {hint}")
    return str(token)

"""What the values of a release give away, for targets that write them into a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from openim_charts.checks.api import Problem, Release, RenderedObject, mapping

_READABLE = "its content would be in a file that others read too; create the Secret apart"

# A shorter text, such as the name of an account, may stand in values by chance.
_LONG = 12


def secrets_in_values(release: Release) -> Iterator[Problem]:
    """Secrets whose content stands in the values, as it is or for a template that encodes it."""
    for obj in release.of("Secret"):
        if any(text in one for text in _contents(obj) for one in release.given):
            yield Problem(_READABLE, obj, ("kind",))


def _contents(secret: RenderedObject) -> Iterator[str]:
    for encoded in mapping(secret.data, "data").values():
        if encoded:
            yield str(encoded)
            yield from _decoded(str(encoded))
    yield from (str(text) for text in mapping(secret.data, "stringData").values() if text)


def _decoded(text: str) -> Iterator[str]:
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return
    if len(plain) >= _LONG:
        yield plain

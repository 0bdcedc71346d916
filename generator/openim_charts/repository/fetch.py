"""Reading a published repository: a folder, or the live one over HTTP."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from openim_charts.findings import UserError
from openim_charts.repository.index import INDEX, Index, Version
from openim_charts.repository.index_text import parse_index

if TYPE_CHECKING:
    import requests


TRIES = 4
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers that may be better later
_LONGEST = 60.0  # seconds that a server's wish is heeded


def pause(failures: int, retry_after: str = "") -> float:
    """Seconds to wait after so many failed tries: 1, 2, 4, or longer where the server wants that.

    ``retry_after`` is its header, seconds or a date (RFC 9110, 10.2.3); one that is neither is
    ignored, and no wish is heeded for longer than a minute.
    """
    import urllib3

    wanted = 0.0
    if retry_after:
        with suppress(urllib3.exceptions.InvalidHeader):
            wanted = float(urllib3.Retry().parse_retry_after(retry_after))
    return max(float(2 ** (failures - 1)), min(wanted, _LONGEST))


MAX_INDEX = 64 * 2**20  # bytes; 10,000 versions take 6 MB
MAX_ARCHIVE = 20 * 2**20  # bytes; a release Secret in the cluster holds no more than 1 MiB
_CONNECT, _READ, _WHOLE = 10.0, 30.0, 300.0  # seconds


class Base:
    """The repository that a publish grows from, named by a URL or a folder."""

    def __init__(self, place: str) -> None:
        self._remote = "://" in place
        self._place = place.rstrip("/")
        self._session: requests.Session | None = None

    def index(self, *, adopt: bool = False) -> Index:
        """Its index. Raises UserError."""
        shown = f"{self._place}/{INDEX}"
        return parse_index(self._get(shown, MAX_INDEX), shown, adopt=adopt)

    def archive(self, version: Version) -> bytes:
        """The archive of a version, proven by its digest. Raises UserError."""
        shown = urljoin(f"{self._place}/", version.url) if self._remote else ""
        shown = shown or f"{self._place}/{version.place('') or version.filename}"
        content = self._get(shown, MAX_ARCHIVE)
        if hashlib.sha256(content).hexdigest() != version.digest:
            raise UserError(
                f"{shown} is not what was published: its digest should be {version.digest}"
            )
        return content

    def _get(self, where: str, limit: int) -> bytes:
        if self._remote:
            if self._session is None:
                import requests

                self._session = requests.Session()
            return download(self._session, where, limit)
        try:
            return Path(where).read_bytes()
        except OSError as error:
            raise UserError(f"{where} cannot be read: {error.strerror}") from error


def download(session: requests.Session, url: str, limit: int) -> bytes:
    """The body behind a URL, of at most ``limit`` bytes, tried again where that may help.

    Raises UserError.
    """
    tried = _Attempt()
    for failures in range(TRIES):
        if failures:
            time.sleep(pause(failures, tried.retry_after))
        tried = _attempt(session, url, limit)
        if tried.content is not None:
            return tried.content
        if tried.final:
            break
    raise UserError(f"{url} cannot be fetched: {tried.why}")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The content that one try gave, or why it gave none."""

    content: bytes | None = None
    why: str = ""
    final: bool = False  # another try is useless
    retry_after: str = ""  # the server's wish


def _attempt(session: requests.Session, url: str, limit: int) -> _Attempt:
    import requests
    import urllib3

    try:
        with session.get(url, stream=True, timeout=(_CONNECT, _READ)) as answer:
            if answer.status_code != 200:
                final = answer.status_code not in LATER
                wish = answer.headers.get("Retry-After", "")
                return _Attempt(None, f"HTTP {answer.status_code}", final, wish)
            content = _body(answer, limit, time.monotonic() + _WHOLE)
    except requests.exceptions.InvalidURL as error:
        return _Attempt(None, str(error), True)
    except requests.exceptions.InvalidSchema:
        return _Attempt(None, "only addresses with http:// and https:// can be read", True)
    except requests.exceptions.SSLError as error:
        return _Attempt(None, f"TLS: {_reason(error)}", True)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        return _Attempt(None, _reason(error))
    if content is None:
        why = f"it is larger than {limit} bytes, or slower than {_WHOLE:.0f} s"
        return _Attempt(None, why, True)
    expected = answer.headers.get("Content-Length", "")
    coded = answer.headers.get("Content-Encoding")
    if expected.isdigit() and not coded and int(expected) != len(content):
        return _Attempt(None, f"{len(content)} of {expected} bytes came")
    return _Attempt(content)


def _body(answer: requests.Response, limit: int, end: float) -> bytes | None:
    found = bytearray()
    # What came so far, at each read: to wait for a whole block may take for ever.
    while chunk := answer.raw.read1(2**16, decode_content=True):
        found += chunk
        if len(found) > limit or time.monotonic() > end:
            return None
    return bytes(found)


def _reason(error: Exception) -> str:
    """What lies behind an error, in the words of the system: ``Connection refused``."""
    cause: BaseException | None = error
    while cause is not None:
        said = getattr(cause, "verify_message", "") or getattr(cause, "strerror", "")
        if said:
            return str(said)
        inner = getattr(cause, "reason", None) or next(iter(cause.args), None)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
    return type(error).__name__

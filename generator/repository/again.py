"""When a server that could not answer is asked again."""

from __future__ import annotations

from contextlib import suppress

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

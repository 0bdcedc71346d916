"""How long a server that is busy is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from openim_charts.findings import UserError
from openim_charts.repository.fetch import download, pause
from openim_charts.repository.oci.transport import Transport
from tests.http_server import JSONHandler, serving


class Busy(JSONHandler):
    """Busy for ever, and says for how long."""

    def get(self) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_pauses_grow_and_a_server_s_wish_is_heeded_for_a_minute() -> None:
    assert [pause(failures) for failures in (1, 2, 3)] == [1, 2, 4]
    assert [pause(2, wish) for wish in ("1", "7", "3600", "soon", "-1")] == [2, 7, 60, 2, 2]
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < pause(1, date) <= 30


def test_repositories_and_registries_that_say_when_are_asked_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with serving(Busy) as address:
        with pytest.raises(UserError, match="HTTP 429"):
            download(requests.Session(), f"http://{address}/x", 10)
        transport = Transport(address, plain_http=True, actions="pull")
        with pytest.raises(UserError, match="failed 4 times: HTTP 429"):
            transport.ask("GET", "charts", "tags/list")
    assert pauses == [7, 7, 7] * 2

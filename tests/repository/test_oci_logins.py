"""Logins for registries: tokens from a token server, and where a password never goes.

The registry is the real one, set up to believe a token server that the test runs.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.image import Image
from openim_charts.images.check import check_images
from openim_charts.repository.api import PublishOptions, publish
from openim_charts.repository.oci.client import Registry
from openim_charts.repository.oci.publish import push_releases
from openim_charts.repository.target import OciTarget
from tests.registry import (
    LEEWAY,
    PASSWORD,
    SERVICE,
    USER,
    RunningRegistry,
    Tokens,
    login,
    running,
    serving,
    token_server,
)
from tests.repository.samples import chart_release

pytestmark = pytest.mark.usefixtures("no_login")


@pytest.fixture(scope="module")
def vouched(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunningRegistry, Tokens]]:
    """A registry with the token server that it believes."""
    with (
        token_server(tmp_path_factory.mktemp("tokens")) as tokens,
        running(tmp_path_factory.mktemp("registry"), tokens.auth) as registry,
    ):
        yield registry, tokens


@pytest.fixture
def registry(vouched: tuple[RunningRegistry, Tokens]) -> RunningRegistry:
    return vouched[0]


@pytest.fixture
def tokens(vouched: tuple[RunningRegistry, Tokens]) -> Iterator[Tokens]:
    vouched[1].asked.clear()
    yield vouched[1]
    vouched[1].lifetime = 300


def test_a_password_is_exchanged_for_a_token_that_may_push(
    registry: RunningRegistry, tokens: Tokens, no_login: Path
) -> None:
    no_login.write_text(login(registry.host))
    releases = [chart_release("one", "1.0.0"), chart_release("two", "1.0.0")]
    options = PublishOptions(f"oci://{registry.host}/password")
    assert len(publish(releases, options).added) == 2
    wanted = [
        {"scope": f"repository:password/{name}:pull,push", "service": SERVICE}
        for name in ("one", "two")
    ]
    assert tokens.asked == [("GET", each, USER) for each in wanted], "one token a repository"


def test_without_a_login_an_anonymous_token_pulls_and_does_not_push(
    registry: RunningRegistry, tokens: Tokens, no_login: Path
) -> None:
    no_login.write_text(login(registry.host))
    publish([chart_release("one", "1.0.0")], PublishOptions(f"oci://{registry.host}/public"))
    no_login.unlink()
    tokens.asked.clear()
    assert Registry(registry.host, actions="pull").tags("public/one") == ["1.0.0"]
    (answer,) = check_images([Image(registry.host, "public/one", "2.0.0")])
    assert answer.problem == "the registry does not have it"
    assert {user for _, _, user in tokens.asked} == {""}
    with pytest.raises(UserError, match=r"HTTP 401: .*log in with 'helm registry login'"):
        publish([chart_release("one", "2.0.0")], PublishOptions(f"oci://{registry.host}/public"))
    assert Registry(registry.host, actions="pull").tags("public/one") == ["1.0.0"]


def test_a_wrong_password_is_one_clear_line(registry: RunningRegistry, no_login: Path) -> None:
    no_login.write_text(login(registry.host, username=USER, password="x"))
    with pytest.raises(UserError, match=r"gave no token \(HTTP 401\): check the login"):
        publish([chart_release("one", "1.0.0")], PublishOptions(f"oci://{registry.host}/wrong"))


def test_an_identity_token_is_exchanged_too(
    registry: RunningRegistry, tokens: Tokens, no_login: Path
) -> None:
    no_login.write_text(login(registry.host, identitytoken=tokens.refresh))
    options = PublishOptions(f"oci://{registry.host}/identity")
    assert len(publish([chart_release("one", "1.0.0")], options).added) == 1
    ((method, form, _),) = tokens.asked
    assert (method, form["grant_type"], form["service"]) == ("POST", "refresh_token", SERVICE)


def test_a_token_that_runs_out_is_replaced(
    registry: RunningRegistry, tokens: Tokens, no_login: Path
) -> None:
    no_login.write_text(login(registry.host))
    # A slow machine may not get to the blobs before such a token runs out; then it gets longer.
    for seconds in (3, 12, 48):
        tokens.asked.clear()
        tokens.lifetime = seconds - LEEWAY  # the registry takes it for so many seconds
        used: list[int] = []

        def slow(_: object, used: list[int] = used, seconds: int = seconds) -> str:
            used.append(len(tokens.asked))
            tokens.lifetime = 300
            time.sleep(seconds + 1)
            return ""

        target, release = OciTarget(registry.host, f"late-{seconds}"), chart_release("one", "1.0.0")
        with suppress(UserError):
            (pushed,) = push_releases(target, [release], slow)
        if used == [1]:
            break
    assert used == [1], "the first token ran out before it was used"
    assert pushed.new
    assert len(tokens.asked) == 2


def test_a_netrc_file_does_not_replace_the_token(
    registry: RunningRegistry, no_login: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    no_login.write_text(login(registry.host))
    options = PublishOptions(f"oci://{registry.host}/netrc")
    assert len(publish([chart_release("one", "1.0.0")], options).added) == 1


class Recorder(BaseHTTPRequestHandler):
    """Notes each request's path and login, and answers as ``answers`` says: status and headers."""

    answers: dict[str, tuple[int, dict[str, str]]]
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        known = (a for p, a in self.answers.items() if self.path.startswith(p))
        status, headers = next(known, (404, {}))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def recorder(answers: dict[str, tuple[int, dict[str, str]]]) -> type[Recorder]:
    return type("Handler", (Recorder,), {"answers": answers, "seen": []})


def test_a_redirect_to_another_host_takes_no_login_along(no_login: Path) -> None:
    elsewhere = recorder({"/": (404, {})})
    with serving(elsewhere) as other:
        here = recorder(
            {
                "/v2/x/manifests/moved": (307, {"Location": f"http://{other}/blob"}),
                "/v2/x/manifests/same": (307, {"Location": "/v2/x/manifests/there"}),
                "/v2/x/manifests/round": (307, {"Location": "/v2/x/manifests/round"}),
                "/v2/x/manifests/away": (307, {"Location": "ftp://example.com/blob"}),
                "/v2/": (401, {"WWW-Authenticate": 'Basic realm="test"'}),
            }
        )
        with serving(here) as host:
            no_login.write_text(login(host))
            registry = Registry(host)
            with pytest.raises(UserError, match="HTTP 401"):
                registry.manifest("x", "login")
            sent = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
            assert here.seen[-1] == ("/v2/x/manifests/login", sent)
            assert registry.manifest("x", "moved") is None
            assert here.seen[-1] == ("/v2/x/manifests/moved", sent)
            with pytest.raises(UserError, match="redirects more than 5 times"):
                registry.manifest("x", "round")
            with pytest.raises(UserError, match=r"ftp://example.com/blob, which is not safe"):
                registry.manifest("x", "away")
            with pytest.raises(UserError, match="HTTP 401"):
                registry.manifest("x", "same")
            assert here.seen[-1] == ("/v2/x/manifests/there", sent)
    assert elsewhere.seen == [("/blob", "")]


@pytest.mark.parametrize(
    "realm", ["http://tokens.example.com/token", "ftp://127.0.0.1/token", "not a URL"]
)
def test_a_password_is_not_sent_over_http_to_another_host(realm: str, no_login: Path) -> None:
    challenge = f'Bearer realm="{realm}",service="s"'
    with serving(recorder({"/v2/": (401, {"WWW-Authenticate": challenge})})) as host:
        no_login.write_text(login(host))
        with pytest.raises(UserError, match=r"for a token to .*, which is not safe"):
            Registry(host, plain_http=True).tags("x")


def test_a_token_server_that_redirects_gets_nothing_sent_on(no_login: Path) -> None:
    elsewhere = recorder({"/": (200, {})})
    with serving(elsewhere) as other:
        tokens = recorder({"/token": (307, {"Location": f"http://{other}/token"})})
        with serving(tokens) as place:
            challenge = f'Bearer realm="http://{place}/token",service="s"'
            with serving(recorder({"/v2/": (401, {"WWW-Authenticate": challenge})})) as host:
                no_login.write_text(login(host))
                with pytest.raises(UserError, match=r"gave no token \(HTTP 307\)"):
                    Registry(host).tags("x")
    assert elsewhere.seen == []


def test_a_registry_with_a_name_is_asked_over_https_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(UserError, match=r"^GET https://registry\.invalid/"):
        Registry("registry.invalid").tags("x")

"""Two users of OpenIM and an account of chat: what they do, and what they must still find later."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.request import Request, urlopen

from tests.product.node.release import Forward, Release, forward
from tests.product.real.client import Api, hashed, store_file
from tests.product.real.websocket import Connection, connected

CONVERSATION = "si_alice_bob"
ACCOUNT = {"areaCode": "+44", "phoneNumber": "7700900123"}
PASSWORD = "a password"
FILE = "bob/picture.txt"
CONTENT = b"a picture" * 1000
PATIENCE = 120.0
_TEXT = re.compile(rb'"content":\s*"([^"]*)"')


@dataclass(frozen=True)
class People:
    """OpenIM as its users reach it: through ports of loopback that lead to its Services."""

    release: Release
    api: Forward
    gateway: Forward
    chat: Forward
    storage: Forward

    def admin(self) -> Api:
        """The server's API for its administrator."""
        api = Api(self.api.port())
        body = {"secret": self.release.secret("server", "secret"), "userID": "imAdmin"}
        return api.with_token(api.call("/auth/get_admin_token", **body)["token"])

    def login(self, user: str) -> Api:
        """The server's API for a user, who logs in anew."""
        admin = self.admin()
        body = {"userID": user, "platformID": 1}
        return admin.with_token(admin.call("/auth/get_user_token", **body)["token"])

    def register(self) -> None:
        """Register alice and bob."""
        users = [{"userID": u, "nickname": u} for u in ("alice", "bob")]
        self.admin().call("/user/user_register", users=users)

    def send(self, text: str) -> None:
        """Send a text from alice to bob."""
        message = {
            "sendID": "alice",
            "recvID": "bob",
            "senderPlatformID": 1,
            "content": {"content": text},
            "contentType": 101,
            "sessionType": 1,
        }
        assert self.admin().call("/msg/send_msg", **message)["serverMsgID"]

    @contextmanager
    def connection(self, seconds: float = 10) -> Iterator[Connection]:
        """Bob's WebSocket at the gateway; each read may take so many seconds."""
        query = {
            "sendID": "bob",
            "platformID": "1",
            "token": self.login("bob").token,
            "operationID": "op",
            "isBackground": "false",
            "sdkType": "js",
        }
        with connected(self.gateway.port(), seconds, **query) as made:
            yield made

    def texts(self) -> set[str]:
        """The texts of all messages that alice sent to bob, as bob reads them."""
        bob = self.login("bob")
        last = (bob.call("/msg/newest_seq", userID="bob").get("maxSeqs") or {}).get(CONVERSATION, 0)
        found: set[str] = set()
        for begin in range(1, last + 1, 50):
            wanted = {"conversationID": CONVERSATION, "begin": begin, "end": begin + 49, "num": 50}
            pulled = bob.call("/msg/pull_msg_by_seq", userID="bob", seqRanges=[wanted], order=0)
            messages = (pulled.get("msgs") or {}).get(CONVERSATION, {}).get("Msgs") or []
            found |= {_text(message) for message in messages}
        return found

    def make_account(self) -> None:
        """Make an account of chat."""
        user = {"nickname": "carol", "password": hashed(PASSWORD), **ACCOUNT}
        code = self.release.secret("chat", "superCode")
        made = Api(self.chat.port()).call(
            "/account/register", platform=1, verifyCode=code, autoLogin=True, user=user
        )
        assert made["chatToken"]

    def account_logs_in(self) -> None:
        """Fail unless the account can log in with its password."""
        found = Api(self.chat.port()).call(
            "/account/login", platform=1, password=hashed(PASSWORD), **ACCOUNT
        )
        assert found["imToken"]

    def upload(self) -> None:
        """Store a file for bob."""
        store_file(self.login("bob"), FILE, CONTENT, self._put)

    def download(self) -> bytes:
        """The file of bob, as the API's link leads to it."""
        link = f"http://127.0.0.1:{self.api.port()}/object/{FILE}"
        with urlopen(self._through(_location(link)), timeout=PATIENCE) as answer:
            return bytes(answer.read())

    def _put(self, url: str, content: bytes) -> None:
        request = self._through(url, content, "PUT")
        request.add_header("Content-Type", "application/octet-stream")
        urlopen(request, timeout=PATIENCE).close()

    def _through(self, url: str, content: bytes | None = None, method: str = "GET") -> Request:
        """A request to the object storage: links name its Service, and their signature too."""
        host, _, path = url.partition("://")[2].partition("/")
        request = Request(f"http://127.0.0.1:{self.storage.port()}/{path}", content, method=method)
        request.add_header("Host", host)
        return request


def _location(link: str) -> str:
    host, _, path = link.partition("://")[2].partition("/")
    connection = HTTPConnection(host, timeout=PATIENCE)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        assert answer.status in (301, 302, 307), (answer.status, answer.read())
        return str(answer.getheader("Location"))
    finally:
        connection.close()


def _text(message: dict[str, Any]) -> str:
    content = base64.b64decode(message["content"])
    return str(json.loads(content)["content"])


@contextmanager
def people(release: Release) -> Iterator[People]:
    """OpenIM's users, with ports of loopback for a block's time."""
    with ExitStack() as stack:
        ports = [
            stack.enter_context(forward(release, service, port))
            for service, port in (
                ("openim-api", 10002),
                ("openim-msggateway", 10001),
                ("openim-chat-api", 10008),
                ("seaweedfs", 8333),
            )
        ]
        yield People(release, *ports)


def pushed_text(frame: bytes) -> list[str]:
    """The texts in what the gateway pushed."""
    return [found.decode() for found in _TEXT.findall(frame)]


def patiently(action: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Do something until it works: what changed is found again some time later."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except (AssertionError, OSError, EOFError):
            if time.monotonic() > deadline:
                raise
        time.sleep(1)

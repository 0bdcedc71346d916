"""What the charts render starts the real modules, and the modules work together."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.product.infrastructure.programs import PATIENCE, eventually
from tests.product.real.client import Api, hashed, store_file
from tests.product.real.conftest import MODULES, System
from tests.product.real.pods import Running, probe
from tests.product.real.websocket import RefusedError, connected

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]
LEASE = 30  # seconds after which etcd forgets who no longer renews its entry
SETTLED = 20  # seconds after which a module that cannot use its configuration has ended


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest, system: System) -> Running:
    """Each module, ready by its own probes and some seconds old."""
    found = system.modules[request.param]
    log = found.folder / "stderr"
    for handler in found.pod.probes.values():
        eventually(partial(succeeds, found, handler), log)
    while time.monotonic() < found.started + SETTLED:
        check_alive(found)
        time.sleep(0.5)
    return found


@pytest.fixture
def ready(system: System) -> System:
    """The system once all modules have registered, so that calls find one another."""
    wanted = {m.pod.ports["rpc"] for m in system.modules.values() if "rpc" in m.pod.ports}
    eventually(lambda: wanted <= {port for _, port in registered(system)})
    for name in ("openim-api", "openim-msgtransfer", "openim-admin-api", "openim-chat-api"):
        found = system.modules[name]
        readiness = found.pod.probes["readinessProbe"]
        eventually(partial(succeeds, found, readiness), found.folder / "stderr")
    return system


def check_alive(module: Running) -> None:
    """Fail at once, with the end of its output, when the process has ended."""
    code = module.process.poll()
    if code is not None:
        tail = module.output("stdout")[-2000:] + module.output("stderr")[-2000:]
        pytest.fail(f"{module.pod.name} ended with {code}\n{tail}")


def succeeds(module: Running, handler: Mapping[str, Any]) -> bool:
    """Whether a probe of a process that lives succeeds."""
    check_alive(module)
    return probe(module, handler)


def registered(system: System) -> Iterator[tuple[str, int]]:
    """Name and port of all that is registered in etcd."""
    for key in system.middleware.etcd.keys("openim/"):
        parts = key.split("/")
        address = parts[-1].rpartition(":")
        if address[2].isdigit():
            yield "/".join(parts[1:-1]), int(address[2])


def names(module: Running) -> Mapping[str, str]:
    """The names under which modules register, by the module's own files."""
    share, discovery = (yaml.safe_load(module.pod.files[f]) for f in ("share.yml", "discovery.yml"))
    found: Mapping[str, str] = share.get("rpcRegisterName") or discovery["rpcService"]
    return found


def test_it_stays_up_and_its_ports_are_open(module: Running) -> None:
    before = module.output("stderr")
    for port in module.pod.ports:
        assert probe(module, {"tcpSocket": {"port": port}}), f"port {port} is closed"
    for handler in module.pod.probes.values():  # a kubelet asks again too
        eventually(partial(succeeds, module, handler), module.folder / "stderr")
    check_alive(module)
    assert "panic:" not in before + module.output("stderr")


def test_it_registers_under_a_name_of_its_own(system: System, module: Running) -> None:
    port = module.pod.ports.get("rpc")
    if port is None:
        assert not {p for _, p in registered(system)} & set(module.pod.ports.values())
        return
    eventually(lambda: port in {p for _, p in registered(system)})
    all_names = list(registered(system))
    [name] = [n for n, p in all_names if p == port]
    assert name in names(module).values()
    assert [p for n, p in all_names if n == name] == [port], f"others are called {name} too"


def test_its_metrics_answer(module: Running) -> None:
    port = module.pod.ports.get("metrics")
    if port is None:
        pytest.skip("it has no metrics")
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        assert b"go_goroutines" in answer.read()


def test_it_logs_json_and_writes_no_file(module: Running) -> None:
    lines = [line for line in module.output("stdout").splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith("{")]
    assert not plain, f"not JSON: {plain[:3]}"
    assert all(isinstance(json.loads(line), dict) for line in lines[:-1])  # the last may be half
    check_alive(module)
    assert not module.new_files()
    assert not module.files_open_for_writing()


def admin(system: System) -> Api:
    """The API of the server for its first administrator."""
    api = Api(system.modules["openim-api"].pod.ports["http"])
    share = yaml.safe_load(system.modules["openim-api"].pod.files["share.yml"])
    secret = system.secrets["im-server"]["secret"]
    body = {"secret": secret, "userID": share["imAdminUserID"][0]}
    return api.with_token(api.call("/auth/get_admin_token", **body)["token"])


def send(api: Api, text: str) -> None:
    """Send a text from alice to bob."""
    sent = api.call(
        "/msg/send_msg",
        sendID="alice",
        recvID="bob",
        senderPlatformID=1,
        content={"content": text},
        contentType=101,
        sessionType=1,
    )
    assert sent["serverMsgID"]


@pytest.fixture
def bob(ready: System) -> Api:
    """The API for bob, who is registered, as is alice."""
    api = admin(ready)
    names = ["alice", "bob"]
    known = api.call("/user/account_check", checkUserIDs=names)["results"]
    new = [u["userID"] for u in known if not u["accountStatus"]]
    if new:
        api.call("/user/user_register", users=[{"userID": u, "nickname": u} for u in new])
    return api.with_token(api.call("/auth/get_user_token", userID="bob", platformID=1)["token"])


def test_a_message_gets_a_number_and_a_conversation(ready: System, bob: Api) -> None:
    send(admin(ready), "hello")

    # Numbers and conversations are made from what comes back from Kafka.
    def numbers() -> dict[str, Any]:
        return dict(bob.call("/msg/newest_seq", userID="bob").get("maxSeqs") or {})

    eventually(lambda: numbers().get("si_alice_bob", 0) >= 1)
    found = bob.call("/conversation/get_all_conversations", ownerUserID="bob")["conversations"]
    assert "si_alice_bob" in [c["conversationID"] for c in found]


def login(bob: Api, **query: str) -> dict[str, str]:
    """What bob's client says when it connects to the gateway."""
    known = {"sendID": "bob", "platformID": "1", "token": bob.token, "operationID": "op"}
    return {**known, "isBackground": "false", "sdkType": "js", **query}


@contextmanager
def repeated(action: Callable[[], None], pause: float = 3) -> Iterator[None]:
    """Do something again and again for a block's time."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            action()
            ended.wait(pause)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_the_gateway_pushes_a_message_to_who_is_connected(ready: System, bob: Api) -> None:
    gateway = ready.modules["openim-msggateway"].pod.ports["websocket"]
    api = admin(ready)
    # It is a second or so until those who push know who is connected.
    with (
        connected(gateway, PATIENCE, **login(bob)) as connection,
        repeated(lambda: send(api, "are you there")),
    ):
        while b"are you there" not in connection.pushed():
            pass


def test_the_gateway_refuses_a_token_that_is_not_the_users(ready: System, bob: Api) -> None:
    gateway = ready.modules["openim-msggateway"].pod.ports["websocket"]
    with (
        pytest.raises(RefusedError),
        connected(gateway, PATIENCE, **login(bob, token=bob.token[:-4] + "AAAA")),
    ):
        pass


def test_object_storage_gets_its_bucket(ready: System) -> None:
    bucket = yaml.safe_load(ready.modules["openim-rpc-third"].pod.files["minio.yml"])["bucket"]
    url = f"{ready.middleware.s3}/{bucket}"
    eventually(lambda: urlopen(url, timeout=60).status == 200)


def test_a_file_is_stored_and_found_by_its_public_url(ready: System, bob: Api) -> None:
    public = replace(bob, url="https://im.example.com/api")
    content = b"a picture"

    def put(url: str, content: bytes) -> None:
        assert url.startswith(f"{ready.middleware.s3}/")
        header = {"Content-Type": "application/octet-stream"}
        urlopen(Request(url, content, header, method="PUT"), timeout=PATIENCE).close()

    url = store_file(public, "bob/picture.txt", content, put)
    assert url == f"{public.url}/object/bob/picture.txt"
    with urlopen(f"http://127.0.0.1:{bob.port}/object/bob/picture.txt", timeout=PATIENCE) as answer:
        assert answer.read() == content


def test_the_generated_administrator_of_chat_logs_in(ready: System) -> None:
    name = ready.secrets["im-chat"]["adminUserID"]
    api = Api(ready.modules["openim-admin-api"].pod.ports["http"])
    found = api.call("/account/login", account=name, password=hashed(name))
    assert found["adminToken"]
    assert found["imToken"], "chat cannot reach openim-api"


def test_an_account_is_made_and_used_with_the_generated_code(ready: System) -> None:
    api = Api(ready.modules["openim-chat-api"].pod.ports["http"])
    code = ready.secrets["im-chat"]["superCode"]
    number = {"areaCode": "+44", "phoneNumber": "7700900123"}
    user = {"nickname": "carol", "password": hashed("a password"), **number}
    made = api.call("/account/register", platform=1, verifyCode=code, autoLogin=True, user=user)
    assert made["chatToken"]
    assert made["imToken"]
    found = api.call("/account/login", platform=1, verifyCode=code, **number)
    assert found["userID"] == made["userID"]


def test_modules_end_when_they_are_told_to(ready: System, bob: Api) -> None:
    """The last test, since nothing runs after it."""
    gateway = ready.modules["openim-msggateway"].pod.ports["websocket"]
    with connected(gateway, PATIENCE, **login(bob)) as connection:
        for module in ready.modules.values():
            module.process.terminate()
        connection.wait_until_closed()
    codes = {
        name: module.process.wait(module.pod.spec["terminationGracePeriodSeconds"])
        for name, module in ready.modules.items()
    }
    # This one leaves the signal to the system.
    assert codes.pop("openim-crontask") == -signal.SIGTERM
    assert set(codes.values()) == {0}, codes
    # v3.8.3 leaves its entries to their lease, which is 30 seconds.
    eventually(lambda: not list(registered(ready)), seconds=LEASE + PATIENCE)

"""Configuration files of OpenIM's releases against our lines: what 'release new' makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.releases.api import as_text, base_line, new_line, read_folder, unread
from openim_charts.releases.model import NewLine
from openim_charts.releases.upstream import UpstreamFile
from openim_charts.specs.model import Catalog

DATA = Path(__file__).parent / "data"
LINES = {"server": "server-v3.8.3", "chat": "chat-v1.8.4"}


def _files(catalog: Catalog, folder: Path, *names: str) -> dict[str, UpstreamFile]:
    """The files as a checkout has them; later ones replace those of the same name."""
    folder.mkdir()
    for name in names:
        for path, data in yaml.load((DATA / f"{name}.yaml").read_text(), yaml.CSafeLoader).items():
            (folder / path).write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False))
    line = base_line(catalog, names[0].partition("-")[0], None)
    return read_folder(folder, "--config", unread(catalog, line))


def _new(
    catalog: Catalog, folder: Path, product: str, *names: str, before: bool = False
) -> NewLine:
    old = _files(catalog, folder / "before", LINES[product]) if before else None
    files = _files(catalog, folder / "config", LINES[product], *names)
    return new_line(catalog, base_line(catalog, product, None), "v9", files, old)


def _found(line: NewLine) -> dict[str, list[str]]:
    """For each file that differs, what does, as KIND KEY."""
    return {
        file.name: sorted(f"{c.kind.value} {'.'.join(c.path)}" for c in file.changes)
        for file in line.files
        if file.changes
    }


@pytest.mark.parametrize("before", [False, True], ids=["by-imports", "by-files"])
@pytest.mark.parametrize("product", LINES)
def test_our_own_release_changes_nothing(
    root: Path, catalog: Catalog, tmp_path: Path, product: str, before: bool
) -> None:
    """What the line has chosen itself stays, and every file is the same to the byte."""
    line = _new(catalog, tmp_path, product, before=before)
    assert _found(line) == {}
    assert {file.state for file in line.files} == {""}
    folder = root / "chart-specs" / "lines" / LINES[product]
    same = {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("config/*.yaml")}
    assert {path: text for path, text in line.texts.items() if path != "line.yaml"} == same


_BREAKER = ["added circuitBreaker", "added ratelimiter"]
_MAIN = {
    "discovery": ["added rpcService", "left out kubernetes"],
    "local-cache": ["added auth"],
    "mongodb": [
        "added mongoMode",
        "added readPreference",
        "added replicaSet",
        "added writeConcern",
    ],
    "openim-api": ["added ratelimiter"],
    "openim-push": [*_BREAKER, "default prometheus.enable", "renamed geTui"],
    "redis": ["added sentinelMode"],
    "share": ["added imAdminUser", "removed imAdminUserID", "removed rpcRegisterName"],
    "webhooks": [
        "added afterCreateGroupChatConversations",
        "added afterCreateSingleChatConversations",
        "added afterMsgSaveDB",
        "added afterSendGroupMsg.attentionIds",
        "added beforeCreateGroupChatConversations",
        "added beforeCreateSingleChatConversations",
        "removed afterSendGroupMsg.allowedTypes",
        "removed afterSendSingleMsg.allowedTypes",
        "removed beforeMsgModify.allowedTypes",
        "removed beforeSendGroupMsg.allowedTypes",
        "removed beforeSendSingleMsg.allowedTypes",
    ],
    **{f"openim-rpc-{n}": _BREAKER for n in ("auth", "conversation", "friend", "group", "msg")},
    **{f"openim-{n}": _BREAKER for n in ("rpc-third", "rpc-user", "msggateway", "msgtransfer")},
}


@pytest.fixture(scope="module")
def main(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> NewLine:
    """The line of the server's main."""
    return _new(catalog, tmp_path_factory.mktemp("main"), "server", "server-main")


def test_what_servers_main_changes(main: NewLine) -> None:
    assert _found(main) == _MAIN


def test_files_of_the_release_before_say_more(catalog: Catalog, tmp_path: Path) -> None:
    """Of values that charts compute, and of those that a line has chosen otherwise."""
    found = _found(_new(catalog, tmp_path, "server", "server-main", before=True))
    more = {
        name: sorted(set(changes) - set(_MAIN.get(name, ()))) for name, changes in found.items()
    }
    assert more["discovery"] == ["added kubernetes"]
    assert more["openim-api"] == ["computed prometheus.ports"]
    assert more["openim-rpc-third"] == [
        "computed prometheus.ports",
        "computed rpc.ports",
        "kept object.kodo.bucket",
        "kept object.kodo.bucketURL",
        "kept object.kodo.endpoint",
    ]


def test_what_chats_main_changes(catalog: Catalog, tmp_path: Path) -> None:
    line = _new(catalog, tmp_path, "chat", "chat-main")
    assert _found(line) == {
        "chat-rpc-chat": [
            "added verifyCode.mail.use",
            "default verifyCode.phone.use",
            "removed verifyCode.mail.enable",
        ],
        "discovery": ["added rpcService.bot"],
        "share": ["added openIM.tokenRefreshInterval"],
    }
    added = [file.name for file in line.files if file.state == "added"]
    assert added == ["chat-api-bot", "chat-rpc-bot"]
    assert "the new default breaks the key's limits" in line.texts["config/chat-rpc-chat.yaml"]
    assert "it is a port" in line.texts["config/chat-api-bot.yaml"]


def test_what_is_known_of_keys_stays(catalog: Catalog, main: NewLine) -> None:
    """Also of those that are renamed; shapes have the keys that their defaults have."""
    data: dict[str, Any] = {
        path: yaml.safe_load(text) for path, text in main.texts.items() if path.startswith("config")
    }
    push = data["config/openim-push.yaml"]["properties"]
    old = catalog.lines["server-v3.8.3"].config["openim-push"].properties
    assert push["getui"] == old["geTui"]
    assert list(push).index("getui") == list(push).index("fcm") - 1
    changed = {**old["prometheus"]["properties"]["enable"], "default": False}
    assert push["prometheus"]["properties"]["enable"] == changed
    hooks = data["config/webhooks.yaml"]
    assert hooks["properties"]["afterMsgSaveDB"]["$ref"] == "#/definitions/after"
    shapes = {name: list(shape["properties"]) for name, shape in hooks["definitions"].items()}
    assert shapes["beforeMessage"] == ["enable", "timeout", "failedContinue", "deniedTypes"]
    assert sorted(shapes["afterMessage"]) == ["attentionIds", "deniedTypes", "enable", "timeout"]
    assert "imAdminUserID (it was bound to global.server.adminUserIDs)" in as_text(main, ())


def test_a_name_that_is_alike_is_proposed(catalog: Catalog, tmp_path: Path) -> None:
    """openim-push.yml had jpns for jpush until open-im-server 022a543bc."""
    files = _files(catalog, tmp_path / "config", "server-v3.8.3")
    push = tmp_path / "config" / "openim-push.yml"
    push.write_text(push.read_text().replace("jpush:", "jpns:"))
    base = base_line(catalog, "server", None)
    files = read_folder(push.parent, "--config", unread(catalog, base))
    line = new_line(catalog, base, "v9", files, None)
    assert _found(line) == {"openim-push": ["renamed jpush"]}
    (mark,) = (mark for mark in line.marks if "openim-push" in mark.path)
    assert mark.text.startswith("'jpush' is 'jpns' now: ")


def test_files_that_no_module_reads_are_passed_over(catalog: Catalog, tmp_path: Path) -> None:
    """config/ of open-im-server holds those of Prometheus and Alertmanager too."""
    for name in ("prometheus", "alertmanager", "instance-down-rules", "discovery"):
        (tmp_path / f"{name}.yml").write_text("a: b\n")
    base = base_line(catalog, "server", None)
    assert set(read_folder(tmp_path, "--config", unread(catalog, base))) == {"discovery.yml"}

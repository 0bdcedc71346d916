"""Bundles beside the index: what is published once stays, and what is damaged is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from openim_charts.findings import UserError
from openim_charts.repository.bundles import Bundle, bundle_files, grown, read_bundles
from openim_charts.repository.publish_directory import Folder

OLD = Bundle("shop", "1.0.0", "shop-compose-small", "sh start.sh", b"old")
PATH = "bundles/shop-compose-small-1.0.0.tgz"
LIST = "bundles/bundles.json"


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _again(version: str, archive: bytes) -> Bundle:
    return Bundle(OLD.chart, version, OLD.folder, OLD.start, archive)


def test_a_build_gives_them_back(tmp_path: Path) -> None:
    assert read_bundles(tmp_path) == ()
    assert read_bundles(_write(tmp_path, bundle_files([OLD]))) == (OLD,)
    (tmp_path / PATH).write_bytes(b"other")
    with pytest.raises(UserError, match="was changed after the build; build the charts anew"):
        read_bundles(tmp_path)


def test_what_is_published_stays_as_it_is(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    files, shown = grown([OLD], place, lambda bundle: f"signed {bundle.version}")
    assert files.keys() == {PATH, f"{PATH}.prov", LIST}
    assert shown == (OLD.listed,)
    _write(tmp_path, files)

    # Another commit gives the same version other bytes.
    files, shown = grown([_again("1.0.0", b"new")], place, lambda _: "signed anew")
    assert files.keys() == {LIST}
    assert shown == (OLD.listed,)

    newer = _again("1.1.0", b"newer")
    files, shown = grown([newer], place, None)
    assert files.keys() == {newer.listed.path, LIST}
    assert shown == (newer.listed,)
    _write(tmp_path, files)
    assert (tmp_path / PATH).read_bytes() == b"old"

    # A publish that brings none, such as a withdrawal, leaves them on the page.
    assert grown([], place, None) == ({}, (newer.listed,))


def test_a_bundle_is_signed_later_too(tmp_path: Path) -> None:
    _write(tmp_path, grown([OLD], Folder(tmp_path), None)[0])
    files, _ = grown([OLD], Folder(tmp_path), lambda _: "signed")
    assert files[f"{PATH}.prov"] == b"signed"


@pytest.mark.parametrize("text", ["[", "[1]", '[{"file": "a"}]'])
def test_a_damaged_list_is_refused(tmp_path: Path, text: str) -> None:
    _write(tmp_path, {LIST: text.encode()})
    with pytest.raises(UserError, match=r"bundles\.json is damaged: .*; restore it"):
        grown([], Folder(tmp_path), None)

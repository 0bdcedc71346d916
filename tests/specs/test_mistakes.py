"""Every mistake in a spec gives exactly its message, at its place, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.findings import FindingsError, UserError
from openim_charts.specs.api import load_catalog
from tests.specs.spec_tree import TREE, write

MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))


def findings(root: Path, changes: Mapping[str, str | bytes | None]) -> list[str]:
    write(root, changes)
    with pytest.raises(FindingsError) as error:
        load_catalog(root)
    return [str(finding).replace("chart-specs/", "") for finding in error.value.findings]


@pytest.mark.parametrize("mistake", MISTAKES, ids=range(len(MISTAKES)))
def test_mistake(mistake: Mapping[str, Any], tmp_path: Path) -> None:
    file = mistake["file"]
    if "old" in mistake:
        assert TREE[file].count(mistake["old"]) == 1
        content = TREE[file].replace(mistake["old"], mistake["new"])
    else:
        content = mistake["content"]
    assert findings(tmp_path, {file: content, **mistake.get("also", {})}) == mistake["expect"]


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    changes = {
        "shop/order.yaml": TREE["shop/order.yaml"].replace("[stock]", "[stok]"),
        "shop/stock.yaml": "name: [\n",
        "profiles/site.yaml": "kind: module\nport: {}\n",
        "dependencies/cache.yaml": b"\xff",
        "lines/shop-v1/line.yaml": "product: 1\n",
    }
    assert [line.partition(": ")[0] for line in findings(tmp_path, changes)] == [
        "dependencies/cache.yaml:1:1",
        "lines/shop-v1/line.yaml:1:1",
        "lines/shop-v1/line.yaml:1:1",
        "lines/shop-v1/line.yaml:1:1",
        "lines/shop-v1/line.yaml:1:10",
        "profiles/site.yaml:2:1",
        "shop/order.yaml:9:9",
        "shop/stock.yaml:2:1",
    ]


def test_a_broken_file_causes_no_second_finding(tmp_path: Path) -> None:
    """What refers to a file that cannot be read is not called unknown."""
    for number, file in enumerate(sorted(set(TREE) - {"shop/order/templates/job.yaml"})):
        shown = findings(tmp_path / str(number), {file: "x: [\n"})
        assert shown == [f"{file}:2:1: yaml-syntax: a value is expected here"]


def test_links_must_stay_inside(tmp_path: Path) -> None:
    write(tmp_path)
    specs = tmp_path / "chart-specs"
    outside = tmp_path / "outside.yaml"
    outside.write_text("a: 1\n")
    (specs / "shop" / "leaves.yaml").symlink_to(outside)
    (specs / "shop" / "nowhere.yaml").symlink_to("none.yaml")
    (specs / "shop" / "loop.yaml").symlink_to("loop.yaml")
    (specs / "more").symlink_to("shop")
    assert findings(tmp_path, {}) == [
        "more:1:1: path-escape: a link to a folder; copy the files instead",
        "shop/leaves.yaml:1:1: path-escape: the link leaves chart-specs; copy the file instead",
        "shop/loop.yaml:1:1: path-escape: the link leads nowhere; remove it",
        "shop/nowhere.yaml:1:1: path-escape: the link leads nowhere; remove it",
    ]


def test_a_folder_that_cannot_be_listed_causes_no_second_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path).name == "shop":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert findings(tmp_path, {}) == [
        "shop:1:1: unreadable: the folder cannot be read: Permission denied"
    ]


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path)
    os.mkfifo(tmp_path / "chart-specs/shop/pipe.yaml")
    os.mkfifo(tmp_path / "chart-specs/shop/order/values.yaml")
    (tmp_path / "presets").mkdir()
    os.mkfifo(tmp_path / "presets/small.yaml")
    (tmp_path / "chart-specs/shop/alias.yaml").symlink_to("pipe.yaml")
    assert findings(tmp_path, {}) == [
        f"shop/{name}:1:1: misplaced-file: neither a file nor a folder; remove it"
        for name in ("alias.yaml", "order/values.yaml", "pipe.yaml")
    ]


def test_files_beside_a_spec_are_told_with_the_specs(tmp_path: Path) -> None:
    changes = {
        "shop/stock.yaml": TREE["shop/stock.yaml"].replace("extends: rpc", "extends: rcp"),
        "shop/order/values.yaml": "a: [\n",
        "shop/order/global.yaml": "size: {type: integer}\n",
        "shop/order/ci.yaml": "small: 3\n",
    }
    assert findings(tmp_path, changes) == [
        "shop/order/ci.yaml:1:8: wrong-type: 'small' must be null or a mapping, not a number",
        "shop/order/global.yaml:1:1: missing-key: 'size' lacks the key 'description'; "
        "say what the value means",
        "shop/order/values.yaml:2:1: yaml-syntax: a value is expected here",
        "shop/stock.yaml:1:10: unknown-profile: unknown profile 'rcp' in extends; "
        "did you mean 'rpc'?",
    ]


def test_a_link_inside_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"shop/stock.yaml": None, "profiles/kept.txt": TREE["shop/stock.yaml"]})
    (tmp_path / "chart-specs/shop/stock.yaml").symlink_to("../profiles/kept.txt")
    assert load_catalog(tmp_path).charts["stock"].version == "1.0.0"


def test_no_specs_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder chart-specs in "):
        load_catalog(tmp_path)


def test_an_anchor_bomb_is_refused(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)
    )
    shown = findings(tmp_path, {"shop/stock.yaml": bomb})
    assert len(shown) == 1
    assert shown[0].startswith("shop/stock.yaml:13:6: yaml-anchor-bomb: ")


def test_a_feature_that_needs_settings_says_which(tmp_path: Path) -> None:
    write(tmp_path)
    folder = tmp_path / "chart-specs" / "features"
    needs = "properties: {size: {type: integer, description: Size.}}\nrequired: [size]\n"
    (folder / "monitoring" / "options.yaml").write_text(needs)
    with pytest.raises(FindingsError) as error:
        load_catalog(tmp_path)
    assert [str(finding) for finding in error.value.findings] == [
        "chart-specs/shop/order.yaml:8:21: missing-key: "
        "'options.monitoring' lacks the key 'size'; add it"
    ]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (
            "service/feature.yaml",
            "description: A.\norder: 1\nwhne: chart.ports\n",
            ["service/feature.yaml:3:1: unknown-key: unknown key 'whne'; did you mean 'when'?"],
        ),
        (
            "service/feature.yaml",
            "description: A.\norder: first\nconsumes: [exposre]\n",
            [
                "service/feature.yaml:2:8: wrong-type: 'order' must be a whole number, not text",
                "service/feature.yaml:3:12: bad-value: 'consumes[0]' must be config, exposure, "
                "images, internet, kubeblocks, probes, test, uses, owner, secret or "
                "options.FEATURE, not 'exposre'",
            ],
        ),
        (
            "workload/options.yaml",
            "properties:\n  writable: {type: lsit, description: Folders.}\n",
            ["workload/options.yaml:2:20: bad-value: "],
        ),
        (
            "workload/options.yaml",
            'properties:\n  writable: {$ref: "#/$defs/foldr", description: Folders.}\n',
            ["workload/options.yaml:2:20: unknown-shape: unknown definition '#/$defs/foldr'; did"],
        ),
        (
            "workload/options.yaml",
            "properties:\n"
            "  writable: {type: array, items: {type: string, patern: x}, description: Folders.}\n"
            "  size: {$ref: '#/$defs/size', default: big, description: Size.}\n"
            "required: [writabel]\n",
            [
                "workload/options.yaml:2:49: unknown-key: unknown key 'patern'; did you mean",
                "workload/options.yaml:3:41: bad-default: the default does not fit its own type: ",
                "workload/options.yaml:4:12: unknown-key: unknown setting 'writabel' in required; "
                "did you mean 'writable'?",
            ],
        ),
        ("workload/options.yaml", "a: [\n", ["workload/options.yaml:2:1: yaml-syntax: "]),
        (
            "workload/options.yaml",
            'properties: {a: {$ref: "http://example.com/"}}\n',
            ["workload/options.yaml:1:24: unknown-shape: unknown definition 'http://example.com/'"],
        ),
        (
            "service/feature.yaml",
            "description: A.\norder: 1\nconsumes: [test, options.workloat]\n",
            [
                "service/feature.yaml:3:18: unknown-feature: unknown settings 'options.workloat' "
                "in consumes; did you mean 'options.workload'?"
            ],
        ),
        (
            "service/feature.yaml",
            "description: A.\norder: 1\nconsumes: [test]\n"
            "requires: [workload or monitorin, naming]\n",
            [
                "service/feature.yaml:4:12: unknown-feature: unknown feature 'monitorin' in "
                "requires; did you mean 'monitoring'?",
                "service/feature.yaml:4:35: unknown-feature: unknown feature 'naming' in requires",
            ],
        ),
        (
            "service/value.yaml",
            "a: {}\n",
            ["service/value.yaml:1:1: misplaced-file: nothing reads 'value.yaml' of a feature;"],
        ),
        ("notes.md", "A.\n", ["notes.md:1:1: misplaced-file: a feature is a folder; nothing"]),
        ("empty/x.yaml", "a: 1\n", ["empty:1:1: missing-file: a feature has a feature.yaml; "]),
    ],
)
def test_mistakes_in_a_feature_are_told_too(
    tmp_path: Path, file: str, content: str, said: list[str]
) -> None:
    folder = write(tmp_path) / "chart-specs" / "features"
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(content)
    with pytest.raises(FindingsError) as error:
        load_catalog(tmp_path)
    found = [str(finding) for finding in error.value.findings]
    assert len(found) == len(said)
    assert all(a.startswith(f"chart-specs/features/{b}") for a, b in zip(found, said, strict=True))


def test_a_property_of_settings_may_be_anything(tmp_path: Path) -> None:
    changes = {
        "features/workload/options.yaml": "properties: {port: true}\n",
        "shop/order.yaml": TREE["shop/order.yaml"] + "options: {workload: {port: rpc}}\n",
    }
    write(tmp_path, changes)
    assert load_catalog(tmp_path).charts["order"].options == {"workload": {"port": "rpc"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"umbrella/all.yaml": "internet: false\nprobes: {}\nuses: []\n"},
        {
            "umbrella/all.yaml": "internet: true\nuses: [cache]\n",
            "umbrella/all/hooks/x.yaml": "[% if chart.internet %]a: 1[% endif %]",
            "umbrella/all/helpers.tpl": "[[ graph.uses[0].name ]]",
        },
    ],
)
def test_what_needs_no_feature_is_accepted(tmp_path: Path, changes: dict[str, str]) -> None:
    """It says nothing, or the chart's own folder reads it."""
    name = "umbrella/all.yaml"
    write(tmp_path, {**changes, name: TREE[name] + changes[name]})
    assert load_catalog(tmp_path).charts["all"].kind == "umbrella"


def test_a_config_file_or_the_charts_own_folder_says_where_a_middleware_is(tmp_path: Path) -> None:
    log = TREE["lines/shop-v1/config/log.yaml"]
    bound = "bind: {dependency: cache, as: url}"
    assert bound in log
    other = log.replace(bound, "bind: {global: cache.addresses, as: first}")
    write(tmp_path / "1", {"lines/shop-v1/config/log.yaml": other})
    assert load_catalog(tmp_path / "1").charts["stock"].uses
    changes = {
        "lines/shop-v1/config/log.yaml": log.replace(f"{bound}, ", ""),
        "shop/stock/hooks/container.env.yaml": "[[ graph.uses ]]",
    }
    write(tmp_path / "2", changes)
    assert load_catalog(tmp_path / "2").charts["stock"].uses

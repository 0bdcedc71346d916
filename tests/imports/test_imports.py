"""What people have, from public files of each sort, becomes an openim.yaml that the charts take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Chart
from openim_charts.config.api import judge
from openim_charts.config.values_files import faults
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.find import find_helm
from openim_charts.imports.api import Imported, as_openim, read_settings, read_sorts
from openim_charts.specs.model import Catalog
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import parse
from tests.conftest import ROOT

DATA = Path(__file__).parent / "data"
CASES = sorted(DATA.glob("*/*"))
PUBLISHED = ["variables/v3.8.env", "compose/old", "values/published", "values/fronts"]
RENDERED = ["config/changed", "values/xuexihuang"]
Import = Callable[..., Imported]


def _files(case: Path) -> list[Path]:
    return [case] if case.is_file() else sorted(p for p in case.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def imported(catalog: Catalog, charts: dict[str, Chart]) -> Import:
    """Imports files for the umbrella, held against the schema of its values."""
    chart = charts["openim"]

    def run(*files: Path) -> Imported:
        return as_openim(read_settings(files, catalog), chart, lambda values: faults(chart, values))

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file below a folder of its own."""

    def run(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return run


def _mistakes(catalog: Catalog, *files: Path) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        read_settings(files, catalog)
    return [f"{finding.rule}: {finding.message}" for finding in caught.value.findings]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(DATA).as_posix())
def test_a_public_file(
    imported: Import, golden: Callable[[str, dict[str, bytes]], None], case: Path
) -> None:
    """Its whole result is kept below tests/golden/; no secret of the data is in it."""
    made = imported(*_files(case))
    assert not made.refused
    assert not re.findall(r"PRIVATE.*", made.text), "a secret is written"
    name = case.relative_to(DATA).as_posix().removesuffix(".env")
    golden(f"imports/{name}", {"openim.yaml": made.text.encode()})


def test_there_are_four_of_each_sort() -> None:
    sorts = {case.parent.name for case in CASES}
    assert all(len(list((DATA / sort).iterdir())) >= 4 for sort in sorts), sorts


@pytest.mark.parametrize("name", PUBLISHED)
def test_of_what_nobody_changed_no_value_is_left(imported: Import, name: str) -> None:
    assert yaml.safe_load(imported(*_files(DATA / name)).text) == {"global": {}}


@pytest.mark.parametrize("name", RENDERED)
def test_helm_takes_the_result(catalog: Catalog, charts: dict[str, Chart], name: str) -> None:
    """With all that 'config validate' does; what it refuses has become a comment."""
    chart = charts["openim"]
    check = judge(chart, catalog, find_helm("auto"))
    made = as_openim(read_settings(_files(DATA / name), catalog), chart, check)
    document, findings = parse(made.text.encode(), "openim.yaml", refuse_templates=False)
    assert not findings
    assert document is not None
    assert not made.refused


def test_what_is_refused_becomes_a_comment(catalog: Catalog, charts: dict[str, Chart]) -> None:
    """Also what only Helm refuses, at its place; what has no place is a finding of the command."""
    settings = read_settings([DATA / "config" / "owl-im-server" / "config" / "minio.yml"], catalog)

    def check(document: Document) -> list[Finding]:
        place = document.keys.get(("global", "objectStorage", "publicRead"))
        return [Finding(place, "refused", "everybody could write")] if place else []

    made = as_openim(settings, charts["openim"], check)
    assert not made.refused
    assert "publicRead (minio.yml:7): The charts refuse it: everybody could write" in made.text
    always = Finding(settings.given[0].place, "refused", "no")
    assert as_openim(settings, charts["openim"], lambda _: [always]).refused == (always,)


def _values(imported: Import, *files: Path) -> Any:
    return yaml.safe_load(imported(*files).text)["global"]


def test_what_a_key_is_bound_to_decides_where_it_goes(
    imported: Import, write: Callable[[str, str], Path]
) -> None:
    redis = write("server/redis.yml", "address: ['r.example.com:6379']\ndb: 3\npoolSize: 7\n")
    log = write("server/log.yml", "remainLogLevel: 5\nwithStack: true\n")
    share = write("server/share.yml", "imAdminUserID: [root]\nsecret: mine-alone\n")
    api = write("server/openim-api.yml", "api: {ports: [10002], compressionLevel: 1}\n")
    assert _values(imported, redis, log, share, api) == {
        "redis": {
            "mode": "external",
            "addresses": ["r.example.com:6379"],
            "existingSecret": "imported-redis",
            "database": 3,
        },
        "config": {
            "server": {
                "redis": {"poolSize": 7},
                "log": {"withStack": True},
                "openim-api": {"api": {"compressionLevel": 1}},
            }
        },
        "logging": {"level": 5},
        "server": {"adminUserIDs": ["root"], "existingSecret": "imported-server"},
    }


@pytest.mark.parametrize(
    ("uri", "mongodb", "keys"),
    [
        ("mongodb://a:b@m.example.com/im", {"mode": "external"}, "uri"),
        ("mongodb+srv://a:b@m.example.com/im?w=1", {"mode": "external"}, "uri"),
        ("mongodb://a:b/c@m.example.com/im", {"mode": "external"}, "uri"),
        (
            "mongodb://a:b@m.example.com:7,n.example.com/im",
            {"mode": "external", "addresses": ["m.example.com:7", "n.example.com:27017"]},
            "password uri",
        ),
        ("mongodb://a:b@localhost:37017/im", None, ""),
    ],
)
def test_a_uri_says_where_a_database_is(
    imported: Import, write: Callable[[str, str], Path], uri: str, mongodb: Any, keys: str
) -> None:
    """Nothing of it is written but its hosts, and those only where they are plain to see."""
    made = imported(write("server/mongodb.yml", f"uri: {uri}\n"))
    if mongodb:
        mongodb["existingSecret"] = "imported-mongodb"
    assert (yaml.safe_load(made.text)["global"] or {}).get("mongodb") == mongodb
    assert " ".join(re.findall(r"--from-file=(\w+)=", made.text)) == keys
    assert "b/c" not in made.text


def test_compose_wins_over_the_variables_that_it_is_given(
    imported: Import, write: Callable[[str, str], Path]
) -> None:
    env = write(".env", "LOG_LEVEL=5\nREDIS_ADDRESS=r.example.com\nREDIS_PASSWORD=a-word\n")
    compose = write(
        "docker-compose.yaml",
        "services:\n"
        "  openim-server:\n"
        "    environment:\n"
        "      IMENV_LOG_REMAINLOGLEVEL: 4\n"
        "      IMENV_REDIS_ADDRESS: ${REDIS_ADDRESS:-other}:6390\n"
        "      IMENV_OPENIM_API_API_COMPRESSIONLEVEL: ${LEVEL:-2}\n",
    )
    values = _values(imported, env, compose)
    assert values["logging"] == {"level": 4}
    assert values["redis"]["addresses"] == ["r.example.com:6390"]
    assert values["config"]["server"]["openim-api"] == {"api": {"compressionLevel": 2}}


def test_files_that_a_compose_file_mounts_are_asked_for(
    imported: Import, write: Callable[[str, str], Path]
) -> None:
    text = (
        "services:\n"
        "  openim-server:\n"
        "    volumes:\n"
        "      - ./data:/data\n"
        "      - ./server/config:/openim-server/config:ro\n"
        "      - {type: bind, source: x, target: /openim-server/config/webhooks.yml}\n"
    )
    said = imported(write("compose.yml", text)).text
    assert "./server/config:/openim-server/config:ro (compose.yml:5)" in said
    assert "a volume of openim-server (compose.yml:6)" in said
    assert "/data" not in said


def test_a_variable_wins_over_its_file_also_with_a_value_as_published(
    imported: Import, write: Callable[[str, str], Path]
) -> None:
    env = write(".env", "MINIO_INTERNAL_ADDRESS=minio:9000\nOPENIM_SECRET=one-word\n")
    minio = write("server/minio.yml", "internalAddress: s3.example.com:9000\n")
    share = write("server/share.yml", "secret: one-word\n")
    chat = write("chat/share.yml", "openIM: {secret: another-word}\n")
    text = imported(env, minio, share, chat).text
    assert "internalAddress (server/minio.yml:1): MINIO_INTERNAL_ADDRESS (.env:1) wins" in text
    assert "openIM.secret (chat/share.yml:1): OPENIM_SECRET (.env:2) wins" in text
    assert yaml.safe_load(text)["global"] == {"server": {"existingSecret": "imported-server"}}
    apart = imported(share, chat).text
    assert "openIM.secret (chat/share.yml:1): One Secret holds it for all, and secret (" in apart


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("LOG_LEVEL=5", 5),
        ("export LOG_LEVEL=5 # a remark", 5),
        ("LOG_LEVEL='5' # a remark", 5),
        ('LOG_LEVEL="${L}"', 5),
        ("LOG_LEVEL=$L", 5),
        ("LOG_LEVEL=${N:-5}", 5),
        ("LOG_LEVEL=${L:+4}", 4),
    ],
)
def test_lines_of_variables(
    imported: Import, write: Callable[[str, str], Path], line: str, value: int
) -> None:
    values = _values(imported, write(".env", f"# x\n\nL=5\n{line}\n"))
    assert values["logging"]["level"] == value


def test_mistakes_are_said_all_at_once(
    catalog: Catalog, write: Callable[[str, str], Path], tmp_path: Path
) -> None:
    said = _mistakes(
        catalog,
        tmp_path / "absent.yml",
        write("a/.env", "LOG_LEVEL 5\nSECRET='my-secret\n"),
        write("b/redis.yml", "address: [\n"),
        write("c/notes.yaml", "title: my-secret\n"),
    )
    assert [line.partition(":")[0] for line in said] == [
        "bad-variable",
        "bad-variable",
        "unreadable",
        "yaml-syntax",
        "unknown-file",
    ]
    assert not any("my-secret" in line for line in said)
    assert "values of the chart openim-server" in said[-1]


@pytest.mark.parametrize(
    "value",
    ["918273645546372819203", "!s3cr3t-word", "*s3cr3t-word", "&s3cr3t *s3cr3t-word", "%s3"],
)
def test_no_mistake_shows_a_value(
    catalog: Catalog, write: Callable[[str, str], Path], value: str
) -> None:
    said = _mistakes(catalog, write("redis.yml", f"db: 0\npassword: {value}\n"))
    assert said
    assert not re.search(r"s3cr3t|9182736|%s3", " ".join(said)), said


def test_two_files_of_the_same_name(catalog: Catalog, write: Callable[[str, str], Path]) -> None:
    """They are one of each product where their folders say so, and else a mistake."""
    server = write("open-im-server/config/mongodb.yml", "database: im\n")
    chat = write("chat/config/mongodb.yml", "database: im\n")
    assert len(read_settings([server, chat], catalog).given) == 2
    again = write("open-im-server/backup/mongodb.yml", "database: im\n")
    [said] = _mistakes(catalog, server, again)
    assert said.startswith("repeated-file: mongodb.yml of server is given twice, first as ")
    beside = write("any/discovery.yml", "enable: etcd\nrpcService: {user: u}\n")
    given = read_settings([beside, write("any/openim-api.yml", "api: {}\n")], catalog).given
    assert [g.setting and g.setting.config for g in given] == [("server.discovery.enable",), None]
    alone = read_settings([write("x/mongodb.yml", "database: im\n")], catalog).given
    assert {given.setting.config for given in alone if given.setting} == {
        ("server.mongodb.database",),
        ("chat.mongodb.database",),
    }


def test_what_is_wrong_with_the_files_that_say_how_to_import_has_its_place(
    catalog: Catalog, write: Callable[[str, str], Path], tmp_path: Path
) -> None:
    write(
        "chart-specs/imports/theirs.yaml",
        "extends: bass\n"
        "title: theirs\n"
        "form: values\n"
        "charts: {old: openim-api}\n"
        "settings:\n"
        "  a: {config: server.redis.addres}\n"
        "  b: {config: server.webhooks}\n"
        "  c: {config: [chat.*.address, '*.log.isStdout']}\n",
    )
    write("chart-specs/imports/more.yaml", "extends: theirs\ntitle: more\n")
    write("chart-specs/imports/formless.yaml", "title: formless\n")
    write("chart-specs/imports/base.yaml", "title: base\ncharts: {old: openim-apy}\n")
    write("chart-specs/imports/bad.yaml", "title: bad\nfrom: values\n")
    with pytest.raises(FindingsError) as caught:
        read_sorts(replace(catalog, root=str(tmp_path)))
    lacks = "missing-key: the file lacks the key 'form', and no other extends it; add the key"
    said = [str(finding).removeprefix("chart-specs/imports/") for finding in caught.value.findings]
    assert said == [
        "bad.yaml:2:1: unknown-key: unknown key 'from'; did you mean 'form'?",
        f"base.yaml:1:1: {lacks}",
        "base.yaml:2:15: unknown-chart: unknown chart 'openim-apy'; did you mean 'openim-api'?",
        f"formless.yaml:1:1: {lacks}",
        "more.yaml:1:10: unknown-import: 'theirs' extends another file itself; extend that one",
        "theirs.yaml:1:10: unknown-import: there is no other file 'bass.yaml' beside it; "
        "did you mean 'base'?",
        "theirs.yaml:6:15: unknown-key: no release in use has the key 'server.redis.addres'; "
        "did you mean 'server.redis.address'?",
    ]


def test_the_files_that_say_how_to_import_name_values_that_there_are(
    catalog: Catalog, charts: dict[str, Chart]
) -> None:
    values: dict[str, Any] = {}
    for sort in read_sorts(catalog):
        for setting in sort.settings.values():
            for target in (*setting.values, *setting.extra):
                *sections, key = target.removesuffix("[]").split(".")
                here = values
                for section in sections:
                    here = here.setdefault(section, {})
                here[key] = "x"
    found = faults(charts["openim"], Document("x", values, {}, {}))
    assert not [str(finding) for finding in found if finding.rule == "unknown-key"]


@pytest.mark.parametrize(
    ("page", "cases"),
    [
        ("from-docker-compose", ["variables/elsewhere.env", "compose/published", "config/changed"]),
        ("from-helm-charts", ["values/yeqingyun", "values/fronts"]),
    ],
)
def test_the_command_of_the_page(
    imported: Import, write: Callable[[str, str], Path], page: str, cases: list[str]
) -> None:
    """All its files together, under the names that it gives them."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8").replace("\\\n", "")
    (called,) = re.findall(r"^    openim-charts config import (.*) --out", text, re.M)
    found = {
        ".env" if file == DATA / case else file.relative_to(DATA / case).as_posix(): file
        for case in cases
        for file in _files(DATA / case)
    }
    names = [n for word in called.split() for n in found if fnmatchcase(n, word)]
    assert sorted(names) == sorted(found)
    made = imported(*(write(name, found[name].read_text()) for name in names))
    assert not made.refused
    assert made.values > 5
    assert "PRIVATE" not in made.text

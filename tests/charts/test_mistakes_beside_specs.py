"""Mistakes that need the values of features to be known, or stand in the folder beside a spec."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openim_charts.charts.api import Compiler
from openim_charts.findings import FindingsError
from openim_charts.specs.api import SpecsError, load_catalog
from openim_charts.specs.shared import BUILT_IN

ROOT = Path(__file__).parents[2]
SPEC = "chart-specs/infrastructure/zookeeper.yaml"
FOLDER = SPEC.removesuffix(".yaml")
CONFIG = "chart-specs/lines/server-v3.8.3/config/more.yaml"
HEAD = "filename: more.yml\ndescription: More.\nproperties:\n"

Findings = Callable[..., list[str]]


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    """What is said of the real specs with one file changed or added."""
    shutil.copytree(ROOT / "chart-specs", tmp_path / "chart-specs")
    shutil.copytree(ROOT / "presets", tmp_path / "presets")

    def find(file: str, content: bytes, chart: str = "zookeeper") -> list[str]:
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        try:
            Compiler(load_catalog(tmp_path)).compile(chart)
        except FindingsError as error:
            return [str(finding) for finding in error.findings]
        return []

    return find


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("ci.yaml", b"big: 3\n", "1:6: wrong-type: 'big' must be null or a mapping, not a number"),
        (
            "ci.yaml",
            b"small: {}\n../x: {}\n",
            "2:1: bad-key: the key '../x' in ci.yaml must be a name such as ingress-nginx, "
            "since it becomes the file ci/NAME-values.yaml",
        ),
        (
            "hooks/container.envs.yaml",
            b"- name: A\n",
            "1:1: unknown-hook: no template of the chart asks for the hook 'container.envs'; "
            "did you mean 'container.env'?",
        ),
        (
            "hooks/container.env",
            b"- name: A\n",
            "1:1: misplaced-file: the name of a hook's file ends in what it holds: "
            "container.env.yaml or container.env.tpl",
        ),
        (
            "hooks/container.env.tpl",
            b"- name: A\n",
            "1:1: duplicate-template: the hook 'container.env' is written twice; "
            "container.env.yaml does it too",
        ),
        (
            "files/start.sh.tpl",
            b"#!/bin/sh\n",
            "1:1: misplaced-file: the file 'start.sh' is there twice, as it is and as a template",
        ),
        (
            "vaules.yaml",
            b"a: 1\n",
            "1:1: misplaced-file: nothing reads 'vaules.yaml' beside a spec; "
            "did you mean 'values.yaml'?",
        ),
        (
            "template/a.yaml",
            b"a: 1\n",
            "1:1: misplaced-file: nothing reads 'template' beside a spec; "
            "did you mean 'templates'?",
        ),
        (
            "templates/a.yaml",
            b"a: 1\n# \xe4\n",
            "2:3: yaml-encoding: byte 0xe4 is not UTF-8 text; save the file as UTF-8",
        ),
        ("notes.txt", b"a\n\n[[ b ]]\n", "3:1: feature-template: 'b' is undefined"),
        (
            "values.yaml",
            b"global: {type: string, default: a, description: A.}\n",
            "1:1: reserved-value: no feature can give charts the value 'global'; "
            "what it shares stands in global.yaml, without this key",
        ),
        (
            "templates/a.yaml",
            b"a: [[ chart.ports.client | comment ]]\n",
            "1:1: feature-template: 'int' object has no attribute 'replace'",
        ),
        (
            "templates/a.yaml",
            b"[% macro f() %][[ f() ]][% endmacro %]\na: [[ f() ]]\n",
            "1:1: feature-template: something here calls itself without end",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    findings: Findings, file: str, content: bytes, said: str
) -> None:
    assert findings(f"{FOLDER}/{file}", content) == [f"{FOLDER}/{file}:{said}"]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "{global: monitoring.tipe, values: [none]}",
            "1:12: unknown-global: there is no value global.monitoring.tipe: "
            "unknown key 'tipe'; did you mean 'type'?",
        ),
        (
            "{global: monitoring.type, values: [none, operater]}",
            "1:52: unknown-choice: global.monitoring.type is never 'operater'; "
            "did you mean 'operator'?",
        ),
    ],
)
def test_a_condition_names_a_value_that_there_is(
    findings: Findings, condition: str, said: str
) -> None:
    spec = f"onlyWith: {condition}\n{(ROOT / SPEC).read_text()}"
    assert findings(SPEC, spec.encode()) == [f"{SPEC}:{said}"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "a: {type: integer, bind: {global: loging.level}, description: A.}",
            "4:29: unknown-global: there is no value global.loging.level: "
            "unknown key 'loging'; did you mean 'logging'?",
        ),
        (
            "a: {type: string, bind: {global: logging.level}, description: A.}",
            "4:28: bound-type: global.logging.level is integer, not string",
        ),
        (
            "a: {type: boolean, bind: {global: redis.topology, equals: ring}, description: A.}",
            "4:29: unknown-choice: global.redis.topology is never 'ring'; "
            "known: cluster, standalone",
        ),
        (
            "a: {type: array, bind: {dependency: redis, as: addresses, "
            "twice: {global: redis.topology, equals: ring}}, description: A.}",
            "4:69: unknown-choice: global.redis.topology is never 'ring'; "
            "known: cluster, standalone",
        ),
        ("a: {type: number, bind: {global: logging.level}, description: A.}", ""),
    ],
)
def test_a_bind_names_a_value_that_there_is(findings: Findings, key: str, said: str) -> None:
    shown = [f"{CONFIG}:{said}"] if said else []
    assert findings(CONFIG, f"{HEAD}  {key}\n".encode()) == shown


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "shared: true, selects: {x: rediss}",
            "4:71: unknown-dependency: unknown dependency or credential 'rediss' in selects; "
            "did you mean 'redis'?",
        ),
        (
            "shared: true, selects: {v: redis}",
            "4:71: unknown-choice: 'a' is never 'v'; known: x, z",
        ),
        (
            "selects: {x: redis}",
            "4:57: unshared-selector: a key that selects something must be the same everywhere: "
            "add shared: true",
        ),
        ("shared: true, selects: {x: redis, z: push}", ""),
    ],
)
def test_a_key_selects_what_there_is(findings: Findings, key: str, said: str) -> None:
    shown = [f"{CONFIG}:{said}"] if said else []
    content = f"{HEAD}  a: {{type: string, enum: [x, z], default: x, {key}, description: A.}}\n"
    assert findings(CONFIG, content.encode()) == shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [\n", "2:1: yaml-syntax: a value is expected here"),
        (b"# \xe4\n", "1:3: yaml-encoding: byte 0xe4 is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_a_mistake_in_a_preset_is_told_with_its_place(
    findings: Findings, content: bytes, said: str
) -> None:
    assert findings("presets/minimal.yaml", content, "openim") == [f"presets/minimal.yaml:{said}"]


def test_notes_to_people_and_hidden_files_are_not_read(findings: Findings) -> None:
    assert findings(f"{FOLDER}/README.md", b"\xff") == []
    assert findings(f"{FOLDER}/templates/.x.yaml.swp", b"\xff") == []


def test_an_alert_is_about_the_pods_of_its_chart(findings: Findings) -> None:
    lines = (ROOT / SPEC).read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if "expr: " in line)
    lines[number] = lines[number].replace("{selector", "{selectr")
    (said,) = findings(SPEC, "\n".join(lines).encode())
    place, _, expression = lines[number].partition("expr: ")
    assert said == (
        f"{SPEC}:{number + 1}:{len(place) + 1}: bad-value: 'options.alerts.rules[0].expr' must be "
        "an expression with {selector}, {scope} or {namespace}, which stand for the pods that the "
        f"alert is about, not '{expression}'"
    )


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (
            "exposure/feature.yaml",
            "description: A.\norder: 310\nwhen: chart.exposrue\n",
            "3:7: feature-template: 'when' cannot be evaluated: "
            "'openim_charts.specs.model.ChartSpec object' has no attribute 'exposrue'",
        ),
        (
            "exposure/feature.yaml",
            "description: A.\norder: 310\nwhen: chart.exposure and\n",
            "3:7: feature-template: 'when' cannot be evaluated: unexpected 'end of template'",
        ),
        (
            "exposure/files/a.sh",
            "exit\n",
            "1:1: unread-file: no template of the chart asks for the file 'a.sh'; give the chart a "
            "feature that does, or remove the file",
        ),
        (
            "exposure/hooks/pod.volume.yaml",
            "- name: a\n",
            "1:1: unknown-hook: no template asks for the hook 'pod.volume'; "
            "did you mean 'pod.volumes'?",
        ),
    ],
)
def test_a_mistake_in_a_feature_is_told_with_its_place(
    tmp_path: Path, file: str, content: str, said: str
) -> None:
    shutil.copytree(ROOT / "chart-specs", tmp_path / "chart-specs")
    shutil.copytree(ROOT / "presets", tmp_path / "presets")
    path = tmp_path / "chart-specs" / "features" / file
    path.parent.mkdir(exist_ok=True)
    kept = path.read_text().partition("consumes:") if path.is_file() else ("", "", "")
    path.write_text(content + kept[1] + kept[2])
    with pytest.raises(FindingsError) as error:
        Compiler(load_catalog(tmp_path)).compile("openim-api")
    (finding,) = error.value.findings
    assert str(finding) == f"chart-specs/features/{file}:{said}"


def test_settings_name_ports_that_the_chart_has(findings: Findings) -> None:
    spec = (ROOT / SPEC).read_text("utf-8")
    before = spec.replace("  alerts:\n", "  monitoring:\n    port: metrcs\n  alerts:\n")
    line = before[: before.index("    port: metrcs")].count("\n") + 1
    (said,) = findings(SPEC, before.encode())
    assert said == (
        f"{SPEC}:{line}:5: unknown-port: the chart has no port 'metrcs'; did you mean 'metrics'?"
    )


def test_a_cluster_of_kubeblocks_needs_its_names_and_its_maker(findings: Findings) -> None:
    file = "chart-specs/dependencies/redis.yaml"
    text = (ROOT / file).read_text("utf-8")
    head, _, tail = text.partition("\nkubeblocks:\n")
    rest = tail[re.search(r"^\S", tail, re.MULTILINE).start() :]  # type: ignore[union-attr]
    (said,) = findings(file, f"{head}\n{rest}".encode())
    assert said.startswith("chart-specs/infrastructure/redis.yaml:")
    assert "missing-key: the feature 'kubeblocks' needs 'kubeblocks' in the dependency" in said
    spec = "chart-specs/infrastructure/redis.yaml"
    without = (ROOT / spec).read_text("utf-8").replace("kubeblocks, ", "", 1)
    said, more = findings(file, text.encode(), "redis"), findings(spec, without.encode())
    assert said == []
    assert (
        f"{file}:{head.count(chr(10)) + 2}:1: unread-key: the chart 'redis' has no feature that "
        "makes the Cluster; add 'kubeblocks' to its features" in more
    )


def test_all_mistakes_of_a_chart_come_at_once(findings: Findings, tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    for file, text in (
        ("templates/a.yaml", "a: [[ nobody ]]\n"),
        ("templates/b.yaml", "\nb: [[ nothing ]]\n"),
        ("helpers.tpl", "[[ nowhere ]]\n"),
    ):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    spec = (ROOT / SPEC).read_text("utf-8").replace("values:\n", "values:\n  replicaCont: 3\n", 1)
    words = re.compile(r"(unknown-value|feature-template): '\w+'")
    said = [words.search(line) for line in findings(SPEC, spec.encode())]
    assert [found and found[0] for found in said] == [
        "unknown-value: 'replicaCont'",
        "feature-template: 'nowhere'",
        "feature-template: 'nobody'",
        "feature-template: 'nothing'",
    ]


def test_a_host_is_one_that_openim_yaml_names(findings: Findings) -> None:
    spec = "chart-specs/server/openim-api.yaml"
    text = (ROOT / spec).read_text("utf-8")
    assert text.count("\nexposure:\n") == 1
    wrong = text.replace("\nexposure:\n", "\nexposure:\n  host: mian\n")
    (said,) = findings(spec, wrong.encode(), "openim-api")
    assert said.endswith(
        ": unknown-global: there is no value global.exposure.hosts.mian: "
        "unknown key 'mian'; did you mean 'main'?"
    )


def test_a_credential_is_not_called_like_something_else_under_global(findings: Findings) -> None:
    text = (ROOT / "chart-specs/credentials/grafana.yaml").read_bytes()
    names = ("config", "exposure", "image")
    said = [findings(f"chart-specs/credentials/{name}.yaml", text) for name in names][-1]
    assert said == [
        f"chart-specs/credentials/{name}.yaml:1:1: duplicate-name: "
        f"global.{name} is a feature's; rename the file"
        for name in names
    ]


def test_values_that_every_dependency_has_are_those_that_charts_have() -> None:
    catalog = load_catalog(ROOT)
    own = {
        key
        for name, dependency in catalog.dependencies.items()
        for key in Compiler(catalog, ()).globals[name]["properties"].keys() - dependency.values
    }
    assert own == BUILT_IN


@pytest.mark.parametrize(
    ("file", "old", "new", "rest"),
    [
        ("server/openim-rpc-third.yaml", "calls: [", "calls: [openim-rpc-usr, ", True),
        ("server/openim-rpc-third.yaml", "version: ", "version: v", True),
        ("infrastructure/redis.yaml", "version: ", "version: v", False),
        ("server/openim-rpc-auth.yaml", "version: ", "version: v", False),
        ("dependencies/redis.yaml", "component: redis", "component: rediss", False),
        ("profiles/openim-rpc.yaml", "{tcp: rpc}", "{tcp: rpcc}", False),
    ],
)
def test_charts_that_are_right_compile_without_those_that_are_not(
    tmp_path: Path, file: str, old: str, new: str, rest: bool
) -> None:
    shutil.copytree(ROOT / "chart-specs", tmp_path / "chart-specs")
    shutil.copytree(ROOT / "presets", tmp_path / "presets")
    path = tmp_path / "chart-specs" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SpecsError) as error:
        load_catalog(tmp_path)
    left = error.value.rest
    assert (left is not None) is rest
    if left is not None:
        names = {
            spec.name for spec in load_catalog(ROOT).charts.values() if spec.kind != "umbrella"
        }
        assert left.charts.keys() == names - {path.stem}
        compiler = Compiler(left)
        assert all(compiler.compile(name).files for name in left.charts)

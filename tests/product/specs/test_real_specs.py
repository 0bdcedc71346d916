"""What must hold for the specs of OpenIM itself, whatever else they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from openim_charts.charts.api import compile_chart
from openim_charts.charts.config import leaves, resolve
from openim_charts.charts.graph_view import variables
from openim_charts.specs.model import Catalog, ChartSpec, ConfigFile

ROOT = Path(__file__).parents[3]
FAMILIES = ("server", "chat", "front")
# Passwords, codes and keys that OpenIM's own files ship, known to everybody.
PUBLIC_SECRETS = ("openIM123", "chat123", "666666", "APIGPW3gnFTzqHH", "23ztfSqsfQ8hKkHzHTl3Z4bvax")


def modules(catalog: Catalog, *families: str) -> list[ChartSpec]:
    return [c for c in catalog.charts.values() if c.family in families]


def files(catalog: Catalog) -> Iterator[tuple[str, ConfigFile]]:
    for line in catalog.lines.values():
        for file in line.config.values():
            yield line.product, file


def leaf(catalog: Catalog, product: str, name: str, *path: str) -> Mapping[str, Any]:
    file = next(f for p, f in files(catalog) if (p, f.name) == (product, name))
    return dict(leaves(file))[path]


def test_every_module_of_openim_has_a_chart(catalog: Catalog) -> None:
    rpc = ("auth", "conversation", "friend", "group", "msg", "third", "user")
    server = {f"openim-rpc-{name}" for name in rpc} | {
        f"openim-{name}" for name in ("api", "crontask", "msggateway", "msgtransfer", "push")
    }
    chat = {f"openim-{name}" for name in ("chat-api", "admin-api", "chat-rpc", "admin-rpc")}
    front = {"openim-web-front", "openim-admin-front"}
    for family, names in (("server", server), ("chat", chat), ("front", front)):
        assert names <= {c.name for c in modules(catalog, family)}


def test_umbrellas_hold_all_modules_of_their_families(catalog: Catalog) -> None:
    members = {name: {c.name for c in modules(catalog, name)} for name in FAMILIES}
    assert set(catalog.charts["openim-server"].includes) == members["server"]
    assert set(catalog.charts["openim-chat"].includes) == members["chat"]
    assert set(catalog.charts["openim"].includes) >= set[str]().union(*members.values())


def test_every_event_is_told_completely(catalog: Catalog) -> None:
    (file,) = (f for p, f in files(catalog) if (p, f.name) == ("server", "notification"))
    events = file.schema["properties"]
    assert len(events) == 31
    for name, node in events.items():
        shape, default = resolve(file, node), node["default"]
        assert set(default) == set(shape["properties"]), name
        assert set(default["offlinePush"]) == {"enable", "title", "desc", "ext"}, name


def test_every_hook_is_complete_and_off(catalog: Catalog) -> None:
    (file,) = (f for p, f in files(catalog) if (p, f.name) == ("server", "webhooks"))
    hooks = {k: v for k, v in file.schema["properties"].items() if k != "url"}
    assert len(hooks) == 48
    for name, node in hooks.items():
        assert set(node["default"]) == set(resolve(file, node)["properties"]), name
        assert node["default"]["enable"] is False, name
        assert ("failedContinue" in node["default"]) == name.startswith("before"), name


def test_defaults_obey_their_own_constraints(catalog: Catalog) -> None:
    for product, file in files(catalog):
        for path, node in leaves(file):
            if "default" in node:
                wrong = list(Draft202012Validator(dict(node)).iter_errors(node["default"]))
                assert not wrong, f"{product} {file.name} {'.'.join(path)}: {wrong[0].message}"


def test_no_spec_holds_a_secret_that_everybody_knows() -> None:
    for path in (ROOT / "chart-specs").rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not [s for s in PUBLIC_SECRETS if s in text], path


def test_keys_that_hold_secrets_have_no_default(catalog: Catalog) -> None:
    words = ("password", "secret", "accesskey", "token", "supercode", "authorizationcode")
    plain = {"tokenPolicy"}
    for product, file in files(catalog):
        for path, node in leaves(file):
            if any(w in path[-1].lower() for w in words) and not plain & set(path):
                assert "secret" in node, f"{product} {file.name} {'.'.join(path)}"
                assert "default" not in node


def test_the_first_administrator_is_not_guessable(catalog: Catalog) -> None:
    secret = leaf(catalog, "chat", "share", "chatAdmin")["secret"]
    key = catalog.credentials[secret["credential"]].keys[secret["key"]]
    assert key.generate is not None
    assert key.generate >= 12


def test_secrets_that_charts_make_need_nobody(catalog: Catalog) -> None:
    """A key that no one generates must be one that modules can do without."""
    for credential in catalog.credentials.values():
        made = bool(credential.owner) or credential.name in catalog.dependencies
        for key in credential.keys.values():
            assert key.optional or (made and (key.generate or key.value)), (credential.name, key)


def test_variables_of_a_module_are_distinct(catalog: Catalog) -> None:
    for chart in modules(catalog, "server", "chat"):
        names = [v.name for v in variables(chart)]
        assert len(names) == len(set(names)), chart.name
        assert all(n.startswith(("IMENV_", "CHATENV_")) for n in names), chart.name


def test_no_two_modules_listen_on_one_port(catalog: Catalog) -> None:
    seen: dict[int, str] = {}
    for chart in modules(catalog, "server", "chat"):
        for port in chart.ports.values():
            assert port not in seen, f"{chart.name} and {seen[port]} both use {port}"
            seen[port] = chart.name


def test_ports_are_fixed_and_logs_go_to_standard_output(catalog: Catalog) -> None:
    for _, file in files(catalog):
        for path, node in leaves(file):
            if path[-1] == "autoSetPorts":
                assert node["default"] is False, file.location
            if path[-1] == "ports":
                assert "port" in node["bind"], file.location
    for product in ("server", "chat"):
        assert leaf(catalog, product, "log", "isStdout")["default"] is True
        assert leaf(catalog, product, "log", "storageLocation")["default"] == ""


def test_modules_register_under_names_of_their_own(catalog: Catalog) -> None:
    registered = [
        node["default"]
        for product, name, group in (
            ("server", "share", "rpcRegisterName"),
            ("chat", "discovery", "rpcService"),
        )
        for p, f in files(catalog)
        if (p, f.name) == (product, name)
        for path, node in leaves(f)
        if path[0] == group
    ]
    assert len(registered) == 9 + 2
    assert len(set(registered)) == len(registered)


def test_what_modules_must_agree_on_is_said_once(catalog: Catalog) -> None:
    agreed = [
        ("server", "share", "imAdminUserID"),
        ("server", "share", "multiLogin", "policy"),
        ("server", "kafka", "toRedisTopic"),
        ("server", "kafka", "toOfflinePushGroupID"),
        ("server", "local-cache", "user", "topic"),
        ("server", "mongodb", "database"),
        ("server", "redis", "db"),
        ("server", "minio", "bucket"),
        ("server", "discovery", "etcd", "rootDirectory"),
        ("chat", "share", "openIM", "adminUserID"),
        ("chat", "discovery", "rpcService", "chat"),
        ("chat", "chat-rpc-admin", "tokenPolicy", "expire"),
    ]
    for product, name, *path in agreed:
        assert leaf(catalog, product, name, *path).get("shared"), (product, name, path)
    secret = leaf(catalog, "server", "share", "secret")["secret"]
    assert leaf(catalog, "chat", "share", "openIM", "secret")["secret"] == secret


def test_pods_are_restricted(catalog: Catalog) -> None:
    for chart in modules(catalog, *FAMILIES):
        assert not chart.service_account_token, chart.name
        pod = chart.values.get("podSecurityContext")
        assert pod is None or (pod["runAsNonRoot"] and pod["runAsUser"] > 0), chart.name


def test_scheduled_tasks_run_once(catalog: Catalog) -> None:
    chart = catalog.charts["openim-crontask"]
    values = compile_chart(catalog, chart.name).values
    assert values["replicaCount"] == 1
    assert values["strategy"] == {"type": "Recreate"}
    assert chart.options["workload"]["maxReplicas"] == 1
    # It listens nowhere: the only probe asks whether etcd still has its data.
    assert set(chart.probes) == {"liveness"}
    assert "registered.sh" in str(chart.probes["liveness"]["exec"])
    assert not {"autoscaling", "disruption-budget"} & set(chart.features)


def test_the_gateway_drains_within_its_grace_period(catalog: Catalog) -> None:
    chart = catalog.charts["openim-msggateway"]
    # The process itself takes up to 15 seconds for each of its two servers.
    shutdown = 2 * 15
    drain = chart.options["workload"]["drainSeconds"]
    assert drain + shutdown <= chart.values["terminationGracePeriodSeconds"]


def test_images_are_pinned(catalog: Catalog) -> None:
    for chart in modules(catalog, *FAMILIES):
        for image in chart.images.values():
            assert image.tag not in ("", "latest"), chart.name
            assert "{" not in image.repository + "".join(image.command), chart.name


def test_each_layout_starts_a_program_of_its_image(catalog: Catalog) -> None:
    """What a shell is asked to exec counts; a path of a program in it must be the image's."""
    for chart in catalog.charts.values():
        for layout in chart.images.values():
            line = " ".join(layout.command).removeprefix("/bin/sh -c exec ")
            if line:
                assert layout.image.has(line.split()[0]), (chart.name, line)


def test_only_layouts_whose_images_can_be_had_are_offered(catalog: Catalog) -> None:
    """The sources of the server's line build no image for a single module."""
    for family, layouts in (("server", {"all-in-one"}), ("chat", {"all-in-one", "per-module"})):
        for chart in modules(catalog, family):
            assert set(chart.images) == layouts, chart.name


def test_target_discovery_is_not_exposed(catalog: Catalog) -> None:
    exposure = catalog.charts["openim-api"].exposure
    assert exposure is not None
    assert "/prometheus_discovery" in exposure.hidden
    assert exposure.headers == {"X-Request-Api": "{url}"}
    paths = [(c.exposure.host, c.exposure.path) for c in catalog.charts.values() if c.exposure]
    assert len(paths) == len(set(paths))


def test_an_rpc_module_takes_few_lines() -> None:
    """Beside what people are told when it fails."""
    for path in (ROOT / "chart-specs" / "server").glob("openim-rpc-*.yaml"):
        text = re.sub(r"^  alerts:\n(?:    .*\n)+", "", path.read_text("utf-8"), flags=re.M)
        assert len(text.splitlines()) <= 25, path


def test_a_chart_is_found_by_the_name_of_its_objects(catalog: Catalog) -> None:
    for chart in catalog.charts.values():
        assert chart in catalog.with_component(chart.component)
    assert [c.name for c in catalog.with_component("api")] == ["openim-api"]
    assert not catalog.with_component("openim-api")

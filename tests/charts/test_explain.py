"""Where values come from: every key that a user may set names the place that describes it."""

from __future__ import annotations

import pytest

from openim_charts.charts.api import explain
from openim_charts.charts.compiler import Compiler
from openim_charts.charts.values import walk
from openim_charts.findings import UserError
from openim_charts.specs.model import Catalog


def test_a_key_of_a_file_that_the_chart_does_not_read(catalog: Catalog) -> None:
    found = explain(catalog, "openim-api", "global.config.chat.chat-api-chat.api.listenIP")
    assert found.sources[-1].layer == "config file chat-api-chat.yml"
    assert found.sources[-1].location.path.endswith("/config/chat-api-chat.yaml")
    assert found.sources[-1].location.line > 1
    assert explain(catalog, "openim-api", "global.config.server").sources == ()


def test_a_port_is_that_of_the_chart_that_reads_the_file(catalog: Catalog) -> None:
    user = catalog.charts["openim-rpc-user"].ports["rpc"]
    key = "global.config.server.openim-rpc-user.rpc.ports"
    assert explain(catalog, "openim-rpc-group", key).default == f"[{user}]"


def test_a_value_of_a_chart_in_an_umbrella(catalog: Catalog) -> None:
    found = explain(catalog, "openim", "openim-msggateway.replicaCount")
    alone = explain(catalog, "openim-msggateway", "replicaCount")
    assert found.key == "openim-msggateway.replicaCount"
    assert (found.default, found.sources) == (alone.default, alone.sources)
    enabled = explain(catalog, "openim", "openim-msggateway.enabled")
    assert enabled.sources[-1].location.path == "chart-specs/umbrella/openim.yaml"
    with pytest.raises(UserError, match="did you mean 'replicaCount'"):
        explain(catalog, "openim", "openim-msggateway.replicaCoun")


def test_a_part_of_a_value_leads_to_the_whole(catalog: Catalog) -> None:
    for part, whole in (("affinity.nodeAffinity", "affinity"), ("podLabels.a", "podLabels")):
        with pytest.raises(UserError, match=f"is a part of '{whole}'"):
            explain(catalog, "openim-api", part)


def test_a_dependency_s_own_value_has_its_line(catalog: Catalog) -> None:
    place = explain(catalog, "openim-rpc-group", "global.mongodb.database").sources[-1].location
    assert place.path == "chart-specs/dependencies/mongodb.yaml"
    assert place.line > 1


@pytest.mark.parametrize("key", ["docker.io", "docker\\.io"])
def test_a_key_with_dots_of_its_own(catalog: Catalog, key: str) -> None:
    found = explain(catalog, "redis", f"global.image.registries.{key}")
    assert found.sources[0].location.path == "chart-specs/features/image/global.yaml"


@pytest.mark.parametrize("name", ["openim-rpc-group", "redis", "openim-web-front", "grafana"])
def test_every_value_is_explained(catalog: Catalog, name: str) -> None:
    compiler = Compiler(catalog)
    tree = compiler.compile_parts(name)[1]
    for keys, node in list(walk(tree))[::7]:
        found = explain(catalog, name, ".".join(keys))
        assert found.sources or node.get("properties"), keys

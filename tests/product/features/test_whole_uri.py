"""A Secret that holds a whole connection string needs nothing beside it."""

from __future__ import annotations

import json
from typing import Any

from openim_charts.specs.model import Catalog, Dependency
from tests.product.features.conftest import Render, of_kind
from tests.product.features.policies import leaves, pods


def _variables(objects: Any, dependency: Dependency) -> dict[str, bool]:
    """Whether the pod of a module starts without a key of the Secret, by key."""
    (module,) = of_kind(objects, "Deployment")
    (container,) = module["spec"]["template"]["spec"]["containers"]
    sources = [e.get("valueFrom", {}) for e in container["env"]]
    found = [source["secretKeyRef"] for source in sources if "secretKeyRef" in source]
    assert dependency.credential
    return {
        key["key"]: key.get("optional", False)
        for key in found
        if key["name"] == "atlas" or key["name"].endswith(f"-{dependency.name}")
    }


def test_every_user_of_a_whole_uri_works_with_it_alone(catalog: Catalog, render: Render) -> None:
    tried = 0
    for dependency in (d for d in catalog.dependencies.values() if d.whole):
        alone = {"global": {dependency.name: {"mode": "external", "existingSecret": "atlas"}}}
        for name in catalog.users(dependency.component):
            objects = render(name, alone)
            optional = _variables(objects, dependency)
            assert not optional.pop(dependency.whole)
            assert optional
            assert all(optional.values())
            (module,) = of_kind(objects, "Deployment")
            waits = json.dumps(module["spec"]["template"]["spec"]["initContainers"])
            assert f"-{dependency.component}" not in waits
            assert '""' not in waits
            pod = pods(objects)[name]
            assert leaves(objects, pod, "10.1.2.3", dependency.port)
            assert not leaves(objects, pod, "10.1.2.3", dependency.port + 1)
            tried += 1
    assert tried > 5


def test_with_addresses_the_password_is_asked_for(catalog: Catalog, render: Render) -> None:
    mongodb = catalog.dependencies["mongodb"]
    where = {"mode": "external", "existingSecret": "atlas", "addresses": ["m.example.com:27017"]}
    for values in ({}, {"global": {"mongodb": where}}):
        assert _variables(render("openim-rpc-user", values), mongodb) == {
            "uri": True,
            "password": False,
        }
    objects = render("openim-rpc-user", {"global": {"mongodb": where}})
    assert "m.example.com:27017" in json.dumps(of_kind(objects, "Deployment"))

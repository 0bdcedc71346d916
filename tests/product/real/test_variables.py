"""Variables with secrets name keys that the files have: a module ignores one for an absent key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from openim_charts.charts.api import Compiler
from openim_charts.helm.find import find_helm
from openim_charts.packaging.api import package
from tests.product.real.conftest import MODULES
from tests.product.real.pods import Pod, pod_of

PREFIXES = ("IMENV_", "CHATENV_")
LOGINS = {"global": {name: {"auth": {"enabled": True}} for name in ("etcd", "kafka")}}


def leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Dotted path and value of everything in a file that is no mapping."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield ".".join(path), value


def variables(pod: Pod, prefix: str) -> dict[str, Any]:
    """What each variable would replace, by the rule of both products for their names."""
    found: dict[str, Any] = {}
    for filename, text in pod.files.items():
        if not filename.endswith(".yml"):
            continue
        file = filename.removesuffix(".yml").replace("-", "_")
        for path, value in leaves(yaml.safe_load(text), ()):
            name = f"{prefix}{file}_{path.replace('.', '_')}".upper()
            assert name not in found, f"{name} would set two keys"
            found[name] = value
    return found


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("values", [{}, LOGINS], ids=["defaults", "logins"])
def test_every_secret_reaches_a_key_that_is_there(
    compiler: Compiler, name: str, values: dict[str, Any]
) -> None:
    archive = package(compiler.compile(name), 0)
    rendering = find_helm().render(archive, values, "im", "chat", "1.34")
    pod = pod_of([yaml.load(file.text, yaml.CSafeLoader) for file in rendering.files])
    read = [e for e in pod.container["env"] if e["name"].startswith(PREFIXES)]
    given = [e["name"] for e in read]
    secret = {e["name"] for e in read if "valueFrom" in e}
    assert given
    assert len(given) == len(set(given))
    [prefix] = {p for p in PREFIXES if given[0].startswith(p)}
    keys = variables(pod, prefix)
    for variable in given:
        assert variable in keys, f"{variable} names no key"
        told_twice = variable in secret and keys[variable] is not None
        assert not told_twice, f"{variable} has a value in the file too"

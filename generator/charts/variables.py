"""What reaches a module beside its configuration files: secrets in variables, middleware."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts.config import Path, leaves
from generator.specs.model import ChartSpec


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a Secret fills, and the configuration key it stands for."""

    name: str
    credential: str
    key: str
    file: str
    path: Path


def variables(spec: ChartSpec) -> tuple[Variable, ...]:
    """Variables for all secret keys of the chart's files, in file order.

    Name: PREFIX + file + path, upper case, ``-`` and ``.`` as ``_`` (open-im-server
    pkg/common/config/env.go, chat pkg/common/config/env.go).
    """
    if spec.line is None:
        return ()
    found = []
    for file in spec.config:
        prefix = "" if file.name in spec.line.unprefixed_files else spec.line.environment_prefix
        stem = file.filename.removesuffix(".yml")
        for path, node in leaves(file):
            secret = node.get("secret")
            if secret:
                name = "_".join((stem, *path)).replace("-", "_").upper()
                found.append(
                    Variable(
                        f"{prefix}{name}", secret["credential"], secret["key"], file.name, path
                    )
                )
    return tuple(found)


def bound_dependencies(spec: ChartSpec) -> tuple[str, ...]:
    """Names of dependencies whose addresses the chart's files hold, or that it uses, sorted."""
    bound = {
        node["bind"]["dependency"]
        for file in spec.config
        for _, node in leaves(file)
        if "dependency" in node.get("bind", {})
    }
    return tuple(sorted(bound | {d.name for d in spec.uses}))

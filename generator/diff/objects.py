"""The objects that a chart renders, by what Kubernetes tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from generator.checks.checker import NAMESPACE, RELEASE
from generator.checks.rendered import Parser, RenderedObject
from generator.diff.packed import PackedChart
from generator.helm.adapter import Helm

# Functions of Helm's templates that give something else at each call.
_RANDOM = re.compile(
    rb"\b(?:rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|gen(?:CA|SelfSigned|Signed|PrivateKey)"
    rb"\w*|uuidv4|htpasswd|bcrypt|encryptAES|now|shuffle)\b"
)
GENERATED = "(generated)"


class Key(NamedTuple):
    """Kind, API group, namespace and name: one object of the cluster."""

    kind: str
    group: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


Objects = Mapping[Key, RenderedObject]


@dataclass(slots=True)
class Renderer:
    """Renders charts for the newest Kubernetes that is tested."""

    helm: Helm
    kubernetes: str
    _parser: Parser = field(default_factory=Parser)

    def objects(self, chart: PackedChart, values: Mapping[str, Any], scenario: str) -> Objects:
        """What the chart renders, with GENERATED in place of what each rendering makes anew.

        Raises HelmError, and FindingsError for what is no YAML.
        """
        found = dict(self.rendered(chart, values, scenario))
        if any(_RANDOM.search(data) for path, data in chart.files.items() if "templates/" in path):
            again = dict(self.rendered(chart, values, scenario))
            for key in found.keys() & again.keys():
                data = _stable(found[key].data, again[key].data)
                found[key] = replace(found[key], data=data)
        return found

    def rendered(
        self, chart: PackedChart, values: Mapping[str, Any], scenario: str
    ) -> Iterator[tuple[Key, RenderedObject]]:
        """What one rendering gives. Raises as ``objects`` does."""
        rendering = self.helm.render(chart.renderable, values, RELEASE, NAMESPACE, self.kubernetes)
        for hook, files in ((False, rendering.manifests), (True, rendering.hooks)):
            for file in files:
                obj = self._parser.parse(file, scenario, hook)
                if obj:
                    group = obj.api_version.rpartition("/")[0]
                    yield Key(obj.kind, group, obj.namespace or NAMESPACE, obj.name), obj


def _stable(first: Any, second: Any) -> Any:
    """``first`` with GENERATED wherever ``second`` differs."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {key: _stable(value, second.get(key)) for key, value in first.items()}
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [_stable(*pair) for pair in zip(first, second, strict=True)]
    return first if first == second else GENERATED

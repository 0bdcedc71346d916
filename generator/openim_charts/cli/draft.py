"""A first spec for a new chart, after the charts that extend the same profile."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from openim_charts.findings import UserError
from openim_charts.specs.keys.base import inline
from openim_charts.specs.keys.words import ChartName
from openim_charts.specs.model import Catalog, ChartSpec

_COPIED = ("appVersion", "images", "includes", "probes", "test")  # what a chart needs
_HINT = """\
Next, as far as the module needs it (the schema schemas/chart.schema.json describes every key):
  config: [FILE]            config files that it reads, beside those of the profile
  uses: [DEPENDENCY]        middleware that it connects to
  calls: [CHART]            charts that it calls
  values: {KEY: VALUE}      defaults that replace those of the features
"""


def check_name(name: str) -> None:
    """UserError when no chart can have this name."""
    rule = inline(ChartName)
    if len(name) > rule["maxLength"] or not re.search(rule["pattern"], name) or "\n" in name:
        raise UserError(f"'{name}' cannot be a chart's name: it must be {rule['expects']}")


def common_profile(catalog: Catalog) -> str:
    """The profile that most modules extend; without a module, that of most charts."""
    charts = catalog.charts.values()
    modules = [chart for chart in charts if chart.kind == "module"]
    counts = Counter(chart.data["extends"] for chart in modules or charts)
    return str(max(sorted(counts), key=counts.__getitem__))


def siblings(catalog: Catalog, profile: str) -> list[ChartSpec]:
    """Charts that extend the profile."""
    return [c for c in catalog.charts.values() if c.data["extends"] == profile]


def draft(catalog: Catalog, name: str, profile: str) -> str:
    """The text of a spec that is valid as it stands, wherever another chart shows what it takes."""
    spec = CommentedMap(
        extends=profile, name=name, version="1.0.0", description=f"What {name} does, in one line."
    )
    examples = siblings(catalog, profile)
    if examples:
        own = {key: examples[0].data[key] for key in _COPIED if _own(examples[0], key)}
        if "images" in own and examples[0].notes:
            # What users of these images must know, such as a platform that one lacks.
            own["notes"] = LiteralScalarString(examples[0].notes)
        if _own(examples[0], "values", "resources"):
            own["values"] = {"resources": examples[0].values["resources"]}
        ports = _ports(catalog, examples)
        spec.update({**({"ports": ports} if ports else {}), **own})
        for key in own:
            spec.yaml_set_comment_before_after_key(
                key, f"As in {examples[0].name}; put its own here."
            )
    if "ports" in spec:
        spec.yaml_set_comment_before_after_key("ports", "Numbers that no other chart has.")
    spec["changes"] = [{"kind": "added", "description": "First release of the chart."}]
    spec.yaml_set_comment_before_after_key("changes", _HINT)
    return _dump(spec)


def _own(chart: ChartSpec, *path: str) -> bool:
    """Whether the spec itself says what stands at ``path``, and no profile."""
    origin = chart.origins.get(path)
    return origin is not None and origin.layer == "spec"


def _ports(catalog: Catalog, examples: Sequence[ChartSpec]) -> dict[str, int]:
    """Ports that every example gives itself, with the next numbers in the same steps of ten; all
    of the first one's where there are none such, or its probes are copied, which name them."""
    own = [{p for p in c.ports if _own(c, "ports", p)} for c in examples]
    named = _own(examples[0], "probes") or _own(examples[0], "test")
    shared = own[0] if named else set.intersection(*own) or own[0]
    taken = {number for c in catalog.charts.values() for number in c.ports.values()}
    ports: dict[str, int] = {}
    for port in sorted(shared, key=list(examples[0].ports).index):
        first = max(c.ports[port] for c in examples if port in c.ports)
        free = (n for n in range(first + 10, 65536, 10) if n not in taken)
        ports[port] = next(free, first)
        taken.add(ports[port])
    return ports


def _dump(spec: CommentedMap) -> str:
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(spec, text)
    return text.getvalue()

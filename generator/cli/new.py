"""``openim-charts new``"""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from generator.cli import options
from generator.cli.report import Console
from generator.findings import UserError
from generator.specs.layout import SPECS, scan
from generator.specs.model import Catalog, ChartSpec
from generator.specs.schema import load_schema


def _complete_profile(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return options.complete(ctx, incomplete, lambda layout: layout.profile)


@click.command(
    epilog="""\b
    Examples:
      openim-charts new openim-rpc-report
      openim-charts new openim-status --profile front
    """
)
@click.argument("name")
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=_complete_profile,
    help="What the chart extends.  [default: the profile that most charts extend]",
)
@options.project
def command(name: str, profile: str | None, root: Path, console: Console) -> int:
    """Write a spec to start from.

    The file is valid at once; 'openim-charts lint NAME' says what a chart of its profile still
    needs. Nothing is overwritten.
    """
    from generator.cli.new import check_name, common_profile, draft
    from generator.specs.api import load_catalog
    from generator.specs.suggest import hint

    check_name(name)
    catalog = load_catalog(root)
    profiles = {source.name: source for source in scan(root)[0].profile}
    profile = profile or common_profile(catalog)
    if profile not in profiles:
        raise UserError(f"there is no profile '{profile}'{hint(profile, profiles)}")
    if name in catalog.charts:
        raise UserError(f"{catalog.charts[name].location.path} exists already; nothing was written")
    if name in {chart.family for chart in catalog.charts.values()}:
        raise UserError(f"'{name}' is the name of a family; give the chart another one")
    path = root / SPECS / _family(root, profile) / f"{name}.yaml"
    _create(path, draft(catalog, name, profile))
    console.say(f"{path.relative_to(root)}: written, after the profile {profile}")
    load_catalog(root)
    return 0


def _family(root: Path, profile: str) -> str:
    """The family that a profile gives its charts; without one, charts sit in its own folder."""
    from generator.specs.layers import resolve_profiles
    from generator.yamlio.reader import read

    sources = scan(root)[0].profile
    documents = {s.name: document for s in sources if (document := read(s.file, s.shown)[0])}
    resolved, _ = resolve_profiles(documents, set(documents))
    return str(resolved[profile].data.get("family", profile))


def _create(path: Path, text: str) -> None:
    """Write a file that must not exist yet; nothing is left behind when the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UserError(f"{path} exists already; nothing was written") from None
    except OSError:
        path.unlink(missing_ok=True)
        raise


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
    rule = load_schema("chart")["$defs"]["chartName"]
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

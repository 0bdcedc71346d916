"""From the catalog to charts, and the umbrella charts that hold others."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openim_charts.charts.assembly import Assembler, Assembly
from openim_charts.charts.config import override_tree
from openim_charts.charts.feature_checks import check_features, check_interfaces, check_own
from openim_charts.charts.features import Feature, load_features, read_feature
from openim_charts.charts.globals import (
    all_globals,
    check_global_references,
    givers,
    global_node,
    open_names,
    shown_globals,
)
from openim_charts.charts.graph_view import GraphView, view
from openim_charts.charts.metadata import chart_metadata, images_of
from openim_charts.charts.model import Chart
from openim_charts.charts.readme import chart_readme
from openim_charts.charts.values import (
    Tree,
    apply_defaults,
    defaults,
    merge_properties,
    sectioned,
    values_yaml,
)
from openim_charts.charts.values_schema import DRAFT, SchemaWriter, required, share_repeated
from openim_charts.findings import Finding, FindingsError, collect
from openim_charts.kubernetes.schemas import definition
from openim_charts.specs.keys.feature import SECTION
from openim_charts.specs.keys.words import SECTIONS
from openim_charts.specs.layout import PRESETS
from openim_charts.specs.model import Catalog, ChartSpec
from openim_charts.yamlio.reader import parse
from openim_charts.yamlio.writer import dump

# What only readers need, or the umbrella's own schema already checks: it would only grow the
# release Secret, whose limit is 1 MiB.
_LEFT_OUT = ("README.md", "LICENSE", ".helmignore", "values.schema.json")


def _enabled(chart: Chart) -> dict[str, Any]:
    return {
        "type": "boolean",
        "default": True,
        "description": f"Install {chart.name}: {chart.spec.description}",
    }


def umbrella_trees(
    own: Mapping[str, Any], members: Sequence[tuple[Chart, Tree]]
) -> tuple[Tree, Tree]:
    """The umbrella's values (``global`` and which charts to install), and the tree of its schema.

    The schema's tree has, for every member, all the values that the member takes.
    """
    shared: Tree = {}
    for _, tree in members:
        merge_properties(shared, tree["global"]["properties"])
    values: Tree = {
        "global": global_node(shared),
        **own,
    }
    schema = dict(values)
    for chart, tree in members:
        about = {
            "type": "object",
            "description": f"Values of the chart {chart.name} ({chart.spec.title}).",
        }
        enabled = {"enabled": _enabled(chart)}
        rest = {key: node for key, node in tree.items() if key != "global"}
        values[chart.name] = {**about, "properties": enabled}
        # Helm hands global down, so each chart's values have a copy, which the original speaks for.
        schema[chart.name] = {
            **about,
            "properties": enabled | {"global": {"type": "object"}} | rest,
        }
    return values, schema


def vendor(charts: Iterable[Chart]) -> Assembly:
    """The members' files below ``charts/``, without what the umbrella has or nobody needs there."""
    files: dict[str, bytes] = {}
    origins = {}
    for chart in charts:
        folder = f"charts/{chart.name}"
        for path, content in chart.files.items():
            if path not in _LEFT_OUT and not path.startswith("ci/"):
                files[f"{folder}/{path}"] = content
        origins.update({f"{folder}/{path}": lines for path, lines in chart.origins.items()})
    return Assembly(files, origins)


LICENSE = Path(__file__).parents[3] / "LICENSE"
HELMIGNORE = b"*.swp\n*.tmp\n.git/\n"


def schema_bytes(schema: Mapping[str, Any]) -> bytes:
    """values.schema.json as it is written: compact, since it is stored with every release."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _read_own_folders(
    catalog: Catalog,
) -> tuple[dict[str, Feature], dict[str, FindingsError]]:
    """What stands in the folders beside specs, by chart, and what is wrong with others."""
    folders: dict[str, Feature] = {}
    broken: dict[str, FindingsError] = {}
    for spec in catalog.charts.values():
        if spec.folder:
            try:
                folder = Path(catalog.root) / spec.folder
                folders[spec.name] = read_feature(folder, spec.folder, own=True)
            except FindingsError as error:
                broken[spec.name] = error
    return folders, broken


class Compiler:
    """Compiles the charts of one catalog; what they share is made once.

    ``names`` are the charts that will be asked for, all unless given: a part is kept for those that
    hold it, and only for them, since memory must not grow with the number of charts.

    Threads may share a compiler. One at a time compiles: all of it needs Python's lock anyway, and
    no part is made twice.
    """

    def __init__(self, catalog: Catalog, names: Iterable[str] | None = None) -> None:
        self.catalog = catalog
        self.features = load_features(Path(catalog.root))
        wrong = list(check_interfaces(self.features))
        if wrong:
            raise FindingsError(wrong)
        self._local, self._broken = _read_own_folders(catalog)
        features = [*self.features.values(), *self._local.values()]
        self.globals: Tree = all_globals(catalog, features)
        wrong = check_global_references(catalog, self.globals)
        if wrong:
            raise FindingsError(wrong)
        self._givers = givers(self.features.values(), catalog)
        wanted = catalog.charts if names is None else names
        self._members = {part for name in wanted for part in catalog.charts[name].includes}
        self._turn = threading.RLock()
        self._kept: dict[str, tuple[Chart, Tree]] = {}
        self._global_schemas: dict[bool, dict[str, Any]] = {}

    def features_of(self, spec: ChartSpec) -> list[Feature]:
        """The features that the spec names, in their order, its own templates last.

        Raises FindingsError when the folder beside the spec cannot be read.
        """
        if spec.name in self._broken:
            raise self._broken[spec.name]
        named = sorted((self.features[n] for n in spec.features), key=lambda f: (f.order, f.name))
        return [*named, *([self._local[spec.name]] if spec.folder else [])]

    def assembler(self, spec: ChartSpec) -> Assembler:
        """What renders the templates of one chart's features."""
        graph = view(spec, self.catalog)
        return Assembler(spec, self.catalog, graph, self.features_of(spec))

    def values_tree(self, spec: ChartSpec, assembler: Assembler) -> Tree:
        """All values of the chart, ``global`` first, with the spec's defaults applied."""
        graph = assembler.graph
        names = {dependency.name for dependency in graph.dependencies + graph.provides}
        names |= {credential.name for credential in graph.credentials + graph.owned}
        names |= {"config"} if spec.config or graph.chosen else set()
        shared = shown_globals(self.globals, self.catalog, assembler.features, names)
        tree: Tree = {"global": global_node(shared)}
        merge_properties(tree, assembler.values())
        if spec.config:
            tree["config"] = _config_node(spec)
        apply_defaults(tree, spec)
        return sectioned(tree, SECTIONS)

    def _global_schema(self, described: bool) -> dict[str, Any]:
        """The schema of ``global``, with its definitions; made at the first use of each form."""
        if described not in self._global_schemas:
            writer = SchemaWriter(definition, described)
            closed = writer.object(self.globals)
            del closed["additionalProperties"]
            schema = share_repeated({**closed, **open_names(self.globals)}, prefix="g")
            schema["definitions"] = {**writer.definitions, **schema.get("definitions", {})}
            self._global_schemas[described] = schema
        return self._global_schemas[described]

    def schema(self, tree: Tree, described: bool = True) -> dict[str, Any]:
        """values.schema.json: the chart's own values, and all of ``global``."""
        shared = self._global_schema(described)
        about = {"description": tree["global"]["description"]} if described else {}
        everywhere = {**about, "allOf": [{"$ref": "#/definitions/global"}]}
        writer = SchemaWriter(definition, described)
        own = writer.object({key: node for key, node in tree.items() if key != "global"})
        own["properties"] |= {"global": everywhere, "enabled": {"type": "boolean"}}
        definitions = {
            **shared["definitions"],
            "global": {k: v for k, v in shared.items() if k != "definitions"},
            **writer.definitions,
        }
        return share_repeated({"$schema": DRAFT, **own, "definitions": definitions})

    def compile(self, name: str) -> Chart:
        """One chart. Raises FindingsError for what is wrong with its spec or a feature."""
        return self.compile_parts(name)[0]

    def compile_parts(self, name: str) -> tuple[Chart, Tree]:
        """One chart, and the tree that its values come from; kept if an umbrella holds it."""
        with self._turn:
            if name in self._kept:
                return self._kept[name]
            parts = self._compiled(self.catalog.charts[name])
            if name in self._members:
                self._kept[name] = parts
            return parts

    def _compiled(self, spec: ChartSpec) -> tuple[Chart, Tree]:
        assembler = self.assembler(spec)
        lacking = check_features(spec, assembler.features, self._givers)
        if spec.name in self._local:
            lacking += check_own(self._local[spec.name], assembler.features, spec.name)
        if lacking:
            raise FindingsError(lacking)
        if spec.kind == "umbrella":
            return self._umbrella(spec, assembler)
        wrong: list[Finding] = []
        tree = collect(lambda: self.values_tree(spec, assembler), wrong)
        assembly = collect(assembler.assemble, wrong)
        if tree is None or assembly is None:
            raise FindingsError(wrong)
        schema = {**self.schema(tree), "allOf": [required(tree)]}
        alone = _alone(spec, assembler.graph, tree)
        return self._finish(spec, assembler, assembly, alone, schema, ()), tree

    def _umbrella(self, spec: ChartSpec, assembler: Assembler) -> tuple[Chart, Tree]:
        members = [self.compile_parts(name) for name in spec.includes]
        tree, schema_tree = umbrella_trees(assembler.values(), members)
        apply_defaults(tree, spec)
        schema = {
            **self.schema({**schema_tree, "global": tree["global"]}, described=False),
            # Members that are switched off have no values; Helm's lint gives none any.
            "allOf": [required({k: node for k, node in tree.items() if k not in spec.includes})],
        }
        own = assembler.assemble()
        vendored = vendor(chart for chart, _ in members)
        assembly = Assembly({**own.files, **vendored.files}, {**own.origins, **vendored.origins})
        return self._finish(spec, assembler, assembly, tree, schema, members), tree

    def _finish(
        self,
        spec: ChartSpec,
        assembler: Assembler,
        assembly: Assembly,
        tree: Tree,
        schema: Mapping[str, Any],
        held: Sequence[tuple[Chart, Tree]],
    ) -> Chart:
        members = [chart.spec for chart, _ in held]
        images = images_of([(tree, spec), *((part, chart.spec) for chart, part in held)])
        metadata = chart_metadata(spec, self.catalog, images, members)
        files = {
            **assembly.files,
            **assembler.scenarios(),
            **self._presets(spec),
            "Chart.yaml": dump(metadata).encode(),
            "values.yaml": values_yaml(spec.name, tree).encode(),
            "values.schema.json": schema_bytes(schema),
            "README.md": chart_readme(spec, self.catalog, assembler.graph, tree, members).encode(),
            **self._license(),
            ".helmignore": HELMIGNORE,
        }
        files = dict(sorted(files.items()))
        return Chart(spec, metadata, defaults(tree), schema, files, assembly.origins)

    def _license(self) -> dict[str, bytes]:
        """The license of the project, else the one beside this tool (absent once installed)."""
        for path in (Path(self.catalog.root) / "LICENSE", LICENSE):
            if path.is_file():
                return {"LICENSE": path.read_bytes()}
        return {}

    def _presets(self, spec: ChartSpec) -> dict[str, bytes]:
        paths = [f"{PRESETS}/{name}.yaml" for name in spec.presets]
        presets = {path: (Path(self.catalog.root) / path).read_bytes() for path in paths}
        # Values as users write them, in which some values may be templates.
        read = (parse(content, path, refuse_templates=False) for path, content in presets.items())
        findings = [finding for _, found in read for finding in found]
        if findings:
            raise FindingsError(findings)
        return presets


def _alone(spec: ChartSpec, graph: GraphView, tree: Tree) -> Tree:
    """The values of a chart that is installed by itself: where it stands for another chart of a
    dependency, it is the one that is meant. An umbrella's ``global`` holds before them."""
    changed = dict(tree)
    for dependency in graph.provides:
        if spec.name in dependency.alternatives:
            mode = tree["global"]["properties"][dependency.name]["properties"]["mode"]
            section = {"properties": {"mode": {**mode, "default": spec.name}}}
            merge_properties(changed, {"global": {"properties": {dependency.name: section}}})
    return changed


def _config_node(spec: ChartSpec) -> dict[str, Any]:
    files = {
        file.name: {"type": "object", "description": file.description, "properties": tree}
        for file in spec.config
        if (tree := override_tree(file, everywhere=False))
    }
    return {
        "type": "object",
        "section": SECTION,
        "default": {},
        "description": "Keys of the module's configuration files to set, by file; README.md lists "
        "all keys with their defaults. Takes precedence over global.config.",
        "properties": files,
    }

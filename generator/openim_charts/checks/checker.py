"""Runs Helm and all rules over a chart."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from openim_charts.charts.model import Chart
from openim_charts.checks import builtin
from openim_charts.checks.containers import ContainerRule, Running, running
from openim_charts.checks.locate import to_finding
from openim_charts.checks.origins import Origins
from openim_charts.checks.release import Release
from openim_charts.checks.rendered import Parser, RenderedObject
from openim_charts.checks.rule import ChartRule, ObjectRule, Problem, ReleaseRule, Rule, all_rules
from openim_charts.checks.rules.kubernetes_schema import KubernetesSchema
from openim_charts.checks.rules.values_exist import ValuesExist
from openim_charts.checks.scenarios import SCHEMA, refused_values, scenarios
from openim_charts.checks.texts import unbalanced
from openim_charts.findings import Finding, FindingsError
from openim_charts.helm.adapter import Helm, HelmError, Rendering
from openim_charts.packaging.api import package, package_files
from openim_charts.specs.model import Catalog, ChartSpec
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.reader import parse_plain

# The release that charts are rendered as; nothing in a chart may depend on either name.
RELEASE = "demo"
NAMESPACE = "apps"
# What a template can say or read (none asks for .Files), and what lint looks at.
_USED = ("Chart.yaml", "values.yaml", "templates/", "charts/", "crds/")
# How a template would read what people alone read; such a chart counts as another with each change.
_TEXTS_READ = (b".Chart.Description", b".Chart.Annotations", b"toYaml .Chart")
_SIZE_STEP = 16 * 1024  # bytes, 1.5 % of what a release may take
_BROKEN = {
    builtin.HelmRender.id,
    builtin.RenderedYaml.id,
    builtin.ValuesAccepted.id,
}  # lint would say it once more
# Go's words where a template has an end too few or too many.
_UNBALANCED = re.compile(r"unexpected (?:EOF|<define>|\{\{end\}\})")
_REMEMBERED = 1000  # texts of documents; beyond that memory would grow with the number of charts


class Checker:
    """Checks charts of one catalog, in any number of threads.

    What depends on a document alone is done once per text, and on a container once per facts.
    """

    def __init__(self, catalog: Catalog, helm: Helm) -> None:
        self.catalog = catalog
        self.helm = helm
        self._parser = Parser()
        self._known: dict[str, list[tuple[Rule, Problem]]] = {}
        self._good: set[tuple[object, ...]] = set()  # facts of containers without problems
        rules = all_rules()
        self._object_rules = [rule for rule in rules if isinstance(rule, ObjectRule)]
        self._container_rules = [rule for rule in rules if isinstance(rule, ContainerRule)]
        whole = [rule for rule in rules if isinstance(rule, ReleaseRule)]
        self._release_rules = [rule for rule in whole if rule not in self._container_rules]
        self._chart_rules = [rule for rule in rules if isinstance(rule, ChartRule)]

    def check(
        self, chart: Chart, archive: bytes | None = None, rendered: bool = False
    ) -> list[Finding]:
        """Everything that is wrong with the chart, sorted: Helm's lint, and with the default values
        and each of its values files Helm's rendering, yamllint, the Kubernetes schemas of all
        minors and the project's rules. ``archive`` is the packaged chart where the caller has it.

        ``rendered`` says that a chart with the same ``rendered_from`` was found right: what Helm
        does is left out.
        """
        if len(self._known) > _REMEMBERED:
            self._known, self._good, self._parser = {}, set(), Parser()
        packed = archive or package(chart, self.catalog.source_date)
        bare = bare_archive(chart)
        found: set[Finding] = set()
        for rule in self._chart_rules:
            found |= self._findings(chart, rule, rule.check(chart, self.catalog))
        unknown = [finding for finding in found if finding.rule == ValuesExist.id]
        if unknown:  # all else that such a chart shows may be because of them
            return sorted(unknown)
        refused = {} if rendered else refused_values(chart, self.catalog.root)
        for scenario, values in () if rendered else scenarios(chart):
            found |= set(refused.get(scenario, ()))
            if not refused.keys() & {scenario, ""}:  # else templates meet what they cannot know
                archive_of = packed if not scenario else bare
                fresh = self._scenario(chart, archive_of, scenario, values)
                found |= {finding for finding in fresh if not _follows(finding, found)}
        broken = any(finding.rule in _BROKEN for finding in found)
        if not rendered:  # Helm's lint has nothing to say of texts for people
            found |= set(self._lint(chart, bare, skip="templates/" if broken else None))
        return sorted(_once(self._without_ignored(chart.spec, found)))

    def _without_ignored(self, spec: ChartSpec, found: set[Finding]) -> set[Finding]:
        """What is left without what specs let their charts break; and what ``ignore`` of the spec
        says for nothing. What a profile says may be for another of its charts."""
        charts = self.catalog.charts
        kept = {f for f in found if f.chart not in charts or f.rule not in charts[f.chart].ignored}
        used = {finding.rule for finding in found - kept}
        known = [rule.id for rule in all_rules()]
        for index, name in enumerate(spec.ignored):
            origin = spec.origins.get(("ignore", index))
            place = spec.origin("ignore", index)
            if name in (rule.id for rule in builtin.BUILT_IN):
                message = f"the rule '{name}' holds for every chart; remove it from ignore"
                kept.add(Finding(place, "unknown-rule", message))
            elif name not in known:
                message = f"unknown rule '{name}' in ignore{hint(name, known)}"
                kept.add(Finding(place, "unknown-rule", message))
            elif name not in used and (origin is None or origin.layer == "spec"):
                message = f"the chart breaks no rule '{name}'; remove it from ignore"
                kept.add(Finding(place, "unused-ignore", message))
        return kept

    def _lint(self, chart: Chart, archive: bytes, skip: str | None) -> Iterator[Finding]:
        """Helm's lint with the default values, without what it says of ``skip``.

        What it says of rendered documents (names, APIs, indentation) the rules say of every
        scenario; the values schema is left to rendering, and what an umbrella's subcharts render to
        the lint of each of them.
        """
        oldest = self.catalog.repository.kubernetes[0]
        try:
            messages = self.helm.lint(archive, _without_subcharts(chart), oldest, skip_schema=True)
        except HelmError as error:
            yield self._helm_finding(chart, error, "")
            return
        for message in messages:
            severity = message.finding_severity
            if severity and not (skip and message.path.startswith(skip)):
                rule = builtin.HelmLint()
                problem = Problem(message.message, file=message.path)
                finding = to_finding(problem, rule, chart, self.catalog)
                yield Finding(finding.location, rule.id, finding.message, severity, finding.trace)

    def _scenario(
        self, chart: Chart, archive: bytes, scenario: str, values: Mapping[str, Any]
    ) -> Iterator[Finding]:
        kubernetes = self.catalog.repository.kubernetes
        asks = any(b".Capabilities" in data for p, data in chart.files.items() if "templates/" in p)
        for version in (kubernetes[0], kubernetes[-1]) if asks else kubernetes[:1]:
            try:
                yield from self._rendered(chart, archive, scenario, values, version)
            except HelmError as error:
                yield self._helm_finding(chart, error, scenario)

    def _rendered(
        self, chart: Chart, archive: bytes, scenario: str, values: Mapping[str, Any], version: str
    ) -> Iterator[Finding]:
        rendering = self.helm.render(archive, values, RELEASE, NAMESPACE, version)
        origins = Origins(chart, partial(render_files, self.helm, chart, values, version))
        objects: list[RenderedObject] = []
        broken = False
        for hook, files in ((False, rendering.manifests), (True, rendering.hooks)):
            for file in files:
                try:
                    obj = self._parser.parse(file, scenario, hook)
                except FindingsError as error:
                    place = (file, scenario, error, origins)
                    yield from builtin.broken_yaml(chart, self.catalog, *place)
                    broken = True
                    continue
                if obj:
                    objects.append(obj)
        for obj in objects:
            found = list(self._object(chart, obj, origins))
            broken = broken or any(finding.rule == KubernetesSchema.id for finding in found)
            yield from found
        if broken:  # what others refer to may be what is wrong
            return
        release = Release(
            chart, self.catalog, RELEASE, NAMESPACE, scenario, tuple(objects), rendering, values
        )
        for rule in self._release_rules:
            yield from self._findings(chart, rule, rule.check(release), origins)
        for container in running(release):
            yield from self._container(chart, container, origins)

    def _container(self, chart: Chart, container: Running, origins: Origins) -> Iterator[Finding]:
        facts = container.facts
        if facts in self._good:
            return
        found: set[Finding] = set()
        for rule in self._container_rules:
            found |= self._findings(chart, rule, rule.of(container), origins)
        if not found:
            self._good.add(facts)
        yield from found

    def _object(self, chart: Chart, obj: RenderedObject, origins: Origins) -> Iterator[Finding]:
        problems = self._known.get(obj.text)
        if problems is None:
            problems = self._known[obj.text] = [
                (rule, problem)
                for rule in self._object_rules
                for problem in rule.check(obj, self.catalog)
            ]
        # Of an object that breaks its schema the other rules cannot know what is meant.
        wrong = [pair for pair in problems if isinstance(pair[0], KubernetesSchema)]
        for rule, known in wrong or problems:
            problem = replace(known, obj=obj)
            yield to_finding(problem, rule, chart, self.catalog, origins)

    def _findings(
        self,
        chart: Chart,
        rule: Rule,
        problems: Iterator[Problem],
        origins: Origins | None = None,
    ) -> set[Finding]:
        return {to_finding(problem, rule, chart, self.catalog, origins) for problem in problems}

    def _helm_finding(self, chart: Chart, error: HelmError, scenario: str) -> Finding:
        file, line = error.template.partition("/")[2], max(error.line, 1)
        message = error.said
        if _UNBALANCED.search(message):
            line = unbalanced(chart.files.get(file, b"").decode()) or line
            message = f"this block and its end do not match ({message})"
        problem = Problem(message, file=file, line=line, scenario=scenario)
        return to_finding(problem, builtin.HelmRender(), chart, self.catalog)


def _follows(finding: Finding, earlier: Collection[Finding]) -> bool:
    """Whether a scenario shows, further from its cause, what an earlier one showed: what another
    template has read and written anew counts for that template."""
    if finding.rule == builtin.HelmRender.id:
        return any(other.rule == builtin.RenderedYaml.id for other in earlier)
    return finding.rule == KubernetesSchema.id and any(
        (other.rule, other.message) == (finding.rule, finding.message)
        and other.location != finding.location
        for other in earlier
    )


def _without_subcharts(chart: Chart) -> dict[str, Any]:
    """Values that leave out every subchart that can be left out."""
    values: dict[str, Any] = {}
    for dependency in chart.metadata.get("dependencies", ()):
        *parents, key = str(dependency.get("condition", "")).split(".")
        if parents:
            inner = values
            for parent in parents:
                inner = inner.setdefault(parent, {})
            inner[key] = False
    return values


def bare_archive(chart: Chart) -> bytes:
    """An archive of the chart without what Helm reads and then does not use: the schema, texts for
    people, and the comments of values.yaml. It renders to the same objects in less time."""
    kept = {path: data for path, data in chart.files.items() if path.startswith(_USED)}
    kept["values.yaml"] = json.dumps(chart.values).encode()
    return package_files(chart.name, kept, 0, chart.spec.location, level=0)


def rendered_from(chart: Chart) -> tuple[object, ...]:
    """All that renderings of the chart with its values files depend on, and whether its schema
    takes these files: not what people alone read, such as descriptions and comments, of which the
    size counts, in steps, because a release has a limit.
    """
    looked_at = (*_USED, *chart.scenarios)
    kept = {path: data for path, data in chart.files.items() if path.startswith(looked_at)}
    read = any(word in data for data in kept.values() for word in _TEXTS_READ)
    texts = () if read else ("description", "annotations")
    facts = [(path, _without_texts(path, data, texts)) for path, data in kept.items()]
    size = sum(len(data) for path, data in chart.files.items() if not path.startswith("charts/"))
    return (*facts, (SCHEMA, _undescribed(chart.schema)), size // _SIZE_STEP)


def _without_texts(path: str, data: bytes, texts: Collection[str]) -> object:
    name = path.rpartition("/")[2]
    if name == "Chart.yaml":
        metadata = parse_plain(data.decode(), path)
        return {key: value for key, value in metadata.items() if key not in texts}
    return parse_plain(data.decode(), path) if name == "values.yaml" else data


def _undescribed(schema: Any) -> Any:
    """A schema without its descriptions; a property of that name has a schema, which is no text."""
    if isinstance(schema, Mapping):
        return {
            key: _undescribed(value)
            for key, value in schema.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_undescribed(item) for item in schema] if isinstance(schema, list) else schema


def render_files(
    helm: Helm, chart: Chart, values: Mapping[str, Any], version: str, files: Mapping[str, bytes]
) -> Rendering:
    """What a chart renders with other files in the place of its own."""
    archive = bare_archive(replace(chart, files=files))
    return helm.render(archive, values, RELEASE, NAMESPACE, version)


def _once(findings: set[Finding]) -> list[Finding]:
    """One finding for each message: the scenario with the shortest trace stands for the others."""
    best: dict[tuple[object, str, str], Finding] = {}
    for finding in sorted(findings):
        key = (finding.location, finding.rule, finding.message)
        if key not in best or len(finding.trace) < len(best[key].trace):
            best[key] = finding
    return list(best.values())

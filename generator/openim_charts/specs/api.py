"""Read ``chart-specs/`` into a Catalog, or say everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.specs import identity
from openim_charts.specs.build import build_catalog
from openim_charts.specs.config_files import check_config_file
from openim_charts.specs.feature_settings import FeatureFiles
from openim_charts.specs.folders import check_folders, folder_text
from openim_charts.specs.index import Entry, Index, entry
from openim_charts.specs.invalid import check_names, without_broken
from openim_charts.specs.keys.base import KeysType
from openim_charts.specs.keys.image import BaseKeys, ImageKeys
from openim_charts.specs.keys.line import ConfigFileKeys, LineKeys
from openim_charts.specs.keys.middleware import CredentialKeys, DependencyKeys
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.layers import Layered, layer, merge, resolve_profiles
from openim_charts.specs.layout import FEATURES, SPECS, UNREADABLE, Layout, Source, scan
from openim_charts.specs.model import Catalog
from openim_charts.specs.references import check_references
from openim_charts.specs.schema import validate
from openim_charts.specs.shared import check_shared
from openim_charts.specs.source_date import source_date
from openim_charts.specs.suggest import hint
from openim_charts.specs.unread import check_read
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import read

_SCHEMAS = {
    "repository": "repository",
    "profile": "profile",
    "dependency": "dependency",
    "credential": "credential",
    "image": "image",
    "base": "image-base",
    "line": "line",
    "config": "config-file",
    "chart": "chart",
}

Documents = dict[str, dict[str, Document]]  # kind -> file as shown -> document


class SpecsError(FindingsError):
    """Specs are wrong. ``rest`` is a catalog of the charts that are right, as far as there is one;
    it only serves to find what else is wrong."""

    def __init__(self, findings: Iterable[Finding], rest: Catalog | None) -> None:
        super().__init__(findings)
        self.rest = rest


def load_catalog(root: Path) -> Catalog:
    """Everything that ``root/chart-specs`` says, with all references proven to hold.

    Raises SpecsError with every mistake of every file, UserError when there are no specs.
    """
    date = source_date(root)
    layout, findings = scan(root)
    if any(finding.rule == UNREADABLE for finding in findings):
        raise FindingsError(findings)  # what is in there would be called unknown
    documents, torn = _read_all(layout, findings)
    profiles, broken = resolve_profiles(
        _by_name(layout.profile, documents["profile"]), {s.name for s in layout.profile}
    )
    findings += broken
    charts = _resolve_charts(layout, documents["chart"], profiles, findings)
    files = FeatureFiles(root / SPECS / FEATURES)
    findings += files.findings
    index = _index(layout, documents, charts, files)
    findings += _check(root, layout, documents["chart"], index)
    said = {finding.location for finding in findings}
    for document in (*torn, *_unresolved(layout, documents, index, profiles)):
        findings += check_names(document, index, said)
    findings += check_folders(root, layout)
    if findings:
        left = without_broken(index, findings)
        raise SpecsError(findings, build_catalog(root, left, date) if left else None)
    return build_catalog(root, index, date)


def _read_all(layout: Layout, findings: list[Finding]) -> tuple[Documents, list[Document]]:
    """Documents of all files that keep their schema; the others become findings. Those of charts
    and profiles that can be read all the same come second."""
    documents: Documents = {kind: {} for kind in _SCHEMAS}
    torn: list[Document] = []
    for kind, schema in _SCHEMAS.items():
        for source in getattr(layout, kind):
            document, mistakes = read(source.file, source.shown)
            if document is not None:
                said = {mistake.location for mistake in mistakes}
                mistakes += [f for f in validate(document, schema) if f.location not in said]
                if not mistakes:
                    documents[kind][source.shown] = document
                elif kind in ("chart", "profile"):
                    torn.append(document)
            findings += mistakes
    return documents, torn


def _unresolved(
    layout: Layout, documents: Documents, index: Index, profiles: Mapping[str, Layered]
) -> Iterator[Document]:
    """Charts and profiles that are right, but what they extend is not."""
    for kind, resolved in (("chart", index.charts), ("profile", profiles)):
        for source in getattr(layout, kind):
            if source.shown in documents[kind] and source.name not in resolved:
                yield documents[kind][source.shown]


def _by_name(sources: Iterable[Source], documents: Mapping[str, Document]) -> dict[str, Document]:
    return {s.name: documents[s.shown] for s in sources if s.shown in documents}


def _entries(
    kind: type[KeysType], sources: Iterable[Source], documents: Mapping[str, Document]
) -> dict[str, Entry[KeysType]]:
    return {name: entry(kind, d) for name, d in _by_name(sources, documents).items()}


def _resolve_charts(
    layout: Layout,
    documents: Mapping[str, Document],
    profiles: Mapping[str, Layered],
    findings: list[Finding],
) -> dict[str, Layered]:
    """Charts over their profiles, by name, without those whose profile is unknown or broken."""
    names = {source.name for source in layout.profile}
    charts = {}
    for source in layout.chart:
        document = documents.get(source.shown)
        if document is None:
            continue
        profile = document.data["extends"]
        if profile in profiles:
            charts[source.name] = merge(profiles[profile], layer(document, "spec"))
        elif profile not in names:
            message = f"unknown profile '{profile}' in extends{hint(profile, names)}"
            where = document.value(("extends",))
            findings.append(Finding(where, "unknown-profile", message))
    return charts


def _index(
    layout: Layout, documents: Documents, charts: Mapping[str, Layered], features: FeatureFiles
) -> Index:
    config_names: dict[str, frozenset[str]] = {}
    for source in layout.config:
        config_names[source.folder] = config_names.get(source.folder, frozenset()) | {source.name}
    return Index(
        charts=charts,
        sources={source.name: source for source in layout.chart},
        repository=next((entry(Repository, d) for d in documents["repository"].values()), None),
        lines=_entries(LineKeys, layout.line, documents["line"]),
        line_names=frozenset(s.name for s in layout.line) | config_names.keys(),
        config={
            (s.folder, s.name): entry(ConfigFileKeys, documents["config"][s.shown])
            for s in layout.config
            if s.shown in documents["config"]
        },
        config_names=config_names,
        dependencies=_entries(DependencyKeys, layout.dependency, documents["dependency"]),
        dependency_names=frozenset(s.name for s in layout.dependency),
        credentials=_entries(CredentialKeys, layout.credential, documents["credential"]),
        credential_names=frozenset(s.name for s in layout.credential),
        features=features,
        folders=frozenset(layout.folders),
        presets=frozenset(layout.presets),
        images=_entries(ImageKeys, layout.image, documents["image"]),
        image_names=frozenset(s.name for s in layout.image),
        image_bases=_entries(BaseKeys, layout.base, documents["base"]),
        image_base_names=frozenset(s.name for s in layout.base),
    )


def _check(
    root: Path, layout: Layout, charts: Mapping[str, Document], index: Index
) -> Iterator[Finding]:
    """Everything that a schema of one file cannot say."""
    if not layout.repository:
        message = "the file is missing; it names the repository, its maintainers and its license"
        yield Finding(Location(f"{SPECS}/repository.yaml"), "missing-file", message)
    yield from identity.check_unique(layout.chart)
    yield from identity.check_families(layout.chart)
    yield from identity.check_exposures(index.charts)
    yield from check_shared(layout, index)
    for file in index.config.values():
        yield from check_config_file(file.document, index)
    for source in layout.chart:
        own = charts.get(source.shown)
        if own:
            yield from identity.check_name(source, own)
        chart = index.charts.get(source.name)
        if chart and chart.path == source.shown:
            yield from identity.check_chart(source, chart)
            yield from identity.check_ports(chart)
            yield from check_references(source.name, source.folder, chart, index)
            folder = f"{source.folder}/{source.name}"
            text = partial(folder_text, root, layout, folder)
            yield from check_read(source.name, chart, index, text)

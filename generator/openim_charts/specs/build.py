"""Checked documents to the catalog's immutable values. Nothing here can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import UNSET, structs

from openim_charts.findings import Location
from openim_charts.specs.image_model import Base, ImageFile, Program
from openim_charts.specs.index import Entry, Index
from openim_charts.specs.keys.base import Keys, read
from openim_charts.specs.keys.chart import ResolvedKeys
from openim_charts.specs.keys.image import Account, BaseKeys, ImageKeys, RootFileSystem
from openim_charts.specs.keys.line import ConfigFileKeys, LayoutKeys
from openim_charts.specs.keys.middleware import CredentialKeys, DependencyKeys, Login, SecretKey
from openim_charts.specs.layers import Layered
from openim_charts.specs.layout import SPECS, Source
from openim_charts.specs.model import (
    Catalog,
    ChartSpec,
    ConfigFile,
    Credential,
    Dependency,
    ImageLayout,
    Key,
    ReleaseLine,
)

_ROOT = Account(uid=0, gid=0, name="root")
Fill = Callable[[str], str]


def _fields(keys: Keys, *without: str) -> dict[str, Any]:
    return {name: value for name, value in structs.asdict(keys).items() if name not in without}


def build_catalog(root: Path, index: Index, date: int) -> Catalog:
    """Everything that the specs below ``root`` say; ``date`` is the Unix time of the sources."""
    assert index.repository  # without it there are findings
    dependencies = {
        name: _dependency(name, entry, index.charts)
        for name, entry in sorted(index.dependencies.items())
    }
    credentials = {name: _credential(name, entry) for name, entry in index.credentials.items()}
    credentials |= {d.name: d.credential for d in dependencies.values() if d.credential}
    bases = {name: _base(name, index.image_bases) for name in index.image_bases}
    images = {name: _image(name, e, bases) for name, e in sorted(index.images.items())}
    lines = {name: _line(name, index, bases) for name in index.lines}
    return Catalog(
        root=str(root),
        repository=index.repository.keys,
        charts=_charts(index, lines, dependencies, bases),
        lines=lines,
        dependencies=dependencies,
        credentials=dict(sorted(credentials.items())),
        source_date=date,
        images=images,
    )


def _named(keys: Mapping[str, SecretKey]) -> dict[str, Key]:
    return {name: Key(name=name, **structs.asdict(key)) for name, key in keys.items()}


def _credential(name: str, entry: Entry[CredentialKeys]) -> Credential:
    """chart-specs/credentials/NAME.yaml."""
    return Credential(
        **structs.asdict(entry.keys),
        name=name,
        keys=_named(entry.keys.secret_keys),
        location=Location(entry.path),
        positions=entry.document.keys,
    )


def _dependency(
    name: str, entry: Entry[DependencyKeys], charts: Mapping[str, Layered]
) -> Dependency:
    """chart-specs/dependencies/NAME.yaml; the charts that provide it own its ports."""
    keys = entry.keys
    return Dependency(
        **structs.asdict(keys),
        name=name,
        ports={each: charts[each].keys.ports[keys.port_name] for each in keys.components},
        credential=_login(name, entry, keys.login) if keys.login else None,
        location=Location(entry.path),
        positions=entry.document.keys,
    )


def _login(name: str, entry: Entry[DependencyKeys], login: Login) -> Credential:
    return Credential(
        **_fields(login, "description"),
        description=login.description or f"Login of {entry.keys.title}.",
        name=name,
        owner=entry.keys.component,
        alternatives=entry.keys.alternatives,
        keys=_named(login.secret_keys),
        location=entry.key("credential"),
    )


def _config_file(name: str, entry: Entry[ConfigFileKeys]) -> ConfigFile:
    """chart-specs/lines/LINE/config/NAME.yaml."""
    return ConfigFile(
        **structs.asdict(entry.keys),
        name=name,
        location=Location(entry.path),
        positions=entry.document.keys,
    )


def _line(name: str, index: Index, bases: Mapping[str, Base]) -> ReleaseLine:
    """chart-specs/lines/LINE/line.yaml with its config files."""
    keys = index.lines[name].keys
    return ReleaseLine(
        **structs.asdict(keys),
        name=name,
        images=_layouts(keys.layouts, index.images, bases, lambda text: text),
        config={
            file: _config_file(file, entry)
            for (line, file), entry in index.config.items()
            if line == name
        },
        location=Location(index.lines[name].path),
    )


def _base(name: str, entries: Mapping[str, Entry[BaseKeys]]) -> Base:
    keys = entries[name].keys
    return Base(
        name=name,
        description=keys.description,
        sources=keys.sources,
        location=Location(entries[name].path),
        extends=keys.extends,
        **_over(keys, _base(keys.extends, entries) if keys.extends else None),
    )


def _over(own: RootFileSystem, below: Base | None) -> dict[str, Any]:
    """The facts about files that an image or base says itself, over those of the base below."""
    programs = {program.name: program for program in map(_program, own.own_programs)}
    kept = below.programs.items() if below else ()
    inherited = below.shell if below else ""
    absent = {*own.own_absent}
    return {
        "shell": inherited if own.shell is UNSET else own.shell or "",
        "programs": {**{n: p for n, p in kept if n not in absent}, **programs},
        "absent": tuple(sorted({*(below.absent if below else ()), *absent} - programs.keys())),
        **{
            key: bool(below and getattr(below, key)) if value is None else value
            for key in ("complete", "time_zones", "temporary_directory")
            for value in (getattr(own, key),)
        },
    }


def _program(text: str) -> Program:
    name = text.rpartition("/")[2]
    return Program(name, text if text != name else "")


def _image(
    name: str, entry: Entry[ImageKeys], bases: Mapping[str, Base], fill: Fill | None = None
) -> ImageFile:
    """chart-specs/images/NAME.yaml; ``fill`` replaces the placeholders in its texts."""
    keys = read(ImageKeys, _filled(entry.document.data, fill)) if fill else entry.keys
    base = bases[keys.base_name]
    facts = {**structs.asdict(keys), **_over(keys, base)}
    facts["account"] = keys.account or _numbers(keys.configuration.user)
    for key in ("entrypoint_does", "precedence"):
        facts[key] = facts[key].strip()
    return ImageFile(
        **facts, name=name, base=base, location=Location(entry.path), positions=entry.document.keys
    )


def _filled(data: Any, fill: Fill) -> Any:
    if isinstance(data, str):
        return fill(data)
    if isinstance(data, Mapping):
        return {key: _filled(value, fill) for key, value in data.items()}
    return [_filled(value, fill) for value in data] if isinstance(data, list) else data


def _numbers(user: str) -> Account:
    """The account of a declared user in numbers; a user without a group is of group 0."""
    if not user:
        return _ROOT
    uid, _, gid = user.partition(":")
    return Account(uid=int(uid), gid=int(gid or 0))


def _layouts(
    layouts: Mapping[str, LayoutKeys],
    images: Mapping[str, Entry[ImageKeys]],
    bases: Mapping[str, Base],
    fill: Fill,
) -> dict[str, ImageLayout]:
    """The images of a line or chart, by layout."""
    return {
        name: ImageLayout(
            image=_image(layout.image, images[layout.image], bases, fill),
            command=tuple(fill(word) for word in layout.command),
            note=layout.note,
        )
        for name, layout in layouts.items()
    }


def _charts(
    index: Index,
    lines: Mapping[str, ReleaseLine],
    dependencies: Mapping[str, Dependency],
    bases: Mapping[str, Base],
) -> dict[str, ChartSpec]:
    """All charts, sorted by name."""
    charts = {
        name: _chart(index.sources[name], chart, index, lines, dependencies, bases)
        for name, chart in sorted(index.charts.items())
    }
    return {name: _complete(chart, charts) for name, chart in charts.items()}


def _chart(
    source: Source,
    chart: Layered,
    index: Index,
    lines: Mapping[str, ReleaseLine],
    dependencies: Mapping[str, Dependency],
    bases: Mapping[str, Base],
) -> ChartSpec:
    keys = chart.keys
    line = lines.get(keys.line_name)
    place = f"{source.folder}/{source.name}"
    said = _fields(keys, "title", "binary", "app_version", "family", "extends")
    return ChartSpec(
        **said,
        title=keys.title or keys.name,
        binary=keys.binary or keys.name,
        app_version=keys.app_version or (line.app_version if line else ""),
        family=source.folder,
        line=line,
        images=_images(keys, line, index, bases),
        config=tuple(line.config[file] for file in keys.config_files) if line else (),
        uses=tuple(dependencies[used] for used in keys.used),
        includes=_includes(keys.included, index),
        location=Location(chart.path),
        origins=chart.origins,
        folder=f"{SPECS}/{place}" if place in index.folders else "",
        data=chart.data,
    )


def _complete(chart: ChartSpec, charts: Mapping[str, ChartSpec]) -> ChartSpec:
    """An umbrella without a version of its own has that of the one line that it holds."""
    if chart.kind != "umbrella" or chart.app_version:
        return chart
    versions = {v.app_version for n in chart.includes if (v := charts[n].line)}
    if len(versions) != 1:
        return chart
    return structs.replace(chart, app_version=versions.pop())


def _images(
    keys: ResolvedKeys, line: ReleaseLine | None, index: Index, bases: Mapping[str, Base]
) -> Mapping[str, ImageLayout]:
    """The layouts of the line and of the chart, placeholders filled."""

    def fill(text: str) -> str:
        return text.replace("{name}", keys.name).replace("{binary}", keys.binary or keys.name)

    layouts = {**(line.layouts if line else {}), **keys.layouts}
    return _layouts(layouts, index.images, bases, fill)


def _includes(listed: Iterable[str], index: Index) -> tuple[str, ...]:
    """Charts of the families as they are listed, each family by name, umbrellas left out."""
    found: dict[str, None] = {}
    for word in listed:
        names = index.members.get(word, (word,))
        found.update(dict.fromkeys(names))
    return tuple(found)

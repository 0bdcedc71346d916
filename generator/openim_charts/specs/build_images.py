"""Checked documents of images to the catalog's immutable values. Nothing here can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openim_charts.findings import Location
from openim_charts.image import DEFAULT_REGISTRY
from openim_charts.specs.image_model import (
    DEFAULT_STOP_SIGNAL,
    Account,
    Base,
    Configuration,
    ImageFile,
    Override,
    Program,
    Source,
    WrittenPath,
)
from openim_charts.specs.model import ImageLayout
from openim_charts.yamlio.document import Document

_ROOT = Account(0, 0, "root")
Fill = Callable[[str], str]


def build_bases(documents: Mapping[str, Document]) -> dict[str, Base]:
    """chart-specs/images/bases/: all bases by name."""
    return {name: _base(name, documents) for name in documents}


def build_image(
    name: str, document: Document, bases: Mapping[str, Base], fill: Fill = lambda text: text
) -> ImageFile:
    """chart-specs/images/NAME.yaml; ``fill`` replaces the placeholders in its texts."""
    data = _filled(document.data, fill)
    get = data.get
    base = bases[data["base"]]
    own = _programs(get("programs", ()))
    configuration = _configuration(data["configuration"])
    return ImageFile(
        name=name,
        registry=get("registry", DEFAULT_REGISTRY),
        repository=data["repository"],
        tag=data["tag"],
        digest=get("digest", ""),
        license=data["license"],
        platforms=tuple(data["platforms"]),
        configuration=configuration,
        account=_account(get("account")) or _numbers(configuration.user),
        data_owner=_account(get("dataOwner")),
        base=base,
        shell=(get("shell") or "") if "shell" in data else base.shell,
        programs={
            **{n: p for n, p in base.programs.items() if n not in get("absent", ())},
            **own,
        },
        absent=(base.absent | frozenset(get("absent", ()))) - own.keys(),
        complete=get("complete", base.complete),
        time_zones=get("timeZones", base.time_zones),
        temporary_directory=get("temporaryDirectory", base.temporary_directory),
        writes=tuple(_written(w) for w in get("writes", ())),
        overrides=tuple(
            Override(o["variable"], o["file"], o.get("key", "")) for o in get("overrides", ())
        ),
        entrypoint_only=tuple(get("entrypointOnly", ())),
        entrypoint_does=get("entrypointDoes", "").strip(),
        precedence=get("precedence", "").strip(),
        notes=tuple(get("notes", ())),
        sources=_sources(data["sources"]),
        location=Location(document.path),
        positions=document.keys,
    )


def build_layouts(
    data: Mapping[str, Any],
    images: Mapping[str, Document],
    bases: Mapping[str, Base],
    fill: Fill = lambda text: text,
) -> dict[str, ImageLayout]:
    """The images of a line or chart, by layout."""
    return {
        layout: ImageLayout(
            image=build_image(said["image"], images[said["image"]], bases, fill),
            command=tuple(fill(word) for word in said.get("command", ())),
            note=said.get("note", ""),
        )
        for layout, said in data.items()
    }


def _filled(data: Any, fill: Fill) -> Any:
    if isinstance(data, str):
        return fill(data)
    if isinstance(data, Mapping):
        return {key: _filled(value, fill) for key, value in data.items()}
    return [_filled(value, fill) for value in data] if isinstance(data, list) else data


def _base(name: str, documents: Mapping[str, Document]) -> Base:
    document = documents[name]
    get = document.data.get
    below = _base(get("extends"), documents) if "extends" in document.data else None
    own = _programs(get("programs", ()))
    said_absent = frozenset(get("absent", ()))
    known = {n: p for n, p in below.programs.items() if n not in said_absent} if below else {}
    return Base(
        name=name,
        description=get("description"),
        shell=(get("shell") or "") if "shell" in document.data or not below else below.shell,
        programs={**known, **own},
        absent=((below.absent if below else frozenset()) | said_absent) - own.keys(),
        complete=get("complete", bool(below and below.complete)),
        time_zones=get("timeZones", bool(below and below.time_zones)),
        temporary_directory=get("temporaryDirectory", bool(below and below.temporary_directory)),
        sources=_sources(get("sources")),
        location=Location(document.path),
        extends=below.name if below else "",
    )


def _programs(listed: Iterable[str]) -> dict[str, Program]:
    found = {}
    for text in listed:
        name = text.rpartition("/")[2]
        found[name] = Program(name, text if text != name else "")
    return found


def _configuration(data: Mapping[str, Any]) -> Configuration:
    get = data.get
    return Configuration(
        user=get("user", ""),
        env=get("env", {}),
        volumes=tuple(get("volumes", ())),
        working_dir=get("workingDir", "/"),
        entrypoint=tuple(get("entrypoint", ())),
        cmd=tuple(get("cmd", ())),
        ports=tuple(get("ports", ())),
        stop_signal=get("stopSignal", DEFAULT_STOP_SIGNAL),
    )


def _account(data: Mapping[str, Any] | None) -> Account | None:
    return Account(data["uid"], data["gid"], data.get("name", "")) if data else None


def _numbers(user: str) -> Account:
    """The account of a declared user in numbers; a user without a group is of group 0."""
    if not user:
        return _ROOT
    uid, _, gid = user.partition(":")
    return Account(int(uid), int(gid or 0))


def _written(data: Mapping[str, Any]) -> WrittenPath:
    needed, setting = data.get("needed", False), data.get("setting", "")
    return WrittenPath(data["path"], data["what"], needed, setting, tuple(data.get("by", ())))


def _sources(listed: Iterable[Mapping[str, Any]]) -> tuple[Source, ...]:
    keys = ("repository", "path", "at", "note")
    return tuple(
        Source(s["certainty"], tuple(s.get("facts", ())), *(s.get(key, "") for key in keys))
        for s in listed
    )

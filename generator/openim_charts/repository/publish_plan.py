"""What a publish has to write, worked out from what is published, for every kind of place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from openim_charts.findings import UserError
from openim_charts.repository.fetch import Base
from openim_charts.repository.index import INDEX, WITHDRAWN, Index, Version
from openim_charts.repository.index_text import is_ours, parse_index, render_index
from openim_charts.repository.merge import Merged, merge
from openim_charts.repository.release import Release


class Published(Protocol):
    """A place that holds a repository: a folder, or a branch."""

    shown: str  # what messages call it

    def read(self, name: str) -> bytes | None:
        """A file's content; None when there is none."""

    def names(self) -> Collection[str]:
        """Names of the files beside the index."""

    def same(self, name: str, content: bytes) -> bool:
        """Whether the file is there with this content."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to write, the index last, and what they mean."""

    index: Index
    files: Mapping[str, bytes]
    missing: Mapping[str, Version] = field(default_factory=dict)  # to be fetched from the base
    added: tuple[Version, ...] = ()
    kept: tuple[Version, ...] = ()
    base: Base | None = None

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Every file to write; fetched archives are in memory one at a time."""
        for name, version in self.missing.items():
            if self.base:
                yield name, self.base.archive(version)
        yield from self.files.items()


# More files beside the index, such as the web page: from the plan so far, and what is published.
Beside = Callable[[Plan, Published], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be published: releases, and how."""

    releases: Sequence[Release]
    url: str = ""
    base: Base | None = None
    adopt: bool = False
    signer: Callable[[Release], str] | None = None
    extras: Beside | None = None
    signatures: dict[str, str] = field(default_factory=dict)  # by digest: signed once, not per try

    def signature(self, release: Release) -> str:
        """The release's provenance, "" when it is not to be signed."""
        if release.provenance or self.signer is None:
            return release.provenance
        if release.digest not in self.signatures:
            self.signatures[release.digest] = self.signer(release)
        return self.signatures[release.digest]


def plan_publish(place: Published, request: Request) -> Plan:
    """Everything that has to be written to add the releases. Raises UserError."""
    _refuse_takeover(place, request)
    old = _published(place, request)
    names = set(place.names())
    missing = _missing(old, names, place, request)
    _check_archives(old, place, request, missing)
    merged = _merge(old, place, request)
    files = dict(_archives(merged, names, place, request))
    return _finish(
        place, Plan(merged.index, files, missing, merged.added, merged.kept, request.base), request
    )


def plan_change(place: Published, change: Callable[[Index], Index], extras: Beside | None) -> Plan:
    """What has to be written to change the index alone. Raises UserError."""
    request = Request((), extras=extras)
    content = place.read(INDEX)
    if content is None:
        raise UserError(f"there is no {INDEX} in {place.shown}")
    return _finish(place, Plan(change(parse_index(content, f"{place.shown}/{INDEX}")), {}), request)


def _finish(place: Published, plan: Plan, request: Request) -> Plan:
    extras = request.extras(plan, place) if request.extras else {}
    changed = {name: text for name, text in extras.items() if not place.same(name, text)}
    files = {**plan.files, **changed}
    _refuse_foreign_files(place, [*plan.missing, *files])
    index = render_index(plan.index)
    if not place.same(INDEX, index):
        files[INDEX] = index
    return Plan(plan.index, files, plan.missing, plan.added, plan.kept, plan.base)


def _refuse_takeover(place: Published, request: Request) -> None:
    """Says at once everything that keeps a place from being taken over from another tool."""
    content = place.read(INDEX)
    if content is None or is_ours(content):
        return
    found = [] if request.adopt else [f"another tool wrote its {INDEX}: give --adopt"]
    archives = sorted(name for name in place.names() if name.endswith(".tgz"))
    try:
        named = bool(parse_index(content, place.shown, adopt=True).entries)
    except UserError:
        named = False
    if archives and not named:
        found.append(
            f"its {INDEX} names no archive, and it holds {_listed(archives)}: write one that names "
            "them by 'helm repo index .' in it, or remove the archives if nobody needs them"
        )
    if foreign := _in_the_way(place, request):
        found.append(f"it holds {_listed(foreign)}, which would be replaced: move them away")
    if len(found) > 1:
        raise UserError(
            f"{place.shown} cannot be taken over as it is; nothing was written. "
            + "; ".join(f"({number}) {text}" for number, text in enumerate(found, 1))
        )


def _in_the_way(place: Published, request: Request) -> list[str]:
    """Files of the place that a publish of the releases would write otherwise, sorted."""
    merged = _merge(Index({}), place, request)
    extras = request.extras(Plan(merged.index, {}), place) if request.extras else {}
    files = {release.filename: release.archive for release in request.releases} | dict(extras)
    return sorted(
        name
        for name, content in files.items()
        if place.read(name) is not None and not place.same(name, content)
    )


def _listed(names: Sequence[str]) -> str:
    """At most five names."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _published(place: Published, request: Request) -> Index:
    content = place.read(INDEX)
    shown = f"{place.shown}/{INDEX}"
    index = Index({}) if content is None else parse_index(content, shown, adopt=request.adopt)
    if not index.entries:
        _refuse_lost_index(place, request)
    if request.base is None:
        return index
    base = request.base.index(adopt=request.adopt)
    marked = {(v.name, v.version): v for v in base.versions() if WITHDRAWN.encode() in v.line}
    united = merge(index, base.versions(), _never).index
    return Index.of(marked.get((v.name, v.version), v) for v in united.versions())


def _never(*_: Version) -> bool:
    return False


def _refuse_lost_index(place: Published, request: Request) -> None:
    """Archives without an index: it was lost, or a first publish was killed before writing it."""
    expected = {release.filename: release for release in request.releases}
    for name in sorted(place.names()):
        if not name.endswith(".tgz"):
            continue
        release = expected.get(name)
        if release is None or not place.same(name, release.archive):
            raise UserError(
                f"{place.shown} holds archives ({name}) but no {INDEX} that names them: "
                "restore the index; or write one by 'helm repo index .' in it and give --adopt; or "
                "remove the archives if they were never published"
            )


def _refuse_foreign_files(place: Published, names: Iterable[str]) -> None:
    """Nothing is replaced where no index says that this tool wrote it."""
    index = place.read(INDEX)
    if index is not None and is_ours(index):
        return
    why = f"it has no {INDEX}" if index is None else f"another tool wrote its {INDEX}"
    for name in sorted(names):
        if place.read(name) is not None:
            raise UserError(
                f"{place.shown} holds {name}, which would be replaced, though {why}: "
                "move it away first if it is not needed, or publish to another place"
            )


def _missing(
    index: Index, names: Collection[str], place: Published, request: Request
) -> dict[str, Version]:
    """Archives that the index places here and that are not here, nor in the build."""
    built = {release.filename: release.digest for release in request.releases}
    missing = {
        path: version
        for version in index.versions()
        if (path := version.place(request.url))
        and path not in names
        and built.get(version.filename) != version.digest
        and ("/" not in path or place.read(path) is None)
    }
    if missing and request.base is None:
        listed = _listed([*missing])
        raise UserError(
            f"{place.shown} has lost archives that its index names: {listed}; restore them"
        )
    return missing


def _check_archives(
    index: Index, place: Published, request: Request, missing: Collection[str]
) -> None:
    """Prove the archives of the charts that are published now; work is for these charts only."""
    built = {release.filename: release.digest for release in request.releases}
    for name in sorted({release.name for release in request.releases}):
        for version in index.entries.get(name, ()):
            path = version.place(request.url)
            if not path or path in missing or built.get(version.filename) == version.digest:
                continue
            content = place.read(path)
            if content is None or hashlib.sha256(content).hexdigest() != version.digest:
                raise UserError(
                    f"{place.shown}/{path} is not what was published: its digest should be "
                    f"{version.digest}; restore it"
                )


def _merge(old: Index, place: Published, request: Request) -> Merged:
    archives = {release.digest: release.archive for release in request.releases}

    def same(new: Version, published: Version) -> bool:
        path = published.place(request.url)
        content = place.read(path) if path else None
        from openim_charts.packaging.contents import same_contents  # seldom needed

        return content is not None and same_contents(archives[new.digest], content)

    return merge(old, (release.entry(request.url) for release in request.releases), same)


def _archives(
    merged: Merged, names: Collection[str], place: Published, request: Request
) -> Iterator[tuple[str, bytes]]:
    """Archives and signatures that are new, or that were lost and are in the build."""
    published = {v.filename: v for v in (*merged.added, *merged.kept)}
    for release in request.releases:
        if published[release.filename].digest != release.digest:
            continue
        if not place.same(release.filename, release.archive):
            yield release.filename, release.archive
        signature = f"{release.filename}.prov"
        if signature not in names and (text := request.signature(release)):
            yield signature, text.encode()

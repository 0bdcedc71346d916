"""Merging a build into what is published, which never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openim_charts.findings import UserError
from openim_charts.repository.index import Index, Version, newest_first
from openim_charts.repository.versions import next_version, precedence


@dataclass(frozen=True, slots=True)
class Merged:
    """The grown index; what it gained, and what it already had, as published."""

    index: Index
    added: tuple[Version, ...]
    kept: tuple[Version, ...]


def merge(
    published: Index, new: Iterable[Version], same: Callable[[Version, Version], bool]
) -> Merged:
    """Add versions that are not published yet; published ones stay as they are, to the byte.

    ``same(new, published)`` says whether archives of unlike digests hold the same chart, as when
    another compressor packed it. Raises UserError that lists every chart that changed under a
    published version, with the version that it should have.
    """
    added: list[Version] = []
    kept: list[Version] = []
    wrong: list[str] = []
    for version in new:
        old = published.find(version.name, version.version)
        if old is None:
            twin = _twin(published, version)
            wrong += [twin] if twin else []
            added.append(version)
        elif old.digest == version.digest or same(version, old):
            kept.append(old)
        else:
            wrong.append(_changed(published, version, old))
    if wrong:
        raise UserError("\n".join(["nothing was published:", *(f"  {line}" for line in wrong)]))
    return Merged(_grown(published, added), tuple(added), tuple(kept))


def _changed(published: Index, version: Version, old: Version) -> str:
    following = next_version(version.version, (v.version for v in published.entries[version.name]))
    return (
        f"{version.name} {version.version} changed after it was published (its digest is "
        f"{version.digest[:12]}…, the published one {old.digest[:12]}…): "
        f"give it version {following}"
    )


def _twin(published: Index, version: Version) -> str:
    """Versions that differ only in build metadata have no order, so Helm would choose at random."""
    rank = precedence(version.version)
    for other in published.entries.get(version.name, ()):
        if precedence(other.version) == rank:
            following = next_version(
                other.version, (v.version for v in published.entries[version.name])
            )
            return (
                f"{version.name} {version.version} and the published {other.version} differ only "
                f"in build metadata, which gives no order: give it version {following}"
            )
    return ""


def _grown(published: Index, added: Iterable[Version]) -> Index:
    entries = dict(published.entries)
    for version in added:
        entries[version.name] = newest_first([*entries.get(version.name, ()), version])
    return Index({name: entries[name] for name in sorted(entries)})

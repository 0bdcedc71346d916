"""Publishing a build, and withdrawing a version, wherever the repository is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openim_charts.findings import UserError
from openim_charts.repository.fetch import Base
from openim_charts.repository.index import Index, Version, withdrawn
from openim_charts.repository.publish_directory import publish_directory
from openim_charts.repository.publish_plan import (
    Beside,
    Plan,
    Published,
    Request,
    plan_change,
    plan_publish,
)
from openim_charts.repository.release import Release
from openim_charts.repository.target import DirectoryTarget, OciTarget, Target, parse_target

Planner = Callable[[Published], Plan]


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How to publish.

    ``to``: a folder, ``git+URL#BRANCH`` or ``oci://REGISTRY/PATH``. ``url``: the public address,
    with which URLs in the index start; "" makes them relative. ``base``: a URL or folder of the
    repository to grow from, beside what ``to`` holds. ``sign``: a key, see
    ``packaging/provenance.py``. ``adopt``: take over an index that another tool wrote.
    ``plain_http``: speak HTTP to a registry that is not on loopback.
    """

    to: str
    url: str = ""
    base: str = ""
    sign: str = ""
    adopt: bool = False
    plain_http: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One version at the place where it was published; the digest starts with ``sha256:``.

    In a registry the digest is the manifest's; ``oci://…@DIGEST`` pulls exactly this one.
    """

    name: str
    version: str
    digest: str
    place: str


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What a publish did; ``files``: names that were written, in a registry those beside charts."""

    to: str
    added: tuple[Item, ...]
    kept: tuple[Item, ...]
    files: tuple[str, ...] = ()


def publish(
    releases: Iterable[Release],
    options: PublishOptions,
    extras: Beside | None = None,
    about: Callable[[str], bytes] = lambda _: b"",
) -> PublishResult:
    """Add releases to what is published; what is there stays for ever as it is.

    ``extras`` gives further files (the web page, ``artifacthub-repo.yml``) for the grown index; a
    registry has no index, and takes ``artifacthub-repo.yml`` for each chart, from ``about``.
    Either all is published or nothing. Raises UserError.
    """
    target = parse_target(options.to)
    releases = sorted(releases, key=lambda release: (release.name, release.version))
    if not releases:
        raise UserError("there is nothing to publish: the build holds no chart")
    signer = _signer(options.sign)
    if isinstance(target, OciTarget):
        return _to_registry(target, releases, options, signer, about)
    base = Base(options.base) if options.base else None
    request = Request(releases, options.url, base, options.adopt, signer, extras)
    plan = _carry_out(target, lambda place: plan_publish(place, request), _message)
    return _result(options.to, plan)


def withdraw(
    to: str, name: str, version: str, reason: str, extras: Beside | None = None
) -> PublishResult:
    """Mark a published version as deprecated, and say why; its archive stays. Raises UserError."""
    target = parse_target(to)
    if isinstance(target, OciTarget):
        raise UserError(
            "a registry has no index in which a version could be marked; "
            "publish a newer version that is deprecated, and withdraw this one from the index"
        )
    if not reason.strip():
        raise UserError("--reason: say in a few words why nobody should use this version")

    def change(index: Index) -> Index:
        return _withdraw(index, name, version, reason.strip())

    plan = _carry_out(
        target,
        lambda place: plan_change(place, change, extras),
        lambda _: f"Withdraw {name} {version}\n\n{reason.strip()}",
    )
    return _result(to, plan)


def _carry_out(target: Target, planner: Planner, message: Callable[[Plan], str]) -> Plan:
    if isinstance(target, DirectoryTarget):
        return publish_directory(target.path, planner)
    assert not isinstance(target, OciTarget)
    from openim_charts.repository.publish_git import publish_git  # most publishes need no Git

    return publish_git(target, planner, message)


def _withdraw(index: Index, name: str, version: str, reason: str) -> Index:
    old = index.find(name, version)
    if old is None:
        versions = ", ".join(v.version for v in index.entries.get(name, ())[:5])
        known = f"it has {versions}" if versions else f"it has no chart {name}"
        raise UserError(f"{name} {version} is not in the repository: {known}")
    new = withdrawn(old, reason)
    marked = tuple(new if v is old else v for v in index.entries[name])
    return Index({**index.entries, name: marked})


def _signer(key: str) -> Callable[[Release], str] | None:
    if not key:
        return None
    from openim_charts.packaging.provenance import sign

    return lambda release: sign(release.archive, release.metadata, key)


def _message(plan: Plan) -> str:
    named = [f"{version.name} {version.version}" for version in plan.added]
    if len(named) == 1:
        return f"Publish {named[0]}"
    return "\n".join([f"Publish {len(named)} charts", "", *named]) if named else "Refresh the page"


def _result(to: str, plan: Plan) -> PublishResult:
    files = (*plan.missing, *plan.files)
    return PublishResult(to, _items(plan.added), _items(plan.kept), files)


def _items(versions: Iterable[Version]) -> tuple[Item, ...]:
    return tuple(Item(v.name, v.version, f"sha256:{v.digest}", v.url) for v in versions)


def _to_registry(
    target: OciTarget,
    releases: list[Release],
    options: PublishOptions,
    signer: Callable[[Release], str] | None,
    about: Callable[[str], bytes],
) -> PublishResult:
    # Only here are its imports needed.
    from openim_charts.repository.oci.publish import push_about, push_releases

    pushed = push_releases(target, releases, signer, plain_http=options.plain_http)
    told = {release.name: about(release.name) for release in releases}
    files = push_about(target, told, plain_http=options.plain_http)
    items = [(p.new, Item(p.name, p.version, p.digest, p.reference)) for p in pushed]
    return PublishResult(
        options.to,
        tuple(item for new, item in items if new),
        tuple(item for new, item in items if not new),
        tuple(files),
    )

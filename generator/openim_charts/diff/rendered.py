"""The objects of one set of values, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openim_charts.checks.rendered import RenderedObject, listing
from openim_charts.diff.model import Change, became, change, differences, dotted
from openim_charts.diff.objects import Key, Objects, immutable_changes
from openim_charts.diff.ways_in import lost_ways

_ROUTES = frozenset(
    ("Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "VirtualService",
     "IngressRoute", "Gateway")
)  # fmt: skip
# A Cluster of KubeBlocks or another operator has its volumes below it.
_HOLDERS = frozenset(("PersistentVolumeClaim", "Secret", "Cluster"))
# Labels that every release of a chart changes.
_RELEASE_LABELS = frozenset(("helm.sh/chart", "app.kubernetes.io/version"))
_SHOWN = 4  # fields of one object that a line names

_SERVICE = (
    "keep the old Service beside the new one for a release (extraObjects), and let clients move"
)
_DATA = (
    "before the upgrade, move the data: back it up and restore it into the new object, or keep the "
    "name with fullnameOverride"
)
_ROUTE = "keep the old route for a release, beside what replaces it"
_PORT = "keep the old port beside the new one for a release"


def compare_objects(base: Objects, head: Objects, scenario: str) -> Iterator[Change]:
    """All changes between two renderings of the same values."""
    gone = [key for key in base if key not in head]
    come = [key for key in head if key not in base]
    renamed = dict(_renamed(gone, come, base, head))
    for old in gone:
        yield _removed(old, base[old], renamed.get(old), scenario)
    for new in come:
        if new not in renamed.values():
            yield change(
                "hook-changed" if head[new].hook else "object-added",
                str(new),
                "added" if head[new].hook else "",
                scenario,
            )
    for key in base.keys() & head.keys():
        yield from _changed(key, base[key], head[key], scenario)


def _renamed(
    gone: list[Key], come: list[Key], base: Objects, head: Objects
) -> Iterator[tuple[Key, Key]]:
    """Objects that went and came from the same template, where there is one of each."""
    for old in gone:
        same = [k for k in gone if _origin(k, base) == _origin(old, base)]
        candidates = [k for k in come if _origin(k, head) == _origin(old, base)]
        if len(same) == len(candidates) == 1:
            yield old, candidates[0]


def _origin(key: Key, objects: Objects) -> tuple[str, str, str]:
    return key.kind, key.group, objects[key].template


def _removed(key: Key, obj: RenderedObject, new: Key | None, scenario: str) -> Change:
    detail = f"now {new.name}" if new else "removed"
    if obj.hook:
        return change("hook-changed", str(key), detail, scenario)
    if key.kind in _HOLDERS or _has_claims(obj):
        return change("data-removed", str(key), detail, scenario, _DATA)
    if key.kind == "Service":
        return change("endpoint-removed", str(key), detail, scenario, _SERVICE)
    if new and key.kind == "Job":  # immutable, so a changed one has a new name
        return change("object-changed", str(key), detail, scenario)
    if new:
        return change("object-renamed", str(key), detail, scenario)
    if key.kind in _ROUTES:
        return change("endpoint-removed", str(key), detail, scenario, _ROUTE)
    return change("object-removed", str(key), "", scenario)


def _has_claims(obj: RenderedObject) -> bool:
    return obj.kind == "StatefulSet" and bool(listing(obj.data, "spec", "volumeClaimTemplates"))


def _changed(
    key: Key, base: RenderedObject, head: RenderedObject, scenario: str
) -> Iterator[Change]:
    frozen = list(immutable_changes(base, head))
    for path, old, new, advice in frozen:
        detail = f"{dotted(path)}: {_values(key, path, old, new)}"
        yield change("field-immutable", str(key), detail, scenario, advice)
    if key.kind == "Service":
        lost = _ports(base) - _ports(head)
        if lost:
            numbers = ", ".join(map(str, sorted(lost)))
            yield change("service-port-removed", str(key), numbers, scenario, _PORT)
    if ways := lost_ways(base, head):
        detail = f"no longer by {', '.join(map(str, ways))}"
        yield change("endpoint-removed", str(key), detail, scenario, _ROUTE)
    refused = {path for path, *_ in frozen}
    rest = [
        (path, old, new)
        for path, old, new in differences(base.data, head.data)
        if path not in refused and not _of_release(path)
    ]
    if rest:
        kind = "hook-changed" if base.hook else "object-changed"
        yield change(kind, str(key), _summary(key, rest), scenario)


def _of_release(path: tuple[str, ...]) -> bool:
    return len(path) > 1 and path[-2] == "labels" and path[-1] in _RELEASE_LABELS


def _ports(obj: RenderedObject) -> set[int]:
    found = (port.get("port") for port in listing(obj.data, "spec", "ports"))
    return {port for port in found if isinstance(port, int)}


def _summary(key: Key, rest: list[tuple[tuple[str, ...], Any, Any]]) -> str:
    parts = [f"{dotted(path)}: {_values(key, path, old, new)}" for path, old, new in rest[:_SHOWN]]
    more = [f"and {len(rest) - _SHOWN} more"] if len(rest) > _SHOWN else []
    return "; ".join(parts + more)


def _values(key: Key, path: tuple[str, ...], old: Any, new: Any) -> str:
    """What a value became; never the content of a Secret."""
    if key.kind == "Secret" and path[0] in ("data", "stringData"):
        return "changed"
    if path[-1].startswith("checksum/"):
        return "changed"
    texts = [value for value in (old, new) if isinstance(value, str) and "\n" in value]
    if len(texts) == 2:
        return _lines(*texts)
    return became(_short(old), _short(new))


def _short(value: Any) -> Any:
    """A large mapping or list by its keys: reports name what changed, they do not repeat it."""
    if isinstance(value, Mapping) and len(value) > 3:
        return f"{len(value)} keys"
    return value


def _lines(old: str, new: str) -> str:
    before, after = old.splitlines(), new.splitlines()
    gone = [line.strip() for line in before if line not in after]
    come = [line.strip() for line in after if line not in before]
    if len(gone) == len(come) == 1:
        return became(gone[0], come[0])
    if not gone and not come:
        return "lines in another order"
    return f"lines added: {len(come)}, removed: {len(gone)}"

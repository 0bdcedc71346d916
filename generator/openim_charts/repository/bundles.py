"""Archives beside the charts, for users who have no Helm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from openim_charts.findings import UserError
from openim_charts.repository.publish_plan import Published

BUNDLES = "bundles"
_LIST = f"{BUNDLES}/bundles.json"  # those of the last build, so that the page can name them


@dataclass(frozen=True, slots=True)
class Listed:
    """An archive with a SHA-256 (64 hexadecimal digits), the folder that is in it, and the command
    that starts what is in that folder."""

    chart: str
    file: str
    folder: str
    start: str
    digest: str

    @property
    def path(self) -> str:
        """Where it is beside the index."""
        return f"{BUNDLES}/{self.file}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """An archive, ready to be put beside the index; ``version`` is the chart's."""

    chart: str
    version: str
    folder: str
    start: str
    archive: bytes

    @property
    def listed(self) -> Listed:
        """What is said of it."""
        digest = hashlib.sha256(self.archive).hexdigest()
        file = f"{self.folder}-{self.version}.tgz"
        return Listed(self.chart, file, self.folder, self.start, digest)


Signer = Callable[[Bundle], str]


def bundle_files(bundles: Iterable[Bundle]) -> dict[str, bytes]:
    """Files of a build by path: the archives, and the list of them. None where there is none."""
    found = {bundle.listed: bundle.archive for bundle in bundles}
    files = {listed.path: archive for listed, archive in found.items()}
    return {**files, _LIST: _list(found)} if files else {}


def read_bundles(directory: Path) -> tuple[Bundle, ...]:
    """The bundles of a build. Raises UserError for one that is damaged."""
    try:
        listed = _read(directory.joinpath(_LIST).read_bytes(), str(directory / _LIST))
    except FileNotFoundError:
        return ()
    return tuple(_bundle(directory, one) for one in listed)


def _bundle(directory: Path, listed: Listed) -> Bundle:
    path = directory / listed.path
    archive = path.read_bytes() if path.exists() else b""
    version = listed.file.removeprefix(f"{listed.folder}-").removesuffix(".tgz")
    bundle = Bundle(listed.chart, version, listed.folder, listed.start, archive)
    if bundle.listed != listed:
        raise UserError(f"{path} was changed after the build; build the charts anew")
    return bundle


def grown(
    bundles: Iterable[Bundle], place: Published, signer: Signer | None
) -> tuple[dict[str, bytes], tuple[Listed, ...]]:
    """Files to add to what is published, and what the page shows: the last bundles.

    What is published once stays, whatever a later build makes of the same version.
    """
    files: dict[str, bytes] = {}
    shown = []
    for bundle in bundles:
        listed = bundle.listed
        published = place.read(listed.path)
        if published is None:
            files[listed.path] = bundle.archive
        elif published != bundle.archive:
            kept = Bundle(bundle.chart, bundle.version, bundle.folder, bundle.start, published)
            shown.append(kept.listed)
            continue
        shown.append(listed)
        signature = f"{listed.path}.prov"
        if signer and place.read(signature) is None:
            files[signature] = signer(bundle).encode()
    if shown:
        return {**files, _LIST: _list(shown)}, tuple(shown)
    return files, _read(place.read(_LIST) or b"[]", f"{place.shown}/{_LIST}")


def _list(listed: Iterable[Listed]) -> bytes:
    entries = [{name: getattr(one, name) for name in Listed.__slots__} for one in listed]
    return (json.dumps(entries, indent=2) + "\n").encode()


def _read(content: bytes, where: str) -> tuple[Listed, ...]:
    try:
        entries: list[Mapping[str, str]] = json.loads(content)
        return tuple(Listed(**entry) for entry in entries)
    except (ValueError, TypeError) as error:
        raise UserError(f"{where} is damaged: {error}; restore it, or delete it") from error

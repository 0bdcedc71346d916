"""What a comparison starts from: charts as they were published, or as a commit has them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from openim_charts import git
from openim_charts.findings import UserError
from openim_charts.packaging.api import ArchiveError, read_archive
from openim_charts.repository.fetch import Base
from openim_charts.repository.index import INDEX
from openim_charts.repository.versions import is_version, precedence
from openim_charts.yamlio.reader import parse_plain

_KEPT = ".cache/openim-charts/base"  # below the project: charts of commits, by commit
_MAX_KEPT = 3
_SECONDS = 600
_OWN = (Path(__file__).parents[2], "openim_charts")

# Only the packages' public functions, which older commits have too. No checks: they were made then.
_PROGRAM = """
import sys
from pathlib import Path
from {name}.charts.api import compile_chart
from {name}.packaging.api import package
from {name}.specs.api import load_catalog
catalog = load_catalog(Path(sys.argv[1]))
for name in sys.argv[3:] or catalog.charts:
    if name not in catalog.charts:
        continue
    archive = package(compile_chart(catalog, name), catalog.source_date)
    Path(sys.argv[2], name + ".tgz").write_bytes(archive)
"""


def commit_of(root: Path, revision: str) -> str:
    """The commit from which the project's work and ``revision`` parted (for an ancestor: itself).

    "" when Git knows no such revision here.
    """
    if revision.startswith("-"):
        return ""
    found = git.ask(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    common = git.ask(root, "merge-base", "HEAD", found) if found else None
    return common or found or ""


def charts_of_commit(root: Path, commit: str, names: Collection[str] = ()) -> dict[str, bytes]:
    """Archives by name, at least those of ``names``; without any, all. Raises UserError.

    What a commit's own generator compiled is kept, and is all of them; the present generator may
    change, so it compiles what is asked for, each time.
    """
    kept = root / _KEPT / commit
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(prefix="base-") as scratch:
            tree, charts = Path(scratch, "tree"), Path(scratch, "charts")
            charts.mkdir()
            _check_out(root, commit, tree)
            if not _tool_of(tree):
                _compile(tree, charts, commit, names)
                return _read(charts)
            _compile(tree, charts, commit)
            _keep(charts, kept)
    return _read(kept)


def _read(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.tgz"))}


def _check_out(root: Path, commit: str, tree: Path) -> None:
    done = subprocess.run(
        ["git", "-C", str(root), "archive", "--format=tar", commit, "."],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise UserError(f"commit {commit[:12]} has no such project: {said}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)  # since Python 3.11.4
        tar.extractall(tree)
    if not (tree / "chart-specs").is_dir():
        raise UserError(f"commit {commit[:12]} has no chart-specs/; compare with a later one")


def _tool_of(tree: Path) -> tuple[Path, str] | None:
    """The folder and the package of the tool that a commit has with it, if any."""
    places = ((tree / "generator", "openim_charts"), (tree, "generator"))  # the second until 2026
    found = (place for place in places if (place[0] / place[1] / "__main__.py").exists())
    return next(found, None)


def _compile(tree: Path, charts: Path, commit: str, names: Collection[str] = ()) -> None:
    tool, package = _tool_of(tree) or _OWN
    environment = {**os.environ, "PYTHONPATH": str(tool), "SOURCE_DATE_EPOCH": "315532800"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM.format(name=package), str(tree), str(charts), *names],
            cwd=tool,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"compiling commit {commit[:12]} took over {_SECONDS} s") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise UserError(
            f"the charts of commit {commit[:12]} cannot be compiled ({said}); compare with "
            "published charts instead: a repository's URL or folder"
        )


def _keep(charts: Path, kept: Path) -> None:
    """Move the charts to where they are kept, whole or not at all; forget the oldest."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix="part-", dir=kept.parent))
    shutil.copytree(charts, part, dirs_exist_ok=True)
    try:
        part.rename(kept)
    except OSError:  # another process was faster
        shutil.rmtree(part)
    known = sorted(kept.parent.iterdir(), key=lambda folder: folder.stat().st_mtime)
    for folder in known[:-_MAX_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


PRESETS = "presets"


def read_base(
    root: Path, place: str, wanted: Mapping[str, str], others: bool = True
) -> dict[str, bytes]:
    """Archives by chart name: of ``place``, a URL or folder of a repository, a folder with
    archives, or a revision of the project's Git repository.

    ``wanted`` maps charts to their present versions: of several published versions, the newest
    that is not newer counts. A commit gives all its charts, those too that there are no more;
    where ``others`` are not asked for, only the wanted ones are sure. Raises UserError.
    """
    if "://" in place or (Path(place) / INDEX).is_file():
        return _published(place, wanted)
    folder = Path(place)
    archives = sorted(folder.glob("*.tgz")) if folder.is_dir() else []
    if archives:
        return _archives(archives, wanted)
    commit = commit_of(root, place)
    if not commit:
        raise UserError(
            f"'{place}' is no repository (URL or folder with {INDEX}), no folder with charts, and "
            "no revision that Git knows here; in a shallow clone, fetch it first"
        )
    return charts_of_commit(root, commit, () if others else tuple(wanted))


def read_presets(root: Path) -> dict[str, Mapping[str, Any]]:
    """Values files under presets/, by their paths. Raises FindingsError."""
    found = sorted((root / PRESETS).rglob("*.yaml"))
    names = {path.relative_to(root).as_posix(): path for path in found}
    return {name: parse_plain(path.read_text("utf-8"), name) for name, path in names.items()}


def _published(place: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
    if place.startswith("oci://"):
        raise UserError(f"{place}: a registry has no index; give the repository's URL or folder")
    base = Base(place)
    index = base.index(adopt=True)
    found = {}
    for name, version in wanted.items():
        versions = {v.version: v for v in index.entries.get(name, ())}
        if versions:
            found[name] = base.archive(versions[_before(version, versions)])
    return found


def _archives(paths: Iterable[Path], wanted: Mapping[str, str]) -> dict[str, bytes]:
    found: dict[str, dict[str, bytes]] = {}
    for path in paths:
        content = path.read_bytes()
        try:
            metadata = read_archive(content).metadata
        except ArchiveError as error:
            raise UserError(f"{path} is no chart: {error}") from error
        if is_version(str(metadata["version"])):
            found.setdefault(metadata["name"], {})[metadata["version"]] = content
    return {
        name: versions[_before(wanted.get(name, ""), versions)] for name, versions in found.items()
    }


def _before(version: str, published: Iterable[str]) -> str:
    """The newest published version that is not newer than ``version``, else the newest of all."""
    known = sorted(published, key=precedence)
    older = [v for v in known if is_version(version) and precedence(v) <= precedence(version)]
    return (older or known)[-1]

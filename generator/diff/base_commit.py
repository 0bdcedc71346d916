"""The charts of a commit, compiled by the generator of that commit."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from generator import git
from generator.findings import UserError

_KEPT = ".cache/openim-charts/base"  # below the project: charts of commits, by commit
_MAX_KEPT = 3
_SECONDS = 600
_TOOL = Path(__file__).parents[2]

# Only the rooms' public functions, which older commits have too. No checks: they were made then.
_PROGRAM = """
import sys
from pathlib import Path
from generator.charts.api import compile_chart
from generator.packaging.api import package
from generator.specs.api import load_catalog
catalog = load_catalog(Path(sys.argv[1]))
for name in catalog.charts:
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


def charts_of_commit(root: Path, commit: str) -> dict[str, bytes]:
    """Archives of all charts by name. What was compiled once is kept. Raises UserError."""
    kept = root / _KEPT / commit
    if not kept.is_dir():
        with tempfile.TemporaryDirectory(prefix="base-") as scratch:
            tree, charts = Path(scratch, "tree"), Path(scratch, "charts")
            charts.mkdir()
            _check_out(root, commit, tree)
            _compile(tree, charts, commit)
            if not (tree / "generator" / "__main__.py").exists():
                return _read(charts)  # made by the present generator, which may change
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
        tar.extractall(tree, filter="data")
    if not (tree / "chart-specs").is_dir():
        raise UserError(f"commit {commit[:12]} has no chart-specs/; compare with a later one")


def _compile(tree: Path, charts: Path, commit: str) -> None:
    tool = tree if (tree / "generator" / "__main__.py").exists() else _TOOL
    environment = {**os.environ, "PYTHONPATH": str(tool), "SOURCE_DATE_EPOCH": "315532800"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(tree), str(charts)],
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

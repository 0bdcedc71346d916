"""Everything that decides what a build gives, as one digest."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from openim_charts.repository.state import fingerprint, tool_identity
from openim_charts.specs.layout import PRESETS, SPECS
from openim_charts.specs.source_date import source_date

CACHE = ".cache/openim-charts"  # below the project; safe to delete
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Digests of what a build depends on."""

    root: Path
    tool: str  # this program, its libraries and Helm
    digest: str  # the tool, the specs and their date

    def state(self, output: Path) -> Path:
        """Where it is remembered what was last built into ``output``."""
        name = hashlib.sha256(os.fsencode(output.resolve())).hexdigest()[:16]
        return self.root / CACHE / f"{name}.json"


def inputs_of(root: Path, helm: str) -> Inputs:
    """Digests for the project at ``root`` and the chosen Helm. Runs nothing but git."""
    facts = {
        "python": sys.version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "libraries": " ".join(_libraries()),
        "helm": f"{helm} {tool_identity(shutil.which(os.environ.get('HELM') or 'helm'))}",
    }
    tool = fingerprint(_PACKAGE.parent, (_PACKAGE.name,), facts)
    date = str(source_date(root))
    return Inputs(root, tool, fingerprint(root, (SPECS, PRESETS), {"tool": tool, "date": date}))


def _libraries() -> list[str]:
    """Installed packages with versions, by their folders' names: importing metadata is slow."""
    folders = (Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    return sorted(
        entry.name for folder in folders if folder.is_dir() for entry in folder.glob("*.dist-info")
    )

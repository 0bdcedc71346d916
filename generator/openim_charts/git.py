"""What Git knows of a project; reading only."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SECONDS = 60


def ask(root: Path, *arguments: str) -> str | None:
    """What ``git ARGUMENTS`` prints in ``root``, without white space around it.

    None when there is no Git, no repository, or Git refuses or does not answer within a minute.
    """
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None

"""Which Helm to use on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Literal

from openim_charts.findings import UserError
from openim_charts.helm.adapter import Helm
from openim_charts.helm.command import CommandHelm
from openim_charts.helm.embedded import PINNED, EmbeddedHelm
from openim_charts.helm.start import available

Preference = Literal["auto", "command", "embedded"]


def find_helm(prefer: Preference = "auto") -> Helm:
    """The embedded engine where it is installed (it saves a process for each call), else ``$HELM``
    or the ``helm`` on PATH. Raises UserError when there is none, or TMPDIR is no place for files.
    """
    _check_temporary()
    embedded = available()
    if prefer != "command" and embedded:
        return EmbeddedHelm()
    install = f"pip install helm-python-sdk=={PINNED}"
    if prefer == "embedded":
        raise UserError(f"the embedded Helm engine is not installed: {install}")
    wanted = os.environ.get("HELM") or "helm"
    path = shutil.which(wanted)
    if path is None:
        other = "choose --helm embedded" if embedded else f"run: {install}"
        raise UserError(
            f"there is no Helm: {wanted} is not on PATH; install Helm 3 or 4 "
            f"(https://helm.sh/docs/intro/install/), set HELM to its path, or {other}"
        )
    helm = CommandHelm(path)
    _ = helm.version  # asked now: another program might answer each call with success
    return helm


def _check_temporary() -> None:
    """Helm writes archives below TMPDIR, and knows no other place where that one is missing."""
    folder = os.environ.get("TMPDIR")
    if folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise UserError(f"TMPDIR is {folder}, which is no folder that can be written; change it")

"""Which Helm to use on this machine."""

from __future__ import annotations

import os
import shutil
from typing import Literal

from generator.findings import UserError
from generator.helm.adapter import Helm
from generator.helm.command import CommandHelm
from generator.helm.embedded import PINNED, EmbeddedHelm
from generator.helm.start import available

Preference = Literal["auto", "command", "embedded"]


def find_helm(prefer: Preference = "auto") -> Helm:
    """The embedded engine where it is installed (it saves a process for each call), else ``$HELM``
    or the ``helm`` on PATH; UserError that says how to get one when there is none."""
    if prefer != "command" and available():
        return EmbeddedHelm()
    install = f"pip install helm-python-sdk=={PINNED}"
    if prefer == "embedded":
        raise UserError(f"the embedded Helm engine is not installed: {install}")
    wanted = os.environ.get("HELM") or "helm"
    path = shutil.which(wanted)
    if path is None:
        raise UserError(
            f"there is no Helm: {wanted} is not on PATH and the embedded engine is not installed; "
            f"install Helm 3 or 4 (https://helm.sh/docs/intro/install/) or run: {install}"
        )
    return CommandHelm(path)

"""A process that will use the embedded engine starts with a lazier collector of garbage."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from openim_charts.helm.start import available

CODE = """
import os, sys
from openim_charts.helm.start import collect_later
collect_later()
print(os.environ["GOGC"], *sys.argv[1:])
"""


@pytest.mark.parametrize(("given", "expected"), [({}, "400"), ({"GOGC": "50"}, "50")])
def test_the_process_keeps_its_arguments_and_what_the_user_says(
    given: dict[str, str], expected: str
) -> None:
    if not available():
        pytest.skip("the embedded engine is not installed")
    environment = {k: v for k, v in os.environ.items() if k != "GOGC"} | given
    command = [sys.executable, "-X", "utf8", "-c", CODE, "two words", "--flag"]
    output = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=240
    ).stdout
    assert output == f"{expected} two words --flag\n"

"""The user's gpg, as a program: keys stay where it keeps them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from generator.findings import UserError


def run_gpg(
    arguments: Sequence[str],
    seconds: int,
    late: str,
    message: bytes = b"",
    pass_fds: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Run gpg on ``message``; the caller judges its exit code.

    Raises UserError when there is no gpg, or, with the text ``late``, after ``seconds``.
    """
    try:
        return subprocess.run(
            ["gpg", "--batch", *arguments],
            input=message,
            capture_output=True,
            pass_fds=pass_fds,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise UserError("gpg is not installed; install GnuPG, or sign with a key file") from error
    except subprocess.TimeoutExpired as error:
        raise UserError(late) from error

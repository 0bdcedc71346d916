"""``python -m openim_charts`` and the console command ``openim-charts``."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

_RENDERING = {"build", "diff", "images", "lint"}  # the commands that call Helm again and again


def main() -> NoReturn:
    """Run the command line of this process, then exit with its code."""
    # While modules are imported nothing is begun, and nobody could catch a KeyboardInterrupt.
    wordless = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if wordless:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if _RENDERING.intersection(sys.argv[1:]):
        from openim_charts.helm.start import collect_later

        collect_later()
    from openim_charts.cli.main import main

    if wordless:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    main()

"""``python -m generator`` and the console command ``openim-charts``."""

from __future__ import annotations

import sys
from typing import NoReturn

from generator.helm.start import collect_later

_RENDERING = {"build", "diff", "images", "lint"}  # the commands that call Helm again and again


def main() -> NoReturn:
    """Run the command line of this process, then exit with its code."""
    if _RENDERING.intersection(sys.argv[1:]):
        collect_later()
    from generator.cli.main import main

    main()


if __name__ == "__main__":
    main()

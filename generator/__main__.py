"""``python -m generator`` and the console command ``openim-charts``."""

from __future__ import annotations

from generator.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()

"""PyYAML's C parser and writer, or a clear word that they are missing."""

from __future__ import annotations

from generator.findings import UserError

try:
    from yaml import CSafeDumper
    from yaml._yaml import CParser
except ImportError as _error:
    raise UserError(
        "PyYAML was built without its C extension; install a binary wheel: "
        "pip install --force-reinstall --only-binary :all: PyYAML"
    ) from _error

__all__ = ["CParser", "CSafeDumper"]

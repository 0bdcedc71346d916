"""jsonschema-rs, imported so that a Ctrl-C waits until it is there.

Its library in Rust prints a panic when an exception comes out of the Python that it calls.
"""

from __future__ import annotations

import signal

_before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    import jsonschema_rs
finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, _before)

__all__ = ["jsonschema_rs"]

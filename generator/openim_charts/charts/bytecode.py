"""Jinja templates that were compiled in an earlier run."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import sha256

import jinja2


@cache
def _kept() -> jinja2.FileSystemBytecodeCache | None:
    """In a folder for temporary files that only this user may write; None where there is none."""
    try:
        return jinja2.FileSystemBytecodeCache()
    except (OSError, RuntimeError):
        return None


def template_of(environment: jinja2.Environment, text: str, identity: str) -> jinja2.Template:
    """``environment.from_string(text)``, which takes long, from an earlier run where there was one.

    ``identity`` tells one environment from another whose code for the same text differs. Raises
    what ``from_string`` does; files that cannot be read or written only cost time.
    """
    kept = _kept()
    if kept is None:
        return environment.from_string(text)
    key = sha256(f"{jinja2.__version__}\0{identity}\0{text}".encode()).hexdigest()
    bucket = jinja2.bccache.Bucket(environment, key, kept.get_source_checksum(text))
    with suppress(OSError):
        kept.load_bytecode(bucket)
    if bucket.code is None:
        bucket.code = environment.compile(text)
        with suppress(OSError):
            kept.dump_bytecode(bucket)
    return jinja2.Template.from_code(environment, bucket.code, environment.make_globals(None))

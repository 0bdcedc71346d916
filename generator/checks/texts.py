"""Structured texts inside objects: configuration files in ConfigMaps."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml


@lru_cache(maxsize=1024)
def structured(text: str) -> Any:
    """The data of a YAML or JSON text; None when it is neither. Shared: do not change it."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return None

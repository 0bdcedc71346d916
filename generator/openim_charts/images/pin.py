"""Digests written into the facts about images, everything else in them left as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from openim_charts.image import DEFAULT_REGISTRY, Image
from openim_charts.yamlio.reader import parse

_TAG = re.compile(r"^tag:.*$", re.MULTILINE)
_DIGEST = re.compile(r"^digest:.*$", re.MULTILINE)


def pin(text: str, digests: Mapping[Image, str]) -> tuple[str, Image | None]:
    """The text of an image's file with its digest, and the image; None when it gets none.

    ``digests`` maps images without digest to what their tags stand for. A file whose ``tag`` does
    not stand on a line of its own stays as it is.
    """
    document, faults = parse(text.encode(), "image")
    data = document.data if document and not faults else None
    if not isinstance(data, Mapping) or not _TAG.search(text):
        return text, None
    names = (data.get("registry", DEFAULT_REGISTRY), data.get("repository"), data.get("tag"))
    image = Image(*map(str, names))
    if image not in digests:
        return text, None
    line = f"digest: {digests[image]}"
    if "digest" in data:
        return _DIGEST.sub(line, text, count=1), image
    return _TAG.sub(lambda tag: f"{tag[0]}\n{line}", text, count=1), image


def pin_files(folder: Path, digests: Mapping[Image, str]) -> tuple[dict[Path, str], set[Image]]:
    """New texts of the files in ``folder`` that change, and all images found in them."""
    changed: dict[Path, str] = {}
    found: set[Image] = set()
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text("utf-8")
        pinned, image = pin(text, digests)
        found |= {image} if image else set()
        if pinned != text:
            changed[path] = pinned
    return changed, found

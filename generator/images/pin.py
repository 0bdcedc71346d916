"""Digests written into the specs, everything else in them left as it is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from generator.image import DEFAULT_REGISTRY, Image

_KEY, _TAG = "digest", "tag"


def pin(text: str, digests: Mapping[Image, str]) -> tuple[str, set[Image]]:
    """The text of a spec with digests, and the images that it names.

    ``digests`` maps images without digest to what their tags stand for. An image is a mapping with
    ``repository`` and ``tag``: in a spec, or as the keyword ``image`` of a values schema. A text
    that is no YAML, or that would not stay the same but for the digests, comes back as it was.
    """
    yaml = _yaml()
    try:
        data = yaml.load(text)
    except YAMLError:
        return text, set()
    if _dump(yaml, data) != text:
        return text, set()
    done = {image for node in _mappings(data) for image in _pin(node, digests)}
    return (_dump(yaml, data), done) if done else (text, set())


def pin_files(folder: Path, digests: Mapping[Image, str]) -> tuple[dict[Path, str], set[Image]]:
    """New texts of the files below ``folder`` that change, and all images found in them."""
    changed: dict[Path, str] = {}
    found: set[Image] = set()
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text("utf-8")
        pinned, done = pin(text, digests)
        found |= done
        if pinned != text:
            changed[path] = pinned
    return changed, found


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(yaml: YAML, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _mappings(data: Any) -> Iterator[MutableMapping[str, Any]]:
    if isinstance(data, MutableMapping):
        yield data
        for value in data.values():
            yield from _mappings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _mappings(value)


def _pin(node: MutableMapping[str, Any], digests: Mapping[Image, str]) -> Iterator[Image]:
    if not all(isinstance(node.get(key), str) for key in ("repository", _TAG)):
        return
    image = Image(node.get("registry") or DEFAULT_REGISTRY, node["repository"], node[_TAG])
    if image not in digests:
        return
    if _KEY in node:
        node[_KEY] = digests[image]
    else:
        # Comments that follow a mapping hang on its last key: put the new key before that one.
        place = list(node).index(_TAG) + 1
        last = place == len(node)
        node.insert(place - last, _KEY, digests[image])  # type: ignore[attr-defined]
    yield image

"""Image archives, as `docker save` writes them: one layer, one configuration, one name."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Item:
    """A file of an image: bytes, or a file of this machine; a link; or a directory."""

    content: bytes | Path | None = None
    link: str | None = None
    mode: int = 0o755
    owner: int = 0


Tree = Mapping[str, Item]


def architecture() -> str:
    """This machine's, as images name it."""
    return _ARCHITECTURES[platform.machine()]


def owned(tree: Tree, owner: int) -> dict[str, Item]:
    """The same files, of another user."""
    return {path: replace(item, owner=owner) for path, item in tree.items()}


def write_archive(target: Path, name: str, config: Mapping[str, Any], tree: Tree) -> None:
    """Write an image called ``name`` whose root file system is ``tree``.

    ``config`` has the keys of an image's configuration: User, Env, Volumes, Entrypoint, …
    """
    layer = target.with_suffix(".layer")
    try:
        with layer.open("wb") as out:
            _write_layer(out, tree)
        digest = _digest(layer)
        image = {
            "architecture": architecture(),
            "os": "linux",
            "config": dict(config),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        }
        described = json.dumps(image).encode()
        named = f"{hashlib.sha256(described).hexdigest()}.json"
        manifest = [{"Config": named, "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]}]
        with tarfile.open(target, "w") as archive:
            _add(archive, named, described)
            _add(archive, "manifest.json", json.dumps(manifest).encode())
            archive.add(layer, f"{digest}/layer.tar")
    finally:
        layer.unlink(missing_ok=True)


def _write_layer(out: io.BufferedWriter, tree: Tree) -> None:
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as layer:
        for path, item in sorted(_with_parents(tree).items()):
            _write_item(layer, path.lstrip("/"), item)


def _write_item(layer: tarfile.TarFile, path: str, item: Item) -> None:
    info = tarfile.TarInfo(path)
    info.mode, info.uid, info.gid = item.mode, item.owner, item.owner
    if item.link is not None:
        info.type, info.linkname = tarfile.SYMTYPE, item.link
        layer.addfile(info)
    elif item.content is None:
        info.type = tarfile.DIRTYPE
        layer.addfile(info)
    elif isinstance(item.content, bytes):
        info.size = len(item.content)
        layer.addfile(info, io.BytesIO(item.content))
    else:
        with item.content.open("rb") as source:
            info.size = os.fstat(source.fileno()).st_size
            layer.addfile(info, source)


def _with_parents(tree: Tree) -> dict[str, Item]:
    found: set[str] = set()
    for path in tree:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return {**{parent: Item() for parent in found}, **tree}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()

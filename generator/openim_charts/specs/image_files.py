"""Checks of the facts about images, and of the places that name images."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.image import Image
from openim_charts.specs.index import Entry, Index
from openim_charts.specs.keys.image import BaseKeys, ImageKeys
from openim_charts.specs.keys.line import LayoutKeys
from openim_charts.specs.keys.repository import Repository
from openim_charts.specs.layers import Layered
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Path

Files = Entry[ImageKeys] | Entry[BaseKeys]
_PLACEHOLDER = re.compile(r"(?<!\$)\{(name|binary)\}")
_NUMERIC = re.compile(r"[0-9]+(:[0-9]+)?")
_OF_PLACE = frozenset({"registry", "repository", "tag", "digest", "sources"})  # no facts


def check_image_files(index: Index) -> Iterator[Finding]:
    """Findings about all files of images and bases."""
    first: dict[tuple[str, str, str], Entry[ImageKeys]] = {}
    for image in index.images.values():
        keys = image.keys
        other = first.setdefault((keys.registry, keys.repository, keys.tag), image)
        if other is not image:
            message = f"{other.path} describes the same image; remove one of the two"
            yield Finding(image.value("repository"), "duplicate-image", message)
        yield from _check_image(image, index)
    yield from _check_extends(index)
    files: tuple[Files, ...] = (*index.images.values(), *index.image_bases.values())
    for entry in files:
        yield from _check_programs(entry)
        yield from _check_sources(entry)


def _check_image(image: Entry[ImageKeys], index: Index) -> Iterator[Finding]:
    """The base exists, a user by name says which numbers it stands for, and a digest pins one
    image, so not one of a name that has a placeholder."""
    keys = image.keys
    if keys.base_name not in index.image_base_names:
        message = f"unknown base '{keys.base_name}'{hint(keys.base_name, index.image_base_names)}"
        yield Finding(image.value("base"), "unknown-base", message)
    user = keys.configuration.user
    if user and not _NUMERIC.fullmatch(user) and not keys.account:
        message = f"'{user}' is a name; add 'account' with its uid and gid"
        yield Finding(image.value("configuration", "user"), "missing-key", message)
    if keys.digest and _PLACEHOLDER.search(keys.repository):
        message = "the repository stands for several images, which have no digest in common"
        yield Finding(image.key("digest"), "one-of", f"{message}; remove it")


def _check_extends(index: Index) -> Iterator[Finding]:
    """Bases build on bases that exist, and none on itself."""
    for name, base in index.image_bases.items():
        below = base.keys.extends
        if below and below not in index.image_base_names:
            message = f"unknown base '{below}'{hint(below, index.image_base_names)}"
            yield Finding(base.value("extends"), "unknown-base", message)
        seen: set[str] = set()
        while below in index.image_bases and below not in seen:
            seen.add(below)
            below = index.image_bases[below].keys.extends
        if name in seen:
            message = f"the base '{name}' builds on itself; remove one 'extends'"
            yield Finding(base.value("extends"), "extends-cycle", message)


def _check_programs(entry: Files) -> Iterator[Finding]:
    """No program twice, and none both there and absent."""
    seen: set[str] = set()
    listed = {"programs": entry.keys.own_programs, "absent": entry.keys.own_absent}
    for key, programs in listed.items():
        for number, text in enumerate(programs):
            name = text.rpartition("/")[2]
            if name in seen:
                message = f"the program '{name}' is listed above; remove one of the two"
                yield Finding(entry.value(key, number), "repeated-item", message)
            seen.add(name)


def _check_sources(entry: Files) -> Iterator[Finding]:
    """Each fact has one source: the one that names it, else the one that names none."""
    names = _facts(entry.document.data)
    said: set[str] = set()
    sources = entry.keys.sources
    rest = [number for number, source in enumerate(sources) if not source.facts]
    for number in rest[1:]:
        message = "another source is for all facts that no source names; add 'facts' to this one"
        yield Finding(entry.value("sources", number), "one-of", message)
    for number, source in enumerate(sources):
        for position, fact in enumerate(source.facts):
            place = entry.value("sources", number, "facts", position)
            if fact not in names:
                message = f"the file has no fact '{fact}'{hint(fact, names)}"
                yield Finding(place, "unknown-key", message)
            elif fact in said:
                message = f"the fact '{fact}' has a source above; remove one of the two"
                yield Finding(place, "repeated-item", message)
            said.add(fact)
    lacking = [fact for fact in names if _unsaid(fact, entry.document.data, said)]
    if lacking and not rest:
        message = f"no source is for {', '.join(lacking)}; add one without 'facts'"
        yield Finding(entry.key("sources"), "missing-key", message)


def _facts(data: Mapping[str, Any]) -> list[str]:
    inner = (f"configuration.{key}" for key in data.get("configuration", ()))
    return [*(key for key in data if key not in _OF_PLACE), *inner]


def _unsaid(fact: str, data: Mapping[str, Any], said: set[str]) -> bool:
    if fact in said or fact.partition(".")[0] in said:
        return False
    parts = data.get(fact, ()) if fact == "configuration" else ()
    return not parts or not all(f"{fact}.{key}" in said for key in parts)


def unknown_image(place: Location, name: str, index: Index) -> Finding:
    """A name that is no file in chart-specs/images/."""
    message = f"unknown image '{name}'{hint(name, index.image_names)}"
    return Finding(place, "unknown-image", message)


def check_named(
    layouts: Mapping[str, LayoutKeys],
    version: str,
    strict: bool,
    index: Index,
    place: Callable[[Path], Location],
) -> Iterator[Finding]:
    """Findings about the layouts of a line or chart, at ``place(path)``: the images exist, and
    run the ``version`` that is promised; a chart's first layout does, and with ``strict`` all."""
    for number, (name, layout) in enumerate(layouts.items()):
        path = ("images", name)
        image = index.images.get(layout.image)
        if not layout.image:
            message = f"the layout '{name}' lacks the key 'image'; add it"
            yield Finding(place(path), "missing-key", message)
        elif layout.image not in index.image_names:
            yield unknown_image(place((*path, "image")), layout.image, index)
        elif image and version and (strict or not number):
            tag = image.keys.tag
            if not _runs(tag, version):
                message = (
                    f"appVersion is {version}, and the image '{layout.image}' has the tag {tag} "
                    f"({image.path}); make them the same"
                )
                yield Finding(place((*path, "image")), "image-version", message)


def _runs(tag: str, version: str) -> bool:
    """Whether a tag names a version: v3.8.3, 3.8.3, release-v3.8.3 and 3.8.3-alpine do 3.8.3."""
    return bool(re.search(rf"(^|[^0-9.]){re.escape(version)}(-[a-z]+)*$", tag))


def check_options(chart: Layered, index: Index) -> Iterator[Finding]:
    """The images that settings of features name exist."""
    for path, name in index.features.image_settings(chart.keys.options):
        if name not in index.image_names:
            yield unknown_image(chart.at(*path), name, index)


_MOVING = ("latest", "main", "master", "edge", "nightly", "stable")


def image_faults(
    image: Image, registries: Sequence[str], refused: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What speaks against an image: the key of a spec that says it, and why in words."""
    if image.tag in _MOVING and not image.digest:
        yield "tag", f"the tag of {image} moves; name a version"
    if image.registry not in registries:
        allowed = ", ".join(registries)
        yield "registry", f"{image}: the registry is not among those allowed ({allowed})"
    name = f"{image.registry}/{image.repository}"
    for pattern in refused:
        if fnmatchcase(name, pattern):
            message = f"{image} is refused by the pattern '{pattern}' of repository.yaml"
            yield "repository", message


def check_images(index: Index, repository: Entry[Repository]) -> Iterator[Finding]:
    """Findings about the images of chart-specs/images/, where they are written."""
    allowed, refused = repository.keys.registries, repository.keys.refused_images
    for image in index.images.values():
        keys = image.keys
        reference = Image(keys.registry, keys.repository, keys.tag, keys.digest)
        for key, message in image_faults(reference, allowed, refused):
            yield Finding(image.value(key), "images-pinned", message)

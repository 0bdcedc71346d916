"""Checks of the facts about images, and of the places that name images."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from openim_charts.findings import Finding, Location
from openim_charts.image import DEFAULT_REGISTRY, Image
from openim_charts.specs.known import Known
from openim_charts.specs.layers import Layered
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document, Path

_PLACEHOLDER = re.compile(r"(?<!\$)\{(name|binary)\}")
_NUMERIC = re.compile(r"[0-9]+(:[0-9]+)?")
_OF_PLACE = frozenset({"registry", "repository", "tag", "digest", "sources"})  # no facts


def check_image_files(known: Known) -> Iterator[Finding]:
    """Findings about all files of images and bases."""
    first: dict[tuple[str, str, str], Document] = {}
    for document in known.images.values():
        data = document.data
        name = (data.get("registry", DEFAULT_REGISTRY), data["repository"], data["tag"])
        other = first.setdefault(name, document)
        if other is not document:
            message = f"{other.path} describes the same image; remove one of the two"
            yield Finding(document.value(("repository",)), "duplicate-image", message)
        yield from _check_base(document, known)
        yield from _check_account(document)
        yield from _check_digest(document)
    yield from _check_extends(known)
    for document in (*known.images.values(), *known.image_bases.values()):
        yield from _check_programs(document)
        yield from _check_sources(document)


def _check_base(document: Document, known: Known) -> Iterator[Finding]:
    base = document.data["base"]
    if base not in known.image_base_names:
        message = f"unknown base '{base}'{hint(base, known.image_base_names)}"
        yield Finding(document.value(("base",)), "unknown-base", message)


def _check_extends(known: Known) -> Iterator[Finding]:
    """Bases build on bases that exist, and none on itself."""
    for name, document in known.image_bases.items():
        below = document.data.get("extends")
        if below is not None and below not in known.image_base_names:
            message = f"unknown base '{below}'{hint(below, known.image_base_names)}"
            yield Finding(document.value(("extends",)), "unknown-base", message)
        seen: set[str] = set()
        while below in known.image_bases and below not in seen:
            seen.add(below)
            below = known.image_bases[below].data.get("extends")
        if name in seen:
            message = f"the base '{name}' builds on itself; remove one 'extends'"
            yield Finding(document.value(("extends",)), "extends-cycle", message)


def _check_account(document: Document) -> Iterator[Finding]:
    """A user by name says which numbers it stands for."""
    user = document.data["configuration"].get("user", "")
    if user and not _NUMERIC.fullmatch(user) and "account" not in document.data:
        message = f"'{user}' is a name; add 'account' with its uid and gid"
        yield Finding(document.value(("configuration", "user")), "missing-key", message)


def _check_digest(document: Document) -> Iterator[Finding]:
    """A digest pins one image, so not one of a name that has a placeholder."""
    if "digest" in document.data and _PLACEHOLDER.search(document.data["repository"]):
        message = "the repository stands for several images, which have no digest in common"
        yield Finding(document.key(("digest",)), "one-of", f"{message}; remove it")


def _check_programs(document: Document) -> Iterator[Finding]:
    """No program twice, and none both there and absent."""
    seen: set[str] = set()
    for key in ("programs", "absent"):
        for index, text in enumerate(document.data.get(key, ())):
            name = text.rpartition("/")[2]
            if name in seen:
                message = f"the program '{name}' is listed above; remove one of the two"
                yield Finding(document.value((key, index)), "repeated-item", message)
            seen.add(name)


def _check_sources(document: Document) -> Iterator[Finding]:
    """Each fact has one source: the one that names it, else the one that names none."""
    data = document.data
    said: set[str] = set()
    rest = [index for index, source in enumerate(data["sources"]) if "facts" not in source]
    for index in rest[1:]:
        message = "another source is for all facts that no source names; add 'facts' to this one"
        yield Finding(document.value(("sources", index)), "one-of", message)
    for index, source in enumerate(data["sources"]):
        for number, fact in enumerate(source.get("facts", ())):
            place = document.value(("sources", index, "facts", number))
            names = _facts(data)
            if fact not in names:
                message = f"the file has no fact '{fact}'{hint(fact, names)}"
                yield Finding(place, "unknown-key", message)
            elif fact in said:
                message = f"the fact '{fact}' has a source above; remove one of the two"
                yield Finding(place, "repeated-item", message)
            said.add(fact)
    if not rest and (lacking := [fact for fact in _facts(data) if _unsaid(fact, data, said)]):
        message = f"no source is for {', '.join(lacking)}; add one without 'facts'"
        yield Finding(document.key(("sources",)), "missing-key", message)


def _facts(data: Mapping[str, Any]) -> list[str]:
    inner = (f"configuration.{key}" for key in data.get("configuration", ()))
    return [*(key for key in data if key not in _OF_PLACE), *inner]


def _unsaid(fact: str, data: Mapping[str, Any], said: set[str]) -> bool:
    if fact in said or fact.partition(".")[0] in said:
        return False
    parts = data.get(fact, ()) if fact == "configuration" else ()
    return not parts or not all(f"{fact}.{key}" in said for key in parts)


def unknown_image(place: Location, name: str, known: Known) -> Finding:
    """A name that is no file in chart-specs/images/."""
    message = f"unknown image '{name}'{hint(name, known.image_names)}"
    return Finding(place, "unknown-image", message)


def check_named(
    images: Mapping[str, Any], version: str, strict: bool, known: Known,
    place: Callable[[Path], Location],
) -> Iterator[Finding]:  # fmt: skip
    """Findings about the layouts of a line or chart, at ``place(path)``: the images exist, and
    run the ``version`` that is promised; a chart's first layout does, and with ``strict`` all."""
    for index, (layout, said) in enumerate(images.items()):
        path = ("images", layout)
        if "image" not in said:
            message = f"the layout '{layout}' lacks the key 'image'; add it"
            yield Finding(place(path), "missing-key", message)
        elif said["image"] not in known.image_names:
            yield unknown_image(place((*path, "image")), said["image"], known)
        elif said["image"] in known.images and version and (strict or not index):
            tag = known.images[said["image"]].data["tag"]
            if not _runs(tag, version):
                message = (
                    f"appVersion is {version}, and the image '{said['image']}' has the tag {tag} "
                    f"({known.images[said['image']].path}); make them the same"
                )
                yield Finding(place((*path, "image")), "image-version", message)


def _runs(tag: str, version: str) -> bool:
    """Whether a tag names a version: v3.8.3, 3.8.3, release-v3.8.3 and 3.8.3-alpine do 3.8.3."""
    return bool(re.search(rf"(^|[^0-9.]){re.escape(version)}(-[a-z]+)*$", tag))


def check_options(chart: Layered, known: Known) -> Iterator[Finding]:
    """The images that settings of features name exist."""
    for path, name in known.features.image_settings(chart.data.get("options", {})):
        if name not in known.image_names:
            yield unknown_image(chart.at(*path), name, known)


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


def check_images(known: Known, repository: Document) -> Iterator[Finding]:
    """Findings about the images of chart-specs/images/, where they are written."""
    registries: Sequence[str] = repository.data["registries"]
    refused: Sequence[str] = repository.data.get("refusedImages", ())
    for document in known.images.values():
        for key, message in image_faults(_image(document.data), registries, refused):
            yield Finding(document.value((key,)), "images-pinned", message)


def _image(data: Mapping[str, Any]) -> Image:
    get = data.get
    registry = get("registry", DEFAULT_REGISTRY)
    return Image(registry, data["repository"], data["tag"], get("digest", ""))

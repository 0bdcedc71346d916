"""What is known about a container image, with the facts of the root file system it is built on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from openim_charts.findings import Location
from openim_charts.image import Image
from openim_charts.specs.keys.image import Account, ImageKeys, Override, Source

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A program in an image; ``path`` is "" where only its name is known."""

    name: str
    path: str = ""  # in which * stands for a folder of any name


@dataclass(frozen=True, slots=True)
class Base:
    """What images on the same root file system share, with that of the bases below."""

    name: str
    description: str
    shell: str  # "" when there is none
    programs: Mapping[str, Program]  # by name
    absent: tuple[str, ...]  # sorted
    complete: bool
    time_zones: bool
    temporary_directory: bool
    sources: tuple[Source, ...]
    location: Location
    extends: str = ""  # the base below, whose programs are among these


class ImageFile(ImageKeys, frozen=True, kw_only=True, rename="_{}".format):
    """A container image: where it is, and what is known about it; with the facts of its base."""

    name: str
    account: Account  # what the configuration's user stands for
    base: Base
    shell: str  # "" when there is none
    programs: Mapping[str, Program]  # by name
    absent: tuple[str, ...]  # sorted
    complete: bool  # there is no other program than those listed
    time_zones: bool
    temporary_directory: bool
    location: Location
    positions: Mapping[Path, Location] = {}

    @property
    def reference(self) -> Image:
        """The image in its registry."""
        return Image(self.registry, self.repository, self.tag, self.digest)

    def at(self, *path: str | int) -> Location:
        """Where the file says the fact at ``path``, or the nearest enclosing one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return self.location

    def has(self, program: str) -> bool | None:
        """Whether a program is in the image, by name or absolute path; None when nobody looked.

        A path is compared only where that of the program is known: on most bases /bin leads to
        /usr/bin.
        """
        folder, _, name = program.rpartition("/")
        known = self.programs.get(name)
        if known is not None:
            return not folder or not known.path or fnmatchcase(program, known.path)
        return False if self.complete or name in self.absent else None

    def overriding(self, variable: str) -> tuple[Override, ...]:
        """Which keys of files a variable wins over."""
        return tuple(o for o in self.overrides if fnmatchcase(variable, o.variable))

    @property
    def without_effect(self) -> str:
        """The variables that only the entrypoint reads, for a sentence; "" when there are none."""
        listed = [p for p in self.entrypoint_only if not p.startswith("!")]
        others = [p[1:] for p in self.entrypoint_only if p.startswith("!")]
        return ", ".join(listed) + (f" (but not {', '.join(others)})" if others else "")

    def only_entrypoint_reads(self, variable: str) -> bool:
        """Whether a variable has no effect where a command replaces the image's entrypoint."""
        patterns = (p for p in self.entrypoint_only if fnmatchcase(variable, p.lstrip("!")))
        return {p.startswith("!") for p in patterns} == {False}

    def source_of(self, fact: str) -> Source:
        """Where a fact comes from: a key of the file, or ``configuration.KEY``."""
        for wanted in (fact, fact.partition(".")[0]):
            for source in self.sources:
                if wanted in source.facts:
                    return source
        return next((s for s in self.sources if not s.facts), self.sources[0])


class ImageIndex:
    """Images by the references under which pods run them, also from a mirror's registry."""

    def __init__(self, images: Mapping[str, ImageFile], more: tuple[ImageFile, ...] = ()) -> None:
        self._by_name: dict[tuple[str, str], list[ImageFile]] = {}
        for image in (*images.values(), *more):
            for version in filter(None, (image.tag, image.digest)):
                known = self._by_name.setdefault((image.repository, version), [])
                if image not in known:
                    known.append(image)

    def find(self, reference: Image) -> ImageFile | None:
        """The image that a reference names; its registry, and a path in it, may be a mirror's."""
        parts = reference.repository.split("/")
        versions = [v for v in (reference.digest, reference.tag) if v]
        for start in range(len(parts)):
            repository = "/".join(parts[start:])
            for version in versions:
                found = self._by_name.get((repository, version), [])
                own = [i for i in found if i.registry == reference.registry]
                if own or found:
                    return (own or found)[0]
        return None

"""References of container images."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_REFERENCE = re.compile(
    r"(?:(?P<registry>(?:[\w-]+(?:\.[\w-]+)+|localhost)(?::\d+)?|[\w-]+:\d+)/)?"
    r"(?P<repository>[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?",
    re.ASCII,
)
DEFAULT_REGISTRY = "docker.io"


@dataclass(frozen=True, order=True, slots=True)
class Image:
    """An image in a registry, by tag, digest or both."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"

    @property
    def wanted(self) -> str:
        """What a registry is asked for: the tag, else the digest."""
        return self.tag or self.digest

    def at(self, registry: str) -> Image:
        """The same image in another registry, as ``global.image.registry`` names it."""
        return replace(self, registry=registry)


def parse_image(text: str) -> Image | None:
    """The image that a reference names, by the rules of Docker; None when it is no reference."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    registry = match["registry"] or DEFAULT_REGISTRY
    repository = match["repository"]
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    tag = match["tag"] or ("" if match["digest"] else "latest")
    return Image(registry, repository, tag, match["digest"] or "")

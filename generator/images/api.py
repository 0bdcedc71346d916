"""Images, for the other rooms."""

from __future__ import annotations

from generator.image import Image, parse_image
from generator.images.bundle import bundle
from generator.images.check import Answer, check_images
from generator.images.collect import collect_images, with_layouts
from generator.images.facts import described, stale_facts
from generator.images.model import UsedImage
from generator.images.pin import pin_files
from generator.images.report import as_json, as_text, branch_tag, release_tag, test_tag

__all__ = [
    "Answer",
    "Image",
    "UsedImage",
    "as_json",
    "as_text",
    "branch_tag",
    "bundle",
    "check_images",
    "collect_images",
    "described",
    "parse_image",
    "pin_files",
    "release_tag",
    "stale_facts",
    "test_tag",
    "with_layouts",
]

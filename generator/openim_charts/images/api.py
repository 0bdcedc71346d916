"""Images, for the other packages."""

from __future__ import annotations

from openim_charts.image import Image, parse_image
from openim_charts.images.bundle import bundle
from openim_charts.images.check import Answer, check_images
from openim_charts.images.collect import collect_images, pod_images, with_layouts
from openim_charts.images.facts import described, stale_facts
from openim_charts.images.model import UsedImage
from openim_charts.images.pin import pin_files
from openim_charts.images.report import as_json, as_text, branch_tag, release_tag, test_tag

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
    "pod_images",
    "release_tag",
    "stale_facts",
    "test_tag",
    "with_layouts",
]

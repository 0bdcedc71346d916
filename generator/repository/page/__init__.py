"""The web page of a published repository."""

from generator.repository.page.details import details_from_archive
from generator.repository.page.model import Change, ChartDetails, Image, PageInfo, ValueRow
from generator.repository.page.site import KEYS, Site, build_page

__all__ = [
    "KEYS",
    "Change",
    "ChartDetails",
    "Image",
    "PageInfo",
    "Site",
    "ValueRow",
    "build_page",
    "details_from_archive",
]

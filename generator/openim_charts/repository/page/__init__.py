"""The web page of a published repository."""

from openim_charts.repository.page.details import details_from_archive
from openim_charts.repository.page.model import Change, ChartDetails, Image, PageInfo, ValueRow
from openim_charts.repository.page.site import KEYS, Site, build_page

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

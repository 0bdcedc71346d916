"""Which charts run an image."""

from __future__ import annotations

from dataclasses import dataclass

from openim_charts.image import Image


@dataclass(frozen=True, slots=True)
class Use:
    """A chart that runs an image; ``scenarios`` are the values with which it does.

    "" stands for the default values, and Chart.yaml for the images that the chart names itself. Of
    an image that none of these runs they are layouts that do.
    """

    chart: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsedImage:
    """An image with the charts that run it, sorted."""

    image: Image
    uses: tuple[Use, ...]

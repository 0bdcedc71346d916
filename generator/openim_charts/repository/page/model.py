"""What the page shows beside the index: about the repository, and about each chart."""

from __future__ import annotations

from dataclasses import dataclass

from openim_charts.repository.bundles import Listed


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value that a user can set: its dotted key, type, default (as JSON text) and meaning."""

    key: str
    type: str
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the newest version's changes: kind is Artifact Hub's (added, fixed, …) or ""."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A container image that the chart runs by default."""

    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class ChartDetails:
    """What only a chart's archive tells, of its newest version.

    ``svg``: the dependency picture, a whole SVG document made by this project, or "".
    """

    readme: str = ""
    values: tuple[ValueRow, ...] = ()
    changes: tuple[Change, ...] = ()
    images: tuple[Image, ...] = ()
    license: str = ""
    svg: str = ""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the page says of the repository as a whole.

    ``url``: where the repository is served. ``umbrella``: the chart that installs everything, or
    "". ``values_file``: the file of settings that all charts share. ``signing_key``: name of the
    keyring below ``url``, or "" when archives are not signed. ``svg``: the picture of
    the whole system, or "". ``bundles``: what is there for users without Helm.
    """

    name: str
    url: str
    title: str
    description: str
    home: str = ""
    license: str = ""
    umbrella: str = ""
    values_file: str = ""
    signing_key: str = ""
    fingerprint: str = ""
    svg: str = ""
    bundles: tuple[Listed, ...] = ()

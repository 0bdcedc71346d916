"""Checking charts, for the other packages."""

from __future__ import annotations

from openim_charts.checks.checker import Checker, bare_archive, rendered_from
from openim_charts.checks.docs import explained, finding_ids
from openim_charts.checks.held import held, objects_of
from openim_charts.checks.locate import dotted
from openim_charts.checks.release import PodTemplate, Release, pod_of, selects
from openim_charts.checks.render import Rendered, render
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping
from openim_charts.checks.rule import Problem
from openim_charts.checks.rules.addresses_resolve import linked
from openim_charts.checks.rules.release_size import release_size
from openim_charts.checks.rules.restricted_pod_security import faults_of
from openim_charts.checks.scenarios import overlay, refused_values

__all__ = [
    "Checker",
    "Path",
    "PodTemplate",
    "Problem",
    "Release",
    "Rendered",
    "RenderedObject",
    "bare_archive",
    "dotted",
    "explained",
    "faults_of",
    "finding_ids",
    "get",
    "held",
    "linked",
    "listing",
    "mapping",
    "objects_of",
    "overlay",
    "pod_of",
    "refused_values",
    "release_size",
    "render",
    "rendered_from",
    "selects",
]

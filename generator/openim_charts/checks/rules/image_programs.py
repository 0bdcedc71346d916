"""Programs that are started are there."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.containers import ContainerRule, Running
from openim_charts.checks.rule import Problem
from openim_charts.checks.started import Started, started
from openim_charts.findings import Severity


class ImagePrograms(ContainerRule):
    """Commands, arguments, probes, hooks and scripts."""

    id = "image-programs"
    of_values = Severity.WARNING
    summary = (
        "Every program that a command, a probe, a hook or a script starts is in the container's "
        "image."
    )
    rationale = (
        "A program that is missing is seen when its line runs, which may be in an upgrade or at "
        "night. Scripts, also those of ConfigMaps, are parsed; functions and what the shell does "
        "by itself count as there, and of `command -v a || command -v b` one is enough. Programs "
        "of an image are listed in chart-specs/images."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        for start in started(container):
            message = start.fault or _missing(container, start)
            if message:
                yield start.problem(container, message)


def _missing(container: Running, start: Started) -> str:
    """What is wrong with the programs, "" when one of them is there."""
    image = container.image
    answers = [image.has(name) for name in start.names]
    if True in answers:
        return ""
    names = " or ".join(start.names)
    if None not in answers:
        return f"starts {names}, which the image {image.name} lacks"
    return (
        f"starts {names}, and nobody has looked whether the image {image.name} has it; find out, "
        f"and list it under programs or absent in {image.location.path}, with its source"
    )

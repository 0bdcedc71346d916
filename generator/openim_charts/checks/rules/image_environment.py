"""Variables of the image, and variables for its entrypoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from openim_charts.checks.containers import ContainerRule, Running
from openim_charts.checks.rendered import get, listing
from openim_charts.checks.rule import Problem
from openim_charts.checks.scripts import basename
from openim_charts.checks.started import in_file, started
from openim_charts.findings import Severity


class ImageEnvironment(ContainerRule):
    """What the image sets beside what the pod and its files say."""

    id = "image-environment"
    of_values = Severity.WARNING
    summary = (
        "No variable of an image wins over what a mounted file says, and no variable is set that "
        "only the replaced entrypoint of the image reads."
    )
    rationale = (
        "A file that is mounted says one thing and the program does another, without a word: set "
        "the variable in the pod, where everybody sees it. A pod with a command of its own does "
        "not run the image's entrypoint, so what only that reads has no effect."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        yield from _overridden(container)
        if listing(container.data, "command") and not _runs_entrypoint(container):
            yield from _unread(container)


def _overridden(container: Running) -> Iterator[Problem]:
    image = container.image
    for variable, value in image.configuration.env.items():
        if variable in container.variables:
            continue
        for override in image.overriding(variable):
            for path, file in container.files.items():
                if not fnmatchcase(basename(path), override.file):
                    continue
                text = next(in_file(file.text, override.key), value)
                if text != value:
                    message = (
                        f"{path} says {override.key} = {text}, and the image {image.name} sets "
                        f"{variable}={value or ''}, which wins; set {variable} in the pod"
                    )
                    yield container.problem(message, "env")


def _runs_entrypoint(container: Running) -> bool:
    own = {basename(word) for word in container.image.configuration.entrypoint[:1]}
    return any(own & set(map(basename, start.names)) for start in started(container))


def _own(container: Running, name: str) -> bool:
    """Whether the container's own command or scripts read the variable."""
    use = re.compile(rf"\$(?:\{{|\()?{re.escape(name)}\b")
    texts = (*container.words, *(file.text for file in container.files.values()))
    return any(use.search(text) for text in texts)


def _unread(container: Running) -> Iterator[Problem]:
    for index, variable in enumerate(listing(container.data, "env")):
        name = str(get(variable, "name"))
        if container.image.only_entrypoint_reads(name) and not _own(container, name):
            message = (
                f"{name} has no effect: only the entrypoint of the image {container.image.name} "
                "reads it, and the container's command replaces that; leave it out, or say it in "
                "another way"
            )
            yield container.problem(message, "env", index)

"""The user that a container runs as, and the ports that the user may open."""

from __future__ import annotations

from collections.abc import Iterator

from openim_charts.checks.containers import ContainerRule, Running
from openim_charts.checks.rendered import get, listing
from openim_charts.checks.rule import Problem
from openim_charts.findings import Severity

_SYSCTL = "net.ipv4.ip_unprivileged_port_start"
_FIRST_FREE = 1024


class ImageUser(ContainerRule):
    """USER of the image, runAsUser, and ports below 1024."""

    id = "image-user"
    of_values = Severity.WARNING
    summary = (
        "The kubelet can tell that a container does not run as root, and a port below 1024 can be "
        "opened."
    )
    rationale = (
        "With runAsNonRoot the kubelet refuses to start an image whose user is a name, or root, "
        "unless runAsUser names another one by number. A user who is not root opens a port below "
        f"1024 only with the sysctl {_SYSCTL} or the capability NET_BIND_SERVICE."
    )

    def of(self, container: Running) -> Iterator[Problem]:
        if not container.release.user_from_platform:
            yield from _user(container)
        yield from _ports(container)


def _user(container: Running) -> Iterator[Problem]:
    configuration = container.image.configuration
    if container.setting("runAsUser") is not None or not container.setting("runAsNonRoot"):
        return
    if not configuration.user or configuration.user.partition(":")[0] == "0":
        what = "runs as root"
    elif not configuration.numeric_user:
        what = f"has the user {configuration.user}, a name that the kubelet cannot judge"
    else:
        return
    message = f"the image {container.image.name} {what}; set runAsUser to a number"
    yield container.problem(message, "securityContext")


def _ports(container: Running) -> Iterator[Problem]:
    added = listing(container.setting("capabilities"), "add")
    sysctls = listing(container.pod.spec, "securityContext", "sysctls")
    first = next((int(s["value"]) for s in sysctls if get(s, "name") == _SYSCTL), _FIRST_FREE)
    if "NET_BIND_SERVICE" in added or container.setting("runAsUser") == 0:
        return
    for index, port in enumerate(listing(container.data, "ports")):
        number = int(get(port, "containerPort") or _FIRST_FREE)
        if number < first:
            message = f"a user who is not root cannot open port {number}; set the sysctl {_SYSCTL}"
            yield container.problem(message, "ports", index)

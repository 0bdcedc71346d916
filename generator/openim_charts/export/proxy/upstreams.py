"""Where a release answers: what ``--upstream`` says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openim_charts.checks.api import RenderedObject, get, listing
from openim_charts.export.proxy.routes import Rule
from openim_charts.findings import UserError
from openim_charts.specs.suggest import hint

_UPSTREAM = re.compile(
    r"(?:(?P<service>[a-z0-9]([-a-z0-9]*[a-z0-9])?)=)?"
    r"(?P<host>[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_HIGHEST = 65535


@dataclass(frozen=True, slots=True)
class Upstream:
    """A machine, or with a port one address: of a Service, or of everything where it names none."""

    host: str
    port: int | None
    service: str = ""

    @property
    def gateway(self) -> bool:
        """Whether it has routes of its own: one address for all Services."""
        return bool(self.port and not self.service)


def parse_upstreams(texts: Sequence[str]) -> tuple[Upstream, ...]:
    """``[SERVICE=]HOST[:PORT]`` each. Raises UserError for another text, for none at all, and for
    machines beside a gateway."""
    if not texts:
        raise UserError(
            "say with --upstream where the requests go: HOST:PORT of a gateway or of Compose, HOST "
            "where each Service has a port of its own, or SERVICE=HOST:PORT"
        )
    found = tuple(_parsed(text) for text in texts)
    if len({upstream.gateway for upstream in found if not upstream.service}) > 1:
        raise UserError(
            "--upstream: HOST:PORT is a gateway for all Services, and HOST a machine on which each "
            "has a port of its own: give only the ones or the others"
        )
    return found


def _parsed(text: str) -> Upstream:
    match = _UPSTREAM.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if not match or (port or 0) > _HIGHEST:
        raise UserError(
            f"--upstream {text}: write [SERVICE=]HOST[:PORT], such as 10.0.0.11, 127.0.0.1:8080 or "
            "openim-api=10.0.0.12:10002"
        )
    return Upstream(match["host"], port, match["service"] or "")


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule as it is for the addresses behind, which have a name together."""

    rule: Rule
    group: str = ""  # "" for a redirect
    addresses: tuple[str, ...] = ()


def passed(
    rule: Rule, upstreams: Iterable[Upstream], services: Mapping[str, RenderedObject], release: str
) -> Passed:
    """Where a rule's requests go: to what is said of its Service, else of all. A gateway has the
    same rule, so that the request goes there as it is.

    Raises UserError when nothing is said of the Service."""
    if not rule.service:
        return Passed(rule)
    chosen = upstreams_of(rule.service, upstreams)
    if not chosen:
        raise UserError(f"--upstream says nothing of {rule.service}: add {rule.service}=HOST:PORT")
    if chosen[0].gateway:
        plain = Rule(rule.host, rule.path, rule.service, rule.port, patience=rule.patience)
        return Passed(plain, f"{release}-gateway", tuple(f"{u.host}:{u.port}" for u in chosen))
    usual = outside_port(rule, services[rule.service])
    addresses = tuple(f"{upstream.host}:{upstream.port or usual}" for upstream in chosen)
    return Passed(rule, f"{rule.service}-{rule.port}", addresses)


def upstreams_of(service: str, upstreams: Iterable[Upstream]) -> list[Upstream]:
    """What is said of a Service, else what is said of all."""
    known = list(upstreams)
    own = [upstream for upstream in known if upstream.service == service]
    return own or [upstream for upstream in known if not upstream.service]


def outside_port(rule: Rule, service: RenderedObject) -> int | None:
    """The port of a machine that leads to a rule's Service: its node port if it has the type
    NodePort, else its own; None where Kubernetes picks it."""
    if get(service.data, "spec", "type") != "NodePort":
        return rule.port
    for port in listing(service.data, "spec", "ports"):
        if port["port"] == rule.port and port.get("nodePort"):
            return int(port["nodePort"])
    return None


def check_services(upstreams: Iterable[Upstream], exposed: Iterable[str]) -> None:
    """Raises UserError for a Service to which no route leads."""
    known = set(exposed)
    for upstream in upstreams:
        if upstream.service and upstream.service not in known:
            raise UserError(
                f"--upstream {upstream.service}=…: no route leads to such a Service"
                f"{hint(upstream.service, known)}"
            )

"""What a proxy is told, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openim_charts.export.proxy.upstreams import Passed

HTTP, HTTPS = 80, 443


@dataclass(frozen=True, slots=True)
class Door:
    """Where a proxy listens, and whether it ends TLS there."""

    secure: bool
    port: int

    @property
    def sends_over(self) -> bool:
        """Whether plain requests come to a port of their own, and are sent to the one with TLS."""
        return self.secure and self.port == HTTPS

    @property
    def ports(self) -> tuple[int, ...]:
        """All ports."""
        return (self.port, HTTP) if self.sends_over else (self.port,)


@dataclass(frozen=True, slots=True)
class Front:
    """The name of the release, where the proxy listens, and where requests go."""

    name: str
    door: Door
    passed: tuple[Passed, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of hosts, sorted."""
        return tuple(dict.fromkeys(each.rule.host for each in self.passed))

    def of(self, host: str) -> Iterator[Passed]:
        """The rules of a host, the longest path first."""
        return (each for each in self.passed if each.rule.host == host)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Addresses by the name that they have together."""
        return {each.group: each.addresses for each in self.passed if each.group}

    def certificate(self, host: str) -> str:
        """The path of a host's certificate with its chain; its key has ``.key`` for ``.crt``."""
        return f"/etc/ssl/{self.name}/{host}.crt"

"""Addresses of middleware as people write them: host:port, lists in one text, URLs."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from openim_charts.specs.model import Dependency

_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(?:[^/@\s]*@)?([^/?#\s]*)[^\s]*", re.IGNORECASE)

_HOST = r"[A-Za-z0-9._-]+(?::\d+)?"
_HOSTS = re.compile(rf"([a-z+]+)://(?:[^/@\s]*@)?({_HOST}(?:,{_HOST})*)(?:[/?][^@\s]*)?", re.I)


def split(value: Any) -> list[str]:
    """The addresses of a list, or of a text with commas."""
    items = value if isinstance(value, list) else str(value).split(",")
    return [text for item in items if (text := str(item).strip())]


def scheme_of(text: str) -> str:
    """``http`` of a URL, "" where there is none."""
    found = _URL.fullmatch(text)
    return (found[1] or "").lower() if found else ""


def address(text: str, port: int) -> str:
    """``host:port`` of an address or URL; ``port`` is for what has neither port nor scheme."""
    found = _URL.fullmatch(text)
    place = found[2] if found else text
    host, _, number = place.rpartition(":")
    if host and number.isdigit():
        return place
    return f"{place}:{_PORTS.get(scheme_of(text), port)}"


def hosts_of(value: Any, dependency: Dependency) -> list[str]:
    """The addresses in a connection URI of the dependency; [] when it is none. Of a URI that is
    not well formed nothing is taken, since what looks like a host may be a part of a password."""
    found = _HOSTS.fullmatch(str(value))
    schemes = (dependency.scheme, f"{dependency.scheme}+srv")  # the second asks DNS for the hosts
    if not dependency.scheme or not found or found[1].lower() not in schemes:
        return []
    return [address(place, dependency.port) for place in split(found[2])]


def is_local(text: str, inside: bool) -> bool:
    """Whether only the machine itself knows an address; with ``inside`` a name without a dot is
    that of a container beside it."""
    host = address(text, 1).rpartition(":")[0].strip("[]").lower()
    try:
        found = ip_address(host)
        return found.is_loopback or found.is_unspecified
    except ValueError:
        names = ("localhost", "host.docker.internal")
        return host in names or (inside and "." not in host)

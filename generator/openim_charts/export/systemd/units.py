"""A pod → the unit of its program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openim_charts.checks.api import get, listing, mapping
from openim_charts.config.api import quantity
from openim_charts.export.files import folder_of, sources
from openim_charts.export.probes import lasting, probe_of
from openim_charts.export.system import ADDRESSES, Pod, System
from openim_charts.export.systemd.addresses import HOST, host_variables
from openim_charts.export.systemd.programs import program_of
from openim_charts.export.systemd.text import escaped, setting, word
from openim_charts.export.variables import expanded, variables_of

_PATIENCE = 300  # seconds to start, where no probe says how long that may take

_UNIT = """\
# Made by 'openim-charts export systemd', which makes it anew: what you change belongs into
# /etc/systemd/system/{name}.service.d/.
[Unit]
Description={title}
PartOf={release}.target
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
{own}
Restart=always
RestartSec=2

"""
# A program that reads its files and talks to others. MemoryDenyWriteExecute and the filter of calls
# are what a program of Go bears; it looks for addresses of the host with AF_NETLINK.
_SANDBOX = """\
DynamicUser=yes
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """The variables of a container as a unit has them."""

    plain: Mapping[str, str]  # of Environment=
    words: Mapping[str, str]  # of a command, which knows variables of host.env


def target_of(system: System) -> str:
    """The unit that starts and stops all others."""
    wanted = "".join(f"Wants={pod.name}.service\n" for pod in system.pods)
    return (
        "# Made by 'openim-charts export systemd', which makes it anew.\n"
        f"[Unit]\nDescription={system.release.chart.spec.title} ({system.release.name})\n{wanted}\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )


def unit_of(system: System, pod: Pod) -> str:
    """The unit of a pod."""
    head = _UNIT.format(
        name=pod.name,
        title=system.release.spec_of(pod.obj).title.replace("%", "%%"),
        release=system.release.name,
        own="\n".join(_own(system, pod)),
    )
    return head + _SANDBOX


def _own(system: System, pod: Pod) -> Iterator[str]:
    etc = f"/etc/{system.release.name}"
    texts = texts_of(system, pod)
    for name, text in texts.plain.items():
        yield f"Environment={setting(name, text)}"
    yield f"EnvironmentFile={etc}/host.env"
    yield f"EnvironmentFile={etc}/env/{pod.name}.env"
    yield f"ExecStart={' '.join(_command(system, pod, texts))}"
    asking = _asking(pod)
    if asking:
        yield f"ExecStartPost=/bin/bash {etc}/ready.sh {' '.join(asking)}"
    yield f"TimeoutStartSec={lasting(get(pod.main, 'startupProbe')) or _PATIENCE}"
    yield f"TimeoutStopSec={pod.grace}"
    limits = mapping(pod.main, "resources", "limits")
    if "memory" in limits:
        yield f"MemoryMax={int(quantity(limits['memory']))}"
    if "cpu" in limits:
        yield f"CPUQuota={max(1, int(quantity(limits['cpu']) * 100))}%"
    yield from _mounts(system, pod)


def texts_of(system: System, pod: Pod) -> Texts:
    """The variables of a pod's program that come from no Secret."""
    plain: dict[str, str] = {}
    words = host_variables(system, pod)
    for variable in variables_of(pod.main):
        if variable.secret:
            continue
        if variable.field is None:
            plain[variable.name] = expanded(variable.text, plain, str)
        elif variable.field in ADDRESSES:
            words[variable.name] = HOST
        else:
            plain[variable.name] = field_of(system, pod, variable.field) or ""
    return Texts(plain, words)


def field_of(system: System, pod: Pod, path: str) -> str | None:
    """What a pod knows about itself beside its address; None where a host cannot say it."""
    return {"metadata.name": pod.host, "metadata.namespace": system.release.namespace}.get(path)


def _command(system: System, pod: Pod, texts: Texts) -> Iterator[str]:
    """env(1) finds the program where host.env says, which no unit could by itself."""
    program = program_of(pod.main)
    assert program, "refused before"
    yield "/usr/bin/env"
    yield from (word(f"{name}={text}") for name, text in texts.words.items())
    yield word(f"${{BIN}}/{program.name}")
    known = {name: escaped(text) for name, text in texts.plain.items()}
    folders = {mount: f"/etc/{system.release.name}/{path}" for mount, path in _folders(pod).items()}
    for argument in program.arguments:
        yield word(_there(expanded(argument, known, escaped), folders))


def _there(argument: str, folders: Mapping[str, str]) -> str:
    """An argument with the folder of a host in place of the one that a container mounts."""
    for mount, folder in folders.items():
        if argument == mount or argument.startswith(f"{mount}/"):
            return folder + argument.removeprefix(mount)
    return argument


def _folders(pod: Pod) -> dict[str, str]:
    """Where files of ConfigMaps are mounted, and where they are below the export."""
    known = {str(volume["name"]): volume for volume in listing(pod.template.spec, "volumes")}
    found = {}
    for mount in listing(pod.main, "volumeMounts"):
        volume = known[str(mount["name"])]
        if sources(volume):
            below = filter(None, (folder_of(pod, volume), mount.get("subPath")))
            found[str(mount["mountPath"]).rstrip("/")] = "/".join(below)
    return found


def _mounts(system: System, pod: Pod) -> Iterator[str]:
    """Folders that no argument names, so that files and programs name them where pods have them."""
    program = program_of(pod.main)
    arguments = program.arguments if program else ()
    for mount, path in _folders(pod).items():
        if not any(_there(argument, {mount: ""}) != argument for argument in arguments):
            yield f"BindReadOnlyPaths={word(f'/etc/{system.release.name}/{path}:{mount}')}"
    known = {str(volume["name"]): volume for volume in listing(pod.template.spec, "volumes")}
    for mount in listing(pod.main, "volumeMounts"):
        volume, path = known[str(mount["name"])], str(mount["mountPath"])
        if "emptyDir" in volume and path != "/tmp":
            limit = get(volume, "emptyDir", "sizeLimit")
            size = f",size={int(quantity(limit))}" if limit else ""
            yield f"TemporaryFileSystem={path}:mode=1777{size}"


def _asking(pod: Pod) -> list[str]:
    """The arguments of ready.sh; [] where nothing says whether the program is ready."""
    probe = probe_of(pod.main)
    for key, kind in (("tcpSocket", "tcp"), ("httpGet", "http")):
        if key in probe:
            port, path = pod.port(probe[key]["port"]), probe[key].get("path", "/")
            words = [kind, HOST, str(port)]
            return [*words, word(escaped(str(path)))] if kind == "http" else words
    return []

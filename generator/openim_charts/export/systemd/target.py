"""The target ``systemd``: programs of OpenIM's own on a host, and no middleware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from openim_charts.charts.jinja import kebab
from openim_charts.charts.model import Chart
from openim_charts.checks.api import Problem, Release
from openim_charts.export.files import files_of
from openim_charts.export.model import Files, Target
from openim_charts.export.secrets import script
from openim_charts.export.system import Pod, System
from openim_charts.export.systemd.programs import program_of
from openim_charts.export.systemd.refusals import problems
from openim_charts.export.systemd.units import target_of, unit_of
from openim_charts.export.variables import secret_variable, variables_of
from openim_charts.specs.model import Catalog, ChartSpec

_PLAIN = ("host.env", "install.sh", "ready.sh")
_HERE = "127.0.0.1"
_SECRETS = """\
#!/bin/sh
# Writes what is missing in /etc/{name}/secrets.env: passwords, which are made up here and are in no
# other file but those of /etc/{name}/env, which have for each unit what it may know. All are for
# root alone. install.sh runs it; what is there stays.
set -eu
umask 077
etc=${{DESTDIR:-}}/etc/{name}
mkdir -p "$etc/env"
file=$etc/secrets.env
"""
_UNITS = """\

new=$etc/env.new
trap 'rm -f "$new"' EXIT

put() { # variable of the program, variable of secrets.env: which may be missing
  line=$(grep "^$2=" "$file" | tail -n 1)
  [ -z "$line" ] || printf '%s=%s\\n' "$1" "${line#*=}" >>"$new"
}

give() { # unit
  if ! cmp -s "$new" "$etc/env/$1.env"; then mv "$new" "$etc/env/$1.env"; fi
}
"""


def _defaults(chart: Chart, catalog: Catalog) -> Mapping[str, Any]:
    """Middleware is on the host itself, with logins that it has; what comes as an image is out."""
    shared: dict[str, Any] = {"secrets": {"provider": "existing"}}
    for name, dependency in catalog.dependencies.items():
        if chart.name not in dependency.components:
            shared[name] = {"mode": "external", "addresses": [f"{_HERE}:{dependency.port}"]}
            if dependency.credential:
                shared[name]["existingSecret"] = kebab(name)
    if not chart.spec.includes:
        return {"global": shared, **_waiting(chart.spec)}
    members = (catalog.charts[name] for name in chart.spec.includes)
    own = {m.name: _waiting(m) if m.line else {"enabled": False} for m in members}
    return {"global": shared, **own}


def _waiting(spec: ChartSpec) -> Mapping[str, Any]:
    """A program that does not find what it uses ends, and systemd starts it again."""
    return {"waitForDependencies": {"enabled": False}} if spec.uses else {}


def _refused(release: Release) -> Iterator[Problem]:
    yield from problems(System(release))


def _files(release: Release) -> Files:
    system = System(release)
    made: dict[str, bytes] = {}
    for pod in system.pods:
        made |= files_of(system, pod)
        made[f"units/{pod.name}.service"] = unit_of(system, pod).encode()
    made[f"units/{release.name}.target"] = target_of(system).encode()
    programs = sorted({p.name for p in (program_of(pod.main) for pod in system.pods) if p})
    made["programs"] = "".join(f"{name}\n" for name in programs).encode()
    made["secrets.sh"] = _secrets(system).encode()
    folder = files(__package__)
    return made | {name: (folder / name).read_bytes() for name in _PLAIN}


def _secrets(system: System) -> str:
    """The script that makes passwords, and gives each unit those that it reads."""
    units = "".join(_given(pod) for pod in system.pods)
    return script(system, _SECRETS.format(name=system.release.name)) + _UNITS + units


def _given(pod: Pod) -> str:
    lines = [
        f"put {variable.name} {secret_variable(*variable.secret)}\n"
        for variable in variables_of(pod.main)
        if variable.secret
    ]
    return f'\n: >"$new"\n{"".join(lines)}give {pod.name}\n'


SYSTEMD = Target(
    description="Units of systemd for a host that has OpenIM's programs, and what they read.",
    defaults=_defaults,
    refused=_refused,
    files=_files,
    start="sudo sh install.sh && sudo systemctl start openim.target",
)

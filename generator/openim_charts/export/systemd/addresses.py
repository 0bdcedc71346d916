"""Addresses: modules register the host's, and find one another there."""

from __future__ import annotations

import re
from typing import Any

from openim_charts.charts.config import leaves
from openim_charts.charts.graph_view import variable_name
from openim_charts.checks.api import get, mapping
from openim_charts.checks.texts import structured
from openim_charts.export.system import Pod, System
from openim_charts.specs.model import ChartSpec, ConfigFile

HOST = "${ADDRESS}"  # a variable of host.env
_FEATURE = "registration"  # its options name the keys with addresses of a module's own
_KEYS = ("ip", "listen")
_ANYWHERE = ("", "0.0.0.0")


def host_variables(system: System, pod: Pod) -> dict[str, str]:
    """Variables of a pod's program that say in place of its configuration files where it is, and
    where those are that the files find by names of Services; with the words of a command."""
    spec = system.release.spec_of(pod.obj)
    if spec.line is None:
        return {}
    found: dict[str, str] = {}
    names = _service_names(system)
    own = _own_keys(spec)
    for file in spec.config:
        content = _content(system, pod, file)
        for path, _ in leaves(file):
            name, value = variable_name(spec.line, file, path), get(content, *path)
            if (file.name, *path) in own and str(value or "") in _ANYWHERE:
                found[name] = HOST
                continue
            texts = [str(each) for each in (value if isinstance(value, list) else [value])]
            if any(names.search(text) for text in texts):
                found[name] = ",".join(names.sub(lambda _: HOST, text) for text in texts)
    return found


def _own_keys(spec: ChartSpec) -> set[tuple[str, ...]]:
    options = mapping(spec.options, _FEATURE)
    return {tuple(str(options[key]).split(".")) for key in _KEYS if key in options}


def _service_names(system: System) -> re.Pattern[str]:
    """Hosts that are Services of the release, before a port."""
    nobody = "(?!)"
    names = "|".join(sorted(re.escape(service.name) for service in system.of("Service"))) or nobody
    domain = re.escape(f".{system.release.namespace}.svc")
    return re.compile(rf"(?<![\w.-])(?:{names})(?:{domain}[\w.-]*)?(?=:\d)")


def _content(system: System, pod: Pod, file: ConfigFile) -> Any:
    """A configuration file of a pod as data; None where it mounts none of that name."""
    for obj in system.of("ConfigMap"):
        text = get(obj.data, "data", file.filename)
        if text is not None and system.release.spec_of(obj).name == pod.chart:
            return structured(str(text))
    return None

"""The passwords of an installation: a script that makes them, since no export holds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openim_charts.charts.jinja import kebab
from openim_charts.checks.api import Release, get, listing
from openim_charts.export.compose.system import System
from openim_charts.export.compose.text import secret_variable
from openim_charts.specs.model import Credential, Key

_SCRIPT = """\
#!/bin/sh
# Writes what is missing in the file .env beside this script: passwords, which are made up here and
# are in no other file. Run it again after each export; what is there stays.
set -eu
umask 077
cd "$(dirname "$0")"
touch .env
[ -z "$(tail -c 1 .env)" ] || echo >>.env # the last line may lack its end

random() { # characters
  LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c "$1"
}

have() { # variable
  grep -q "^$1=" .env
}

make() { # variable, characters
  have "$1" && return
  value=$(random "$2")
  [ "${#value}" = "$2" ]
  echo "$1='$value'" >>.env
}

fix() { # variable, value
  have "$1" || echo "$1='$2'" >>.env
}

missing=
ask() { # variable, key, Secret
  have "$1" && return
  missing=yes
  echo "write a line $1='…' into .env: the key $2 of the Secret $3" >&2
}

"""


def script(system: System) -> str:
    """A shell script that writes every variable that the pods must have from a Secret."""
    known = {(secret, key): made for secret, key, made in _made(system.release)}
    lines = []
    for secret, key in sorted(_wanted(system)):
        name, made = secret_variable(secret, key), known.get((secret, key))
        if made is None:
            lines.append(f"ask {name} {key} {secret}\n")
        elif made.generate:
            lines.append(f"make {name} {made.generate}\n")
        else:
            lines.append(f"fix {name} {made.value}\n")
    return _SCRIPT + "".join(lines) + '[ -z "$missing" ]\n'


def _wanted(system: System) -> set[tuple[str, str]]:
    """Secrets and keys without which containers do not start."""
    references = (
        get(variable, "valueFrom", "secretKeyRef")
        for pod in system.pods
        for _, container in pod.template.containers()
        for variable in listing(container, "env")
    )
    return {(str(r["name"]), str(r["key"])) for r in references if r and not r.get("optional")}


def _made(release: Release) -> Iterator[tuple[str, str, Key]]:
    """Secrets that the charts would make, their keys, and what is in them."""
    instance = str(get(release.values, "global", "instance") or release.name)
    for credential in release.catalog.credentials.values():
        settings = get(release.values, "global", credential.name) or {}
        if not settings.get("existingSecret"):
            yield from _keys(instance, credential, settings)


def _keys(
    instance: str, credential: Credential, settings: Mapping[str, object]
) -> Iterator[tuple[str, str, Key]]:
    secret = f"{instance}-{kebab(credential.name)}"
    for key in credential.keys.values():
        named = get(settings, "secretKeys", key.name) or key.name
        yield secret, str(named), key

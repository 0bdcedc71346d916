"""The passwords of an installation: a script that makes them, since no export holds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openim_charts.charts.jinja import kebab
from openim_charts.checks.api import Release, get
from openim_charts.export.system import System
from openim_charts.export.variables import secret_variable, variables_of
from openim_charts.specs.model import Credential, Key

_SCRIPT = """\
touch "$file"
[ -z "$(tail -c 1 "$file")" ] || echo >>"$file" # the last line may lack its end

random() { # characters
  LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c "$1"
}

have() { # variable
  grep -q "^$1=" "$file"
}

make() { # variable, characters
  have "$1" && return
  value=$(random "$2")
  [ "${#value}" = "$2" ]
  echo "$1='$value'" >>"$file"
}

fix() { # variable, value
  have "$1" || echo "$1='$2'" >>"$file"
}

missing=
ask() { # variable, key, Secret
  have "$1" && return
  missing=yes
  echo "write a line $1='…' into $file: the key $2 of the Secret $3" >&2
}

"""


def script(system: System, head: str) -> str:
    """A shell script that writes every variable that the pods must have from a Secret into the
    file that its ``head`` calls ``$file``; it ends there where the user has to write some."""
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
    return head + _SCRIPT + "".join(lines) + '[ -z "$missing" ]\n'


def _wanted(system: System) -> set[tuple[str, str]]:
    """Secrets and keys without which containers do not start."""
    return {
        variable.secret
        for pod in system.pods
        for _, container in pod.template.containers()
        for variable in variables_of(container)
        if variable.secret and not variable.optional
    }


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

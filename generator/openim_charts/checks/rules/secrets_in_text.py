"""No secret in what everybody may read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from openim_charts.checks.release import pod_of
from openim_charts.checks.rendered import Path, RenderedObject, get, listing, mapping, walk
from openim_charts.checks.rule import ObjectRule, Problem
from openim_charts.checks.texts import structured
from openim_charts.findings import Severity
from openim_charts.specs.model import Catalog

_SECRET_KEY = re.compile(
    r"(?i)(pass(word|wd|phrase)?|secret|token|credentials?|(private|access|api|secret|sign)[-_]?key"
    r"|auth(orization)?[-_]?code|super[-_]?code)$"
)
_REFERENCE = re.compile(r"^(\$[({]|/|\$__file|\{\{|(env|file|vault):)|^<[\w -]+>$")
_WORD = re.compile(r"[A-Za-z0-9+=_]{20,80}")
_HIGH_ENTROPY = 4.2  # bits a character; hex digests stay below, random base64 lies above


class SecretsInText(ObjectRule):
    """ConfigMaps, annotations, variables and arguments."""

    id = "no-secret-in-configmap"
    of_values = Severity.ERROR
    summary = "No secret stands in a ConfigMap, an annotation, a variable's value or an argument."
    rationale = (
        "These are readable by whoever may list objects, and they end in logs and backups. Secrets "
        "come from a Secret by reference. Judged by the key's name, by how random a value looks "
        "and by generator/openim_charts/checks/data/leaked-secrets.txt."
    )

    def check(self, obj: RenderedObject, catalog: Catalog) -> Iterator[Problem]:  # noqa: ARG002
        for path, key, value in _texts(obj):
            for message in signs_of_secret(key, value):
                yield Problem(message, obj, path)


def _texts(obj: RenderedObject) -> Iterator[tuple[Path, str, Any]]:
    """(path, name of the key, value) of everything readable."""
    if obj.kind == "ConfigMap":
        for key, text in mapping(obj.data, "data").items():
            yield from _leaves(("data", key), str(key), text)
    for key, text in obj.annotations.items():
        yield ("metadata", "annotations", key), key.rpartition("/")[2], text
    pod = pod_of(obj)
    for path, container in pod.containers() if pod else ():
        for index, variable in enumerate(listing(container, "env")):
            if get(variable, "value") is not None:
                yield (*path, "env", index), str(get(variable, "name")), variable["value"]
        for field in ("command", "args"):
            for index, word in enumerate(listing(container, field)):
                yield (*path, field, index), "", word


def _leaves(path: Path, name: str, text: Any) -> Iterator[tuple[Path, str, Any]]:
    data = _structure(name, text) if isinstance(text, str) else None
    if not isinstance(data, (Mapping, list)):
        yield path, name, text
        return
    for inner, value in walk(data):
        if not isinstance(value, (Mapping, list)):
            keys = [part for part in inner if isinstance(part, str)]
            yield path, keys[-1] if keys else name, value


def _structure(name: str, text: str) -> Any:
    if not name.endswith((".yml", ".yaml", ".json")) and not text.startswith(("{", "[")):
        return None
    return structured(text)


def signs_of_secret(key: str, value: Any) -> Iterator[str]:
    """Why a value, or the name of its key, looks like a secret; a message may hold a word that
    everybody knows."""
    if value is None or isinstance(value, bool) or value == "":
        return
    text = str(value)
    leaked = next((word for word in _words("leaked-secrets") if _holds(text, word)), None)
    if leaked:
        yield f"{key or 'it'} holds {leaked!r}, a secret that everybody knows"
    elif isinstance(value, str) and _is_secret(key) and not _REFERENCE.search(text):
        yield f"{key} is a secret by its name and has a value here; take it from a Secret"
    elif any(_random(word) for word in _WORD.findall(text)):
        yield f"{key or 'it'} holds a word that looks like a random secret"


def is_well_known(value: Any) -> bool:
    """Whether a value, or all of a list, is a secret that everybody knows."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(str(one) in _words("leaked-secrets") for one in values)


def _holds(text: str, word: str) -> bool:
    if word not in text:
        return False
    if word.isalpha() and word.islower():
        return text == word  # an ordinary word is a secret only when it is the whole value
    return bool(re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", text))


def _is_secret(key: str) -> bool:
    return bool(_SECRET_KEY.search(key)) and key not in _words("not-secrets")


@cache
def _words(file: str) -> tuple[str, ...]:
    text = files("openim_charts.checks").joinpath(f"data/{file}.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _random(word: str) -> bool:
    kinds = (any(map(str.islower, word)), any(map(str.isupper, word)), any(map(str.isdigit, word)))
    if not all(kinds):
        return False
    counts = Counter(word).values()
    return -sum(n / len(word) * math.log2(n / len(word)) for n in counts) > _HIGH_ENTROPY

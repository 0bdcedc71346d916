"""A draft as the text of ``openim.yaml``: comments first, then the values with their origins."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openim_charts.imports.draft import Draft, Path
from openim_charts.imports.model import Given
from openim_charts.specs.model import Catalog, Credential
from openim_charts.yamlio.writer import dump, scalar

_WIDTH = 118


def as_text(draft: Draft, catalog: Catalog, files: Iterable[str]) -> str:
    """The whole file; no secret is in it."""
    names = ", ".join(files)
    head = f"Made by 'openim-charts config import' from {names}. Read it before you use it."
    parts = [_comment(head), *_secrets(draft, catalog), *_well_known(draft, catalog), *_left(draft)]
    values = "".join(_mapping(draft.values, (), draft)) if draft.values else "global: {}\n"
    return "#\n".join(parts) + "\n" + values


def _comment(text: str, first: str = "", indent: str = "") -> str:
    """Lines of a comment; ``first`` stands before the first line's text."""
    lines = textwrap.wrap(
        "".join(c if c.isprintable() else repr(c)[1:-1] for c in text),
        _WIDTH - len(first) - len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    pad = " " * len(first)
    return "".join(
        f"{indent}# {first if number == 0 else pad}{line}\n" for number, line in enumerate(lines)
    )


def _secrets(draft: Draft, catalog: Catalog) -> Iterator[str]:
    if not draft.secrets:
        return
    text = _comment(
        "Secrets to make before the install, in its namespace. Each FILE holds one value and "
        "nothing else, not even a line end; delete it afterwards."
    )
    for name, given in draft.secrets.items():
        credential = catalog.credentials[name]
        keys = _keys(credential, given, bool(draft.get(("global", name, "addresses"))))
        secret = draft.get(("global", name, "existingSecret"))
        files = " ".join(f"--from-file={key}=FILE" for key in keys)
        text += f"#   kubectl create secret generic {secret} {files}\n"
        for key in keys:
            text += _comment(f"{key}: {_origin(given.get(key), credential, key)}", "      ")
            if remark := draft.remarks.get(("secret", name, key)):
                text += _comment(remark, "        ")
    yield text


def _keys(credential: Credential, given: Mapping[str, Given], addressed: bool) -> list[str]:
    """The keys that the Secret must hold: those that are given, and what programs need beside."""
    enough = not addressed and any(credential.keys[key].whole for key in given)
    return [k for k, key in credential.keys.items() if k in given or not (key.optional or enough)]


def _origin(given: Given | None, credential: Credential, key: str) -> str:
    if given:
        return f"the value of {given.shown}"
    length = credential.keys[key].generate
    made = f", such as {length} random letters and digits" if length else ""
    return f"a new one{made}. {credential.keys[key].description}"


def _well_known(draft: Draft, catalog: Catalog) -> Iterator[str]:
    """Passwords as published, which everybody knows, where no Secret holds them."""
    found = {
        (name, key): given
        for name, keys in draft.well_known.items()
        for key, given in keys.items()
        if key not in draft.secrets.get(name, {})
    }
    if not found:
        return
    text = _comment(
        "These are as they were published, so everybody knows them, and none is taken over. "
        "The charts make new ones:"
    )
    for (name, key), given in found.items():
        remark = draft.remarks.get(("secret", name, key), "")
        about = catalog.credentials[name].keys[key].description
        text += _comment(f"{given.shown}: {about} {remark}", "- ")
    yield text


def _left(draft: Draft) -> Iterator[str]:
    if not draft.left:
        return
    text = _comment("Not taken over:")
    for why, settings in draft.left.items():
        names = ", ".join(given.shown + given.hint.replace(";", ",") for given in settings)
        text += _comment(f"{names}: {why}" if names else why, "- ")
    yield text


def _mapping(data: Mapping[str, Any], path: Path, draft: Draft) -> Iterator[str]:
    indent = "  " * len(path)
    for key, value in data.items():
        here = (*path, key)
        if given := draft.origins.get(here):
            remark = draft.remarks.get(here, "")
            yield _comment(f"{given.shown}{'. ' if remark else ''}{remark}", indent=indent)
        if isinstance(value, Mapping) and value and not given:
            yield f"{indent}{scalar(key)}:\n"
            yield from _mapping(value, here, draft)
        else:
            yield textwrap.indent(dump({key: value}), indent)

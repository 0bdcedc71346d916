"""The page's data files: JSON inside scripts, because pages opened as files may not fetch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from generator.findings import UserError
from generator.repository.page.model import ChartDetails, ValueRow

KeySets = Mapping[str, tuple[tuple[str, ...], ...]]  # chart -> its values' keys, in shareable parts

_HEAD = "helmPage.receive("


def stamp(content: bytes) -> str:
    """A short name of some content, put in addresses so that no cache serves older content."""
    return hashlib.sha256(content).hexdigest()[:10]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def script(name: str, payload: Any) -> bytes:
    """A script that hands ``payload`` to the page as one string literal of JSON text.

    JSON text in ASCII has no line ends and no character that ends a literal but those escaped
    here, so that no text of a chart is ever run.
    """
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    return f"{_HEAD}{_quoted(name)},{_quoted(text)});\n".encode("ascii")


def payload(content: bytes) -> Any:
    """What ``script`` was given; raises UserError where the content is not its work."""
    try:
        text = content.decode("ascii")
        literal = text.removesuffix("');\n").removeprefix(_HEAD).split("','", 1)[1]
        return json.loads(literal.replace("\\'", "'").replace("\\\\", "\\"))
    except (ValueError, IndexError) as error:
        raise UserError("the published page's data is damaged: build the page anew") from error


def details_payload(details: ChartDetails) -> dict[str, Any]:
    """What the browser gets of a chart's details; empty parts are left out."""
    parts = {
        "readme": details.readme,
        "values": [(row.key, row.type, row.default, row.description) for row in details.values],
        "changes": [(change.kind, change.text) for change in details.changes],
        "images": [(image.name, image.reference) for image in details.images],
        "license": details.license,
        "graph": bool(details.svg),
    }
    return {key: value for key, value in parts.items() if value}


def key_parts(rows: Iterable[ValueRow]) -> tuple[tuple[str, ...], ...]:
    """Keys by their first two segments: charts with the same feature or file share the part."""
    parts: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        parts.setdefault(tuple(row.key.split(".", 2)[:2]), []).append(row.key)
    return tuple(tuple(keys) for keys in parts.values())


def keys_payload(charts: KeySets) -> dict[str, Any]:
    """Keys for the search, each part written once: ``sets``, and for each chart which it has."""
    numbers: dict[tuple[str, ...], int] = {}
    members = {
        name: [numbers.setdefault(part, len(numbers)) for part in charts[name]]
        for name in sorted(charts)
    }
    return {"sets": [list(part) for part in numbers], "charts": members}


def keys_of(content: bytes) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The inverse of ``keys_payload``, from the published file."""
    data = payload(content)
    try:
        sets = [tuple(part) for part in data["sets"]]
        return {name: tuple(sets[n] for n in parts) for name, parts in data["charts"].items()}
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UserError("the published page's data is damaged: build the page anew") from error

"""The repository's web page: files to be served beside the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from generator.repository.page.data import (
    KeySets,
    details_payload,
    key_parts,
    keys_of,
    keys_payload,
    script,
    stamp,
)
from generator.repository.page.model import ChartDetails, PageInfo
from generator.repository.page.versions import about, newest, newest_first, summary, version_record

KEYS = "page/data/keys.js"
PROGRAM = "page/app.js"
_ASSETS = Path(__file__).with_name("assets")
# The order in which the parts of the program define what later parts use.
_PROGRAM = (
    "dom", "text", "data", "search", "chunks", "markdown", "home", "chart", "keyboard", "main",
)  # fmt: skip

Details = Mapping[str, ChartDetails] | Callable[[str, str], ChartDetails | None]
Entries = Mapping[str, list[Mapping[str, Any]]]


def strings() -> dict[str, dict[str, str]]:
    """Every text of the user interface: key -> language -> text."""
    table: dict[str, dict[str, str]] = json.loads((_ASSETS / "strings.json").read_text("utf-8"))
    return table


@lru_cache(maxsize=1)
def _static() -> dict[str, bytes]:
    """Files that no index changes: the program, its texts, its looks."""
    parts = [(_ASSETS / "js" / f"{name}.js").read_text("utf-8") for name in _PROGRAM]
    text = '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"
    return {
        PROGRAM: text.encode(),
        "page/boot.js": (_ASSETS / "js" / "boot.js").read_bytes(),
        "page/strings.js": script("strings", strings()),
        "page/style.css": (_ASSETS / "style.css").read_bytes(),
        "page/icon.svg": (_ASSETS / "icon.svg").read_bytes(),
    }


def program() -> bytes:
    """What the page runs, the same as long as this release of the tool is."""
    return _static()[PROGRAM]


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    source = (_ASSETS / "index.html.jinja").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def _details(details: Details, entries: Entries) -> dict[str, ChartDetails]:
    if isinstance(details, Mapping):
        return {name: details[name] for name in entries if name in details}
    asked = ((n, details(n, str(newest(v).get("version", "")))) for n, v in entries.items())
    return {name: found for name, found in asked if found is not None}


def _chart_files(name: str, found: ChartDetails) -> dict[str, bytes]:
    files = {f"page/data/details/{name}.js": script(f"details/{name}", details_payload(found))}
    if found.svg:
        files[f"page/graph/{name}.svg"] = found.svg.encode()
    return files


def _list(
    entries: Entries, keys: KeySets, files: Mapping[str, bytes], repository: PageInfo
) -> dict[str, Any]:
    charts = []
    for name, versions in entries.items():
        line = summary(name, versions)
        line["stamp"] = stamp(files[f"page/data/versions/{name}.js"])
        if name in keys:
            line["details"] = str(newest(versions).get("digest") or "").removeprefix("sha256:")[:10]
        charts.append(line)
    fields = ("name", "url", "umbrella", "values_file", "signing_key", "fingerprint")
    return {"repository": {f: getattr(repository, f) for f in fields}, "charts": charts}


def build_page(
    index: Mapping[str, Any], details: Details, info: PageInfo, previous_keys: bytes = b""
) -> dict[str, bytes]:
    """The page as relative path -> content; the same input gives the same bytes.

    ``index`` is the parsed Helm index. ``details`` gives a chart's details, by name or as a
    function of name and newest version; where it gives none, the chart's published files stay as
    they are, and ``previous_keys``, the published file ``KEYS``, says what the search finds in
    them: a publish need not read the archives that it does not add. Raises UserError when
    ``previous_keys`` is damaged.
    """
    info = replace(info, url=info.url.rstrip("/"))
    raw: Mapping[str, Any] = index.get("entries") or {}
    entries: Entries = {name: newest_first(raw[name]) for name in sorted(raw) if raw[name]}
    found = _details(details, entries)
    kept = keys_of(previous_keys) if previous_keys else {}
    keys = {n: p for n, p in kept.items() if n in entries} | {
        name: key_parts(chart.values) for name, chart in found.items()
    }
    files = dict(_static())
    for name, versions in entries.items():
        records = [version_record(name, entry, info.url) for entry in versions]
        content = script(f"versions/{name}", {"versions": records, **about(versions)})
        files[f"page/data/versions/{name}.js"] = content
    for name, chart in found.items():
        files |= _chart_files(name, chart)
    files[KEYS] = script("keys", keys_payload(keys))
    files["page/data/charts.js"] = script("charts", _list(entries, keys, files, info))
    if info.svg:
        files["page/graph.svg"] = info.svg.encode()
    return {**files, "index.html": _index(entries, files, info)}


def _index(entries: Entries, files: Mapping[str, bytes], info: PageInfo) -> bytes:
    stamps = {path: stamp(content) for path, content in files.items() if path.count("/") < 3}
    english = {key: texts["en"] for key, texts in strings().items()}
    html = _template().render(
        info=info,
        text=english,
        stamps=stamps,
        charts=len(entries),
        versions=sum(map(len, entries.values())),
    )
    return html.encode()

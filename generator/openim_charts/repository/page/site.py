"""The repository's web page: files to be served beside the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from openim_charts.findings import UserError
from openim_charts.packaging.keyring import fingerprints, joined
from openim_charts.repository.bundles import Bundle, Signer, bundle_files, grown
from openim_charts.repository.index import Index
from openim_charts.repository.page.data import (
    KeySets,
    about,
    details_payload,
    key_parts,
    keys_of,
    keys_payload,
    newest,
    newest_first,
    script,
    stamp,
    summary,
    version_record,
)
from openim_charts.repository.page.details import details_from_archive
from openim_charts.repository.page.model import ChartDetails, PageInfo
from openim_charts.repository.publish_plan import Plan, Published
from openim_charts.repository.release import Release

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


@dataclass(frozen=True, slots=True)
class Site:
    """What a publisher knows of the page; calling it gives the files for a plan.

    ``releases``: the build. ``picture``: a chart's dependency picture, or "". ``files``: more
    files, as they are. ``bundles``: the build's, and ``signer`` signs them. ``key``: the public key
    that signs what is added, or b"". ``keyring``: the name of the file with such keys.
    """

    info: PageInfo
    releases: Sequence[Release] = ()
    picture: Callable[[str], str] = lambda _: ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    bundles: Sequence[Bundle] = ()
    signer: Signer | None = None
    key: bytes = b""
    keyring: str = "signing-keys.gpg"

    def __call__(self, plan: Plan, place: Published) -> dict[str, bytes]:
        """Everything but archives and the index. Raises UserError.

        Only archives that the plan adds are read, unless another release of this program wrote the
        page that is published: then all that the build has.
        """
        keyring = joined(place.read(self.keyring) or b"", self.key)
        bundles, shown = grown(self.bundles, place, self.signer)
        info = replace(self.info, bundles=shown)
        if keyring:
            named = ", ".join(fingerprints(keyring))
            info = replace(info, signing_key=self.keyring, fingerprint=named)
        keys = _sound(place.read(KEYS) or b"")
        page = build_page(plan.index.data, self._details(plan, place, keys), info, keys)
        signed = {self.keyring: keyring} if keyring else {}
        return {**self.files, **bundles, **signed, **page}

    def details(self, release: Release) -> ChartDetails:
        """What the page shows of a release. Raises UserError."""
        return details_from_archive(release.archive, self.picture(release.name))

    def page(self, index: Index, details: Mapping[str, ChartDetails]) -> dict[str, bytes]:
        """Everything beside the index of a repository that holds one version of each chart."""
        info = replace(self.info, bundles=tuple(bundle.listed for bundle in self.bundles))
        files = {**self.files, **bundle_files(self.bundles)}
        return {**files, **build_page(index.data, details, info)}

    def _details(
        self, plan: Plan, place: Published, keys: bytes
    ) -> Callable[[str, str], ChartDetails | None]:
        built = {(r.name, r.version): r for r in self.releases}
        added = {(v.name, v.version) for v in plan.added}
        shown = keys_of(keys) if keys and place.same(PROGRAM, program()) else {}

        def details(name: str, version: str) -> ChartDetails | None:
            release = built.get((name, version))
            if release is None or (name in shown and (name, version) not in added):
                return None
            return self.details(release)

        return details


def _sound(keys: bytes) -> bytes:
    """The published keys; nothing when they are damaged, so that the page is made anew."""
    try:
        keys_of(keys)
    except UserError:
        return b""
    return keys

"""Read ``chart-specs/imports/``: which files can be imported, and what their settings mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openim_charts.findings import Finding, FindingsError
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Mistaken, Setting, Sort, Words
from openim_charts.specs.layout import IMPORTS, SPECS
from openim_charts.specs.model import Catalog
from openim_charts.specs.schema import validate
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.document import Document
from openim_charts.yamlio.reader import read


def read_sorts(catalog: Catalog) -> tuple[Sort, ...]:
    """All sorts of files, by name. Raises FindingsError with all that is wrong with their files."""
    documents, findings = _documents(Path(catalog.root))
    keys = ConfigKeys(catalog)
    for document in documents.values():
        findings += _check(document, documents, keys, catalog)
    if findings:
        raise FindingsError(findings)
    named = {name for d in documents.values() if (name := d.data.get("extends"))}
    return tuple(
        _sort(name, _merged(document.data, documents))
        for name, document in documents.items()
        if name not in named
    )


def _documents(root: Path) -> tuple[dict[str, Document], list[Finding]]:
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for file in sorted((root / SPECS / IMPORTS).glob("*.yaml")):
        shown = file.relative_to(root).as_posix()
        document, mistakes = read(file, shown, refuse_templates=False)
        if document and not mistakes:
            mistakes = validate(document, "import")
        findings += mistakes
        if document and not mistakes:
            documents[file.stem] = document
    return documents, findings


def _check(
    document: Document, documents: Mapping[str, Document], keys: ConfigKeys, catalog: Catalog
) -> Iterator[Finding]:
    yield from _check_base(document, documents)
    for old, chart in document.data.get("charts", {}).items():
        if chart not in catalog.charts:
            message = f"unknown chart '{chart}'{hint(chart, catalog.charts)}"
            yield Finding(document.value(("charts", old)), "unknown-chart", message)
    for name, setting in document.data.get("settings", {}).items():
        for target in _listed(setting.get("config", ())):
            if wrong := keys.wrong(target):
                yield Finding(document.value(("settings", name, "config")), "unknown-key", wrong)


def _check_base(document: Document, documents: Mapping[str, Document]) -> Iterator[Finding]:
    base = document.data.get("extends")
    others = {name: d for name, d in documents.items() if d is not document}
    place = document.value(("extends",))
    if base is None:
        names = {d.data.get("extends") for d in documents.values()}
        if "form" not in document.data and Path(document.path).stem not in names:
            message = "the file lacks the key 'form', and no other extends it; add the key"
            yield Finding(document.key(()), "missing-key", message)
    elif base not in others:
        message = f"there is no other file '{base}.yaml' beside it{hint(base, others)}"
        yield Finding(place, "unknown-import", message)
    elif "extends" in others[base].data:
        message = f"'{base}' extends another file itself; extend that one"
        yield Finding(place, "unknown-import", message)
    elif "form" not in document.data and "form" not in others[base].data:
        message = f"neither this file nor '{base}' has the key 'form'; add it"
        yield Finding(document.key(()), "missing-key", message)


def _merged(data: Mapping[str, Any], documents: Mapping[str, Document]) -> dict[str, Any]:
    """The data over that of the file that it extends; what is its own stands first."""
    base = documents[data["extends"]].data if "extends" in data else {}
    both = {**base, **data}
    for part in ("settings", "chartSettings"):
        own = data.get(part, {})
        both[part] = {**own, **{k: v for k, v in base.get(part, {}).items() if k not in own}}
    return both


def _sort(name: str, data: Mapping[str, Any]) -> Sort:
    settings = {_words(key): _setting(value) for key, value in data["settings"].items()}
    for old, chart in data.get("charts", {}).items():
        prefix = () if old == "." else _words(old)
        for key, value in data["chartSettings"].items():
            settings.setdefault((*prefix, *_words(key)), _setting(value, prefix, chart))
    return Sort(
        name=name,
        title=data["title"],
        form=data["form"],
        files=tuple(data.get("files", ())),
        marks=tuple(data.get("marks", ())),
        services=tuple(data.get("services", ())),
        settings=settings,
        mistaken=_mistaken(data["mistaken"]) if "mistaken" in data else None,
    )


def _mistaken(data: Mapping[str, Any]) -> Mistaken:
    listed = (tuple(data.get(key, ())) for key in ("alone", "together"))
    return Mistaken(data["for"], data["page"], *listed)


def _words(name: str) -> Words:
    return tuple(name.split("."))


def _setting(data: Mapping[str, Any], prefix: Words = (), chart: str = "") -> Setting:
    """A setting; in one of a chart, names that begin with a dot are below the chart's own name."""

    def whole(target: str) -> str:
        return chart + target if target.startswith(".") else target

    return Setting(
        config=_listed(data.get("config", ())),
        values=tuple(map(whole, _listed(data.get("value", ())))),
        choices=data.get("choices", {}),
        extra=data.get("with", {}),
        stock=tuple(data.get("stock", ())),
        like=tuple(data.get("like", ())),
        chosen=data.get("chosen", {}),
        when=".".join((*prefix, data["when"])) if "when" in data else "",
        elsewhere=data.get("elsewhere", False),
        omitted=data.get("omitted", False),
        because=data.get("because", ""),
        note=data.get("note", ""),
    )


def _listed(data: Any) -> Words:
    return (data,) if isinstance(data, str) else tuple(data)

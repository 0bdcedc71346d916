"""Read ``chart-specs/imports/``: which files can be imported, and what their settings mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openim_charts.findings import Finding, FindingsError
from openim_charts.imports.keys import ConfigKeys
from openim_charts.imports.model import Setting, Sort, Words
from openim_charts.specs.keys.base import read as read_keys
from openim_charts.specs.keys.imports import ImportKeys, SettingKeys
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
        _sort(name, read_keys(ImportKeys, _merged(document.data, documents)))
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


def _sort(name: str, keys: ImportKeys) -> Sort:
    settings = {_words(key): _setting(value) for key, value in keys.settings.items()}
    for old, chart in keys.charts.items():
        prefix = () if old == "." else _words(old)
        for key, value in keys.chart_settings.items():
            settings.setdefault((*prefix, *_words(key)), _setting(value, prefix, chart))
    return Sort(
        name=name,
        title=keys.title,
        form=keys.form,
        files=keys.files,
        marks=keys.marks,
        services=keys.services,
        settings=settings,
        mistaken=keys.mistaken,
    )


def _words(name: str) -> Words:
    return tuple(name.split("."))


def _setting(keys: SettingKeys, prefix: Words = (), chart: str = "") -> Setting:
    """A setting; in one of a chart, names that begin with a dot are below the chart's own name."""

    def whole(target: str) -> str:
        return chart + target if target.startswith(".") else target

    return Setting(
        config=_listed(keys.config or ()),
        values=tuple(map(whole, _listed(keys.value or ()))),
        choices=keys.choices,
        extra=keys.with_,
        stock=keys.stock,
        like=keys.like,
        chosen=keys.chosen,
        when=".".join((*prefix, keys.when)) if keys.when else "",
        elsewhere=keys.elsewhere,
        omitted=keys.omitted,
        because=keys.because,
        note=keys.note,
    )


def _listed(data: Any) -> Words:
    return (data,) if isinstance(data, str) else tuple(data)

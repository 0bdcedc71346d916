"""A new release line, made of the one that the charts are of and of the release's own files."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from openim_charts.findings import UserError
from openim_charts.imports.api import read_sorts
from openim_charts.imports.model import Setting, Sort, value_at
from openim_charts.releases.compare import Known, Stock, compare
from openim_charts.releases.entries import MARK, marks
from openim_charts.releases.model import FileChanges, Mark, NewLine, Path
from openim_charts.releases.upstream import UpstreamFile
from openim_charts.releases.write import changed_file, new_file
from openim_charts.specs.keys.base import inline
from openim_charts.specs.keys.words import AppVersion, Word
from openim_charts.specs.layout import SPECS
from openim_charts.specs.model import Catalog, ConfigFile, ReleaseLine
from openim_charts.specs.suggest import hint
from openim_charts.yamlio.edit import Changes, Text
from openim_charts.yamlio.reader import parse_plain

Files = Mapping[str, UpstreamFile]


def base_line(catalog: Catalog, product: str, name: str | None) -> ReleaseLine:
    """The line of the product to start from: the one with this name, else that of the charts.

    Raises UserError.
    """
    products = {line.product for line in catalog.lines.values()}
    if product not in products:
        raise UserError(f"there is no product '{product}'{hint(product, products)}")
    own = {line.name: line for line in catalog.lines.values() if line.product == product}
    if name is None:
        used = [line for line in catalog.lines_in_use if line.product == product]
        if not used:
            names = ", ".join(own)
            raise UserError(f"no chart is of the product '{product}': give --from, one of {names}")
        return used[0]
    if name not in own:
        raise UserError(f"the product '{product}' has no line '{name}'{hint(name, own)}")
    return own[name]


def line_name(catalog: Catalog, product: str, version: str) -> str:
    """The name of the product's line with this version. Raises UserError where there is one, or no
    line can have it."""
    name = f"{product}-{version}"
    for rule, text in ((inline(AppVersion), version), (inline(Word), name)):
        if len(text) > rule["maxLength"] or not _matches(rule["pattern"], text):
            raise UserError(f"'{version}' cannot be a line's version: write {rule['expects']}")
    for line in catalog.lines.values():
        if line.product == product and line.app_version == version:
            raise UserError(f"the line {line.name} is of {product} {version}; nothing was written")
    if name in catalog.lines or (pathlib.Path(catalog.root) / SPECS / "lines" / name).exists():
        raise UserError(
            f"{SPECS}/lines/{name} exists already; remove it first, or give another version; "
            "nothing was written"
        )
    return name


def unread(catalog: Catalog, line: ReleaseLine) -> Callable[[str], bool]:
    """Whether a file of the product, by its name without ``.yml``, is no module's, as far as
    chart-specs/imports/ knows. Raises FindingsError with what is wrong there."""
    sort = _stock(catalog)

    def known(name: str) -> bool:
        setting = sort.find((line.product, name)) if sort else None
        return bool(setting and setting.because)

    return known


def _stock(catalog: Catalog) -> Sort | None:
    return next((sort for sort in read_sorts(catalog) if sort.form == "config"), None)


def new_line(
    catalog: Catalog, base: ReleaseLine, version: str, files: Files, before: Files | None
) -> NewLine:
    """The line of ``version`` with the release's ``files`` by name, made of the line ``base``.

    ``before`` are the files that the release of ``base`` has; without them the defaults of the line
    stand for them, and what chart-specs/imports/ knows. Nothing is written.
    Raises UserError and FindingsError.
    """
    name = line_name(catalog, base.product, version)
    root = pathlib.Path(catalog.root)
    sort = _stock(catalog)
    named = {file.filename: file for file in base.config.values()}
    texts: dict[str, str] = {}
    found: list[FileChanges] = []
    for filename in sorted({*named, *files}):
        file, upstream = named.get(filename), files.get(filename)
        stem = file.name if file else filename.removesuffix(".yml")
        readers = _readers(catalog, file)
        if upstream is None:
            found.append(FileChanges(filename, stem, "removed", readers=readers))
        elif file is None:
            found.append(FileChanges(filename, stem, "added"))
            texts[f"config/{stem}.yaml"] = new_file(filename, upstream)
        else:
            known = _known(base, file, sort, before)
            changes = compare(file, upstream, known)
            path = file.location.path
            text = (root / path).read_text("utf-8")
            texts[f"config/{stem}.yaml"] = changed_file(text, path, changes, upstream)
            found.append(FileChanges(filename, stem, "", changes, readers))
    path = base.location.path
    text = (root / path).read_text("utf-8")
    texts["line.yaml"] = _line_text(text, path, version, found)
    folder = f"{SPECS}/lines/{name}"
    return NewLine(name, base.name, texts, tuple(found), tuple(_marks(folder, texts)))


def _matches(pattern: str, text: str) -> bool:
    return "\n" not in text and bool(re.search(pattern, text))


def _readers(catalog: Catalog, file: ConfigFile | None) -> tuple[str, ...]:
    charts = catalog.charts.values()
    return tuple(chart.name for chart in charts if file and file in chart.config)


def _known(line: ReleaseLine, file: ConfigFile, sort: Sort | None, before: Files | None) -> Known:
    """What upstream's file of the line's release holds."""

    def by_files(path: Path, node: Mapping[str, Any] | None) -> Stock:
        assert before is not None
        try:
            value = before[file.filename].value(path)
        except KeyError:
            return Stock(_own(node), omitted=node is not None)
        return Stock((value,), f"as in {line.name}" if node is None else "")

    def by_imports(path: Path, node: Mapping[str, Any] | None) -> Stock:
        name = (line.product, file.name, *path)
        setting = (sort and sort.find(name)) or Setting()
        if node is None:
            return Stock(None, setting.because)
        stock = setting.stock or (sort and _above(sort, name)) or _own(node)
        return Stock(stock, omitted=setting.omitted)

    return by_imports if before is None else by_files


def _above(sort: Sort, name: Path) -> tuple[Any, ...]:
    """What is known of upstream's values of a key by those of a section that it is in."""
    for size in range(len(name) - 1, 2, -1):
        setting = sort.find(name[:size])
        if setting and setting.stock:
            inner = (value_at(value, ".".join(name[size:])) for value in setting.stock)
            return tuple(value for value in inner if value is not None)
    return ()


def _own(node: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    return (node["default"],) if node and "default" in node else None


def _line_text(text: str, shown: str, version: str, files: Sequence[FileChanges]) -> str:
    """The new line.yaml: all of the old one but the version, with what to look at."""
    data = parse_plain(text, shown)
    came = [file.name for file in files if file.state == "added"]
    unprefixed = data.get("unprefixedFiles", ())
    gone = [f.name for f in files if f.state == "removed" and f.name in unprefixed]
    advice = {
        "environmentPrefix": came
        and f"look whether variables of new files have it: {_listed(came)}",
        "unprefixedFiles": gone and f"these files are gone: {_listed(gone)}",
        "discovery": "look whether the modules work with these, and for others",
        "refusedDiscovery": "look whether these still fail",
        "library": "give its version in go.mod of this release",
        "images": f"give images with the tag {version} in chart-specs/images/; see to the commands",
    }
    result = Changes(Text(text, shown))
    result.put(("appVersion",), version)
    for key, words in advice.items():
        if words and key in data:
            result.comment((key,), marks([str(words)]))
    return str(result)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _marks(folder: str, texts: Mapping[str, str]) -> Iterator[Mark]:
    for path, text in sorted(texts.items()):
        for number, line in enumerate(text.splitlines(), 1):
            words = line.lstrip().removeprefix("# ")
            if words.startswith(MARK):
                yield Mark(f"{folder}/{path}", number, words.removeprefix(MARK))

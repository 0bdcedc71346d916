"""docs/images.md: the images that charts run, from the facts about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from openim_charts.charts.compiler import Compiler
from openim_charts.charts.metadata import images_of
from openim_charts.specs.image_model import Base, ImageFile
from openim_charts.specs.keys.image import DEFAULT_STOP_SIGNAL, Account, Source

_HEAD = """# Images

Made by `make docs` from `chart-specs/images/`; do not edit by hand. That folder is the one place
where a tag or digest stands, and where it is written what is known about an image.
`openim-charts images --check` asks each registry whether it is still true, `--facts REFERENCE`
writes a file for another image, and `--pin` writes digests.

How sure a fact is: **registry** was read from the image itself, **source** from the sources of this
tag, **near** from those of another tag, **memory** was not read. A program that is in no list was
not looked for. The user is the one that an image declares; charts run each as an ordinary user.
`{name}` stands for the name of the chart that runs the image.

A volume of an image that no mount of the chart covers is a folder that the container runtime makes
on the node for each container: it stays writable under a read-only root file system, no limit of
the pod counts what is in it, and it goes with the container. No chart keeps anything there: the
check `image-volumes` refuses data below or above such a volume.
"""
Users = Sequence[tuple[str, str]]  # charts, and layouts of them

_SURE = ("memory", "near", "source", "registry")  # the least sure first
_MANY = 6  # charts of one image that are named


def images_reference(compiler: Compiler) -> str:
    """The whole document."""
    images = compiler.catalog.images
    users = _users(compiler)
    lines = [_HEAD, "| image | tag | run by | user | license | least sure fact |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for name, image in images.items():
        cells = (
            f"[{name}](#{name})",
            f"`{image.tag}`",
            _charts(users.get(name, ())),
            _user(image),
            _license(image),
            min((source.certainty for source in image.sources), key=_SURE.index),
        )
        lines.append(_row(*cells))
    for image in images.values():
        lines += _section(image, users.get(image.name, ()))
    lines.append("\n## Bases\n")
    lines.append("What images on one root file system share.\n")
    lines += ["| base | what it is | shell | programs | known not to be there | source |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    lines += [_base_row(base) for base in _bases(images)]
    return "\n".join(lines) + "\n"


def _users(compiler: Compiler) -> dict[str, list[tuple[str, str]]]:
    """For each image the charts that run it, and the layout that does, "" for the first."""
    catalog = compiler.catalog
    found: dict[str, list[tuple[str, str]]] = {}
    for name, chart in catalog.charts.items():
        if chart.kind == "umbrella":
            continue
        _, tree = compiler.compile_parts(name)
        first = [entry["image"] for entry in images_of([(tree, chart)])]
        named = [f.name for text in first if (f := catalog.image_of(text))]
        for image in dict.fromkeys(named):
            found.setdefault(image, []).append((name, ""))
        for layout, said in chart.images.items():
            if said.image.name not in named:
                found.setdefault(said.image.name, []).append((name, layout))
    return found


def _charts(users: Users) -> str:
    parts = []
    for layout in dict.fromkeys(layout for _, layout in users):
        charts = [chart for chart, by in users if by == layout]
        named = f"{len(charts)} charts" if len(charts) > _MANY else ", ".join(charts)
        parts.append(f"{named} with `image.layout: {layout}`" if layout else named)
    return "; ".join(parts)


def _license(image: ImageFile) -> str:
    return "none declared" if image.license == "NONE" else image.license


def _section(image: ImageFile, users: Users) -> Iterator[str]:
    yield f"\n## {image.name}\n"
    yield f"`{image.reference}`, run by {_charts(users)}. License: {_license(image)}.\n"
    yield "| fact | value |"
    yield "| --- | --- |"
    for key, value in _facts(image).items():
        if value:
            yield _row(key, value)
    yield ""
    if image.entrypoint_does:
        yield f"What its entrypoint does: {_text(image.entrypoint_does)}\n"
    if image.precedence:
        yield f"Settings: {_text(image.precedence)}\n"
    for note in image.notes:
        yield f"- {note}"
    if image.notes:
        yield ""
    yield "Sources:\n"
    for source in image.sources:
        yield f"- {_source(source)}"


def _facts(image: ImageFile) -> Mapping[str, str]:
    said = image.configuration
    own = [n for n, p in image.programs.items() if p != image.base.programs.get(n)]
    lost = image.base.programs.keys() - image.programs.keys()
    missing = sorted(({*image.absent} - {*image.base.absent}) | lost)
    stop = said.stop_signal if said.stop_signal != DEFAULT_STOP_SIGNAL else ""
    return {
        "platforms": ", ".join(image.platforms),
        "user": _user(image),
        "owner of its data": _account(image.data_owner) if image.data_owner else "",
        "volumes": _code(said.volumes),
        "working directory": _code([said.working_dir]),
        "entrypoint": _code([" ".join(said.entrypoint)] if said.entrypoint else ()),
        "command": _code([" ".join(said.cmd)] if said.cmd else ()),
        "ports": ", ".join(said.ports),
        "stop signal": stop,
        "variables": _code(f"{k}={v}" if v is not None else k for k, v in said.env.items()),
        "shell": f"`{image.shell}`" if image.shell else "none",
        "base": f"[{image.base.name}](#bases)",
        "programs beside the base's": _code(image.programs[n].path or n for n in own),
        "known not to be there": _code(missing),
        "nothing else is there": "yes" if image.complete else "",
        "writes": "; ".join(_written(image)),
        "variables that win over a file": "; ".join(_overrides(image)),
        "variables that only its entrypoint reads": image.without_effect,
    }


def _written(image: ImageFile) -> Iterator[str]:
    for path in image.writes:
        need = ", must be writable" if path.needed else ""
        setting = f", set by {path.setting}" if path.setting else ""
        yield f"`{path.path}`: {path.what}{need}{setting}"


def _overrides(image: ImageFile) -> Iterator[str]:
    for override in image.overrides:
        key = f"`{override.key}` of " if override.key else ""
        yield f"`{override.variable}` over {key}`{override.file}`"


def _bases(images: Mapping[str, ImageFile]) -> list[Base]:
    found = {image.base.name: image.base for image in images.values()}
    return [found[name] for name in sorted(found)]


def _base_row(base: Base) -> str:
    shell = f"`{base.shell}`" if base.shell else "none"
    absent = "all others" if base.complete else _code(base.absent)
    sources = "; ".join(_source(source) for source in base.sources)
    programs = " ".join(sorted(base.programs)) or "none"
    return _row(base.name, base.description, shell, programs, absent, sources)


def _source(source: Source) -> str:
    parts = [f"**{source.certainty}**"]
    if source.facts:
        parts[0] += f" ({', '.join(source.facts)})"
    where = [source.repository, source.path, f"at {source.at}" if source.at else ""]
    return ": ".join([parts[0], *filter(None, [", ".join(filter(None, where)), source.note])])


def _user(image: ImageFile) -> str:
    declared = image.configuration.user
    if not declared:
        return "root (0)"
    account = f"{image.account.uid}:{image.account.gid}"
    return account if declared == account else f"`{declared}` ({account})"


def _account(account: Account) -> str:
    return f"{account.uid}:{account.gid}" + (f" ({account.name})" if account.name else "")


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _text(text: str) -> str:
    return " ".join(text.split())


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

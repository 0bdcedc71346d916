"""``openim-charts images``"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from generator.cli import options
from generator.cli.console import Console
from generator.cli.project import select
from generator.cli.report import counted
from generator.findings import UserError

if TYPE_CHECKING:
    from generator.images.api import Answer, Image, UsedImage
    from generator.specs.model import Catalog

MIRROR = "registry.local:5000"
_MIRROR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._/-]+)?")


@click.command(
    epilog="""\b
    Examples:
      openim-charts images openim                     what the umbrella chart runs
      openim-charts images --check --format json
      openim-charts images --pin                      digests into chart-specs/images/
      openim-charts images --bundle offline --mirror registry.example.com:5000
    """
)
@options.NAMES
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--check", is_flag=True, help="Ask each registry for it, for linux/amd64 and linux/arm64."
)
@click.option("--pin", is_flag=True, help="Ask, and write digests into chart-specs/images/.")
@click.option(
    "--bundle",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write lists for machines with no way out into a new folder.",
)
@click.option(
    "--mirror",
    metavar="REGISTRY",
    help=f"Where the bundle's images will be.  [default: {MIRROR}]",
)
@click.option("--plain-http", is_flag=True, help="Speak HTTP with registries not on loopback.")
@options.helm
@options.project_without_format
def command(
    names: tuple[str, ...],
    style: str,
    check: bool,
    pin: bool,
    folder: Path | None,
    mirror: str | None,
    plain_http: bool,
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    root: Path,
    console: Console,
) -> int:
    """List the images of a build with the charts that use them.

    Images are those that charts name in Chart.yaml, and those of every pod that default values or
    a values file in ci/ render.
    """
    from generator.images import api
    from generator.specs.api import load_catalog

    _check_bundle(folder, mirror)
    catalog = load_catalog(root)
    images = _collect(catalog, select(catalog, names), helm, jobs, console)
    answers: dict[Image, Answer] = {}
    if check or pin:
        with console.progress("asking", len(images)) as advance:
            found = api.check_images(
                [used.image for used in images], plain_http=plain_http, advance=advance
            )
            answers = {answer.image: answer for answer in found}
    printer = api.as_json if style == "json" else api.as_text
    click.echo(printer(images, answers), nl=False)
    wrong = [answer for answer in answers.values() if answer.problem]
    if folder:
        _write_bundle(folder, images, mirror or MIRROR, console)
    if pin:
        _pin(root, answers, console)
    if wrong:
        click.echo(f"faulty: {len(wrong)} of {counted(len(images), 'image')}", err=True)
    return int(bool(wrong))


def _collect(
    catalog: Catalog,
    wanted: Sequence[str],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    console: Console,
) -> list[UsedImage]:
    from generator.charts.api import compile_chart
    from generator.cli.workers import cores
    from generator.helm.find import find_helm
    from generator.images.api import collect_images
    from generator.packaging.api import package

    engine = find_helm(helm)
    archives = {n: package(compile_chart(catalog, n), catalog.source_date) for n in wanted}
    kubernetes = catalog.repository.kubernetes[-1]
    with console.progress("rendering", len(archives)) as advance:
        return collect_images(archives, engine, kubernetes, jobs or cores(), advance)


def _check_bundle(folder: Path | None, mirror: str | None) -> None:
    """Refuse what cannot be written, before minutes of work."""
    if folder and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"--bundle {folder}: there is something there already; give a new folder")
    if mirror is None:
        return
    if folder is None:
        raise UserError("--mirror says where the images of a bundle will be: give --bundle FOLDER")
    if not _MIRROR.fullmatch(mirror):
        raise UserError(
            f"--mirror {mirror}: write a host, perhaps with a port and a path in lower case, "
            f"such as {MIRROR}, without https://"
        )


def _write_bundle(folder: Path, images: Sequence[UsedImage], mirror: str, console: Console) -> None:
    from generator.images.api import bundle

    files = bundle([used.image for used in images], mirror)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    console.say(f"{folder}: {counted(len(images), 'image')} for {mirror}")


def _pin(root: Path, answers: Mapping[Image, Answer], console: Console) -> None:
    from dataclasses import replace

    from generator.images.api import pin_files
    from generator.specs.layout import IMAGES, SPECS

    known = {
        replace(image, digest=""): answer.digest
        for image, answer in answers.items()
        if image.tag and answer.digest and (answer.moved or not answer.problem)
    }
    changed, found = pin_files(root / SPECS / IMAGES, known)
    for path, text in changed.items():
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, "utf-8")
        part.replace(path)
        console.say(f"pinned {path.relative_to(root)}")
    for image in sorted(known.keys() - found):
        console.say(f"not pinned: no file in {SPECS}/{IMAGES} has the tag of {image} alone")

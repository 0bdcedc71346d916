"""``openim-charts images``"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from openim_charts.cli import options
from openim_charts.cli.project import select
from openim_charts.cli.report import Console, counted
from openim_charts.findings import Finding, UserError

if TYPE_CHECKING:
    from openim_charts.images.api import Answer, Image, UsedImage
    from openim_charts.specs.model import Catalog

MIRROR = "registry.local:5000"
_MIRROR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._/-]+)?")


@click.command(
    epilog="""\b
    Examples:
      openim-charts images openim                     what the umbrella chart runs
      openim-charts images --check --format json
      openim-charts images --pin                      digests into chart-specs/images/
      openim-charts images --facts quay.io/minio/mc:RELEASE.2025-08-13T08-35-41Z
      openim-charts images --bundle offline --mirror registry.example.com:5000
    """
)
@options.NAMES
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--check",
    is_flag=True,
    help="Ask each registry for it, for linux/amd64 and linux/arm64, and for what is no longer "
    "true of the facts in chart-specs/images/.",
)
@click.option("--pin", is_flag=True, help="Ask, and write digests into chart-specs/images/.")
@click.option(
    "--facts",
    "reference",
    metavar="REFERENCE",
    help="Print a file for chart-specs/images/ with what a registry says of an image.",
)
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
    reference: str | None,
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
    from openim_charts.images import api
    from openim_charts.specs.api import load_catalog

    if reference is not None:
        if names or check or pin or folder or mirror:
            raise UserError("--facts is about one image: leave out charts and other options")
        return _print_facts(reference, plain_http)
    _check_bundle(folder, mirror)
    catalog = load_catalog(root)
    wanted = select(catalog, names)
    images = _collect(catalog, wanted, helm, jobs, console)
    if check:
        images = api.with_layouts(images, [catalog.charts[name] for name in wanted])
    answers: dict[Image, Answer] = {}
    if check or pin:
        with console.progress("asking", len(images)) as advance:
            found = api.check_images(
                [used.image for used in images],
                plain_http=plain_http,
                configurations=check,
                advance=advance,
            )
            answers = {answer.image: answer for answer in found}
    stale = _stale(catalog, answers) if check else {}
    printer = api.as_json if style == "json" else api.as_text
    click.echo(printer(images, answers, stale), nl=False)
    if folder:
        _write_bundle(folder, images, mirror or MIRROR, console)
    if pin:
        _pin(root, answers, console)
    wrong = [a for a in answers.values() if a.problem or stale.get(a.image)]
    if wrong:
        click.echo(f"faulty: {len(wrong)} of {counted(len(images), 'image')}", err=True)
    return int(bool(wrong))


def _print_facts(reference: str, plain_http: bool) -> int:
    from openim_charts.images.api import check_images, described, parse_image

    image = parse_image(reference)
    if image is None:
        raise UserError(f"--facts {reference}: write an image such as docker.io/library/redis:8.6")
    (answer,) = check_images([image], plain_http=plain_http, configurations=True)
    if answer.found is None:
        raise UserError(f"{image}: {answer.problem}")
    click.echo(described(answer), nl=False)
    return 0


def _stale(catalog: Catalog, answers: Mapping[Image, Answer]) -> dict[Image, list[Finding]]:
    """For each image what its file says of it and is no longer true, by place."""
    from openim_charts.images.api import stale_facts

    found = {}
    for image, answer in answers.items():
        facts = catalog.image_of(str(image))
        if facts:
            found[image] = sorted(stale_facts(facts, answer))
    return found


def _collect(
    catalog: Catalog,
    wanted: Sequence[str],
    helm: Literal["auto", "command", "embedded"],
    jobs: int | None,
    console: Console,
) -> list[UsedImage]:
    from openim_charts.charts.api import compile_chart
    from openim_charts.cli.workers import cores
    from openim_charts.helm.find import find_helm
    from openim_charts.images.api import collect_images
    from openim_charts.packaging.api import package

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
    from openim_charts.images.api import bundle

    files = bundle([used.image for used in images], mirror)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    console.say(f"{folder}: {counted(len(images), 'image')} for {mirror}")


def _pin(root: Path, answers: Mapping[Image, Answer], console: Console) -> None:
    from dataclasses import replace

    from openim_charts.images.api import pin_files
    from openim_charts.specs.layout import IMAGES, SPECS

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

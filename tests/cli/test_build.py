"""``build`` and ``lint``: what is written, and when nothing is."""

from __future__ import annotations

import os
import signal
import time

import pytest

from openim_charts.repository.staging import files_in
from tests.cli.projects import Cli

# Images must be pinned, and what a default value does shows when the chart is rendered.
BAD = ("exposure:", "values: {image: {tag: latest}}\nexposure:")


def test_unchanged_touches_nothing_and_says_so(cli: Cli) -> None:
    first = cli("build")
    assert first.code == 0, first.out + first.err
    assert first.err.splitlines()[-1] == "dist/charts: 2 of 2 charts changed"
    before = cli.snapshot()
    assert {"index.yaml", "alpha-1.0.0.tgz", "beta-1.0.0.tgz"} <= before.keys()
    again = cli("build")
    assert (again.code, again.out, again.err) == (0, "", "dist/charts: nothing changed\n")
    assert cli.snapshot() == before
    forced = cli("build", "--force")
    assert forced.err.endswith("dist/charts: nothing changed, 2 charts checked\n")
    assert cli.snapshot() == before


def test_a_deleted_archive_comes_back(cli: Cli) -> None:
    cli("build")
    before = cli.snapshot()
    (cli.folder / "dist/charts/beta-1.0.0.tgz").unlink()
    assert cli("build").code == 0
    assert cli.snapshot()["beta-1.0.0.tgz"][2] == before["beta-1.0.0.tgz"][2]


def test_another_date_needs_no_new_checks(cli: Cli) -> None:
    """While a file is not committed the date of the sources is now, at each build another."""
    cli("build")
    before = cli.snapshot()
    answers = cli.answers()
    assert cli("build", environment={"SOURCE_DATE_EPOCH": "1760000000"}).code == 0
    assert cli.snapshot()["alpha-1.0.0.tgz"] != before["alpha-1.0.0.tgz"]
    assert cli.answers() == answers
    cli.change("alpha", "A site called", "The site called")
    assert cli("build").code == 0
    assert len(cli.answers() - answers) == 1, "what Helm renders is the same"


def test_one_chart_leaves_the_others(cli: Cli) -> None:
    cli("build")
    before = cli.snapshot()
    for name in ("alpha", "beta"):
        cli.change(name, "version: 1.0.0", "version: 1.1.0")
    assert cli("build", "alpha").code == 0
    after = cli.snapshot()
    assert "alpha-1.1.0.tgz" in after
    assert "alpha-1.0.0.tgz" not in after
    assert after["beta-1.0.0.tgz"] == before["beta-1.0.0.tgz"]
    assert cli("build").code == 0
    assert "beta-1.1.0.tgz" in cli.snapshot()


def test_findings_of_all_charts_and_nothing_written(cli: Cli) -> None:
    cli("build")
    before = cli.snapshot()
    for name in ("alpha", "beta"):
        cli.change(name, *BAD)
    result = cli("build")
    assert result.code == 1
    for name in ("alpha", "beta"):
        assert f"chart-specs/front/{name}.yaml:6:1: images-pinned: " in result.out
    assert cli.snapshot() == before
    assert cli("lint", "alpha").out == "".join(
        line for line in result.out.splitlines(True) if "/alpha.yaml" in line
    )


def test_first_build_with_findings_leaves_no_folder(cli: Cli) -> None:
    cli.change("alpha", *BAD)
    assert cli("build").code == 1
    assert not list(cli.folder.glob("dist/*"))


def test_many_threads_give_the_same_as_one(cli: Cli) -> None:
    for name in ("gamma", "delta", "epsilon"):
        text = cli.spec("alpha").read_text().replace("name: alpha", f"name: {name}")
        text = text.replace("path: /alpha", f"path: /{name}")
        (cli.specs / "front" / f"{name}.yaml").write_text(text)
    assert cli("build", "--jobs", "1", "--output", "one").code == 0
    assert cli("build", "--jobs", "3", "--output", "many", "--force").code == 0
    contents = [
        {p: (cli.folder / out / p).read_bytes() for p in files_in(cli.folder / out)}
        for out in ("one", "many")
    ]
    assert len(contents[0]) >= 6
    assert contents[0] == contents[1]


def test_quiet(cli: Cli) -> None:
    result = cli("build", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_foreign_folder_is_refused(cli: Cli) -> None:
    folder = cli.folder / "mine"
    folder.mkdir()
    (folder / "thesis.doc").write_text("years of work")
    result = cli("build", "--output", "mine")
    assert result.code == 2
    assert "thesis.doc" in result.err
    assert [p.name for p in folder.iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("delay", [0.2, 0.6, 1.0, 1.5])
def test_killed_builds_leave_the_old_or_the_new(cli: Cli, delay: float) -> None:
    cli("build")
    old = {name: content for name, (_, _, content) in cli.snapshot().items()}
    for name in ("alpha", "beta"):
        cli.change(name, f"A site called {name}", "Another site")
        cli.change(name, "version: 1.0.0", "version: 2.0.0")
    process = cli.start("build")
    time.sleep(delay)
    process.kill()
    process.communicate()
    left = {name: content for name, (_, _, content) in cli.snapshot().items()}
    assert cli("build").code == 0
    new = {name: content for name, (_, _, content) in cli.snapshot().items()}
    assert left in (old, new)
    assert [p.name for p in (cli.folder / "dist").iterdir() if p.name.endswith("charts")]
    assert not list((cli.folder / "dist").glob(".charts.next-*"))


def test_interrupt_is_one_line(cli: Cli) -> None:
    for number in range(40):  # more than can be built before the signal comes
        text = cli.spec("alpha").read_text().replace("name: alpha", f"name: site-{number}")
        text = text.replace("path: /alpha", f"path: /site-{number}")
        (cli.specs / "front" / f"site-{number}.yaml").write_text(text)
    process = cli.start("build", "--jobs", "2", start_new_session=True)
    assert process.stderr
    process.stderr.readline()  # threads are running
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted; nothing was changed"
    assert "Traceback" not in err
    assert not (cli.folder / "dist/charts").exists()

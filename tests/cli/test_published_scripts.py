"""Scripts: what users run, published beside the index."""

from __future__ import annotations

from tests.cli.projects import Cli

SCRIPT = "#!/bin/sh\nrepository=https://openimsdk.github.io/openim-charts\n"


def test_scripts_stand_beside_the_index_with_its_address(cli: Cli) -> None:
    folder = cli.folder / "chart-specs" / "scripts"
    folder.mkdir()
    (folder / "operate").write_text(SCRIPT)
    assert cli("build").code == 0
    assert cli.snapshot()["scripts/operate"][2] == SCRIPT.encode()
    (folder / "operate").write_text(SCRIPT + "echo\n")
    assert cli("build").code == 0
    assert cli.snapshot()["scripts/operate"][2] == (SCRIPT + "echo\n").encode()

    place = cli.folder / "published"
    assert cli("publish", "--to", str(place), "--url", "https://mirror.example.net/im").code == 0
    published = (place / "scripts" / "operate").read_text("utf-8")
    assert (
        published
        == SCRIPT.replace("openimsdk.github.io/openim-charts", "mirror.example.net/im") + "echo\n"
    )

    (folder / "operate").unlink()
    assert cli("build").code == 0
    assert "scripts/operate" not in cli.snapshot()

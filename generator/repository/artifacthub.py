"""``artifacthub-repo.yml``: who owns the repository, for Artifact Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.specs.model import Repository

ARTIFACT_HUB = "artifacthub-repo.yml"


def artifacthub_repository(repository: Repository, identifier: str = "") -> bytes:
    """The file that goes beside the index.

    ``identifier`` is the repository's ID, which Artifact Hub's control panel shows; with it the
    publisher is marked as verified. Owners are the maintainers that have an address.
    """
    from generator.yamlio.writer import dump

    owners = [{"name": m.name, "email": m.email} for m in repository.maintainers if m.email]
    content: dict[str, object] = {"repositoryID": identifier, "owners": owners}
    known = {key: value for key, value in content.items() if value}
    head = f"# {repository.home}\n"
    return (head + (dump(known) if known else "")).encode()

"""``artifacthub-repo.yml``: who owns the repository, for Artifact Hub."""

from __future__ import annotations

from generator.specs.model import Repository
from generator.yamlio.writer import dump

ARTIFACT_HUB = "artifacthub-repo.yml"


def artifacthub_repository(repository: Repository, identifier: str = "") -> bytes:
    """The file that goes beside the index.

    ``identifier`` is the repository's ID, which Artifact Hub's control panel shows; with it the
    publisher is marked as verified. Owners are the maintainers that have an address.
    """
    owners = [{"name": m.name, "email": m.email} for m in repository.maintainers if m.email]
    content: dict[str, object] = {"repositoryID": identifier, "owners": owners}
    known = {key: value for key, value in content.items() if value}
    head = f"# {repository.home}\n"
    return (head + (dump(known) if known else "")).encode()

"""``artifacthub-repo.yml``: what Artifact Hub is told of a repository.

https://artifacthub.io/docs/topics/repositories says what it holds. An ID makes the publisher a
verified one; an owner may claim the repository. A file that says nothing is an error there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.specs.model import ArtifactHub

ARTIFACT_HUB = "artifacthub-repo.yml"


def of_repository(hub: ArtifactHub) -> bytes:
    """The file that goes beside the index; b"" when there is nothing to say."""
    return _text({"repositoryID": hub.repository_id, "owners": hub.owners, "ignore": hub.ignore})


def of_chart(hub: ArtifactHub, chart: str) -> bytes:
    """The file of one chart in a registry, which Artifact Hub lists as a repository of its own."""
    return _text({"repositoryID": hub.registry_ids.get(chart, ""), "owners": hub.owners})


def _text(content: Mapping[str, object]) -> bytes:
    from generator.yamlio.writer import dump

    known = {key: value for key, value in content.items() if value}
    return dump(known).encode() if known else b""

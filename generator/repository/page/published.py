"""The files beside a published index: its page, and what the page speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from generator.findings import UserError
from generator.packaging.keyring import fingerprints, joined
from generator.repository.index import Index
from generator.repository.page.data import keys_of
from generator.repository.page.details import details_from_archive
from generator.repository.page.model import ChartDetails, PageInfo
from generator.repository.page.site import KEYS, PROGRAM, build_page, program
from generator.repository.publish_plan import Plan, Published
from generator.repository.release import Release


@dataclass(frozen=True, slots=True)
class Site:
    """What a publisher knows of the page; calling it gives the files for a plan.

    ``releases``: the build. ``picture``: a chart's dependency picture, or "". ``files``: more
    files, as they are. ``key``: the public key that signs what is added, or b"". ``keyring``: the
    name of the file with such keys.
    """

    info: PageInfo
    releases: Sequence[Release] = ()
    picture: Callable[[str], str] = lambda _: ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    key: bytes = b""
    keyring: str = "signing-keys.gpg"

    def __call__(self, plan: Plan, place: Published) -> dict[str, bytes]:
        """Everything but archives and the index. Raises UserError.

        Only archives that the plan adds are read, unless another release of this program wrote the
        page that is published: then all that the build has.
        """
        keyring = joined(place.read(self.keyring) or b"", self.key)
        info = self.info
        if keyring:
            shown = ", ".join(fingerprints(keyring))
            info = replace(info, signing_key=self.keyring, fingerprint=shown)
        keys = _sound(place.read(KEYS) or b"")
        page = build_page(plan.index.data, self._details(plan, place, keys), info, keys)
        signed = {self.keyring: keyring} if keyring else {}
        return {**self.files, **signed, **page}

    def details(self, release: Release) -> ChartDetails:
        """What the page shows of a release. Raises UserError."""
        return details_from_archive(release.archive, self.picture(release.name))

    def page(self, index: Index, details: Mapping[str, ChartDetails]) -> dict[str, bytes]:
        """Everything beside the index of a repository that holds one version of each chart."""
        return {**self.files, **build_page(index.data, details, self.info)}

    def _details(
        self, plan: Plan, place: Published, keys: bytes
    ) -> Callable[[str, str], ChartDetails | None]:
        built = {(r.name, r.version): r for r in self.releases}
        added = {(v.name, v.version) for v in plan.added}
        shown = keys_of(keys) if keys and place.same(PROGRAM, program()) else {}

        def details(name: str, version: str) -> ChartDetails | None:
            release = built.get((name, version))
            if release is None or (name in shown and (name, version) not in added):
                return None
            return self.details(release)

        return details


def _sound(keys: bytes) -> bytes:
    """The published keys; nothing when they are damaged, so that the page is made anew."""
    try:
        keys_of(keys)
    except UserError:
        return b""
    return keys

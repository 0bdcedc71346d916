"""chart-specs/repository.yaml: what all charts share."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import field

from openim_charts.specs.keys.base import Keys, about
from openim_charts.specs.keys.words import (
    URL,
    Name,
    Text,
)

Email = Annotated[
    str,
    about("An address for mail.", pattern=r"^[^@\s]+@[^@\s]+$", expects="a mail address"),
]
UUID = Annotated[
    str,
    about(
        "An ID of Artifact Hub.",
        pattern="^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
        expects="an ID such as 5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11",
    ),
]


class Maintainer(Keys, frozen=True):
    """A maintainer."""

    name: Annotated[Text, about("Name.")]
    email: Annotated[Email, about("Address for mail.")] = ""
    url: Annotated[URL, about("Page.")] = ""


class Owner(Keys, frozen=True):
    """An owner."""

    name: Annotated[Text, about("Name.")]
    email: Annotated[Email, about("Address of the account.")]


class IgnoredVersions(Keys, frozen=True):
    """Versions of a chart."""

    name: Annotated[Name, about("Name of the chart.")]
    version: Annotated[Text, about("Regular expression of its versions; without it all.")] = ""


class SignKey(Keys, frozen=True):
    """The key that signs the charts."""

    fingerprint: Annotated[
        str,
        about(
            "Fingerprint of the primary key.",
            pattern="^[0-9A-F]{40}$",
            expects="a fingerprint of 40 hexadecimal digits in capitals, without spaces",
        ),
    ]
    url: Annotated[
        URL, about("Where the public key is; without it the keyring beside the index.")
    ] = ""


class ArtifactHub(Keys, frozen=True):
    """What Artifact Hub is told of the repository."""

    repository_id: Annotated[
        UUID,
        about(
            "ID that Artifact Hub gave to the Helm repository; makes the publisher a verified one."
        ),
    ] = field(name="repositoryID", default="")
    registry_ids: Annotated[
        Mapping[Name, UUID],
        about("IDs of charts in an OCI registry, by chart: each is a repository of its own there."),
    ] = field(name="registryIDs", default_factory=dict)
    owners: Annotated[
        tuple[Owner, ...],
        about(
            "Who may claim the repository on Artifact Hub: accounts with these addresses.",
            minItems=1,
        ),
    ] = ()
    ignore: Annotated[
        tuple[IgnoredVersions, ...],
        about(
            "Charts that the Helm repository holds and Artifact Hub should not list.", minItems=1
        ),
    ] = ()
    sign_key: Annotated[
        SignKey | None,
        about("The key that signs the charts. 'publish --sign' refuses another one."),
    ] = None


class Repository(Keys, frozen=True, kw_only=True):
    """What all charts share: chart-specs/repository.yaml."""

    name: Annotated[Name, about("Name of the Helm repository.")]
    url: Annotated[URL, about("Where the repository is served.")]
    home: Annotated[URL, about("Home page of the project.")]
    description: Annotated[Text, about("What the repository holds, in one line.")]
    license: Annotated[
        str,
        about(
            "SPDX identifier of the charts' license.",
            pattern="^[A-Za-z0-9.+-]+$",
            expects="an SPDX identifier such as Apache-2.0",
        ),
    ]
    sources: Annotated[
        tuple[Annotated[URL, about("A repository of sources.")], ...],
        about("Where the sources are.", uniqueItems=True),
    ]
    keywords: Annotated[
        tuple[Annotated[Text, about("One keyword.")], ...],
        about("Keywords of every chart.", uniqueItems=True),
    ] = ()
    maintainers: Annotated[tuple[Maintainer, ...], about("Who maintains the charts.", minItems=1)]
    icon: Annotated[URL, about("Icon of every chart.")] = ""
    artifact_hub: Annotated[
        ArtifactHub,
        about(
            "What Artifact Hub is told of the repository: artifacthub-repo.yml beside the index "
            "and with each chart in a registry, and the signing key in every chart."
        ),
    ] = ArtifactHub()
    kubernetes: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "A minor.",
                    pattern=r"^1\.[1-9][0-9]*$",
                    expects='a Kubernetes minor such as "1.31"',
                ),
            ],
            ...,
        ],
        about(
            "Kubernetes minors that charts are validated against, oldest first.",
            minItems=1,
            uniqueItems=True,
        ),
    ]
    registries: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "Host of a registry.",
                    pattern="^[a-z0-9.-]+(:[0-9]+)?$",
                    expects="a registry host such as docker.io",
                ),
            ],
            ...,
        ],
        about("Image registries that charts may name.", minItems=1, uniqueItems=True),
    ]
    refused_images: Annotated[
        tuple[Annotated[Text, about("One pattern.")], ...],
        about(
            "Images that no chart may name: patterns over registry/repository, '*' for any text.",
            uniqueItems=True,
        ),
    ] = ()

    @property
    def kube_version(self) -> str:
        """The constraint for Chart.yaml: the oldest tested minor, pre-release builds included."""
        return f">={self.kubernetes[0]}.0-0"

    @property
    def signing_key(self) -> Mapping[str, str]:
        """Fingerprint and address of the public key; {} when charts are not signed."""
        key = self.artifact_hub.sign_key
        # 'publish --sign' puts the public keys beside the index, in a file of this name.
        keyring = f"{self.url.rstrip('/')}/{self.name}.gpg"
        return {"url": key.url or keyring, "fingerprint": key.fingerprint} if key else {}

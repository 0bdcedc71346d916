"""chart-specs/dependencies/ and credentials/: what modules connect to, and Secrets."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import field

from openim_charts.specs.keys.base import Keys, about
from openim_charts.specs.keys.value import Values
from openim_charts.specs.keys.words import (
    ClusterPrefixed,
    Name,
    PortName,
    Text,
)


class SecretKey(Keys, frozen=True):
    """One key of the Secret."""

    description: Annotated[Text, about("What the key holds.")]
    generate: Annotated[
        int | None,
        about(
            "Length of the alphanumeric text that is made when none is given.",
            minimum=8,
            maximum=128,
        ),
    ] = None
    value: Annotated[str, about("A fixed value that is not secret, such as a user name.")] = ""
    optional: Annotated[bool, about("The module runs without it.")] = False
    whole: Annotated[
        bool,
        about(
            "It says where the dependency is and how to log in; beside it a Secret elsewhere needs "
            "no other key, and no addresses."
        ),
    ] = False


SecretKeys = Annotated[
    Mapping[
        Annotated[
            str,
            about(
                "A key of a Secret.",
                pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$",
                maxLength=253,
                expects="a key of a Secret: letters, digits, '.', '_' and '-'",
            ),
        ],
        SecretKey,
    ],
    about("Keys of the Secret.", minProperties=1),
]


class Login(Keys, frozen=True, kw_only=True):
    """The Secret with its login; without it there is none."""

    description: Annotated[Text, about("What the Secret is for.")] = ""
    optional: Annotated[bool, about("Used only when global.NAME.existingSecret is set.")] = False
    secret_keys: Annotated[SecretKeys, about("Keys of the Secret.")] = field(name="keys")


class CredentialKeys(Login, frozen=True, kw_only=True):
    """A Secret that modules share and no middleware owns: chart-specs/credentials/NAME.yaml."""

    description: Annotated[Text, about("What the Secret is for.")]
    owner: Annotated[
        Name, about("The chart that makes the Secret; without it only the user can.")
    ] = ""
    values: Annotated[Values, about("JSON Schema properties added to global.NAME.")] = field(
        default_factory=dict
    )


class KubeBlocks(Keys, frozen=True, kw_only=True):
    """What a KubeBlocks cluster of it makes."""

    component: Annotated[
        Name, about("Chart that makes the Cluster; without it the dependency's component.")
    ] = ""
    service: Annotated[ClusterPrefixed, about("Name of the Service.")]
    secret: Annotated[ClusterPrefixed, about("Name of the Secret.")] = ""
    keys: Annotated[
        Mapping[
            str,
            Annotated[
                str,
                about(
                    "Key of KubeBlocks's Secret.",
                    pattern="^[-._a-zA-Z0-9]+$",
                    expects="a key of a Secret: letters, digits, '-', '_' and '.'",
                ),
            ],
        ],
        about("Our key of the credential to the Secret's key."),
    ] = {}
    values: Annotated[
        Mapping[str, Annotated[str, about("The value.")]],
        about(
            "Values of the dependency that the user of KubeBlocks's Secret needs; they replace "
            "those of global.NAME unless an existingSecret is named."
        ),
    ] = {}


class DependencyKeys(Keys, frozen=True, kw_only=True):
    """A middleware that modules use: chart-specs/dependencies/NAME.yaml."""

    title: Annotated[Text, about("Name for people.")]
    description: Annotated[Text, about("What modules keep there.")]
    component: Annotated[
        Name,
        about("Chart that provides it in the cluster; its Service is <instance>-COMPONENT."),
    ]
    alternatives: Annotated[
        tuple[Name, ...],
        about(
            "Other charts that can provide it, each with a port of that name. Then each chart is a "
            "mode of its own name in place of the mode builtin; the component is the default."
        ),
    ] = ()
    port_name: Annotated[PortName, about("Name of that chart's port where it is.")]
    scheme: Annotated[
        str,
        about(
            "Scheme of its URL; without it it has none.",
            pattern="^[a-z][a-z0-9+.-]*$",
            expects="a URL scheme such as http",
        ),
    ] = ""
    values: Annotated[Values, about("JSON Schema properties added to global.NAME.")] = field(
        default_factory=dict
    )
    kubeblocks: Annotated[
        KubeBlocks | None,
        about(
            "What a KubeBlocks cluster of it makes; {cluster} is the name of the Cluster object. "
            "Without it the mode kubeblocks is refused."
        ),
    ] = None
    login: Login | None = field(name="credential", default=None)

    @property
    def components(self) -> tuple[str, ...]:
        """The charts that can provide it, the default first."""
        return (self.component, *self.alternatives)

    @property
    def operated(self) -> str:
        """The chart that makes the KubeBlocks cluster; "" where there is none."""
        return (self.kubeblocks.component or self.component) if self.kubeblocks else ""

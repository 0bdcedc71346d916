"""chart-specs/features/NAME/feature.yaml: a capability that a chart can have."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from openim_charts.specs.keys.base import Keys, about
from openim_charts.specs.keys.words import (
    Section,
    Text,
)

MODE = "builtin"  # of features that say no other
SECTION = "Configuration"  # of values that say no other


class ProvidedKeys(Keys, frozen=True):
    """What other features and the folders beside specs may use."""

    conditions: ClassVar[Mapping[str, Any]] = {"minProperties": 1}
    hooks: Annotated[
        Mapping[
            Annotated[
                str,
                about(
                    "Name of a hook.",
                    pattern="^[a-zA-Z]+[.][a-zA-Z]+$",
                    expects="a name such as pod.volumes",
                ),
            ],
            Annotated[Text, about("What it is for, in one line.")],
        ],
        about("Places in its templates that others may write into, by name.", minProperties=1),
    ] = {}
    templates: Annotated[
        Mapping[
            Annotated[
                str,
                about(
                    "Name of a template.",
                    pattern="^[a-zA-Z*]+([.][a-zA-Z]+)?$",
                    expects="a name such as fullname or *.secretName",
                ),
            ],
            Annotated[Text, about("What it is for, in one line.")],
        ],
        about(
            "Named templates, by name without the chart's; * stands for what is computed.",
            minProperties=1,
        ),
    ] = {}


class FeatureKeys(Keys, frozen=True, kw_only=True):
    """A capability that a chart can have: chart-specs/features/NAME/feature.yaml."""

    description: Annotated[Text, about("What the feature does, in one line.")]
    section: Annotated[
        Section, about("Where a chart's values.yaml has the values of the feature.")
    ] = SECTION
    mode: Annotated[
        str,
        about(
            "In a chart that provides a dependency: with which global.DEPENDENCY.mode the "
            "templates of the feature render.",
            enum=(MODE, "kubeblocks"),
        ),
    ] = MODE
    order: Annotated[
        int,
        about(
            "Its place among the features of a chart: what it gives stands behind what lower "
            "numbers give."
        ),
    ]
    when: Annotated[
        Text,
        about(
            "A Jinja expression over chart, graph, catalog and hooks (names of those that the "
            "features of the chart give); where it does not hold, the feature gives nothing. "
            "Without it the feature always does."
        ),
    ] = ""
    consumes: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "A key of the chart, settings of another feature, owner (a credential or a "
                    "dependency's login names the chart as the one who makes its Secret), "
                    "kubeblocks (a dependency that the chart provides has names of a Cluster) or "
                    "secret (a config file of the chart takes a key of a Secret).",
                    pattern="^(config|exposure|images|internet|kubeblocks|probes|test|uses|owner"
                    "|secret|options[.][a-z][a-z0-9-]*)$",
                    expects="config, exposure, images, internet, kubeblocks, probes, test, uses, "
                    "owner, secret or options.FEATURE",
                ),
            ],
            ...,
        ],
        about(
            "What of a spec nobody consumes but this feature and others that list it; a chart that "
            "says it must name one of them. The settings options.FEATURE are always that "
            "feature's.",
            minItems=1,
            uniqueItems=True,
        ),
    ] = ()
    requires: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "A feature, or several of which one is enough: 'workload or stateful'.",
                    pattern="^[a-z][a-z0-9-]*( or [a-z][a-z0-9-]*)*$",
                    expects="a feature, or several with ' or ' between them",
                ),
            ],
            ...,
        ],
        about(
            "Features whose templates or values this one uses; a chart that names it must name "
            "them too.",
            minItems=1,
            uniqueItems=True,
        ),
    ] = ()
    provides: Annotated[
        ProvidedKeys, about("What other features and the folders beside specs may use.")
    ] = ProvidedKeys()

"""chart-specs/lines/: a release of a product, and its configuration files."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import field

from openim_charts.specs.keys.base import Keys, about, of
from openim_charts.specs.keys.value import ConfigKey
from openim_charts.specs.keys.words import (
    AppVersion,
    Name,
    Text,
    Word,
)


class ConfigFileKeys(Keys, frozen=True, kw_only=True):
    """One configuration file of a release line: chart-specs/lines/LINE/config/NAME.yaml."""

    filename: Annotated[Word, about("Name of the file in the container.")]
    description: Annotated[Text, about("What the file configures.")]
    properties: Annotated[
        Mapping[str, Any], about("Keys of the file.", additionalProperties=of(ConfigKey))
    ]
    definitions: Annotated[
        Mapping[str, Any],
        about("Shapes that keys share by $ref.", additionalProperties=of(ConfigKey)),
    ] = {}


class LayoutKeys(Keys, frozen=True):
    """An image and the command that starts the chart's program in it."""

    note: Annotated[
        Text,
        about("What users must know of it; stands in the description of image.layout."),
    ] = ""
    image: Annotated[
        Name, about("Name of the image: chart-specs/images/NAME.yaml has its tag.")
    ] = ""
    command: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "One word of the command.",
                    pattern=r"^(?![\s\S]*(?<!\$)\{(?!(name|binary)\})[A-Za-z]+\})",
                    expects="text whose placeholders are {name} and {binary}",
                ),
            ],
            ...,
        ],
        about(
            "Command and arguments; {name} is the chart's name, {binary} its program. Without it "
            "the image's own."
        ),
    ] = ()


LayoutsByName = Mapping[Name, LayoutKeys]


class Library(Keys, frozen=True):
    """The Go module by which the programs reach their middleware; tests run it in their place."""

    module: Annotated[
        str,
        about(
            "Path of the module.",
            pattern="^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$",
            expects="the path of a Go module, such as github.com/openimsdk/tools",
        ),
    ]
    version: Annotated[
        str,
        about(
            "Its version in the release's go.mod.",
            pattern="^v[0-9]+[.][0-9]+[.][0-9]+(-[0-9A-Za-z.-]+)?$",
            expects="a version such as v0.0.50-alpha.106",
        ),
    ]


class LineKeys(Keys, frozen=True, kw_only=True):
    """A release of a product: chart-specs/lines/LINE/line.yaml."""

    product: Annotated[
        str,
        about(
            "Product, the key under global.config.",
            pattern="^[a-z][A-Za-z0-9]*$",
            expects="a key such as server: letters and digits",
        ),
    ]
    app_version: Annotated[AppVersion, about("Version of the programs.")]
    environment_prefix: Annotated[
        str,
        about(
            "Prefix of the variables that override config keys.",
            pattern="^([A-Z][A-Z0-9_]*)?$",
            expects="capital letters, digits and '_'",
        ),
    ] = ""
    unprefixed_files: Annotated[
        tuple[Annotated[Word, about("Name of a config file.")], ...],
        about("Config files whose variables carry no prefix.", uniqueItems=True),
    ] = ()
    config_directory: Annotated[
        str,
        about(
            "Folder in the container that the config files are mounted at.",
            pattern=r"^/(?!.*\.\.)[A-Za-z0-9._/-]+$",
            expects="an absolute folder such as /config, without '..'",
        ),
    ] = "/config"
    discovery: Annotated[
        tuple[Annotated[Word, about("Name of a backend.")], ...],
        about(
            "Discovery backends that the line can run, the default first.",
            uniqueItems=True,
            minItems=1,
        ),
    ]
    refused_discovery: Annotated[
        Mapping[Word, Annotated[Text, about("Why it fails.")]],
        about("Backends that the programs know but that fail, and why."),
    ] = {}
    library: Library | None = None
    layouts: Annotated[
        LayoutsByName,
        about(
            "Layouts, by name: ways to get a module's program; the first is the default.",
            minProperties=1,
        ),
    ] = field(name="images")

"""Names, numbers and texts that keys of specs share: what one may look like, in a pattern and in
words."""

from typing import Annotated

from openim_charts.specs.keys.base import about

_DNS = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_DNS_WORDS = "a DNS name of at most 40 characters: lower-case letters, digits and inner dashes"

Name = Annotated[
    str, about("A lower-case DNS name.", pattern=f"^{_DNS}", maxLength=40, expects=_DNS_WORDS)
]
ChartName = Annotated[
    str,
    about(
        "A lower-case DNS name that does not mean something else among Helm's values.",
        pattern=f"^(?!(global|tags)$){_DNS}",
        maxLength=40,
        expects=f"{_DNS_WORDS}, and not global or tags",
    ),
]
AppVersion = Annotated[
    str,
    about(
        "The version of a program; it becomes a label.",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._+-]*[A-Za-z0-9])?$",
        maxLength=63,
        expects="a version such as v3.8.3, of at most 63 letters, digits, '.', '_', '+' and '-'",
    ),
]
Word = Annotated[
    str,
    about(
        "A name as files have it, without a folder.",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        maxLength=100,
        expects="a plain name: letters, digits, '.', '_' and '-', no folder",
    ),
]
PortName = Annotated[
    str,
    about(
        "The name of a port.",
        pattern=f"^{_DNS}",
        maxLength=15,
        expects="a port name of at most 15 characters: lower-case letters, digits and inner dashes",
    ),
]
PortNumber = Annotated[int, about("A port number.", minimum=1, maximum=65535)]
PortReference = Annotated[str | int, about("The name or number of a port of the chart.")]
Text = Annotated[
    str, about("One line of text.", pattern=r"^[^\n\r]*\S[^\n\r]*$", expects="one line of text")
]
URL = Annotated[
    str,
    about(
        "An address on the web.",
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        expects="a URL that starts with http:// or https://",
    ),
]
URLPath = Annotated[
    str,
    about(
        "A path of a URL.",
        pattern=r"^/(?!.*\.\.)[^\s?#]*$",
        expects="a URL path: it starts with '/' and holds no '..', blank, '?' or '#'",
    ),
]
URLPathQuery = Annotated[
    str,
    about(
        "A path of a URL, perhaps with a query.",
        pattern=r"^/\S*$",
        expects="a URL path that starts with '/'",
    ),
]
GlobalName = Annotated[
    str,
    about(
        "A key below global.",
        pattern="^[a-z][A-Za-z0-9]*$",
        maxLength=40,
        expects="a key below global such as objectStorage: letters and digits, the first one "
        "lower-case",
    ),
]
ClusterPrefixed = Annotated[
    str,
    about(
        "A name in which {cluster} stands for that of KubeBlocks' Cluster.",
        pattern=r"^\{cluster\}[a-z0-9-]*$",
        expects="a name that starts with {cluster}",
    ),
]
PresetName = Annotated[
    str,
    about(
        "The name of a values file below presets/, with its folder if it is in one.",
        pattern=f"^{_DNS[:-1]}(/{_DNS[:-1]})?$",
        maxLength=81,
        expects=f"{_DNS_WORDS}, if need be with a folder before it: FOLDER/NAME",
    ),
]
Names = Annotated[tuple[Name, ...], about("Names, without repeats.", uniqueItems=True)]
SECTIONS = (
    *("Image", "Replicas", "Resources", "Configuration", "Exposure", "Storage", "Probes"),
    *("Monitoring", "Scheduling", "Security", "Pod", "Other"),
)
Section = Annotated[str, about("A section of values.yaml.", enum=SECTIONS)]

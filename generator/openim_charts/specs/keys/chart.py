"""chart-specs/profiles/NAME.yaml and FAMILY/NAME.yaml: profiles and charts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import field

from openim_charts.specs.keys.base import Keys, about, of
from openim_charts.specs.keys.line import LayoutsByName
from openim_charts.specs.keys.words import (
    AppVersion,
    ChartName,
    GlobalName,
    Name,
    Names,
    PortName,
    PortNumber,
    PortReference,
    PresetName,
    Text,
    URLPath,
    URLPathQuery,
    Word,
)


class Exposure(Keys, frozen=True):
    """How the module is reached from outside the cluster."""

    path: Annotated[URLPath, about("Path of the public host under which the module answers.")] = ""
    port: Annotated[PortName, about("Name of the chart's port that answers.")] = ""
    host: Annotated[
        str,
        about(
            "Key of global.exposure.hosts.",
            pattern="^[a-z][A-Za-z0-9]*$",
            expects="a key of global.exposure.hosts such as main",
        ),
    ] = "main"
    strip_prefix: Annotated[
        bool, about("Remove the path before the request reaches the module.")
    ] = False
    websocket: Annotated[bool, about("The port also speaks WebSocket.")] = False
    headers: Annotated[
        Mapping[
            Annotated[
                str,
                about(
                    "Name of a header.",
                    pattern="^[A-Za-z0-9-]+$",
                    expects="a header name: letters, digits and dashes",
                ),
            ],
            Annotated[
                str,
                about(
                    "Value of the header.",
                    pattern=r"^([^{}]|\{url\})*$",
                    expects="text whose one placeholder is {url}",
                ),
            ],
        ],
        about("Request headers that are set; {url} is the public URL of the path."),
    ] = {}
    hidden: Annotated[
        tuple[URLPath, ...],
        about("Paths of the module that are never exposed.", uniqueItems=True),
    ] = ()


class Bundles(Keys, frozen=True):
    """What is packed for users who have no Helm, beside the charts."""

    compose: Annotated[
        tuple[PresetName, ...],
        about(
            "Presets for each of which a build packs what openim-charts export compose writes: "
            "bundles/CHART-compose-PRESET-VERSION.tgz beside the index.",
            uniqueItems=True,
        ),
    ] = ()
    systemd: Annotated[
        tuple[PresetName, ...],
        about(
            "The same for openim-charts export systemd: bundles/CHART-systemd-PRESET-VERSION.tgz.",
            uniqueItems=True,
        ),
    ] = ()


class OnlyWith(Keys, frozen=True):
    """A condition on a global value."""

    path: Annotated[
        str,
        about(
            "Path of the value under global, such as monitoring.type.",
            pattern=r"^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$",
            expects="a path such as monitoring.type",
        ),
    ] = field(name="global")
    values: Annotated[
        tuple[Word, ...],
        about("The values with which the chart renders.", minItems=1, uniqueItems=True),
    ]
    exempt: Annotated[
        tuple[Annotated[Text, about("A path, such as operator/*.yaml.")], ...],
        about(
            "Templates that render with all values, by path below templates/; * stands for any "
            "text.",
            minItems=1,
            uniqueItems=True,
        ),
    ] = field(name="except", default=())


class Header(Keys, frozen=True):
    """A header."""

    name: Annotated[str, about("Its name.")]
    value: Annotated[str, about("Its value.")]


class HTTPGet(Keys, frozen=True, kw_only=True):
    """Succeeds when a GET answers with a status from 200 to 399."""

    path: Annotated[URLPathQuery, about("Path of the request.")] = ""
    port: Annotated[PortReference, about("Port of the chart, by name.")]
    scheme: Annotated[Literal["HTTP", "HTTPS"], about("Scheme of the request.")] = "HTTP"
    http_headers: Annotated[tuple[Header, ...], about("Headers of the request.")] = ()


class TCPSocket(Keys, frozen=True):
    """Succeeds when the port accepts a connection."""

    port: Annotated[PortReference, about("Port of the chart, by name.")]


class Exec(Keys, frozen=True):
    """Succeeds when the command exits with 0."""

    command: Annotated[
        tuple[Annotated[str, about("One word of the command.")], ...],
        about("Command and arguments.", minItems=1),
    ]


class GRPC(Keys, frozen=True):
    """Succeeds when the gRPC health service says SERVING."""

    port: Annotated[PortNumber, about("Port number.")]
    service: Annotated[str, about("Service to ask for.")] = ""


def _seconds(description: str, minimum: int = 1) -> Any:
    return about(description, minimum=minimum)


class Probe(Keys, frozen=True):
    """A Kubernetes Probe."""

    http_get: HTTPGet | None = None
    tcp_socket: TCPSocket | None = None
    exec: Exec | None = None
    grpc: GRPC | None = None
    initial_delay_seconds: Annotated[int | None, _seconds("Seconds before the first try.", 0)] = (
        None
    )
    period_seconds: Annotated[int | None, _seconds("Seconds between tries.")] = None
    timeout_seconds: Annotated[int | None, _seconds("Seconds that a try may take.")] = None
    success_threshold: Annotated[
        int | None, _seconds("Successes in a row that count as healthy.")
    ] = None
    failure_threshold: Annotated[
        int | None, _seconds("Failures in a row that count as unhealthy.")
    ] = None
    termination_grace_period_seconds: Annotated[
        int | None,
        _seconds("Seconds that the container gets to stop after a failed liveness probe."),
    ] = None


class Probes(Keys, frozen=True):
    """Health checks of the container. A handler in a spec replaces the profile's."""

    startup: Annotated[Probe | None, about("Holds the other probes back until it succeeds.")] = None
    readiness: Annotated[Probe | None, about("Decides whether Services send requests.")] = None
    liveness: Annotated[Probe | None, about("Restarts the container when it fails.")] = None


class HTTPAttempt(Keys, frozen=True):
    """A GET that must answer with the status."""

    port: Annotated[PortName, about("Port of the chart.")]
    path: Annotated[URLPathQuery, about("Path of the request.")] = ""
    status: Annotated[int, about("Expected status.", minimum=100, maximum=599)] = 200


class Test(Keys, frozen=True):
    """What 'helm test' tries: one of http and tcp."""

    http: HTTPAttempt | None = None
    tcp: Annotated[PortName, about("Port that must accept a connection.")] = ""


class Change(Keys, frozen=True):
    """One change of this version."""

    kind: Annotated[
        str,
        about(
            "Kind of the change, as Artifact Hub has them.",
            enum=("added", "changed", "deprecated", "removed", "fixed", "security"),
        ),
    ]
    description: Annotated[Text, about("What changed.")]


class Ignored(Keys, frozen=True):
    """A rule, and why this chart may break it."""

    rule: Annotated[Word, about("The rule's name, as findings show it.")]
    because: Annotated[
        Text, about("Why the rule does not hold here, for whoever reads the spec next.")
    ]


class SharedKeys(Keys, frozen=True):
    """What charts and profiles may say. A key whose value is read as it stands is Helm's or
    Kubernetes' own language, or a feature's."""

    title: Annotated[Text, about("Name for people; without it the chart's name.")] = ""
    description: Annotated[Text, about("What the chart runs, in one line.")] = ""
    keywords: Annotated[
        tuple[Text, ...],
        about("Words to find the chart by, beside the repository's.", uniqueItems=True),
    ] = ()
    category: Annotated[
        str,
        about(
            "Category on Artifact Hub.",
            enum=[
                "ai-machine-learning",
                "database",
                "integration-delivery",
                "monitoring-logging",
                "networking",
                "security",
                "storage",
                "streaming-messaging",
                "skip-prediction",
            ],
        ),
    ] = ""
    notes: Annotated[str, about("Text that the README adds about this chart.")] = ""
    deprecated: Annotated[bool, about("The chart is no longer maintained.")] = False
    changes: Annotated[
        tuple[Change, ...], about("What this version changed, for Artifact Hub.")
    ] = ()
    ignore: Annotated[
        tuple[Ignored, ...],
        about(
            "Rules that the chart may break, each with the reason; docs/checks.md lists the rules.",
            minItems=1,
        ),
    ] = ()
    line_name: Annotated[
        Word, about("Release line; gives appVersion, images and config files.")
    ] = field(name="line", default="")
    app_version: Annotated[
        AppVersion, about("Version of the program, for charts without a line.")
    ] = ""
    layouts: Annotated[
        LayoutsByName,
        about(
            "Images by layout, for charts without a line; beside a line they replace its layouts "
            "of the same name. The first is the default."
        ),
    ] = field(name="images", default_factory=dict)
    binary: Annotated[
        Word,
        about("Name of the program, replaces {binary} in images; without it the chart's name."),
    ] = ""
    ports: Annotated[
        Mapping[PortName, PortNumber],
        about(
            "Ports of the Service by name; those of the container, unless a config file binds the "
            "port and values set that key."
        ),
    ] = {}
    config_files: Annotated[
        tuple[Word, ...],
        about(
            "Config files of the line that the module reads; appended to the profile's.",
            uniqueItems=True,
            appends=True,
        ),
    ] = field(name="config", default=())
    used: Annotated[
        tuple[GlobalName, ...],
        about(
            "Dependencies that the module connects to; appended to the profile's.",
            uniqueItems=True,
            appends=True,
        ),
    ] = field(name="uses", default=())
    calls: Annotated[
        Names,
        about(
            "Charts that the module calls over their port rpc, else their first; appended to the "
            "profile's.",
            appends=True,
        ),
    ] = ()
    included: Annotated[Names, about("Umbrella only: families and charts that it holds.")] = field(
        name="includes", default=()
    )
    presets: Annotated[
        tuple[PresetName, ...],
        about(
            "Values files presets/NAME.yaml of the project, or presets/FOLDER/NAME.yaml: checked "
            "with the chart, part of it, and published beside the index.",
            uniqueItems=True,
        ),
    ] = ()
    bundles: Annotated[
        Bundles | None,
        about("Presets of the chart that are packed for programs other than Helm too."),
    ] = None
    exposure: Exposure | None = None
    only_with: Annotated[
        OnlyWith | None,
        about(
            "The chart renders nothing unless a global value is one of these, but for the "
            "templates that are excepted."
        ),
    ] = None
    internet: Annotated[bool, about("The module talks to hosts outside the cluster.")] = False
    service_account_token: Annotated[
        bool, about("False when a service account token must never be mounted.")
    ] = True
    probes: Annotated[
        Mapping[str, Any],
        about("Health checks of the container.", **of(Probes)),
    ] = {}
    test: Annotated[Mapping[str, Any], about("What 'helm test' tries.", **of(Test))] = {}
    options: Annotated[
        Mapping[Name, Annotated[Mapping[str, Any], about("Settings of one feature.")]],
        about("Settings for features, by the feature's name."),
    ] = {}
    features: Annotated[
        Names,
        about(
            "Capabilities, by folder name under chart-specs/features; appended to the profile's.",
            appends=True,
        ),
    ] = ()
    values: Annotated[Mapping[str, Any], about("Defaults that replace those of the features.")] = {}


KINDS = ("module", "infrastructure", "umbrella")


class Profile(SharedKeys, frozen=True):
    """What a family of charts shares: chart-specs/profiles/NAME.yaml."""

    kind: Annotated[str, about("What sort of chart this is.", enum=KINDS)] = ""
    family: Annotated[
        Name,
        about(
            "Family of the charts: the folder of their specs, and a name that umbrellas include."
        ),
    ] = ""
    extends: Annotated[Name, about("The profile that this builds on.")] = ""


class ResolvedKeys(Profile, frozen=True, kw_only=True):
    """A chart over its profiles."""

    name: str
    version: str


class Chart(SharedKeys, frozen=True, kw_only=True):
    """One chart: chart-specs/FAMILY/NAME.yaml."""

    name: Annotated[ChartName, about("Name of the chart and of its file.")]
    version: Annotated[str, about("Version of the chart, SemVer 2.0.0 without 'v'.", minLength=1)]
    extends: Annotated[Name, about("The profile that this builds on.")]
    description: Annotated[Text, about("What the chart runs, in one line.")]

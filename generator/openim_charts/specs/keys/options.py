"""What options.yaml of a feature may refer to as ``#/$defs/NAME``: shapes of settings."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from openim_charts.specs.keys import words
from openim_charts.specs.keys.base import Keys, about, inline, json_schema
from openim_charts.specs.keys.words import Text

Folder = Annotated[
    str,
    about(
        "An absolute path in the container.",
        pattern="^(/[A-Za-z0-9._-]+)+$",
        expects="an absolute path such as /var/cache, without a '/' at its end",
    ),
]
ConfigKey = Annotated[
    str,
    about(
        "A key of a configuration file: the file's name, and the path in it.",
        pattern="^[a-z0-9][a-z0-9-]*([.][A-Za-z][A-Za-z0-9]*)+$",
        expects="the name of a file and a path in it, such as share.rpcRegisterName.user",
    ),
]
Size = Annotated[
    str,
    about(
        "Size of a volume.",
        pattern="^[1-9][0-9]*(k|[MGTPE]|[KMGTPE]i)?$",
        expects="a size such as 8Gi",
    ),
]
Amount = Annotated[
    str | float,
    about(
        "An amount of CPU or memory.",
        pattern="^[0-9]+([.][0-9]+)?(m|k|[MGTPE]|[KMGTPE]i)?$",
        expects="an amount such as 250m or 64Mi",
    ),
]
ImageName = Annotated[
    str,
    about(
        "Name of an image: chart-specs/images/NAME.yaml.",
        pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        maxLength=40,
        expects="the name of a file in chart-specs/images, without .yaml",
    ),
]
Amounts = Annotated[Mapping[str, Amount], about("Amounts by resource.")]
Line = Annotated[
    Text, about("One line of text; {title}, {name} and {description} are the chart's.")
]


class Resources(Keys, frozen=True):
    """Requests and limits of a container."""

    requests: Annotated[Amounts | None, about("What it is sure to get.")] = None
    limits: Annotated[Amounts | None, about("The most that it may use.")] = None


class Alert(Keys, frozen=True, kw_only=True):
    """An alert of Prometheus, and what to do about it."""

    alert: Annotated[
        str,
        about(
            "Its name; no other alert of any chart has it. {Name} is the chart's name in one word.",
            pattern=r"^(\{Name\}|[A-Z])[A-Za-z0-9]*$",
            expects="a name such as KafkaConsumerLag",
        ),
    ]
    expr: Annotated[
        str,
        about(
            "The expression. {selector} stands for the metrics of the chart's pods, {scope} for "
            "those of all pods of the instance, {namespace} for whatever is in its namespace; "
            "further matchers can follow a comma. {name} is the chart's name, {fullname} that of "
            "its workload, {instance} what names of all workloads start with, {place} the "
            "namespace.",
            pattern=r"\{(selector|scope|namespace)[,}]",
            expects="an expression with {selector}, {scope} or {namespace}, which stand for the "
            "pods that the alert is about",
        ),
    ]
    for_: Annotated[
        str,
        about(
            "How long the expression has to hold.",
            pattern="^([0-9]+(ms|[smhdwy]))+$",
            expects="a duration such as 5m",
        ),
    ] = ""
    severity: Annotated[
        Literal["critical", "warning"],
        about(
            "critical: users are affected, or will be before the morning. warning: to be looked "
            "at in working hours."
        ),
    ]
    summary: Annotated[Line, about("What is wrong.")]
    description: Annotated[
        Line,
        about(
            "What to do first. $pod is the label pod of what raised the alert, $value its value, "
            "$percent its value in per cent."
        ),
    ]
    meaning: Annotated[Line, about("What is wrong, and how it is known, for the page of alerts.")]
    users: Annotated[Line, about("What users notice.")]
    look: Annotated[tuple[Line, ...], about("Commands that show what is wrong.", minItems=1)]
    steps: Annotated[
        tuple[Line, ...], about("What to do, the most frequent case first.", minItems=1)
    ]
    outage: Annotated[
        bool,
        about(
            "While it fires, the program does not do its work, which explains alerts of what uses "
            "it. The alert that it is down always is one."
        ),
    ] = False
    causes: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "Name of an alert or of a chart.",
                    pattern="^[A-Za-z][A-Za-z0-9-]*$",
                    expects="the name of an alert or of a chart",
                ),
            ],
            ...,
        ],
        about(
            "Alerts that keep this one back while they fire, since they explain it; a chart "
            "stands for those of its alerts that are outages.",
            uniqueItems=True,
            minItems=1,
        ),
    ] = ()


_WORDS: Mapping[str, Any] = {
    "folder": Folder,
    "configKey": ConfigKey,
    "size": Size,
    "amount": Amount,
    "amounts": Amounts,
    "imageName": ImageName,
    "line": Line,
    "name": words.Name,
    "word": words.Word,
    "portName": words.PortName,
    "portNumber": words.PortNumber,
    "text": words.Text,
    "url": words.URL,
    "urlPath": words.URLPath,
    "urlPathQuery": words.URLPathQuery,
    "clusterPrefixed": words.ClusterPrefixed,
}
_SHAPES: Mapping[str, type[Keys]] = {"resources": Resources, "alert": Alert}


@lru_cache
def definitions() -> dict[str, Any]:
    """All of them, as JSON Schema, by the name that a reference has."""
    shapes = {name: json_schema(kind, name) for name, kind in _SHAPES.items()}
    inner = {name: {k: v for k, v in s.items() if k[0] != "$"} for name, s in shapes.items()}
    return {**{name: inline(kind) for name, kind in _WORDS.items()}, **inner}

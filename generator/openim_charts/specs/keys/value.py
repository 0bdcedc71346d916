"""What specs say of values: JSON Schema with a few keywords of our own, and a walk over it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import field

from openim_charts.jsonschema import CONDITIONS, walk
from openim_charts.specs.keys.base import Keys, about, of
from openim_charts.specs.keys.words import GlobalName, Name, PortName, Section, Text, Word
from openim_charts.yamlio.document import Document, Path

_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_TYPE = {"enum": list(_TYPES), "description": "A JSON type."}
_ONE = {"description": "One of them."}
_MAP = "An object with free keys: the type of its values, 'labels' or 'annotations' as Kubernetes "
_PATH = {
    "pattern": r"^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+)*$",
    "expects": "a path below global such as logging.level",
}


class _Limits(Keys, frozen=True):
    """Keywords of JSON Schema that hold no further schema."""

    type: Annotated[
        Any,
        about(
            "Type of the value, or types.",
            type=["string", "array"],
            items=_TYPE,
            minItems=1,
            uniqueItems=True,
            if_={"type": "string"},
            then=_TYPE,
        ),
    ] = None
    description: Annotated[Text, about("What the value means.")] = ""
    default: Annotated[Any, about("The value without another; null is the bare key.")] = None
    enum: Annotated[
        tuple[Any, ...],
        about("The values that are allowed.", items=_ONE, minItems=1, uniqueItems=True),
    ] = ()
    minimum: Annotated[float | None, about("Smallest number.")] = None
    maximum: Annotated[float | None, about("Largest number.")] = None
    exclusive_minimum: Annotated[float | None, about("The number is greater than this.")] = None
    exclusive_maximum: Annotated[float | None, about("The number is less than this.")] = None
    multiple_of: Annotated[
        float | None, about("The number is a multiple of this.", exclusiveMinimum=0)
    ] = None
    min_length: Annotated[int | None, about("Fewest characters.", minimum=0)] = None
    max_length: Annotated[int | None, about("Most characters.", minimum=0)] = None
    pattern: Annotated[str, about("Regular expression that the text matches.")] = ""
    min_items: Annotated[int | None, about("Fewest items.", minimum=0)] = None
    max_items: Annotated[int | None, about("Most items.", minimum=0)] = None
    unique_items: Annotated[bool | None, about("Items do not repeat.")] = None


def _map_of(kind: str) -> Any:
    """The keyword ``map``, whose values may be described by the type ``kind``."""
    words = [*_TYPES, "labels", "annotations"]
    return about(
        f"{_MAP}has them, or a schema.",
        type=["string", "object"],
        if_={"type": "string"},
        then={"enum": words},
        else_={"$ref": f"#/$defs/{kind}"},
    )


class Value(_Limits, frozen=True):
    """One value, as JSON Schema says it."""

    section: Annotated[
        Section | None,
        about(
            "Where values.yaml has the value, if it is not one inside another; without it the "
            "section of the feature."
        ),
    ] = None
    examples: Annotated[
        tuple[Any, ...],
        about(
            "Values that show how it is written; values.yaml has the first, as a comment.",
            items=_ONE,
            minItems=1,
        ),
    ] = ()
    const: Annotated[Any, about("The one value that is allowed, for conditions.")] = None
    items: Annotated["Value | None", about("Shape of each item.")] = None
    contains: Annotated["Value | None", about("Shape that one item has at least.")] = None
    properties: Annotated[Mapping[str, "Value"], about("Keys of the object.")] = {}
    property_names: Annotated["Value | None", about("Shape of each key.")] = None
    required: Annotated[
        tuple[Annotated[str, about("A key.")], ...],
        about("Keys that must be set.", uniqueItems=True),
    ] = ()
    map: Annotated[Any, _map_of("Value")] = None
    kubernetes: Annotated[Word, about("The value is this Kubernetes type.")] = ""
    image: Annotated[
        Name,
        about(
            "The value says where an image is: registry, repository, tag and digest, with those of "
            "chart-specs/images/NAME.yaml as defaults."
        ),
    ] = ""
    if_: Annotated[
        "Value | None",
        about("A condition: where it holds, 'then' has to hold, else 'else'."),
    ] = field(name="if", default=None)
    then: Annotated["Value | None", about("What holds under the condition.")] = None
    else_: Annotated["Value | None", about("What holds without it.")] = field(
        name="else", default=None
    )
    not_: Annotated["Value | None", about("What must not hold.")] = field(name="not", default=None)
    all_of: Annotated[tuple["Value", ...], about("All of these hold.", minItems=1)] = ()
    any_of: Annotated[tuple["Value", ...], about("At least one of these holds.", minItems=1)] = ()
    one_of: Annotated[tuple["Value", ...], about("Exactly one of these holds.", minItems=1)] = ()


class Refused(Keys, frozen=True):
    """A value that the programs take and that must not be used; an installation with it is
    refused."""

    value: Annotated[bool | int | str, about("The value.")]
    because: Annotated[
        str,
        about(
            "Why, as the end of a sentence.",
            pattern=r'^[^"\\%\n\r]+$',
            expects="one line of text without '\"', '\\' and '%'",
        ),
    ]


class SecretRef(Keys, frozen=True):
    """The value is a key of a Secret, and reaches the process as a variable."""

    credential: Annotated[
        GlobalName, about("Name of the credential or of the dependency that has one.")
    ]
    key: Annotated[Word, about("Key of its Secret.")]


class Twice(Keys, frozen=True):
    """With addresses: an only one is written twice when a value under global is a certain text."""

    global_: Annotated[str, about("Path of the value below global.", **_PATH)] = field(
        name="global"
    )
    equals: Annotated[str, about("The text.")]


class Bind(Keys, frozen=True):
    """The value is computed at install time, from one of dependency, global, port and chart."""

    dependency: Annotated[GlobalName, about("The dependency whose place it is.")] = ""
    global_: Annotated[str, about("The value at this path below global.", **_PATH)] = field(
        name="global", default=""
    )
    port: Annotated[
        PortName,
        about("Port: of the chart itself as [number], or with 'chart' of that chart."),
    ] = ""
    chart: Annotated[Name, about("Another chart, whose URL inside the cluster it is.")] = ""
    as_: Annotated[
        str,
        about(
            "Form of the value.",
            enum=["addresses", "address", "url", "publicURL", "first", "ports"],
        ),
    ] = field(name="as", default="")
    equals: Annotated[
        str | None, about("With global: true when the value there is this text, else false.")
    ] = None
    twice: Twice | None = None


class ConfigKey(_Limits, frozen=True):
    """One key of the file, as JSON Schema says it, and where its value comes from."""

    items: Annotated["ConfigKey | None", about("Shape of each item.")] = None
    properties: Annotated[Mapping[str, "ConfigKey"], about("Keys of the object.")] = {}
    map: Annotated[Any, _map_of("ConfigKey")] = None
    ref: Annotated[
        str,
        about(
            "A shape: #/definitions/NAME.",
            pattern="^#/definitions/.+$",
            expects="#/definitions/NAME",
        ),
    ] = field(name="$ref", default="")
    shared: Annotated[
        bool, about("All modules must agree: it can be set only under global.config.")
    ] = False
    refused: Refused | None = None
    selects: Annotated[
        Mapping[str, Annotated[GlobalName, about("Name of the dependency or credential.")]],
        about(
            "Dependencies and credentials that modules with this file use only while the key has a "
            "certain value, by the value; the key is shared.",
            minProperties=1,
        ),
    ] = {}
    secret: SecretRef | None = None
    bind: Bind | None = None


# Values are read as they stand: what follows works with them, and Helm gets them, as JSON Schema.
Values = Annotated[
    Mapping[str, Any],
    about(
        "Values by name, as JSON Schema says them.",
        additionalProperties=of(Value),
        propertyNames={
            "type": "string",
            "pattern": "^[a-z][A-Za-z0-9]*$",
            "expects": "a key such as publicURL: letters and digits",
        },
    ),
]


Nodes = Iterator[tuple[Path, Mapping[str, Any]]]


_OURS = ("map",)  # the keyword that holds a schema, beside those of JSON Schema
# What a file has values under: properties of a config file, values of a dependency.
_TOP = ("definitions", "properties", "values")


def nodes(document: Document) -> Nodes:
    """Every schema object of a config file, dependency or credential with its path."""
    for top in _TOP:
        yield from property_nodes(document.data.get(top, {}), (top,))


def property_nodes(properties: Mapping[str, Any], path: Path = ()) -> Nodes:
    """Every schema object of these properties, which stand at ``path``, at any depth."""
    for name, node in properties.items():
        yield from walk(node, (*path, name), _OURS)


def conditional(path: Path) -> bool:
    """Whether a node at ``path`` is part of a condition: it describes no value of its own."""
    return not CONDITIONS.isdisjoint(path)


def port_binds(document: Document) -> Iterator[tuple[Path, str]]:
    """Ports of the reading chart that the file's values are bound to, with the key's path."""
    for path, node in nodes(document):
        bind = node.get("bind", {})
        if set(bind) == {"port"}:
            yield tuple(part for part in path if part != "properties"), bind["port"]


def circular(definitions: Mapping[str, Any]) -> str:
    """The first shape that holds itself through references, or ""."""

    def references(name: str) -> set[str]:
        found = walk(definitions.get(name, {}), more=_OURS)
        return {n["$ref"].removeprefix("#/definitions/") for _, n in found if "$ref" in n}

    for start in definitions:
        reached: set[str] = set()
        frontier = references(start)
        while frontier:
            reached |= frontier
            frontier = {far for near in frontier for far in references(near)} - reached
        if start in reached:
            return start
    return ""

"""chart-specs/imports/NAME.yaml: what becomes of the settings of somebody else's files."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import field

from openim_charts.specs.keys.base import Keys, about
from openim_charts.specs.keys.words import Name, Text

Listed = Annotated[
    tuple[Annotated[Text, about("One of them.")], ...],
    about("Names.", minItems=1, uniqueItems=True),
]
_TARGET = {"type": "string", "minLength": 1}
_TARGETS = [_TARGET, {"type": "array", "items": _TARGET, "minItems": 1}]


class SettingKeys(Keys, frozen=True):
    """What becomes of one setting."""

    config: Annotated[
        Any,
        about(
            "Keys of configuration files as PRODUCT.FILE.KEY, or sections of them; what they are "
            "bound to follows from the release. A * is replaced by what the setting's name has in "
            "its place.",
            anyOf=_TARGETS,
        ),
    ] = None
    value: Annotated[
        Any, about("Keys of openim.yaml; [] at the end adds to a list.", anyOf=_TARGETS)
    ] = None
    choices: Annotated[
        Mapping[str, Annotated[Any, about("The word here.")]],
        about(
            "Words for its values that are others here; a value that is not among them has no "
            "counterpart."
        ),
    ] = {}
    with_: Annotated[
        Mapping[str, Annotated[Any, about("The value.")]],
        about("Keys of openim.yaml with values that go with it."),
    ] = field(name="with", default_factory=dict)
    stock: Annotated[
        tuple[Annotated[Any, about("One of them.")], ...],
        about("Values that the file has when nobody has changed it.", minItems=1),
    ] = ()
    like: Annotated[Listed, about("Patterns of further such values.")] = ()
    elsewhere: Annotated[
        bool,
        about(
            "Of a configuration file's key: it belongs to the middleware that was there, and is "
            "kept only where that one stays."
        ),
    ] = False
    omitted: Annotated[
        bool,
        about(
            "Of a configuration file's key: upstream's own file does not have it, though the "
            "programs read it."
        ),
    ] = False
    chosen: Annotated[
        Mapping[str, Annotated[Any, about("The value.")]],
        about(
            "Another setting and its value, with which such a value is kept, since it is in use."
        ),
    ] = {}
    when: Annotated[
        Text,
        about("Another setting, without which, or with which false, this one has no effect."),
    ] = ""
    because: Annotated[Text, about("Why it has no counterpart, and what to do.")] = ""
    note: Annotated[Text, about("What to know about it where it is kept.")] = ""


Settings = Annotated[
    Mapping[str, SettingKeys],
    about(
        "What becomes of settings. One without config, value and because means nothing here, and "
        "nothing is said of it."
    ),
]


class MistakenKeys(Keys, frozen=True, kw_only=True):
    """Files that 'openim-charts config validate' is given by mistake, since they are for others."""

    for_: Annotated[Text, about("What such files are for.")] = field(name="for")
    page: Annotated[Text, about("Document of the project that says how to move from there.")]
    alone: Annotated[Listed, about("Settings of which one is enough to tell.")] = ()
    together: Annotated[
        Listed, about("Settings that files for other charts have too: four of them tell.")
    ] = ()


class ImportKeys(Keys, frozen=True, kw_only=True):
    """A sort of file that 'openim-charts config import' reads: chart-specs/imports/NAME.yaml."""

    extends: Annotated[
        str,
        about(
            "Another file beside it, whose keys this one replaces and whose settings come after "
            "its own."
        ),
    ] = ""
    title: Annotated[Text, about("What messages call such a file.")]
    form: Annotated[
        str,
        about(
            "How the file is written: config (a configuration file of a release, known by its "
            "name), environment (variables, or a compose file) or values (YAML with settings of "
            "charts).",
            enum=("config", "environment", "values"),
        ),
    ] = ""
    files: Annotated[Listed, about("Patterns of file names.")] = ()
    marks: Annotated[Listed, about("Settings of which a file of this sort has one at least.")] = ()
    mistaken: Annotated[
        MistakenKeys | None, about("How values of this sort are told from an openim.yaml.")
    ] = None
    services: Annotated[Listed, about("Services of the compose file as it is published.")] = ()
    charts: Annotated[
        Mapping[str, Annotated[Name, about("The chart.")]],
        about(
            "For sections of the values: the chart that is there now. The dot is the values "
            "themselves."
        ),
    ] = {}
    chart_settings: Annotated[
        Settings,
        about(
            "Settings of each of these sections; keys that begin with a dot are values of the "
            "chart that is there now."
        ),
    ] = field(default_factory=dict)
    settings: Annotated[
        Settings,
        about(
            "Settings by name, with dots between keys; * is any key, and any item of a list. The "
            "first that matches counts, a whole name before patterns."
        ),
    ] = field(default_factory=dict)

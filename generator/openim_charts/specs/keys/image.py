"""chart-specs/images/: where a container image is, and what is known about it."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, UnsetType, field

from openim_charts.image import DEFAULT_REGISTRY
from openim_charts.specs.keys.base import Keys, about
from openim_charts.specs.keys.words import (
    Name,
    Names,
    Text,
)

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEFAULT_STOP_SIGNAL = "SIGTERM"

AbsolutePath = Annotated[
    str,
    about(
        "An absolute path in the image.",
        pattern=r"^/(?!.*(^|/)\.\.(/|$))[^\s:]*$",
        expects="an absolute path such as /var/lib, without '..'",
    ),
]
ProgramPath = Annotated[
    str,
    about(
        "A program: its name, or its absolute path where that is known; * stands for a folder of "
        "any name.",
        pattern=r"^(/([A-Za-z0-9._+{}*-]+/)*)?([A-Za-z0-9._+{}-]+|\[)$",
        expects="the name of a program such as sh, or its absolute path such as /bin/sh",
    ),
]
ProgramName = Annotated[
    str,
    about(
        "The name of a program.",
        pattern=r"^([A-Za-z0-9._+-]+|\[)$",
        expects="the name of a program such as sh, without a folder",
    ),
]
Number = Annotated[int, about("A number of a user or group.", minimum=0, maximum=4294967294)]
Paragraph = Annotated[str, about("Text.", pattern=r"\S", expects="text")]
VariablePattern = "the name of a variable, in which * stands for any letters"
_SHELL: Mapping[str, Any] = {
    "pattern": "^/[a-z0-9/._-]+$",
    "expects": "an absolute path such as /bin/sh",
}


class Account(Keys, frozen=True):
    """A user and group by number."""

    uid: Number
    gid: Number
    name: Annotated[Text, about("Name of the account.")] = ""


class Configuration(Keys, frozen=True):
    """The image's own configuration, as its registry gives it."""

    user: Annotated[str, about("USER as it is declared; without it none, so root.")] = ""
    env: Annotated[
        Mapping[
            Annotated[
                str,
                about(
                    "Name of a variable.",
                    pattern="^[A-Za-z_][A-Za-z0-9_]*$",
                    expects="a variable's name",
                ),
            ],
            Annotated[str | None, about("The value; null when it is not known.")],
        ],
        about("Variables; null where only the name is known."),
    ] = {}
    volumes: Annotated[
        tuple[AbsolutePath, ...], about("VOLUME declarations.", uniqueItems=True)
    ] = ()
    working_dir: Annotated[AbsolutePath, about("Working directory.")] = "/"
    entrypoint: Annotated[tuple[Annotated[str, about("One word.")], ...], about("Entrypoint.")] = ()
    cmd: Annotated[
        tuple[Annotated[str, about("One word.")], ...],
        about("Command, or arguments of the entrypoint."),
    ] = ()
    ports: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "NUMBER/PROTOCOL.",
                    pattern="^[0-9]+/(tcp|udp|sctp)$",
                    expects="a port such as 6379/tcp",
                ),
            ],
            ...,
        ],
        about("EXPOSE declarations.", uniqueItems=True),
    ] = ()
    stop_signal: Annotated[
        str,
        about(
            "Signal that stops it.",
            pattern="^SIG[A-Z0-9+]+$",
            expects="a signal such as SIGQUIT",
        ),
    ] = DEFAULT_STOP_SIGNAL

    @property
    def numeric_user(self) -> bool:
        """Whether the kubelet can tell that the declared user is not root: it is a number."""
        return self.user.partition(":")[0].isdigit()

    @property
    def search_path(self) -> tuple[str, ...]:
        """Folders in which a program without a folder is looked for."""
        return tuple((self.env.get("PATH") or DEFAULT_PATH).split(":"))


class WrittenPath(Keys, frozen=True):
    """A path that the program writes to."""

    path: Annotated[AbsolutePath, about("The path, in the settings that the image has by itself.")]
    what: Annotated[Text, about("What is written.")]
    needed: Annotated[bool, about("True when the program fails where it cannot write.")] = False
    setting: Annotated[
        Text,
        about(
            "The option, variable or key of a file that leads it to another path; of several, "
            "separated by commas, the first that is set."
        ),
    ] = ""
    by: Annotated[
        Names,
        about("Programs of the image that write there; without it any that a container starts."),
    ] = ()


class Override(Keys, frozen=True):
    """Variables, and the file that they win over."""

    variable: Annotated[
        str,
        about(
            "Name of the variable; * stands for any letters.",
            pattern="^[A-Za-z_*][A-Za-z0-9_*]*$",
            expects=VariablePattern,
        ),
    ]
    file: Annotated[Text, about("Name of the file.")]
    key: Annotated[
        Text, about("Key in the file; without it the one that the variable's name says.")
    ] = ""


class Source(Keys, frozen=True, kw_only=True):
    """Where facts come from."""

    conditions: ClassVar[Mapping[str, Any]] = {
        "if": {"properties": {"certainty": {"enum": ["source", "near"]}}},
        "then": {"required": ["repository", "path", "at"]},
    }
    facts: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "A key.",
                    pattern=r"^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)?$",
                    expects="a key of the file, such as programs or configuration.env",
                ),
            ],
            ...,
        ],
        about(
            "The facts that it is for: keys of the file, or of its configuration as "
            "configuration.KEY.",
            uniqueItems=True,
            minItems=1,
        ),
    ] = ()
    certainty: Annotated[
        str,
        about(
            "How sure: 'registry' was read from the image itself; 'source' from the sources of "
            "this tag; 'near' from those of another tag, named in 'at'; 'memory' was not read.",
            enum=("registry", "source", "near", "memory"),
        ),
    ]
    repository: Annotated[
        str,
        about(
            "Repository on GitHub, OWNER/NAME, or its address.",
            pattern=r"^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|https://\S+)$",
            expects="OWNER/NAME of a repository on GitHub, or an address that starts with https://",
        ),
    ] = ""
    path: Annotated[Text, about("Files that were read.")] = ""
    at: Annotated[Text, about("Tag or commit that was read.")] = ""
    note: Annotated[Text, about("What else matters about it.")] = ""


Sources = Annotated[
    tuple[Source, ...],
    about(
        "Where the facts come from, and how sure they are. The one without 'facts' holds for all "
        "that no other names.",
        minItems=1,
    ),
]


class RootFileSystem(Keys, frozen=True, kw_only=True):
    """Facts about the files of an image, which a base and an image may both say."""

    shell: Annotated[
        str | UnsetType | None,
        about(
            "Path of the shell; null when there is none. Without it that of the base below, else "
            "none.",
            **_SHELL,
        ),
    ] = UNSET
    own_programs: Annotated[
        tuple[ProgramPath, ...],
        about("Programs that are there, beside those of the base below.", uniqueItems=True),
    ] = field(name="programs", default=())
    own_absent: Annotated[
        tuple[ProgramName, ...],
        about("Programs that are known not to be there.", uniqueItems=True),
    ] = field(name="absent", default=())
    complete: Annotated[
        bool | None,
        about("True when there is no other program than those that are listed."),
    ] = None
    time_zones: Annotated[bool | None, about("True when /usr/share/zoneinfo is there.")] = None
    temporary_directory: Annotated[bool | None, about("True when /tmp is there.")] = None
    sources: Sources


class BaseKeys(RootFileSystem, frozen=True, kw_only=True):
    """What images that are built on the same root file system share:
    chart-specs/images/bases/NAME.yaml."""

    description: Annotated[Text, about("What it is, in one line.")]
    own_programs: Annotated[
        tuple[ProgramPath, ...],
        about("Programs that are there, beside those of the base below.", uniqueItems=True),
    ] = field(name="programs")
    extends: Annotated[
        Name, about("Name of the base that this builds on: its programs are there too.")
    ] = ""


class ImageKeys(RootFileSystem, frozen=True, kw_only=True):
    """A container image, and what is known about it: chart-specs/images/NAME.yaml. Charts name an
    image by the file's name."""

    registry: Annotated[
        str,
        about(
            "Host of the registry.",
            pattern="^[a-z0-9.-]+(:[0-9]+)?$",
            expects="a registry host such as docker.io",
        ),
    ] = DEFAULT_REGISTRY
    repository: Annotated[
        str,
        about(
            "Repository in the registry; {name} is the name of the chart that runs it, {binary} "
            "its program.",
            pattern=r"^([a-z0-9._/-]|\{name\}|\{binary\})+$",
            expects="an image repository in lower case, without registry and tag; {name} and "
            "{binary} are replaced",
        ),
    ]
    tag: Annotated[
        str,
        about(
            "Tag.",
            pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
            expects="an image tag: letters, digits, '_', '.' and '-'",
        ),
    ]
    digest: Annotated[
        str,
        about(
            "Digest that pins the image beside its tag; 'openim-charts images --pin' writes it.",
            pattern="^sha256:[0-9a-f]{64}$",
            expects="sha256: and 64 hexadecimal digits",
        ),
    ] = ""
    license: Annotated[
        Text,
        about("License of the programs in it, as an SPDX expression; NONE when it declares none."),
    ]
    platforms: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "OS/ARCHITECTURE, perhaps with a variant.",
                    pattern="^[a-z]+/[a-z0-9_]+(/[a-z0-9]+)?$",
                    expects="a platform such as linux/amd64 or linux/arm/v7",
                ),
            ],
            ...,
        ],
        about("Platforms that it is built for.", uniqueItems=True, minItems=1),
    ]
    configuration: Annotated[
        Configuration, about("The image's own configuration, as its registry gives it.")
    ]
    account: Annotated[
        Account | None,
        about("Numbers of the account that the configuration's user stands for."),
    ] = None
    data_owner: Annotated[
        Account | None,
        about("The account that its data belongs to, where the image has one."),
    ] = None
    base_name: Annotated[Name, about("Name of the base that it is built on.")] = field(name="base")
    writes: Annotated[tuple[WrittenPath, ...], about("Paths that the program writes to.")] = ()
    overrides: Annotated[
        tuple[Override, ...], about("Variables that win over a key of a configuration file.")
    ] = ()
    entrypoint_only: Annotated[
        tuple[
            Annotated[
                str,
                about(
                    "Name of a variable.",
                    pattern="^!?[A-Za-z_*][A-Za-z0-9_*]*$",
                    expects=VariablePattern,
                ),
            ],
            ...,
        ],
        about(
            "Variables that only the image's entrypoint reads: without effect where a command "
            "replaces it. * stands for any letters, and ! before a name excepts it.",
            uniqueItems=True,
        ),
    ] = ()
    entrypoint_does: Annotated[
        Paragraph, about("What its entrypoint does before it starts the program.")
    ] = ""
    precedence: Annotated[Paragraph, about("Which settings win over which.")] = ""
    notes: Annotated[tuple[Text, ...], about("What else users and maintainers must know.")] = ()

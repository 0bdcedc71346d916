"""The compile-time template language: Jinja with delimiters that Helm does not use.

Every output line remembers the template line that wrote it, so that a finding in a rendered chart
can name the place that mends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import jinja2

from openim_charts.charts.bytecode import template_of
from openim_charts.charts.features import Feature, Template
from openim_charts.charts.images import images_for, with_images
from openim_charts.charts.values import Tree
from openim_charts.findings import Finding, FindingsError, Location
from openim_charts.specs.folders import check_scenarios
from openim_charts.specs.value_nodes import check_values_file, checked
from openim_charts.yamlio.writer import dump, scalar

# Control characters cannot occur in a template: they carry "source:line" through rendering.
_MARK = re.compile("\x01([^\x01\x02]*):([0-9]+)\x02")
_STATEMENTS_ONLY = re.compile(r"^\s*(?:\[%.*?%\]|\[#.*?#\])(?:\s*(?:\[%.*?%\]|\[#.*?#\]))*\s*$")
_BLOCK = re.compile(r"^( *)\[\[ (hook|file)\(([^()]+)\) \]\]$")
_HELM_INDENT = re.compile(r"(\bn?indent )([0-9]+)")
_MISTAKES = (
    *(jinja2.TemplateError, ArithmeticError, AttributeError, LookupError),
    *(RecursionError, TypeError, ValueError),
)
_OPENERS = re.compile(r"\[%|\[\[|\[#|%\]|\]\]|#\]")

Line = tuple[str, Location | None]
Lines = Sequence[Line]
Reader = Callable[[str, str], Any]  # (text, source) -> data


def _to_yaml(value: Any, indent: int = 0) -> str:
    """Block YAML of a value, without a final line end, indented behind its first line."""
    return dump(value).rstrip("\n").replace("\n", "\n" + " " * indent)


def kebab(name: str) -> str:
    """``objectStorage`` as Kubernetes wants names: ``object-storage``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def comment(text: str) -> str:
    """The text as it can stand in a comment of Helm's templates, which it cannot end."""
    return text.replace("*/", "* /")


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The one Jinja environment: strict, with Helm-proof delimiters and YAML filters."""
    env = jinja2.Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
    env.filters["yaml"] = _late(_to_yaml)
    env.filters["scalar"] = _late(scalar)
    env.filters["kebab"] = _late(kebab)
    env.filters["comment"] = _late(comment)
    env.tests["has"] = lambda collection, item: item in collection
    return env


def _late(function: Callable[..., str]) -> Callable[..., str]:
    """A filter that Jinja never applies while it compiles, as it does to what is constant: what is
    kept of a template would go on with a function that has changed since."""

    @jinja2.pass_context
    def late(_: jinja2.runtime.Context, *words: Any, **named: Any) -> str:
        return function(*words, **named)

    return late


@lru_cache(maxsize=1)
def _identity() -> str:
    """What the code that Jinja makes of a template depends on: how ``environment`` sets it up."""
    return Path(__file__).read_text("utf-8")


def template_from(text: str) -> jinja2.Template:
    """The template of this text, ready to render. Raises jinja2.TemplateSyntaxError."""
    return template_of(environment(), text, _identity())


def _mark(template: Template) -> str:
    """The template's text with a mark at the end of each line that can leave a line behind."""
    marked = []
    open_tags = 0
    for number, line in enumerate(template.text.splitlines(), start=1):
        for token in _OPENERS.findall(line):
            open_tags += 1 if token in ("[%", "[[", "[#") else -1
        if open_tags or _STATEMENTS_ONLY.match(line):
            marked.append(line)
            continue
        block = _BLOCK.match(line)
        if block:
            line = f"[[ {block[2]}({block[3]}, {len(block[1])}) ]]"
        marked.append(f"{line}\x01{template.source}:{number}\x02" if line.strip() else line)
    return "\n".join(marked) + "\n"


@lru_cache(maxsize=1024)
def _compile(template: Template) -> jinja2.Template | str:
    """The template ready to render; its marked text alone where Jinja has nothing to do in it."""
    text = _mark(template)
    if not _OPENERS.search(template.text):
        return text
    try:
        return template_from(text)
    except jinja2.TemplateSyntaxError as error:
        raise _failure(template, error.lineno, error.message or "syntax error") from None


@lru_cache(maxsize=256)
def _expression(text: str) -> Callable[..., Any]:
    return environment().compile_expression(text, undefined_to_none=False)


def holds(feature: Feature, context: Mapping[str, Any]) -> bool:
    """Whether a feature's ``when`` holds; an empty expression always does."""
    if not feature.when:
        return True
    try:
        return bool(_expression(feature.when)(**context))
    except _MISTAKES as error:
        message = f"'when' cannot be evaluated: {error}"
        raise FindingsError([Finding(feature.when_at, "feature-template", message)]) from None


def _failure(template: Template, line: int, message: str) -> FindingsError:
    return FindingsError([Finding(Location(template.source, line, 1), "feature-template", message)])


def expand(template: Template, context: Mapping[str, Any]) -> str:
    """Render one template; the result still carries marks (see ``unmark``)."""
    try:
        compiled = _compile(template)
        return compiled if isinstance(compiled, str) else compiled.render(context)
    except _MISTAKES as error:
        message = str(error).strip() or type(error).__name__
        if isinstance(error, RecursionError):  # its own words depend on where the stack ended
            message = "something here calls itself without end"
        raise _failure(template, _line(error), message) from None


def verbatim(template: Template) -> str:
    """What makes Helm print the very text of a file; it carries marks (see ``unmark``)."""
    lines = template.text.replace("{{", '{{ "{{" }}').splitlines()
    numbered = enumerate(lines, start=1)
    return "".join(
        f"{line}\x01{template.source}:{number}\x02\n" if line.strip() else "\n"
        for number, line in numbered
    )


def _line(error: Exception) -> int:
    """The template's line that an error comes from: Jinja puts it into the traceback."""
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@lru_cache(maxsize=2048)
def _properties(text: str, source: str, images: frozenset[str]) -> Tree:
    return dict(checked(text, source, partial(check_values_file, images=images)))


@lru_cache(maxsize=2048)
def _scenarios(text: str, source: str) -> Mapping[str, Any]:
    return checked(text, source, check_scenarios)


def _read(template: Template, context: Mapping[str, Any], read: Reader) -> Any:
    """What ``read`` makes of the rendered text; findings name the template's lines."""
    lines = unmark(expand(template, context))
    try:
        return read("\n".join(line for line, _ in lines), template.source)
    except FindingsError as error:
        raise FindingsError([_at_origin(finding, lines) for finding in error.findings]) from None


def _at_origin(finding: Finding, lines: Lines) -> Finding:
    place = finding.location
    origin = lines[place.line - 1][1] if place.line <= len(lines) else None
    return replace(finding, location=replace(origin, column=place.column)) if origin else finding


def expand_scenarios(template: Template | None, context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values by scenario, from a feature's ci.yaml; {} without a template.

    Equal texts give one shared object, so whoever changes it must copy it first.
    """
    if template is None:
        return {}
    found: Mapping[str, Any] = _read(template, context, _scenarios)
    return found


def expand_properties(template: Template | None, context: Mapping[str, Any]) -> Tree:
    """Values nodes by name, from a feature's values.yaml or global.yaml; {} without a template.

    Equal texts give one shared object, so whoever changes it must copy it first.
    """
    if template is None:
        return {}
    images = context["catalog"].images if "catalog" in context else {}
    names = frozenset(images)
    found: Tree = _read(template, context, lambda text, source: _properties(text, source, names))
    chart = context.get("chart")
    return with_images(found, images_for(chart, images) if chart else images.__getitem__)


def indented(text: str, width: int, widths: bool = True) -> str:
    """Rendered text of a hook or file moved right by ``width`` spaces, without its final line end.

    The widths that Helm's ``indent`` and ``nindent`` are given move with it, if ``widths``.
    """
    pad = " " * width
    if widths:
        text = _HELM_INDENT.sub(lambda m: f"{m[1]}{int(m[2]) + width}", text)
    lines = [pad + line if _MARK.sub("", line).strip() else line for line in text.splitlines()]
    return "\n".join(lines)


@lru_cache(maxsize=8192)
def _origin(mark: str) -> Location:
    source, _, number = mark.rpartition(":")
    return Location(source, int(number))


@lru_cache(maxsize=1024)  # a third of all texts are those of another chart
def unmark(text: str) -> Lines:
    """Split rendered text into lines with their origins.

    A line that Jinja emptied is dropped; blank lines of the template stay, but never two in a row
    nor one at either end.
    """
    result: list[Line] = []
    for raw in text.split("\n"):
        line, marked, rest = raw.partition("\x01")
        mark, _, behind = rest.partition("\x02")
        line = (line + _MARK.sub("", behind)).rstrip()
        if not line and (marked or not result or not result[-1][0]):
            continue
        result.append((line, _origin(mark) if marked else None))
    while result and not result[-1][0]:
        result.pop()
    return tuple(result)

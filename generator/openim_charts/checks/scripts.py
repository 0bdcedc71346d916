"""What a shell script starts, read from its syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

SHELLS = frozenset({"sh", "ash", "bash", "dash"})
PASSED = "$@"  # a word that the script, or a function of it, was given
FOUND = "$(command -v)"  # a word that is what `command -v` answered
Word = str | None  # None: only the run of the script tells it

_LANGUAGE = Language(tree_sitter_bash.language())
_POSIX = """
    . : [ alias bg break cd command continue echo eval exec exit export false fg getopts hash jobs
    kill local printf pwd read readonly return set shift test times trap true type ulimit umask
    unalias unset wait
"""
_BASH = """
    [[ builtin compgen complete compopt declare dirs disown enable help history let mapfile popd
    pushd readarray shopt source suspend typeset
"""
_OWN = {shell: frozenset(_POSIX.split()) for shell in SHELLS}
_OWN["bash"] |= frozenset(_BASH.split())
# Programs and builtins that start another program: how many words stand before it, and which of
# their options take a word.
_WRAPPERS: Mapping[str, tuple[int, str]] = {
    "builtin": (0, ""),
    "command": (0, ""),
    "env": (0, "uC"),
    "exec": (0, "a"),
    "ionice": (0, "cn"),
    "nice": (0, "n"),
    "nohup": (0, ""),
    "setsid": (0, ""),
    "stdbuf": (0, "ioe"),
    "time": (0, "fo"),
    "timeout": (1, "ks"),
    "xargs": (0, "aEdILnPs"),
}
_WORDS = "if then else elif fi for while until do done case esac { }"  # reserved by every shell
_RESERVED = frozenset(_WORDS.split())
_DEFAULTED = re.compile(r"\$\{(\w+):?[-=](.*)\}", re.DOTALL)
_PLAIN = re.compile(r"\$\{?(\w+|@|\*)\}?")
_LITERAL = frozenset({"string_content", "word", "number", "extglob_pattern", "regex"})
_BOTH_WAYS = re.compile(r"(?<=\d)<>")


@dataclass(frozen=True, slots=True)
class Call:
    """A simple command."""

    words: tuple[Word, ...]
    line: int  # in the script, from 1


@dataclass(frozen=True, slots=True)
class Question:
    """``command -v a || command -v b``: one of the programs must be there."""

    names: tuple[str, ...]
    line: int


def builtin(name: str, shell: str) -> bool:
    """Whether a shell runs a command by itself."""
    return name in _OWN.get(shell, _OWN["sh"])


def wrapped(words: Sequence[Word]) -> tuple[Word, ...]:
    """The command that ``timeout 5 X …``, ``exec X …`` and their like start; () for others."""
    operands, valued = _WRAPPERS.get(basename(words[0] or ""), (-1, ""))
    if operands < 0:
        return ()
    rest = list(words[1:])
    while rest and rest[0] and (rest[0].startswith("-") or _is_assignment(words[0], rest[0])):
        option = rest.pop(0) or ""
        if rest and len(option) == 2 and option[1] in valued:
            rest.pop(0)
    return tuple(rest[operands:])


def _is_assignment(wrapper: Word, word: str) -> bool:
    return basename(wrapper or "") == "env" and "=" in word


def basename(program: str) -> str:
    """The last part of a path."""
    return program.rpartition("/")[2]


@lru_cache(maxsize=256)
def _tree(text: str) -> Node:
    """The syntax tree; the grammar has no ``3<>file``, which starts nothing."""
    return Parser(_LANGUAGE).parse(_BOTH_WAYS.sub(">>", text).encode()).root_node


@lru_cache(maxsize=256)
def script_of(text: str, environment: tuple[tuple[str, str], ...]) -> Script:
    """The script; one that was read before is not read again."""
    return Script(text, dict(environment))


class Script:
    """A script in the language of bash or of a POSIX shell; ``environment`` is what is known of the
    variables that it is started with."""

    def __init__(self, text: str, environment: Mapping[str, str] | None = None) -> None:
        self._root = _tree(text)
        self._environment = environment or {}

    @cached_property
    def fault(self) -> int:
        """The first line that cannot be parsed, 0 when all can. Where the grammar loses its way it
        may take a reserved word for a program."""
        broken = (
            n
            for n in _nodes(self._root)
            if n.is_error or n.is_missing or (n.type == "command_name" and _text(n) in _RESERVED)
        )
        return next((n.start_point[0] + 1 for n in broken), 0)

    @cached_property
    def functions(self) -> Mapping[str, bool]:
        """The functions that the script defines, and whether each starts what it is given."""
        found = {}
        for node in _nodes(self._root, "function_definition"):
            name = node.child_by_field_name("name")
            if name:
                found[_text(name)] = any(self._starts_words(n) for n in _nodes(node, "command"))
        return found

    @cached_property
    def asked(self) -> frozenset[str]:
        """Programs that ``command -v`` asks for, so that the script does without them."""
        return frozenset(map(_asks_for, _nodes(self._root, "command"))) - {""}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Programs of which one is needed. A lone ``command -v`` whose answer is not used only
        guards what follows."""
        found = []
        for node in _nodes(self._root):
            names = _alternatives(node)
            parent = node.parent
            inner = parent is not None and _alternatives(parent)
            if not names and _asks_for(node) and parent and parent.type == "command_substitution":
                names = (_asks_for(node),)
            if names and not inner:
                found.append(Question(names, node.start_point[0] + 1))
        return tuple(found)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All simple commands but those of ``command -v``, in order."""
        nodes = (n for n in _nodes(self._root, "command") if not _asks_for(n))
        return tuple(Call(self._words(n), n.start_point[0] + 1) for n in nodes)

    def _words(self, command: Node) -> tuple[Word, ...]:
        head = command.child_by_field_name("name")
        arguments = command.children_by_field_name("argument")
        return tuple(self._word(node) for node in ([head] if head else []) + arguments)

    def _starts_words(self, command: Node) -> bool:
        words = self._words(command)
        while words and words[0] != PASSED:
            words = wrapped(words)
        return bool(words)

    @cached_property
    def _assigned(self) -> Mapping[str, list[Node | None]]:
        found: dict[str, list[Node | None]] = {}
        for node in _nodes(self._root, "variable_assignment"):
            name = node.child_by_field_name("name")
            if name:
                found.setdefault(_text(name), []).append(node.child_by_field_name("value"))
        return found

    def _value(self, name: str, depth: int) -> Word:
        """A variable's value, None when it is not known or there are several."""
        if name in "@*" or name.isdigit():
            return PASSED
        values = self._assigned.get(name)
        if values is None:
            return self._environment.get(name)
        if len(values) > 1 or depth > len(self._assigned):  # more would be assigned from itself
            return None
        value = values[0]
        if value is None:
            return ""
        return FOUND if _text(value).startswith("$(command -v ") else self._word(value, depth + 1)

    def _word(self, node: Node, depth: int = 0) -> Word:
        if node.type == "raw_string":
            return _text(node)[1:-1]
        if node.type in ("simple_expansion", "expansion"):
            return self._expanded(_text(node), depth)
        if node.type in ("command_name", "concatenation", "string"):
            return self._joined(node, depth)
        return _text(node).replace("\\", "") if node.type in _LITERAL else None

    def _joined(self, node: Node, depth: int) -> Word:
        """The parts of a word; blanks and lone signs between them have no nodes of their own."""
        if not node.children:
            return _text(node)
        whole, end = node.text or b"", node.start_byte
        parts: list[str] = []
        for child in node.children:
            parts.append(whole[end - node.start_byte : child.start_byte - node.start_byte].decode())
            end = child.end_byte
            part = _text(child).strip('"') if child.type in ('"', "$") else self._word(child, depth)
            if part is None:
                return None
            parts.append(part)
        text = "".join(parts)
        return text if text in (PASSED, FOUND) or not {PASSED, FOUND} & set(parts) else None

    def _expanded(self, text: str, depth: int) -> Word:
        defaulted = _DEFAULTED.fullmatch(text)
        if defaulted:
            name, default = defaulted.groups()
            own = len(self._assigned.get(name, ())) == 1 and self._value(name, depth + 1)
            known = self._environment.get(name) or own
            return known or (None if "$" in default else default)
        plain = _PLAIN.fullmatch(text)
        return self._value(plain[1], depth + 1) if plain else None


def _nodes(root: Node, kind: str = "") -> Iterator[Node]:
    """Nodes of a kind ("": all) in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not kind or node.type == kind:
            yield node
        waiting += reversed(node.children)


def _asks_for(node: Node) -> str:
    """The program that ``command -v`` asks for, "" for other nodes."""
    body = node.child_by_field_name("body") if node.type == "redirected_statement" else node
    if body is None or body.type != "command":
        return ""
    words = _text(body).split()
    return words[2] if words[:2] == ["command", "-v"] and len(words) > 2 else ""


def _alternatives(node: Node) -> tuple[str, ...]:
    """The programs of a list whose members are all ``command -v``, joined by ``||``."""
    if node.type != "list" or not any(child.type == "||" for child in node.children):
        return ()
    found = [_alternatives(child) or (_asks_for(child),) for child in node.named_children]
    names = tuple(name for part in found for name in part)
    return names if all(names) else ()


def _text(node: Node) -> str:
    return (node.text or b"").decode()

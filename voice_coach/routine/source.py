"""Reading a YAML file into plain data that remembers where everything stands.

The file is composed into nodes once and walked once, so that every fault of its form is found
together, and nothing an alias or a tag could do is ever carried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

LARGEST = 256 * 1024
"""Bytes a file may have."""
DEEPEST = 12
"""Levels a file may be nested."""
MOST = 100
"""Faults that are told at once."""

At = tuple[str | int, ...]
"""The way to a value: keys and list positions from the root."""


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place, in one sentence that ends with how to mend it."""

    at: At
    text: str
    key: bool = False
    """Whether the key is meant, not its value."""
    mark: tuple[int, int] | None = None
    """Line and column, where *at* does not lead to the place."""


@dataclass
class Source:
    """What a file says, where it says it, and the faults of its form."""

    path: Path
    data: Any = None
    values: dict[At, tuple[int, int]] = field(default_factory=dict)
    """Where each value begins: line and column, from 1."""
    keys: dict[At, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, fault: Fault) -> tuple[int, int]:
        """Line and column of a fault; of what holds it, if the place itself was never written."""
        if fault.mark:
            return fault.mark
        at = fault.at
        while at and at not in self.values:
            at = at[:-1]
        if fault.key and at in self.keys:
            return self.keys[at]
        return self.values.get(at, (1, 1))

    def known(self, at: At) -> At:
        """As much of *at* as the file really has; the rest is bookkeeping of the validator."""
        known: At = ()
        for part in at:
            if (*known, part) in self.values:
                known = (*known, part)
        return known

    def report(self, faults: list[Fault]) -> str:
        """All faults in the order of the file, one a line; of a hopeless file only the first hundred."""
        placed = sorted({(*self.place(fault), self._where(fault.at) + fault.text) for fault in faults})
        lines = [f"{self.path}:{line}:{column}: {text}" for line, column, text in placed[:MOST]]
        if len(placed) > MOST:
            line, column, _ = placed[MOST]
            lines.append(
                f"{self.path}:{line}:{column}: {len(placed) - MOST} more faults follow; mend those above first"
            )
        return "\n".join(lines)

    def _where(self, at: At) -> str:
        """Such as 'step 3 "knead-calf": '."""
        match at:
            case ("steps", int(index), *_):
                name = self.get(("steps", index, "id"))
                return f'step {index + 1} "{name}": ' if isinstance(name, str) else f"step {index + 1}: "
            case (str(list_name), int(index), *_) if list_name in _SINGULAR:
                return f"{_SINGULAR[list_name]} {index + 1}: "
        return ""

    def get(self, at: At) -> Any:
        """The value at a place, or None."""
        value = self.data
        for part in at:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


_SINGULAR = {"questions": "question", "red_flags": "red flag", "preparation": "preparation", "closing": "closing"}


def read(path: Path) -> Source:
    """Read a YAML file; what is wrong with its form is in *faults*, and then *data* may be incomplete.

    Raises OSError where the file cannot be read.
    """
    source = Source(path)
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    text = _decode(raw, source)
    if source.faults:
        return source
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except RecursionError:
        source.faults.append(Fault((), f"nested too deeply; use at most {DEEPEST} levels"))
        return source
    except MarkedYAMLError as error:
        opened = "quoted" in (error.context or "")  # the end of the file says little about an open quote
        mark = error.context_mark if opened else error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        source.faults.append(Fault((), _plain(error, text), mark=place))
        return source
    except (YAMLError, ValueError):
        source.faults.append(Fault((), "this is not YAML; look at a shipped routine for the form"))
        return source
    if node is None:
        source.faults.append(Fault((), "the file is empty; `version: 1` is a good beginning"))
        return source
    source.data = _Walk(source, yaml, text.splitlines()).value(node, ())
    return source


def _decode(raw: bytes, source: Source) -> str:
    def refuse(text: str, place: tuple[int, int] = (1, 1)) -> str:
        source.faults.append(Fault((), text, mark=place))
        return ""

    if len(raw) > LARGEST:
        return refuse(f"larger than {LARGEST // 1024} KB; a routine is a few, so split it or check that it is one")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        return refuse("this is not UTF-8 text; save the file as UTF-8", place)
    if match := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]", text):
        at = match.start()
        place = (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        return refuse(f"an invisible character (number {ord(match[0])}) stands here; delete it", place)
    return text


def reason(error: Exception, path: Path) -> str:
    """Why a small YAML file cannot be read, for somebody who does not know YAML."""
    match error:
        case OSError(strerror=told) if told:
            return str(told)
        case UnicodeDecodeError():
            return "this is not UTF-8 text"
        case MarkedYAMLError(problem_mark=mark) if mark:
            return f"line {mark.line + 1}: {_plain(error, path.read_text('utf-8'))}"
        case _:
            return "this is not YAML"


def _plain(error: MarkedYAMLError, text: str) -> str:
    """What a syntax error means to somebody who does not know YAML."""
    problem = f"{error.context or ''} {error.problem or ''}"
    line = text.splitlines()[error.problem_mark.line :][:1] if error.problem_mark else []
    if "'\\t'" in problem or (line and re.match(r" *\t", line[0])):
        return "a tab indents this line; use spaces"
    for sign, meaning in _MEANINGS:
        if sign in problem:
            return meaning
    return "this is not YAML; check the indentation and the quotes here"


_MEANINGS = (
    ("duplicate key", "this key is here twice; delete one of them"),
    ("single document", "a second document begins here; a file holds one routine, so delete the line ---"),
    ("undefined alias", "a * at the beginning means something in YAML; put the text in quotes"),
    ("mapping values", "a second ': ' or a deeper line where none fits; quote the text, or indent like the line above"),
    ("quoted scalar", "a quotation mark is not closed, or a backslash stands in the quotes; mend the quotes"),
    ("flow", "a bracket is not closed; close it, or write the list with '- ' on lines of its own"),
    ("cannot start any token", "text cannot begin with this character; put the text in quotes"),
    ("expected <block end>", "this line is indented unlike its neighbours; line it up with them"),
    ("<document start>", "this line is indented unlike its neighbours; line it up with them"),
    ("could not find expected ':'", "a ':' is missing after the key; write `key: value`"),
    ("YAML document (version", "this names another version of YAML; delete the line"),
    ("duplicate anchor", "anchors (&) are not understood here; write the text out each time"),
    ("tag", "tags (!) are not understood here; delete it"),
)
_PREFIX = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_PREFIX + name for name in ("int", "float", "bool", "null")}


class _Walk:
    """Turns nodes into data, noting places and faults."""

    def __init__(self, source: Source, yaml: YAML, lines: list[str]) -> None:
        self.source = source
        self.yaml = yaml
        self.lines = lines
        self.seen: set[int] = set()

    def value(self, node: Node, at: At) -> Any:
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.source.values[at] = mark
        if id(node) in self.seen:
            self.fault(at, "this repeats another place with *; write it out, aliases are not understood here")
            return None
        self.seen.add(id(node))
        if len(at) > DEEPEST:
            self.fault(at, f"nested too deeply; use at most {DEEPEST} levels")
            return None
        if isinstance(node, ScalarNode):
            return self.scalar(node, at)
        if isinstance(node, MappingNode):
            return self.mapping(node, at)
        return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]

    def scalar(self, node: ScalarNode, at: At) -> Any:
        tag = str(node.tag)
        if tag in _PLAIN_TAGS:
            try:
                return self.yaml.constructor.construct_object(node)
            except (ValueError, OverflowError, LookupError, YAMLError):
                self.fault(at, f"{str(node.value)[:20]!r} is not a usable number; write a small one")
                return None
        if tag not in (_PREFIX + "str", _PREFIX + "timestamp", "!"):
            self.fault(at, f"the tag {tag.removeprefix(_PREFIX)!r} is not understood here; delete it")
        more = self.lines[node.start_mark.line + 1 : node.end_mark.line + 1] if not node.style else []
        if any(re.match(r" *- ", line) for line in more):
            self.fault(at, "a list item was swallowed into this text; indent all items alike")
        return node.value

    def mapping(self, node: MappingNode, at: At) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, place = key_node.value, (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key, str):
                self.source.faults.append(Fault(at, "a key is one word; write `key: value`", mark=place))
            elif key in result:
                text = f"{key!r} was already given on line {self.source.keys[*at, key][0]}; keep one of the two"
                self.source.faults.append(Fault((*at, key), text, mark=place))
            else:
                result[key] = None
                self.source.keys[*at, key] = place
                result[key] = self.value(value_node, (*at, key))
        return result

    def fault(self, at: At, text: str) -> None:
        self.source.faults.append(Fault(at, text))

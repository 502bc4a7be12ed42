"""YAML and JSON files whose scalars stay text and whose every node knows its line and column.

A publisher's `NO` is Norway and `12:30` a time of day, so nothing here guesses types: the records that take the data
do. Reading is bounded in size, depth and alias expansion, and every problem names its place.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import Message, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

MAX_BYTES = 2_000_000
MAX_NODES = 100_000
MAX_DEPTH = 60

Data = dict[str, Any] | list[Any] | str
Steps = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: `data` consists of dict, list and str only; `label` is its name in messages."""

    path: Path
    label: str
    data: Data
    root: yaml.Node

    def place(self, loc: Steps = ()) -> Place:
        """The place of the node at `loc` (keys and indices from the root), or of its nearest ancestor that exists.

        For an entry of a mapping this is its key. A record that is not in a list has no index.
        """
        node, mark = self.root, self.root.start_mark
        for step in loc:
            if isinstance(step, int) and not isinstance(node, yaml.SequenceNode):
                continue
            found = _child(node, step)
            if found is None:
                break
            node, mark = found
        return Place(self.label, line=mark.line + 1, offset=mark.column + 1)


def read_document(path: Path, shown: str) -> Document:
    """Read a YAML file, or JSON when its name ends in `.json`.

    Raises:
        InputError: there is no such file or it cannot be read.
        ConfigurationError: it is not UTF-8, not well-formed, too large, or repeats a key.
    """
    text = _read_text(path, shown)
    source = re.sub("\t", " ", text) if path.suffix == ".json" else text
    if path.suffix == ".json":
        _check_json(text, shown)
    try:
        root = yaml.compose(source, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(error, shown)
    except yaml.reader.ReaderError as error:
        place = _position(text, error.position, shown)
        raise ConfigurationError(
            message("a YAML file cannot have the character {character}", character=f"U+{error.character:04X}"),
            place=place,
            remedy=message("Delete the character."),
        ) from None
    except RecursionError:
        raise ConfigurationError(_NESTED, place=Place(shown), remedy=_SIMPLIFY) from None
    if root is None:
        raise ConfigurationError(
            message("the file is empty"),
            place=Place(shown),
            remedy=message("Write its keys, such as `{line}`.", line="title: {en: …}"),
        )
    return Document(path, shown, _Converter(shown).convert(root), root)


_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}
_SIMPLIFY = message("Write the entries out, without anchors (&) and aliases (*).")
_NESTED = message("the keys of the file are nested too deeply")


def _read_text(path: Path, shown: str) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait without end
            raise InputError(
                message("the file cannot be read: it is a folder or pipe"),
                place=Place(shown),
                remedy=message("Put a regular file there."),
            )
        size = status.st_size
        if size > MAX_BYTES:
            raise ConfigurationError(
                message(
                    "the file has {size} bytes; a description may have at most {limit}", size=size, limit=MAX_BYTES
                ),
                place=Place(shown),
                remedy=message("Keep data in CSV tables and only their description here."),
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            message("there is no such file"),
            place=Place(shown),
            remedy=message("Create the file, or correct its name."),
        ) from None
    except OSError as error:
        raise InputError(
            message("the file cannot be read: {reason}", reason=system_reason(error)),
            place=Place(shown),
            remedy=message("Check the permissions of the file."),
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise ConfigurationError(
            message("the file is not UTF-8 text"),
            place=_position(before, len(before), shown),
            remedy=message("Save the file in the editor with the encoding UTF-8."),
        ) from None
    if "\0" in text:
        raise ConfigurationError(
            message("the file contains a NUL byte"),
            place=_position(text, text.index("\0"), shown),
            remedy=message("Save the file in the editor with the encoding UTF-8."),
        )
    return text


def _position(text: str, index: int, shown: str) -> Place:
    """The line and column of a character of the text."""
    start = text.rfind("\n", 0, index) + 1
    return Place(shown, line=text.count("\n", 0, index) + 1, offset=index - start + 1)


def _check_json(text: str, shown: str) -> None:
    """JSON's own grammar, which is narrower than YAML's."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        place = Place(shown, line=error.lineno, offset=error.colno)
        raise ConfigurationError(
            message("this is not JSON: {reason}", reason=error.msg),
            place=place,
            remedy=message("Correct the syntax."),
        ) from None
    except RecursionError:
        raise ConfigurationError(_NESTED, place=Place(shown), remedy=_SIMPLIFY) from None


def _refuse_syntax(error: yaml.MarkedYAMLError, shown: str) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    place = Place(shown, line=mark.line + 1, offset=mark.column + 1) if mark else Place(shown)
    reason = error.problem or error.context or type(error).__name__
    problem = message("this is not YAML: {reason}", reason=reason)
    remedy = message("Check indentation (spaces, no tabs), quotation marks, and the space after each colon.")
    if "\\t" in reason:
        problem = message("this is not YAML: there is a tab where YAML needs spaces")
        remedy = message("Replace the tab by spaces.")
    raise ConfigurationError(problem, place=place, remedy=remedy) from None


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Mark] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark
    return None


class _Converter:
    """Turns nodes into data, counting how much aliases make of them."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._nodes = 0

    def convert(self, node: yaml.Node, depth: int = 0) -> Data:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            self._refuse(message("anchors and aliases, or nesting, make this file too large"), node, _SIMPLIFY)
        if node.tag not in _TAGS:
            self._refuse(message('the tag "{tag}" is not allowed here', tag=node.tag), node, message("Delete the tag."))
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, depth + 1) for item in node.value]
        return dict(self._entries(node, depth))

    def _entries(self, node: yaml.Node, depth: int) -> Iterator[tuple[str, Data]]:
        seen: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(message("a key must be plain text"), key, message("Write the key as a word."))
            if key.value in seen:
                first = seen[key.value].start_mark.line + 1
                self._refuse(
                    message('the key "{key}" is here a second time (first on line {line})', key=key.value, line=first),
                    key,
                    message("Delete one of the two."),
                )
            seen[key.value] = key
            yield key.value, self.convert(value, depth + 1)

    def _refuse(self, problem: Message, node: yaml.Node, remedy: Message) -> NoReturn:
        mark = node.start_mark
        raise ConfigurationError(
            problem, place=Place(self._shown, line=mark.line + 1, offset=mark.column + 1), remedy=remedy
        )

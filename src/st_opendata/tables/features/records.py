"""What a file of features has: records with the values of their properties and the positions of their geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.tables.json_text import json_array, json_object, quote


class FeaturesError(MessageError):
    """The file cannot be read as features; `line` is where, if that is known."""

    def __init__(self, text: Message, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class Numeral(str):
    """A number with the digits that the file has."""

    __slots__ = ()

    @property
    def plain(self) -> str:
        """The same number without an exponent."""
        return str(self) if self.isdecimal() or not {"e", "E"} & set(self) else format(Decimal(self), "f")


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system: the name that people know it by, and what pyproj takes."""

    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class RawGeometry:
    """A geometry as GeoJSON nests its positions; each position is two or more numbers, the first goes east."""

    kind: str
    coordinates: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Feature:
    """A record: values by the names of columns, and a geometry; `problem` says why the geometry cannot be read."""

    values: Mapping[str, Any]
    geometry: RawGeometry | None = None
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Features with the same columns; `crs` is None for WGS 84, longitude first.

    `located` is false for a table without geometries. `features` gives all from the start each time, and raises
    FeaturesError where the file is damaged.
    """

    name: str
    columns: tuple[str, ...]
    crs: Crs | None
    features: Callable[[], Iterator[Feature]]
    located: bool = True


def cell_of(value: object, separator: str | None = None) -> str | None:
    """The value as the text of a cell, a list with the separator between its items.

    None for objects, and for lists without a separator, which no cell can have.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Numeral | str | int):
        return str(value)
    if isinstance(value, float):
        return Numeral(repr(value)).plain
    if isinstance(value, list) and separator:
        items = [cell_of(item) for item in value]
        if all(item is not None and separator not in item for item in items):
            return separator.join(filter(None, items))
    return None


def shown_cell(value: object) -> str:
    """The value as text: of objects and lists as JSON, of bytes nothing."""
    if isinstance(value, bytes):
        return ""
    cell = cell_of(value)
    return json_of(value) if cell is None else cell


def json_of(value: object) -> str:
    """The value as JSON, numbers as they were written."""
    if isinstance(value, dict):
        return json_object((name, json_of(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return json_array(map(json_of, value))
    if value is None:
        return "null"
    if isinstance(value, str) and not isinstance(value, Numeral):
        return quote(value)
    return cell_of(value) or ""


def damaged(reason: str, line: int | None = None) -> FeaturesError:
    """The error about a file that ends too early or has wrong bytes."""
    return FeaturesError(message("it is damaged: {reason}", reason=reason), line)

"""The order of findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from st_opendata.model.findings import Finding
from st_opendata.model.text import Text
from st_opendata.place import Place

_NOWHERE = Place("\uffff")


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By file, row, column, line and code, then by the terms: the same findings are always in the same order."""
    return sorted(findings, key=_sort_key)


def _sort_key(each: Finding) -> tuple[object, ...]:
    terms = tuple(term or "" for term in (each.focus, each.path, each.value, each.shape, each.component))
    return (*place_key(each.places), each.code, *terms, TextKey(each.message))


def place_key(places: tuple[Place, ...]) -> tuple[object, ...]:
    """The part of the order that places decide."""
    first = places[0] if places else _NOWHERE
    return first.file, first.row or 0, first.column or "", first.line or 0, first.offset or 0


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class TextKey:
    """A text in several languages as the last part of a key: translated only where all other parts are equal."""

    texts: Text

    def __hash__(self) -> int:
        return hash(tuple(self._items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextKey) and self._items() == other._items()

    def __lt__(self, other: TextKey) -> bool:
        return self._items() < other._items()

    def _items(self) -> list[tuple[str, str]]:
        return sorted(self.texts.items())

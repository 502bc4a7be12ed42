"""The cells that cause results: found for all results together, in a few passes over the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rdflib import BNode

from st_opendata.place import Place
from st_opendata.shacl.engine import Result
from st_opendata.shacl.terms import term_text

if TYPE_CHECKING:
    from st_opendata.facts import FactBase
    from st_opendata.facts.places import Pattern

_IRI = re.compile(r"<[^<>]*>")


def places_of(results: Sequence[Result], facts: FactBase) -> Iterator[tuple[Place, ...]]:
    """For each result the cells that state its value; else those of the property.

    Where the property is missing, these are the empty cells where it belongs: in the rows of the focus node, in the
    columns that state the property; else the rows. Where no row describes the focus node, the cells that name it.
    """
    patterns = [_patterns(result) for result in results]
    found = facts.find_places(pattern for each in patterns for pattern in each[:1])
    found |= facts.find_places(each[1] for each in patterns if each[1:] and each[0] not in found)
    left = [_focus(result) for result, each in zip(results, patterns, strict=True) if found.keys().isdisjoint(each)]
    rows = facts.find_rows(focus for focus in left if focus is not None)
    naming = facts.find_places((None, None, focus) for focus in left if focus is not None and focus not in rows)
    columns = cache(facts.columns)
    for result, each in zip(results, patterns, strict=True):
        focus = _focus(result)
        stated = next((found[pattern] for pattern in each if pattern in found), None)
        if stated is not None:
            yield stated
        elif focus not in rows:
            yield naming.get((None, None, focus), ())
        else:
            yield _empty(rows[focus], columns(each[-1][1] or "") if each else ()) or rows[focus]


def _focus(result: Result) -> str | None:
    """None for a blank node: facts have none, and labels of files may be alike."""
    return None if isinstance(result.focus, BNode) else term_text(result.focus)


def _patterns(result: Result) -> list[Pattern]:
    """The triples that a result is about, if its path is a property: those with its value, and all of the property."""
    focus = _focus(result)
    if focus is None or result.path is None or not _IRI.fullmatch(result.path):
        return []
    stated: Pattern = (focus, result.path, None)
    return [stated] if result.value is None else [(focus, result.path, term_text(result.value)), stated]


def _empty(rows: Sequence[Place], columns: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(cell for row in rows for column in columns if (cell := row.crossing(column)))

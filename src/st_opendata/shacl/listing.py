"""The order of findings, and how many of a shape are listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import total_ordering

from rdflib.term import Node

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.text import Text
from st_opendata.place import Place
from st_opendata.shacl.engine import Result
from st_opendata.shacl.terms import short, term_text
from st_opendata.shacl.wording import Wording, code_of

_NOWHERE = Place("\uffff")

Located = tuple[Result, tuple[Place, ...]]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By file, row, column, line and code, then by the terms: the same findings are always in the same order."""
    return sorted(findings, key=_sort_key)


def listed(
    results: Sequence[Result], places: Sequence[tuple[Place, ...]], wording: Wording, limit: int
) -> list[Finding]:
    """The findings of the results, in no particular order; of a shape the first `limit` as `sort_findings` has them.

    The others are counted: one finding for each shape, code and file has their number.
    """
    of_shape = defaultdict[Node, list[Located]](list)
    for located in zip(results, places, strict=True):
        of_shape[located[0].shape].append(located)
    found: list[Finding] = []
    for shape, group in of_shape.items():
        if len(group) > limit:
            group.sort(key=lambda located: _result_key(located, wording.owner(shape)))
            found += _rest(group[limit:], wording.owner(shape))
        found += [wording.finding(*located) for located in group[:limit]]
    return found


def _rest(group: Iterable[Located], owner: str | None) -> list[Finding]:
    """The findings with the numbers of those that are not listed."""
    counts = Counter((code_of(result.component), places[0].file if places else None) for result, places in group)
    return [
        replace(
            finding(
                "shacl-more",
                () if file is None else (Place(file),),
                kind=code,
                count=count,
                shape="" if owner is None else short(owner),
            ),
            shape=owner,
            unlisted=count,
        )
        for (code, file), count in counts.items()
    ]


def _result_key(located: Located, owner: str | None) -> tuple[object, ...]:
    """The key that the finding of a result will have; its messages decide between results that are else alike."""
    result, places = located
    value = "" if result.value is None else term_text(result.value)
    terms = (term_text(result.focus), result.path or "", value, owner or "", term_text(result.component))
    return (*_place_key(places), code_of(result.component), *terms, _Texts(result.messages))


def _sort_key(each: Finding) -> tuple[object, ...]:
    terms = tuple(term or "" for term in (each.focus, each.path, each.value, each.shape, each.component))
    return (*_place_key(each.places), each.code, *terms, _Texts(each.message))


def _place_key(places: tuple[Place, ...]) -> tuple[object, ...]:
    first = places[0] if places else _NOWHERE
    return first.file, first.row or 0, first.column or "", first.line or 0, first.offset or 0


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """A text in several languages as the last part of a key: translated only where all other parts are equal."""

    texts: Text

    def __hash__(self) -> int:
        return hash(tuple(self._items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Texts) and self._items() == other._items()

    def __lt__(self, other: _Texts) -> bool:
        return self._items() < other._items()

    def _items(self) -> list[tuple[str, str]]:
        return sorted(self.texts.items())

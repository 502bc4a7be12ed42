"""How many findings of a shape are listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rdflib.term import Node

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.place import Place
from st_opendata.shacl.engine import Result
from st_opendata.shacl.order import TextKey, place_key
from st_opendata.shacl.terms import short, term_text
from st_opendata.shacl.wording import Wording, code_of

Located = tuple[Result, tuple[Place, ...]]


def listed(
    results: Sequence[Result], places: Sequence[tuple[Place, ...]], wording: Wording, limit: int
) -> list[Finding]:
    """The findings of the results, in no particular order; of a shape the first `limit` in the order of findings.

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
    return (*place_key(places), code_of(result.component), *terms, TextKey(result.messages))

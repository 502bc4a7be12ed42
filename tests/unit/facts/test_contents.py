"""The digest of what tables hold: another for every change of a record, a cell or a mapping, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from st_opendata.facts import FactBase
from st_opendata.facts.contents import Contents

EX = "https://example.org/ns#"
Load = Callable[..., FactBase]

COLUMNS = [
    {"name": "id", "propertyUrl": "ex:id", "titles": {"en": "Id"}},
    {"name": "a", "propertyUrl": "ex:a", "null": ["-"]},
    {"name": "b", "propertyUrl": "ex:b", "separator": "|", "null": ["-"]},
]
HEADER, ROWS = "Id,a,b", ["1,x,p|q", "2,-,-", "3,xy,p"]


def contents(load: Load, rows: list[str], columns: list[dict[str, Any]], about: str) -> tuple[Contents, str]:
    facts = load("\n".join([HEADER, *rows, ""]), columns, aboutUrl=about)
    return facts.contents, facts.catalogue.datasets[0].tables[0].name


def digest(load: Load, rows: list[str], columns: list[dict[str, Any]] = COLUMNS, about: str = "x/{id}") -> str:
    found, table = contents(load, rows, columns, about)
    return found.table(table)


def predicates(load: Load, rows: list[str]) -> list[str]:
    """The digests of the facts with ex:id, ex:a and ex:b."""
    found, _ = contents(load, rows, COLUMNS, "x/{id}")
    return [found.predicate(f"<{EX}{name}>") for name in ("id", "a", "b")]


def test_every_change_of_records_is_seen(load: Load) -> None:
    changed = [
        ROWS,
        ROWS[:2],
        ROWS[::-1],
        [*ROWS, ROWS[2]],
        ["1,y,p|q", *ROWS[1:]],
        ["1,x,q|p", *ROWS[1:]],
        ["1,x,p", *ROWS[1:]],
        ['1,x,"p|""q"', *ROWS[1:]],
        ["1,xp,q", *ROWS[1:]],
        [ROWS[0], "2,null,-", ROWS[2]],
        [ROWS[0], "2,,-", ROWS[2]],
        [ROWS[0], '2,"[]",-', ROWS[2]],
    ]
    digests = [digest(load, rows) for rows in changed]
    assert len(set(digests)) == len(changed)
    assert digest(load, ROWS) == digests[0]


def test_every_change_of_the_mapping_is_seen_and_none_of_its_texts(load: Load) -> None:
    first = digest(load, ROWS)
    one, *others = COLUMNS
    others_of_a = [{"lang": "fr"}, {"propertyUrl": "ex:c"}, {"suppressOutput": True}, {"valueUrl": "v/{a}"}]
    changed = [[one, {**others[0], **change}, others[1]] for change in others_of_a]
    digests = [digest(load, ROWS, columns) for columns in changed] + [digest(load, ROWS, about="y/{id}")]
    assert len({first, *digests}) == len(digests) + 1
    assert digest(load, ROWS, [{**one, "description": {"en": "A number."}}, *others]) == first


def test_a_change_is_seen_in_the_facts_of_its_predicates_alone(load: Load) -> None:
    first = predicates(load, ROWS)
    for rows, changed in (
        (["1,y,p|q", *ROWS[1:]], [False, True, False]),
        (["1,x,p|r", *ROWS[1:]], [False, False, True]),
        (["1,x,q|p", *ROWS[1:]], [False, False, False]),
        (["4,x,p|q", *ROWS[1:]], [True, True, True]),
        ([ROWS[0], ROWS[2], ROWS[1]], [True, True, True]),
        ([*ROWS, "4,-,-"], [True, False, False]),
        (ROWS, [False, False, False]),
    ):
        assert [one != other for one, other in zip(first, predicates(load, rows), strict=True)] == changed

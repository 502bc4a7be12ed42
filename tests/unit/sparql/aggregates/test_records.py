"""Which predicates stand side by side in a record, and which patterns it answers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest

from st_opendata.sparql.aggregates import write_columns
from st_opendata.sparql.aggregates.records import RecordTable, choose_records, read_records
from st_opendata.sparql.aggregates.selection import Pattern, QueryVariable, Term
from st_opendata.sparql.store import ReleaseStore

DATA = """
PREFIX : <http://e/>
:a a :City ; :name "A"@en, "A"@fr ; :people 1 ; :area 2.5 ; :near :b .
:b a :City ; :name "B"@en ; :people 2 ; :area 2.5 ; :near :c .
:c a :City, :Capital ; :people 3 ; :area 4.0 .
:x a :Place .
"""
NAME, PEOPLE, AREA, NEAR, TYPE = (Term(f"http://e/{name}") for name in ("name", "people", "area", "near", "type"))
CITY = RecordTable("records_0", frozenset(term.lexical for term in (PEOPLE, AREA, TYPE)), frozenset([PEOPLE.lexical]))


def records_of(data: str, folder: Path, few: int = 0) -> list[RecordTable]:
    store = ox.Store()
    store.load(data.encode(), format=ox.RdfFormat.TURTLE)
    path = folder / "columns.db"
    write_columns(ReleaseStore(store), path, memory=1 << 28, threads=1, few=few)
    with duckdb.connect(str(path), read_only=True) as connection:
        return read_records(connection.execute('SELECT "table", predicate, own FROM records').fetchall())


def test_what_the_same_subjects_have_once_is_a_record(tmp_path: Path) -> None:
    """`near` is stated of two of them; each of these has one type, which the third has not."""
    cities, neighbours = records_of(DATA, tmp_path)
    assert cities.predicates == cities.own == {"http://e/people", "http://e/area"}
    assert neighbours.own == {"http://e/near"}
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert neighbours.predicates == {"http://e/near", "http://e/people", "http://e/area", rdf_type}


def test_few_subjects_have_no_records(tmp_path: Path) -> None:
    assert records_of(DATA, tmp_path, few=4) == []


@pytest.mark.parametrize(
    ("predicates", "in_record"),
    [
        ([PEOPLE, AREA], [0, 1]),
        ([PEOPLE, TYPE, NEAR], [0, 1]),
        ([PEOPLE, PEOPLE], [0, 1]),
        ([PEOPLE, NEAR], []),  # a record of one is no better than triples
        ([AREA, TYPE], []),  # others may have both
    ],
)
def test_patterns_of_a_subject_share_its_record(predicates: list[Term], in_record: list[int]) -> None:
    patterns: list[Pattern] = [
        (QueryVariable("s"), each, QueryVariable(str(place))) for place, each in enumerate(predicates)
    ]
    chosen = choose_records(patterns, [CITY])
    assert list(chosen) == in_record
    assert len({row for row, _ in chosen.values()}) <= 1


def test_each_subject_has_a_record_of_its_own() -> None:
    patterns: list[Pattern] = [
        (subject, predicate, QueryVariable(f"{subject.name}{place}"))
        for subject in (QueryVariable("s"), QueryVariable("t"))
        for place, predicate in enumerate((PEOPLE, AREA))
    ]
    chosen = choose_records([*patterns, (Term("http://e/a"), PEOPLE, QueryVariable("x"))], [CITY])
    rows = [row for row, _ in chosen.values()]
    assert len(rows) == 4
    assert rows[0] == rows[1] != rows[2] == rows[3]

"""Every answer as CSV has as many fields in each row as in its heading, and the values of the terms in them."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pyoxigraph as ox
import pytest

from st_opendata.sparql.query import ask
from st_opendata.sparql.standard import write_csv
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.text import Query

VALUES = (
    ("<http://dbpedia.org/resource/Portland,_Oregon>", "http://dbpedia.org/resource/Portland,_Oregon"),
    ("<http://e/a,b,c;d'(e)!$&*+=@%22é>", "http://e/a,b,c;d'(e)!$&*+=@%22é"),
    ('"one, two"', "one, two"),
    ('"""say "hi", \\r\\n twice\\n"""@en', 'say "hi", \r\n twice\n'),
    ('"\\r"', "\r"),
    ('" "', " "),
    ('""', ""),
    ("UNDEF", ""),
    ("1.50", "1.5"),
    ("true", "true"),
    ('"a,b"^^<http://e/type>', "a,b"),
)


def rows_of(select: str) -> list[list[str]]:
    table = ask(ReleaseStore(ox.Store()), Query(select), "csv")
    assert isinstance(table, bytes)
    return list(csv.reader(StringIO(table.decode(), newline="")))


def test_all_that_needs_it_is_quoted() -> None:
    rows = " ".join(f"({term} {number})" for number, (term, _) in enumerate(VALUES))
    assert rows_of(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {rows} }} }}") == [
        ["x", "y"],
        *([value, str(number)] for number, (_, value) in enumerate(VALUES)),
    ]


@pytest.mark.parametrize(("term", "value"), VALUES)
def test_no_row_of_one_column_is_an_empty_line(term: str, value: str) -> None:
    assert rows_of(f"SELECT ?x {{ VALUES (?x) {{ ({term}) }} }}") == [["x"], [value]]


def test_what_needs_no_quotes_is_written_as_before() -> None:
    query = 'SELECT * { VALUES (?a ?b ?c) { (<http://e/a> "x" 1) ("a, \\"b\\""@en UNDEF true) } }'
    ours = BytesIO()
    write_csv(ox.Store().query(query), ours)  # type: ignore[arg-type]  # it is a SELECT
    assert ours.getvalue() == ox.Store().query(query).serialize(format=ox.QueryResultsFormat.CSV)


def test_blank_nodes_have_a_name_and_no_column_no_cell() -> None:
    assert rows_of("SELECT ?x { BIND(BNODE() AS ?x) }")[1][0].startswith("_:")
    assert rows_of("SELECT * { }") == [[], []]

"""Rows are counted exactly, wherever the bytes are cut and whatever the values hold."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_opendata.rdf.formats import RESULT_FORMATS
from st_opendata.sparql.workers.rows import row_counter

NASTY = (
    "",
    '"',
    "\\",
    '\\"',
    "},{",
    ',{"x":{',
    "[{",
    "<result>",
    "</result>",
    "a\nb",
    "a\r\nb",
    '""\n"',
    "{}",
    "\\u0022",
)


def result(values: list[str], form: str) -> bytes:
    store = ox.Store()
    for number, value in enumerate(values):
        store.add(ox.Quad(ox.NamedNode(f"http://e/{number}"), ox.NamedNode("http://e/p"), ox.Literal(value)))
    results = store.query("SELECT ?o ?nothing ?p { ?s ?p ?o }")
    assert isinstance(results, ox.QuerySolutions)
    kind = RESULT_FORMATS[form].engine
    assert isinstance(kind, ox.QueryResultsFormat)
    return results.serialize(format=kind) or b""


def counted(data: bytes, form: str, piece: int) -> int:
    count = row_counter(form)
    heading = 1 if form in ("csv", "tsv") else 0
    return sum(count(data[start : start + piece]) for start in range(0, len(data), piece)) - heading


@pytest.mark.parametrize("form", RESULT_FORMATS)
@pytest.mark.parametrize("piece", [1, 2, 7, 100_000])
def test_nasty_values(form: str, piece: int) -> None:
    assert counted(result(list(NASTY), form), form, piece) == len(NASTY)
    assert counted(result([], form), form, piece) == 0


@pytest.mark.parametrize("form", RESULT_FORMATS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(st.text('"\\{}[],:\n\r<>resultx', max_size=8), max_size=5), piece=st.integers(1, 9))
def test_any_values(form: str, values: list[str], piece: int) -> None:
    assert counted(result(values, form), form, piece) == len(values)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_rows_without_values(form: str) -> None:
    results = ox.Store().query("SELECT ?x { VALUES ?y { 1 2 3 } }")
    assert isinstance(results, ox.QuerySolutions)
    kind = RESULT_FORMATS[form].engine
    assert isinstance(kind, ox.QueryResultsFormat)
    assert counted(results.serialize(format=kind) or b"", form, 5) == 3

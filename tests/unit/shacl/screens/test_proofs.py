"""SQL proves nothing that the judge of a value denies: every hostile literal against every test."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from columns_of import engine_in
from pairs import LEXICALS, PATTERNS, TAGS, TYPES
from rdflib import XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from st_opendata.shacl.comparing import order
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.proofs import PAIRS, compared, value_tests
from st_opendata.shacl.screens.terms import TermCache, column_text
from st_opendata.shacl.terms import SH
from st_opendata.sql.duckdb import DuckDBEngine

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")
SHAPE = URIRef("https://example.org/S")
VALUES = [
    *(Literal(lexical, datatype=kind, normalize=False) for lexical in LEXICALS for kind in dict.fromkeys(TYPES)),
    *(Literal(lexical, lang=tag.lower()) for lexical in LEXICALS for tag in TAGS),
    *(URIRef("https://example.org/a-b"), URIRef("https://example.org/é"), BNode("a")),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    opened = engine_in(tmp_path_factory.mktemp("engine"))
    opened.define("texts", {"v": "VARCHAR"})
    opened.fill("texts", [[column_text(value) for value in VALUES]])
    yield opened
    opened.close()


def shapes() -> Iterator[Graph]:
    """One constraint each."""
    bounds = [Literal(lexical, datatype=kind, normalize=False) for lexical in LEXICALS for kind in (XSD.date, None)]
    bounds += [
        Literal("5.5", datatype=XSD.decimal),
        Literal(300),
        Literal("2024-01-01T00:00:00Z", datatype=XSD.dateTime),
    ]
    values = {
        "datatype": [kind for kind in TYPES if kind],
        "minLength": [Literal(number) for number in range(5)],
        "maxLength": [Literal(number) for number in range(5)],
        "pattern": [Literal(pattern) for pattern in PATTERNS],
        "minExclusive": bounds[::3] + bounds[-3:],
        "maxInclusive": bounds[1::3] + bounds[-3:],
    }
    for name, listed in values.items():
        for value in listed:
            graph = Graph()
            graph.add((SHAPE, SH[name], value))
            yield graph
    for ranges in (["en"], ["DE-at"], ["*"], ["fr", "de"], []):
        graph = Graph()
        head = BNode()
        Collection(graph, head, [Literal(each) for each in ranges])
        graph.add((SHAPE, SH.languageIn, head))
        yield graph


@pytest.mark.slow
def test_values(engine: DuckDBEngine) -> None:
    terms, decided = TermCache(), 0
    for graph in shapes():
        for test in value_tests(Model(graph), SHAPE):
            assert test.judge is not None
            rows = engine.rows(f"SELECT v, {test.test} FROM texts")
            wrong = [(v, found) for v, found in rows if found not in (None, test.judge(terms.node(v)))]
            assert not wrong, (list(graph), wrong)
            decided += sum(found is not None for _, found in rows)
    assert decided > 10_000


@pytest.mark.parametrize("parameter", PAIRS)
def test_pairs(engine: DuckDBEngine, parameter: str) -> None:
    random, terms, allowed = Random(16), TermCache(), PAIRS[parameter]
    pairs = [tuple(column_text(random.choice(VALUES)) for _ in range(2)) for _ in range(2_000)]
    engine.define("pairs", {"v": "VARCHAR", "w": "VARCHAR"})
    engine.fill("pairs", list(zip(*pairs, strict=True)))
    rows = engine.rows(f"SELECT v, w, {compared(allowed)} FROM pairs")
    truth = {(v, w): order(terms.node(v), terms.node(w)) in allowed for v, w, _ in rows}
    assert [(v, w) for v, w, found in rows if found not in (None, truth[v, w])] == []


def test_terms_survive_as_text() -> None:
    terms = TermCache()
    assert [terms.node(column_text(value)) for value in VALUES] == VALUES

"""Which queries columns answer, and which they leave to the engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from string import ascii_letters, digits

import duckdb
import pyoxigraph as ox
import pytest
from random_queries import PREFIXES
from random_terms import E

from st_opendata.sparql.aggregates import Columns, NoColumnsError, write_columns
from st_opendata.sparql.aggregates.functions import LOWER
from st_opendata.sparql.aggregates.grammar import read_selection
from st_opendata.sparql.aggregates.selection import OutsideError
from st_opendata.sparql.store import ReleaseStore

Make = Callable[..., Columns]
ONE = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
DATA = """
PREFIX e: <http://e/>
e:a e:n 1 ; e:money 2.50 ; e:day "2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date> ; e:name "Alpha" ; e:to e:b .
e:b e:n 2 ; e:money 1.00 ; e:day "2021-03-01"^^<http://www.w3.org/2001/XMLSchema#date> ; e:name "Beta" ; e:to e:c .
e:c e:n 5 ; e:money 0.05 ; e:mixed 1, 2.5 ; e:double 1e0 ; e:label "c"@en ; e:name "Gamma" ; e:to e:b .
"""


@pytest.fixture(scope="module")
def store() -> ReleaseStore:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return ReleaseStore(store)


@pytest.fixture(scope="module")
def columns(store: ReleaseStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Columns]:
    path = tmp_path_factory.mktemp("columns") / "columns.db"
    write_columns(store, path, memory=1 << 28, threads=2, few=0)
    with closing(Columns(str(path), memory=1 << 27, few=0)) as columns:
        yield columns


def rows(results: object) -> list[tuple[str, ...]]:
    assert isinstance(results, ox.QuerySolutions)
    return [tuple(str(value) for value in solution) for solution in results]


def test_the_questions_of_the_benchmark(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns_of: Make
) -> None:
    monkeypatch.syspath_prepend(root / "bench")
    import mapping
    import questions
    import sparql

    mapping.generate(tmp_path, 40)
    facts = dict.fromkeys(line for lines in mapping.loop(tmp_path) for line in lines)
    filled = ox.Store()
    filled.load("\n".join(facts).encode(), format=ox.RdfFormat.N_TRIPLES)
    store = ReleaseStore(filled)
    columns = columns_of(store)
    chance = Random(1)
    asked = [*sparql.AGGREGATES, *(form(chance) for form, _ in questions.forms().values())]
    for each in asked:
        query = f"PREFIX e: <{mapping.EURIO}> {each}"
        answered = columns.answer(query, {}, store)
        assert answered is not None, query
        found, expected = rows(answered), rows(store.query(query))
        assert found or "HAVING" in query, query
        if "LIMIT" not in query:  # which rows it keeps of equal ones is the engine's choice
            assert Counter(found) == Counter(expected)
        assert sorted(row[-1] for row in found) == sorted(row[-1] for row in expected)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?o) AS ?m) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p",
        "PREFIX x: <http://e/> SELECT (SUM(?n) AS ?a) (AVG(?n) AS ?b) (MIN(?n) AS ?c) (MAX(?n) AS ?d) { ?s x:n ?n }",
        "SELECT (SUM(?m) AS ?a) (AVG(?m) AS ?b) (MIN(?m) AS ?c) (MAX(?m) AS ?d) WHERE { ?s e:money ?m . }",
        "select (sum(?m) as ?a) (avg(?m) as ?b) (min(?m) as ?c) { ?s e:money ?m filter(?m > 1000) }",
        "SELECT ?y (MAX(?d) AS ?last) { ?s e:day ?d } GROUP BY (YEAR(?d) AS ?y) ORDER BY ?y",
        "SELECT ?y (SUM(?y) AS ?n) { ?s e:day ?d BIND(YEAR(?d) AS ?y) FILTER(?y > 2020 && MONTH(?d) = 3) } GROUP BY ?y",
        'SELECT (COUNT(?s) AS ?c) { ?s e:name ?x ; e:n ?n . FILTER CONTAINS(LCASE(?x), "a") FILTER(!(?n >= 5)) }',
        "SELECT ?s ?t { ?s e:to ?t . ?t e:to ?s # both ways\n FILTER(?s != e:a || ?t = e:a) } GROUP BY ?s ?t",
        "SELECT ?x { ?s e:mixed ?x } GROUP BY ?x",
        'SELECT (COUNT(*) AS ?n) { ?s e:label "c"@EN }',
        "SELECT ?s (COUNT(*) AS ?n) { ?s e:name ?o } GROUP BY ?s ORDER BY ?s LIMIT 1 OFFSET 1",
        "SELECT ?x (SUM(?n) AS ?all) { ?s e:name ?x ; e:n ?n } GROUP BY ?x ORDER BY ASC(?x)",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n OPTIONAL { ?s e:to ?o } }",
        "SELECT (COUNT(*) AS ?c) { { ?s e:n ?o } UNION { ?s e:to ?o } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n MINUS { ?s e:to ?o } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:to/e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s ^e:to ?n }",
        "SELECT (COUNT(*) AS ?c) { { SELECT ?s { ?s e:to ?o } } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER EXISTS { ?s e:to ?o } }",
        "SELECT (COUNT(*) AS ?c) { VALUES ?s { e:a } ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n [] }",
        "SELECT DISTINCT (COUNT(*) AS ?c) { ?s e:n ?n } GROUP BY ?s",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n } GROUP BY ?s HAVING (COUNT(*) > 1)",
        "SELECT (COUNT(*) + 1 AS ?c) { ?s e:n ?n }",
        "SELECT (SUM(?n * 2) AS ?m) { ?s e:n ?n }",
        "SELECT (SUM(DISTINCT ?n) AS ?m) { ?s e:n ?n }",
        "SELECT (MIN(?n) AS ?m) { ?s e:name ?n }",
        "SELECT (COUNT(*) AS ?n) { ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER(?n) }",
        'SELECT (COUNT(*) AS ?c) { ?s e:label ?n FILTER(?n = "c"@en) }',
        "SELECT (AVG(?n) AS ?m) { ?s e:n ?n } GROUP BY ?s ORDER BY ?m",
        "SELECT ?s (SUM(?n)/COUNT(*) AS ?m) (AVG(?n / 3) AS ?k) { ?s e:to/e:n ?n } GROUP BY ?s ORDER BY DESC(?m) ?s",
        "SELECT ?y (SUM(?m) * 9 / 7 AS ?r) { ?s e:day ?d ; e:money ?m } GROUP BY (YEAR(?d) AS ?y) HAVING (SUM(?m) > 1)",
        "SELECT ?s ?m { ?s e:money ?m ; e:name ?x } ORDER BY DESC(?m) LIMIT 2",
        "SELECT ?s ?o { ?s e:n ?n OPTIONAL { ?s e:label ?o } } ORDER BY ?n",
        "SELECT ?s { ?s e:n ?n OPTIONAL { ?s e:to ?o } FILTER(!BOUND(?o)) }",
        "SELECT DISTINCT ?x { ?s e:to|e:n ?x ; ^e:to ?y . FILTER NOT EXISTS { ?y e:label ?l } }",
        "SELECT (MAX(?t) AS ?most) { { SELECT ?o (SUM(?m) AS ?t) { ?s e:to ?o ; e:money ?m } GROUP BY ?o } }",
        "SELECT ?k (COUNT(*) AS ?c) { ?s e:n ?n BIND(IF(?n > 1, 'many', 'one') AS ?k) } GROUP BY ?k ORDER BY ?k",
        "SELECT ?v (COUNT(?s) AS ?c) { VALUES ?v { e:b e:missing } OPTIONAL { ?s e:to ?v } } GROUP BY ?v",
        "SELECT (COALESCE(?l, CONCAT(?x, '!')) AS ?z) { ?s e:name ?x OPTIONAL { ?s e:to/e:name ?l } } ORDER BY ?z",
        "SELECT ?x { ?s e:name ?x FILTER(REGEX(?x, '^a.*a', 'i') || REGEX(?x, 'MM', 'i')) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:label ?l FILTER(LANG(?l) = 'en' && LANGMATCHES(LANG(?l), '*') && isIRI(?s)) }",
        "SELECT (SUM(?n) AS ?m) { ?s e:name ?x OPTIONAL { ?s e:to/e:mixed ?l . ?s e:n ?n } }",
        "SELECT (SAMPLE(?x) AS ?m) (COUNT(?n + 1) AS ?c) { ?s e:name ?x ; e:n ?n } GROUP BY ?s",
    ],
)
def test_answered_from_columns(query: str, columns: Columns, store: ReleaseStore) -> None:
    found, expected = columns.answer(query, PREFIXES, store), store.query(query, prefixes=PREFIXES)
    assert isinstance(expected, ox.QuerySolutions)
    assert found is not None
    assert found.variables == expected.variables
    answers = rows(found), rows(expected)
    assert answers[0] == answers[1] if "ORDER" in query else Counter(answers[0]) == Counter(answers[1])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "ASK { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?c) { GRAPH ?g { ?s ?p ?o } }",
        "SELECT (COUNT(*) AS ?c) FROM <http://e/g> { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?c) { ?s e:to* ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s !e:to ?n }",
        "SELECT (COUNT(DISTINCT *) AS ?c) { ?s e:n ?n }",
        "SELECT ?s { ?s e:n ?n } LIMIT 1",
        "SELECT ?s { ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { { SELECT ?s { ?s e:to ?o } ORDER BY ?s LIMIT 1 } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER EXISTS { ?s e:to ?o OPTIONAL { ?o e:n ?m } } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER EXISTS { ?s e:to ?o FILTER(?n > 1) } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n OPTIONAL { ?s e:label ?l } OPTIONAL { ?o e:label ?l } }",
        "SELECT (SAMPLE(?n) AS ?c) { ?s e:n ?n }",
        "SELECT (SAMPLE(?n) * 2 AS ?c) { ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER EXISTS { ?s e:to ?o FILTER EXISTS { ?o e:n ?n } } }",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n OPTIONAL { ?o e:to ?p FILTER EXISTS { ?s e:to ?p } } }",
        "SELECT (SUM(?m) / 2 AS ?c) { ?s e:money ?m FILTER(?m > 1000) }",
        "SELECT ?n { ?s e:n ?n } ORDER BY ?s LIMIT 1 VALUES ?n { 1 }",
        "SELECT (COUNT(*) AS ?c) { ?s e:to _:x . ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s e:name ?n FILTER(REGEX(?n, 'a{2}')) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:name ?n FILTER(REGEX(?n, 'a', 'x')) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:name ?n FILTER(STRLEN(LCASE(?n)) > 1) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:day ?n FILTER(?n + 1 > 1) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:to _:x }",
        "SELECT (GROUP_CONCAT(?n) AS ?m) { ?s e:n ?n }",
        "SELECT (SAMPLE(?n) AS ?m) { ?s e:n ?n }",
        "SELECT (SUM(?n) AS ?m) { ?s e:mixed ?n }",
        "SELECT (SUM(?n) AS ?m) { ?s e:double ?n }",
        "SELECT (SUM(?n) AS ?m) { ?s e:name ?n }",
        'SELECT (COUNT(*) AS ?c) { "a" e:n ?n }',
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER(e:missing = e:other) }",
        'SELECT (COUNT(*) AS ?c) { ?s e:n ?n FILTER(?n = "1") }',
        "SELECT (COUNT(*) AS ?c) { ?s e:mixed ?n FILTER(?n > 1) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:name ?n FILTER(CONTAINS(LCASE(?n), 'ä')) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:name ?n FILTER(CONTAINS(?n, 'a\\u0062')) }",
        "SELECT (COUNT(*) AS ?c) { BIND(YEAR(?d) AS ?y) ?s e:day ?d FILTER(?y = 2020) }",
        "SELECT (COUNT(*) AS ?c) { ?s e:day ?d FILTER(?y = 2020) } GROUP BY (YEAR(?d) AS ?y)",
        "SELECT (COUNT(*) AS ?c) { ?s e:n ?n BIND(YEAR(?d) AS ?y) }",
        "SELECT (COUNT(?x) AS ?c) { ?s e:n ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s e:missing ?n }",
        "SELECT ?l (COUNT(*) AS ?c) { ?s e:label ?l } GROUP BY ?l ORDER BY ?l",
        "BASE <http://e/> SELECT (COUNT(*) AS ?c) { ?s <n> ?n }",
        "SELECT (COUNT(*) AS ?c) { ?s <http://e/x/../n> ?n }",
        "SELECT (COUNT(*) AS ?c) { }",
        f"SELECT (COUNT(*) AS ?c) {{ ?s e:n ?n FILTER({'(' * 199}?n = 1{')' * 199}) }}",
        f"SELECT (COUNT(*) AS ?c) {{ ?s e:n ?n FILTER({'!' * 1500}(?n = 1)) }}",
        f"SELECT (COUNT(*) AS ?c) {{ ?s e:n 1{' . ?s e:n 1' * 30} }}",
    ],
)
def test_left_to_the_engine(query: str, columns: Columns, store: ReleaseStore) -> None:
    store.query(query, prefixes=PREFIXES)
    assert columns.answer(query, PREFIXES, store) is None


def test_a_day_that_is_none_is_for_the_engine(columns: Columns, store: ReleaseStore) -> None:
    """Comparing with it is an error, as the engine knows."""
    for condition in ("?d >= {}", "!(?d >= {})", "?d != {}", "?d >= {} || ?d = ?d"):
        query = f"SELECT (COUNT(*) AS ?c) {{{{ ?s e:day ?d FILTER({condition}) }}}}"
        for day in (
            "2010-02-31",
            "2011-02-29",
            "1900-02-29",
            "2010-13-01",
            "2010-00-10",
            "2010-01-00",
            "2010-04-31",
            "20100101",
            "2010-W01-1",
            "2010-1-1",
            "2010-01-01Z",
            "2010-01-01+15:00",
            " 2010-01-01",
            "0000-01-01",
        ):
            assert columns.answer(query.format(f'"{day}"^^xsd:date'), PREFIXES, store) is None
        there_is = query.format('"2012-02-29"^^xsd:date')
        assert rows(columns.answer(there_is, PREFIXES, store)) == rows(store.query(there_is, PREFIXES))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } LIMIT -1",
        "SELECT (COUNT(*) AS ?n) { ?s 5 ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s <http://[x> ?o }",
    ],
)
def test_what_is_no_sparql_is_never_answered(query: str, columns: Columns, store: ReleaseStore) -> None:
    with suppress(SyntaxError):
        assert columns.answer(query, PREFIXES, store) is None
    with pytest.raises(SyntaxError):
        store.query(query, prefixes=PREFIXES)


def test_few_matches_are_for_the_engine(store: ReleaseStore, columns_of: Make) -> None:
    columns = columns_of(store, few=3)
    assert columns.answer("SELECT (SUM(?n) AS ?m) { ?s e:n ?n }", PREFIXES, store)
    assert columns.answer("SELECT (SUM(?n) AS ?m) { ?s e:to e:b ; e:n ?n }", PREFIXES, store) is None


@pytest.mark.parametrize(
    ("value", "datatype", "count", "answered"),
    [
        ("999999999999999999", "integer", 9, True),
        ("999999999999999999", "integer", 10, False),
        ("-999999999999999999", "decimal", 100, True),
        ("999999999999999999", "decimal", 200, False),
    ],
)
def test_sums_that_may_overflow(value: str, datatype: str, count: int, answered: bool, columns_of: Make) -> None:
    """In the engine they have no value then."""
    store = ox.Store()
    term = ox.Literal(value, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}"))
    store.extend(
        ox.Quad(ox.NamedNode(f"http://e/{number}"), ox.NamedNode("http://e/n"), term) for number in range(count)
    )
    query, filled = "SELECT (SUM(?n) AS ?a) (AVG(?n) AS ?b) { ?s e:n ?n }", ReleaseStore(store)
    found = columns_of(filled).answer(query, PREFIXES, filled)
    assert (found is not None) == answered
    assert found is None or rows(found) == rows(filled.query(query, PREFIXES))


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    "condition",
    [
        "IF(" * 60 + "?n > 1" + ", ?n > 2, ?n > 3)" * 60,
        "ROUND(" * 60 + "?n / 3" + ")" * 60 + " > 1",
        "ABS(?n / " * 60 + "3" + ")" * 60 + " > 1",
        "COALESCE(" * 60 + "?n" + ", ?n / 2, ?n / 3)" * 60 + " > 1",
        "LANGMATCHES(CONCAT(" * 1 + "STR(?n)" + ", STR(?n))" * 1 + ', "en")',
        " && ".join(["?n > 1"] * 900),
        "?n IN (" + ", ".join(map(str, range(1000))) + ")",
        "?s IN (" + ", ".join(f"e:x{number}" for number in range(1000)) + ")",
        "!" * 900 + "(?n > 1)",
        "EXISTS { ?s e:n ?n FILTER " * 60 + "(?n > 1)" + "}" * 60,
    ],
)
def test_nested_expressions_are_answered_or_left_in_time(condition: str, columns: Columns, store: ReleaseStore) -> None:
    """Expressions that are written several times would double with each level, in the statement or within DuckDB."""
    query = f"SELECT ?s {{ ?s e:n ?n FILTER ({condition}) }} ORDER BY ?s"
    with suppress(OutsideError, RecursionError):
        read_selection(query, PREFIXES)
    columns.answer(query, PREFIXES, store)


@pytest.mark.parametrize("depth", [20, 200, 2000])
@pytest.mark.parametrize(
    "nested",
    [
        "{}",
        "OPTIONAL {{ {} }}",
        "{{ {} }}",
        "MINUS {{ {} }}",
        "{{ SELECT ?s {{ {} }} }}",
        "{{ {} }} UNION {{ ?s e:n ?n }}",
    ],
)
def test_nested_groups_are_answered_or_left_in_time(
    nested: str, depth: int, columns: Columns, store: ReleaseStore
) -> None:
    body = "?s e:n ?n"
    for _ in range(depth):
        body = nested.format(body)
    query = f"SELECT (COUNT(*) AS ?c) {{ ?s e:to ?o . {body} }}"
    if depth < 200:  # the worker refuses deeper ones, as the engine's parser may use up the stack
        answered = columns.answer(query, PREFIXES, store)
        assert answered is None or rows(answered) == rows(store.query(query, PREFIXES))
    else:
        with suppress(OutsideError, RecursionError):
            read_selection(query, PREFIXES)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ox.NamedNode, ox.Literal])
def test_every_character_comes_through(kind: type[ox.NamedNode | ox.Literal], columns_of: Make) -> None:
    """Those that RFC 3987 allows in the query of an IRI, which are the most, and those that a text may have: all."""
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    if kind is ox.NamedNode:
        foreign = (code for code in codes if code >= 0xA0 and not 0xFDD0 <= code < 0xFDF0 and code & 0xFFFF < 0xFFFE)
        codes = [*map(ord, f"{ascii_letters}{digits}-._~!$&'()*+,;=:@/?"), *foreign]
        codes = [code for code in codes if not (0xE0000 <= code < 0xE1000 or 0xFFF0 <= code < 0x10000)]
    allowed = [*map(chr, codes)]
    terms = [kind(f"{E}?{''.join(allowed[start : start + 40_000])}") for start in range(0, len(allowed), 40_000)]
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(f"{E}{number}"), ox.NamedNode(E), term) for number, term in enumerate(terms))
    filled = ReleaseStore(store)
    columns = columns_of(filled)
    grouped = rows(columns.answer("SELECT ?o (COUNT(?s) AS ?n) { ?s e: ?o } GROUP BY ?o", PREFIXES, filled))
    assert Counter(grouped) == Counter((str(term), ONE) for term in terms)
    for term in terms:
        query = f"SELECT (COUNT(*) AS ?n) {{ ?s e: {term} }}"
        found = columns.answer(query, PREFIXES, filled)
        assert rows(found or filled.query(query, PREFIXES)) == [(ONE,)]
        assert (found is None) == ("\\" in query)


@pytest.mark.parametrize("term", ["<<( <http://e/a> <http://e/b> 1 )>>", '"x"@en--ltr'])
def test_terms_of_rdf_1_2_have_no_columns(term: str, tmp_path: Path) -> None:
    store = ox.Store()
    store.load(f"<http://e/a> <http://e/b> {term} .".encode(), format=ox.RdfFormat.TURTLE)
    with pytest.raises(NoColumnsError):
        write_columns(ReleaseStore(store), tmp_path / "columns.db", memory=1 << 28, threads=1)


def test_lower_case_is_equal_in_ascii() -> None:
    """For every character there is: so a text in ASCII is found in one as in the other."""
    characters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    empty = ox.Store()
    for start in range(0, len(characters), 50_000):
        text = "\ue000".join(characters[start : start + 50_000])
        [solution] = empty.query(f"SELECT (LCASE(?x) AS ?y) {{ VALUES ?x {{ {ox.Literal(text)} }} }}")
        [(lower,)] = duckdb.execute(f"SELECT {LOWER.format('$1')}", [text]).fetchall()
        ours, engines = (re.sub("[^\x00-\x7f]+", "…", each) for each in (lower, solution["y"].value))
        assert ours == engines

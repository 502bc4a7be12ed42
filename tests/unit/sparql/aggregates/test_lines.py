"""Columns from the Parquet files of a release are those from its store: terms, triples, profiles and records.

Further random ones: `ST_COLUMNS=2000 ST_SEED=7 pytest -s tests/unit/sparql/aggregates/test_lines.py -m slow`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import duckdb
import pyoxigraph as ox
import pytest
from random_queries import graph
from random_terms import XSD

from st_opendata.sparql.aggregates import FactFiles, NoColumnsError, write_columns
from st_opendata.sparql.store import ONTOLOGY_GRAPH, load

GRAPHS = [2, pytest.param(int(os.environ.get("ST_COLUMNS", "30")), marks=pytest.mark.slow)]
SEED = os.environ.get("ST_SEED", "16")
OTHERS = ("http://e/catalogue", ONTOLOGY_GRAPH)
_TRIPLES = """
SELECT s.lexical, p.lexical, o.lexical, o."type", triples.number FROM triples JOIN terms s ON s.number = triples.s
JOIN terms p ON p.number = triples.p JOIN terms o ON o.number = triples.o ORDER BY ALL
"""
_TABLES = {
    "terms": 'SELECT lexical, "type" FROM terms ORDER BY ALL',
    "keys": 'SELECT key, lexical, "type" FROM keys JOIN terms USING (number) ORDER BY ALL',
    "triples": _TRIPLES,
    "profiles": "SELECT * EXCLUDE (number) FROM profiles ORDER BY ALL",
    "records": 'SELECT predicate, own, count(*) OVER (PARTITION BY "table") FROM records ORDER BY ALL',
}
SPELLINGS = {
    "integer": ("0", "-0", "+1", "01", "1" * 18, "1" * 19, "9223372036854775808", "-5", "--5", " 1", ""),
    "decimal": ("0.0", "-0.0", "-0", "1.", ".5", "1.50", "-0.5", "00.5", "1" * 18 + "." + "1" * 18, "1" * 21, "1e3"),
    "date": ("2010-02-30", "2010-02-28", "0000-01-01", "-0001-01-01", "10000-01-01", "2010-01-01Z", "2010-01-01+00:00"),
    "dateTime": ("2010-01-01T24:00:00", "2010-01-01T00:00:00.000Z", "2010-01-01T00:00:00+00:00", "x"),
    "boolean": ("1", "0", "true", "TRUE"),
    "nonNegativeInteger": ("01", "-1"),
    "double": ("1.0", "1e400", "INF", "-0"),
    "string": ("", "x\\ny", "\\u00e9", "é", "a'b"),
    "anyURI": ("http://e/", "x y"),
    "gYear": ("2010", "02010"),
    "duration": ("P1Y", "P12M", "PT60S"),
}


@pytest.mark.parametrize("graphs", GRAPHS)
def test_columns_of_random_facts(graphs: int, tmp_path: Path, write_release: Callable[..., Path]) -> None:
    triples = 0
    for number in range(graphs):
        chance = Random(f"{SEED} {number}")
        facts, described = facts_and_others(chance)
        shared = chance.random() < 0.5
        parts = [[line for line in facts if chance.random() < 0.6] if shared else facts[place::2] for place in (0, 1)]
        folder = write(write_release, tmp_path / f"{number}", parts, described)
        try:
            triples += compare(folder)
        except Exception as error:
            error.add_note(f"seed {SEED}, graph {number}: {parts!r}\n{described!r}")
            raise
    sys.stdout.write(f"seed {SEED}: {graphs} releases with {triples} triples, all columns equal\n")


def test_columns_of_every_spelling(tmp_path: Path, write_release: Callable[..., Path]) -> None:
    """Also those that the store rewrites."""
    things = [f'"{each}"^^<{XSD}{kind}>' for kind, spellings in SPELLINGS.items() for each in spellings]
    things += [f'"x"@{tag}' for tag in ("en", "EN", "en-GB", "zh-hant", "abcdefgh", "de-x-y")]
    things += ['"x"', '"\\""', '"\\\\n"', '"^^<http://e/a>"', '"@en"', '"<http://e/a>"', '"POINT(1 2)"^^<http://e/wkt>']
    things += ['"x"^^<http://e/\\u00e9>', "<http://e/\\u00e9>", "<http://e/é>", '"\\u0000"', '"\\U0001F600"', '"\\t"']
    facts = [f"<http://e/{place}> <http://e/p{place % 3}> {thing}" for place, thing in enumerate(things)]
    facts += [f"<http://e/all> <http://e/\\u00fc> {thing}" for thing in things]
    facts += [f"<http://e/\\u00e9> <http://e/p> {thing}" for thing in things]
    described = "[] <http://e/p0> [ <http://e/p1> 01 ], 1.50, 'x'@EN . <http://e/1> <http://e/p1> 'y' ."
    assert compare(write(write_release, tmp_path / "release", [facts, facts[:50]], described)) > len(things)


@pytest.mark.parametrize(
    "other",
    [
        "<http://e/a> <http://e/p> _:b",
        "<http://e/a> <http://e/p> <http://e/b> . <http://e/a> <http://e/p> <http://e/b>",
        '<http://e/a> <http://e/p> "x',
        "<http://e/a> <http://e/p> <<( <http://e/a> <http://e/b> <http://e/c> )>>",
        '<http://e/a> <http://e/p> "x"@en--ltr',
    ],
)
def test_files_with_other_terms_than_the_store_are_refused(
    other: str, tmp_path: Path, write_release: Callable[..., Path]
) -> None:
    folder = write(write_release, tmp_path / "release", [["<http://e/a> <http://e/p> <http://e/b>"]], "")
    write_facts(folder / "data0", [other])
    with pytest.raises(NoColumnsError):
        write_columns(load(folder), tmp_path / "c.db", 1 << 28, 1, facts=files_of(folder))


def test_files_with_other_triples_than_the_store_are_refused(
    tmp_path: Path, write_release: Callable[..., Path]
) -> None:
    lines = [f"<http://e/a> <http://e/p> <http://e/{number}>" for number in range(3)]
    folder = write(write_release, tmp_path / "release", [lines], "")
    write_facts(folder / "data0", lines[1:])
    with pytest.raises(NoColumnsError, match="other triples"):
        write_columns(load(folder), tmp_path / "c.db", 1 << 28, 1, facts=files_of(folder))


def facts_and_others(chance: Random) -> tuple[list[str], str]:
    """Random facts without blank nodes, and Turtle that has the others and some of the facts."""
    found = {str(quad.triple) for _ in range(3) for quad in ox.parse(graph(chance).data, format=ox.RdfFormat.N_QUADS)}
    facts = sorted(triple for triple in found if "_:" not in triple and len(triple.splitlines()) == 1)
    others = [triple for triple in sorted(found) if triple not in facts or chance.random() < 0.2]
    return facts, "".join(f"{triple} .\n" for triple in others)


def write(make: Callable[..., Path], folder: Path, parts: Sequence[Sequence[str]], described: str) -> Path:
    """A release with those facts in its datasets, and this catalogue."""
    graphs = {f"http://e/d{place}": "".join(f"{line} .\n" for line in part) for place, part in enumerate(parts)}
    make(folder, graphs)
    (folder / "catalog.ttl").write_text(described, "utf-8")
    (folder / "ontology" / "terms.ttl").write_text("<http://e/a> <http://e/p> [] , 'x'@EN .", "utf-8")
    for place, part in enumerate(parts):
        write_facts(folder / f"data{place}", part)
    return folder


def write_facts(folder: Path, lines: Sequence[str]) -> None:
    """The file of facts; each is there twice, as facts with several cells are."""
    terms = [line.split(" ", 2) for line in lines] * 2
    columns = [list(each) for each in zip(*terms, strict=True)] or [[], [], []]
    with duckdb.connect() as connection:
        query = "SELECT unnest($1::TEXT[]) AS subject, unnest($2::TEXT[]) AS predicate, unnest($3::TEXT[]) AS object"
        connection.execute(f"CREATE TABLE f AS {query}", columns)
        connection.execute(f"COPY f TO '{folder / 'facts.parquet'}'")


def files_of(folder: Path) -> FactFiles:
    return FactFiles(tuple(sorted(folder.glob("*/facts.parquet"))), OTHERS)


def compare(folder: Path) -> int:
    """How many triples both have."""
    store, tables = load(folder), list[dict[str, list[tuple[object, ...]]]]()
    for name, facts in (("store.db", None), ("files.db", files_of(folder))):
        write_columns(store, folder / name, 1 << 28, 2, few=1, facts=facts)
        with duckdb.connect(str(folder / name), read_only=True) as connection:
            tables.append({table: connection.execute(query).fetchall() for table, query in _TABLES.items()})
    for table in _TABLES:
        assert tables[0][table] == tables[1][table], table
    return len(tables[0]["triples"])

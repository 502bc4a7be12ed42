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

from st_opendata.release import read_release
from st_opendata.sparql.aggregates import FactFiles, NoColumnsError, lines, write_columns
from st_opendata.sparql.store import ONTOLOGY_GRAPH, ReleaseStore, load, load_described

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
    "decimal": (
        "0.0",
        "-0.0",
        "-0",
        "1.",
        ".5",
        "1.50",
        "-0.5",
        "00.5",
        "1" * 18 + "." + "1" * 18,
        "1" * 21,
        "1e3",
        "1.500",
        "10.00",
        "-10.0",
        "0.00",
        "-0.00",
        "-0.50",
        "100",
        "1" * 18 + "." + "1" * 16 + "00",
        "1.0\\n",
        "0.10",
    ),
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
            triples += compare(folder, [line for part in parts for line in part])
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
    things += ['"a\\"b\\"@en"', '"a\\"b\\"c"@en', '"\\"\\""', '"\\\\"', '"\\\\\\""', '"\\\\n\\n"', '"\\r\\t\\n\\""@de']
    things += ['"\\"\x02"', '"\x02"', '"\\u0002\\""', '"\\u000an"', '"\\b\\f"', '"\\""^^<http://e/wkt>']
    things += ['"\\n\\""^^<http://e/\\u00e9>', '"\\n@en"', '"\\t\\"@en\\""', '"\\"^^<http://e/a>"']
    facts = [f"<http://e/{place}> <http://e/p{place % 3}> {thing}" for place, thing in enumerate(things)]
    facts += [f"<http://e/all> <http://e/\\u00fc> {thing}" for thing in things]
    facts += [f"<http://e/\\u00e9> <http://e/p> {thing}" for thing in things]
    described = "[] <http://e/p0> [ <http://e/p1> 01 ], 1.50, 'x'@EN . <http://e/1> <http://e/p1> 'y' ."
    for place, each in enumerate(
        (described, described.replace("[]", "<http://e/x>").replace("[ <http://e/p1> 01 ]", "7"))
    ):
        folder = write(write_release, tmp_path / f"{place}", [facts, facts[:50]], each)
        assert compare(folder, facts) > len(things)


@pytest.mark.parametrize(
    "other",
    [
        "<http://e/a> <http://e/p> _:b",
        '<http://e/a> <http://e/p> "x',
        "<http://e/a> <http://e/p> <<( <http://e/a> <http://e/b> <http://e/c> )>>",
        '<http://e/a> <http://e/p> "x"@en--ltr',
    ],
)
def test_files_with_other_terms_than_the_store_are_refused(
    other: str, tmp_path: Path, write_release: Callable[..., Path]
) -> None:
    folder = write(write_release, tmp_path / "release", [["<http://e/a> <http://e/p> <http://e/b>"]], "")
    files = write_facts(folder, [other])
    with pytest.raises(NoColumnsError):
        write_columns(load(folder), tmp_path / "c.db", 1 << 28, 1, facts=FactFiles(files, OTHERS))


def test_terms_with_the_same_hash_are_refused(
    tmp_path: Path, write_release: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(write_release, tmp_path / "release", [["<http://e/a> <http://e/p> <http://e/b>"]], "")
    monkeypatch.setattr(lines, "_SPELLED", lines._SPELLED.replace("hash(spelling)", "hash(length(spelling))"))
    with pytest.raises(NoColumnsError, match="the same hash"):
        write_columns(load(folder), tmp_path / "c.db", 1 << 28, 1)


def facts_and_others(chance: Random) -> tuple[list[str], str]:
    """Random facts without blank nodes, and Turtle that has the others and some of the facts."""
    found = {str(quad.triple) for _ in range(3) for quad in ox.parse(graph(chance).data, format=ox.RdfFormat.N_QUADS)}
    facts = sorted(triple for triple in found if "_:" not in triple and len(triple.splitlines()) == 1)
    if chance.random() < 0.5:
        found = {*facts}
    others = [triple for triple in sorted(found) if triple not in facts or chance.random() < 0.2]
    return facts, "".join(f"{triple} .\n" for triple in others)


def write(make: Callable[..., Path], folder: Path, parts: Sequence[Sequence[str]], described: str) -> Path:
    """A release with those facts in its datasets, and this catalogue."""
    graphs = {f"http://e/d{place}": "".join(f"{line} .\n" for line in part) for place, part in enumerate(parts)}
    make(folder, graphs)
    (folder / "catalog.ttl").write_text(described, "utf-8")
    node = "[]" if "_:" in described or "[" in described else "<http://e/p>"
    (folder / "ontology" / "terms.ttl").write_text(f"<http://e/a> <http://e/p> {node} , 'x'@EN .", "utf-8")
    return folder


def write_facts(folder: Path, lines: Sequence[str]) -> dict[str, Path]:
    """A file for each predicate; each fact is there twice, as facts with several cells are."""
    terms = [line.split(" ", 2) for line in lines] * 2
    files = dict[str, Path]()
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE f AS SELECT unnest($1::TEXT[]) AS s, unnest($2::TEXT[]) AS p, unnest($3::TEXT[]) AS o",
            [list(each) for each in zip(*terms, strict=True)] or [[], [], []],
        )
        for (predicate,) in connection.execute("SELECT DISTINCT p FROM f").fetchall():
            path = files[predicate[1:-1]] = folder / f"facts{len(files)}.parquet"
            connection.execute(f"COPY (SELECT s, o FROM f WHERE p = $1) TO '{path}'", [predicate])
    return files


def compare(folder: Path, lines: Sequence[str]) -> int:
    """How many triples all have: those of the store, of the facts with the store, and of the facts with the described.

    The latter only where there are no blank nodes, which each store names anew.
    """
    whole, described = load(folder), load_described(folder, read_release(folder))
    facts = FactFiles(write_facts(folder, lines), OTHERS)
    ways: list[tuple[ReleaseStore, FactFiles | None]] = [(whole, None), (whole, facts)]
    if not described.has_blank_nodes():
        ways.append((described, facts))
    tables = list[dict[str, list[tuple[object, ...]]]]()
    for place, (store, files) in enumerate(ways):
        path = folder / f"{place}.db"
        write_columns(store, path, 1 << 28, 2, few=1, facts=files)
        with duckdb.connect(str(path), read_only=True) as connection:
            tables.append({table: connection.execute(query).fetchall() for table, query in _TABLES.items()})
    for other in tables[1:]:
        for table in _TABLES:
            assert tables[0][table] == other[table], table
    return len(tables[0]["triples"])

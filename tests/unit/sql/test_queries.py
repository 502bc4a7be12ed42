"""The engine gets SQL that other engines could run too: queries of known parts, which sqlglot parses.

Not each of these means the same everywhere; but no one has checked a construct that is not in the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pytest
import sqlglot
from engines import BASE, recording, write_catalogue
from sqlglot import expressions as exp

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.facts import base, load_facts
from st_opendata.release.changes import Changes, DividedFacts, KeyedTable, WholeFacts
from st_opendata.sql.duckdb import DuckDBEngine

QUERIES = (
    *(
        "Select",
        "Subquery",
        "Union",
        "Except",
        "Values",
        "From",
        "Join",
        "Where",
        "Group",
        "Having",
        "Order",
        "Ordered",
    ),
    *("Limit", "Distinct", "Star", "Table", "TableAlias", "Alias", "Column", "Identifier", "Placeholder", "Parameter"),
)
OPERATORS = (
    *(
        "Literal",
        "Boolean",
        "Null",
        "Paren",
        "Tuple",
        "Array",
        "Case",
        "If",
        "And",
        "Or",
        "Not",
        "Is",
        "In",
        "EQ",
        "NEQ",
    ),
    *("GT", "GTE", "LT", "LTE", "Between", "Add", "Sub", "Mul", "IntDiv", "DPipe", "Cast", "TryCast", "DataType"),
    *("DataTypeParam", "Lambda"),
)
AGGREGATES = ("Count", "Sum", "Min", "Max", "AnyValue", "IgnoreNulls", "ArgMin", "Filter")
FUNCTIONS = (
    *(
        "Coalesce",
        "Greatest",
        "Least",
        "Length",
        "Lower",
        "Trim",
        "Pad",
        "Substring",
        "Right",
        "StrPosition",
        "SplitPart",
        "Repeat",
    ),
    *("Concat", "Replace", "Contains", "StartsWith", "RegexpLike", "RegexpExtract", "RegexpReplace", "MD5", "Split"),
    *("ArraySize", "ArrayFilter", "Transform", "ArrayToString", "ArrayContains", "GenerateSeries", "Explode", "Map"),
)
NAMED = ("LIST_EXTRACT", "MAP_EXTRACT_VALUE", "URL_ENCODE", "NFC_NORMALIZE", "JarowinklerSimilarity")
"""DuckDB's own names, which another engine needs to replace."""
ALLOWED = {*QUERIES, *OPERATORS, *AGGREGATES, *FUNCTIONS, *NAMED}


def parts(query: str) -> Iterable[str]:
    """The kinds of nodes of a query that is one SELECT, or several put together."""
    (tree,) = sqlglot.parse(query, read="duckdb")
    assert isinstance(tree, exp.Select | exp.SetOperation), query
    for node in tree.walk():
        yield node.name.upper() if isinstance(node, exp.Anonymous) else type(node).__name__


def unknown(queries: Iterable[str]) -> dict[str, str]:
    """The parts that are not listed, each with a query; those for one shard stand for those for all."""
    different = {re.sub("BETWEEN '[0-9a-f]+' AND '[0-9a-f]+'", "BETWEEN '0' AND 'f'", query) for query in queries}
    return {part: query for query in different for part in parts(query) if part not in ALLOWED}


def test_a_part_that_is_not_listed_is_found() -> None:
    assert unknown(["SELECT hash(a) FROM t"]).keys() == {"HASH"}
    assert unknown(["SELECT a[1] FROM t"]).keys() == {"Bracket"}
    with pytest.raises(AssertionError):
        unknown(["DELETE FROM t"])


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "triples"), [(False, 10), (True, base._SHARD_TRIPLES)], ids=["sound", "wrong"])
def test_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool, triples: int) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
    queries: list[str] = []
    catalogue = read_catalogue(write_catalogue(tmp_path, wrong=wrong))
    with load_facts(catalogue, engine=recording(queries)) as facts:
        assert {"key-duplicate", "key-dangling"} <= {one.code for one in facts.findings} or not wrong
        assert (facts.triples() == 0) is wrong
        for table in ("kinds", "cities", "countries", "years"):
            list(facts.records(table))
            facts.write_table(table, tmp_path / f"{table}.parquet")
        facts.write_facts("data", tmp_path / "facts.parquet")
        lines = [line for batch in facts.lines("data") for line in batch]
        assert len(lines) == facts.triples("data")
        found = list(facts.predicates())
        assert bool(list(facts.statements(found, "data")) if found else []) is not wrong
        assert bool(facts.places(f"<{BASE}city/lyon>")) is not wrong
        facts.objects(f"<{BASE}city/lyon>", "<http://www.w3.org/2000/01/rdf-schema#label>")
        assert list(facts.samples(3)) and not facts.fits("cities", "id", "x")
        facts.naming(BASE, ())
        facts.classes("data")
        facts.write_files({term: f"facts-{number}.parquet" for number, term in enumerate(sorted(found))}, tmp_path)
        list(facts.unmatched(dict.fromkeys(found[:2], "x"), "data"))
        facts.first_subject(found[:1], [f"<{BASE}x>"], "data")
    assert len(queries) > 100
    assert unknown(queries) == {}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries of all engines, whoever opens them."""
    queries: list[str] = []

    def noting(name: str, place: int) -> Callable[..., object]:
        method = getattr(DuckDBEngine, name)

        def call(engine: DuckDBEngine, *values: object) -> object:
            queries.append(str(values[place]))
            return method(engine, *values)

        return call

    for name, place in {"create": 1, "append": 1, "rows": 0, "batches": 0}.items():
        monkeypatch.setattr(DuckDBEngine, name, noting(name, place))
    return queries


def test_changes(tmp_path: Path, asked: list[str]) -> None:
    facts = [tmp_path / f"{number}.parquet" for number in range(2)]
    for number, city in enumerate(("lyon", "wien")):
        triples = f"SELECT '<s' || n || '>' AS subject, '<p>' AS predicate, '<{city}>' AS object FROM range(11) AS t(n)"
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({triples}) TO '{facts[number]}' (FORMAT parquet)")
        (tmp_path / f"{number}.csv").write_text(f"id,name\n1,{city}\n{number + 2},x\n", "utf-8")
    old, new = (KeyedTable(tmp_path / f"{number}.csv", ("id",)) for number in range(2))
    with Changes([*facts, old.path, new.path], "500MB", 1) as changes:
        assert changes.compare_triples(WholeFacts(facts[:1]), WholeFacts(facts[1:])) == (11, 11)
        assert len(list(changes.removed())) == len(list(changes.added())) == 11
        assert changes.compare_rows(old, new)[:3] == (1, 1, 1)
        assert len(list(changes.rows())) == 3
        assert changes.compare_rows(None, new)[:3] == (0, 2, 0)
        assert changes.compare_triples(WholeFacts([]), WholeFacts(facts))[0] == 0
        assert changes.compare_triples(DividedFacts({}, ["d"], 0, 0), DividedFacts({}, ["d"], 0, 0)) == (0, 0)
    assert len(asked) > 15
    assert unknown(asked) == {}


@pytest.mark.parametrize("to", ["nt", "json"])
def test_described_tables(tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str], to: str) -> None:
    columns = [
        {"name": "id", "required": True},
        {"name": "list", "separator": "|", "datatype": {"base": "integer", "minimum": "0"}, "default": "7"},
        {"name": "ordered", "separator": "|", "ordered": True, "datatype": "token"},
        {"name": "day", "datatype": {"base": "date", "format": "d/M/yyyy"}, "aboutUrl": "#{id}"},
        {"name": "name", "propertyUrl": "dc:{id}", "valueUrl": "{?name,list*}"},
    ]
    table = {"url": "t.csv", "tableSchema": {"columns": columns, "primaryKey": "id", "rowTitles": ["id"]}}
    description = tmp_path / "t.csv-metadata.json"
    description.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw"} | table), "utf-8")
    (tmp_path / "t.csv").write_text("id,list,ordered,day,name\na,1|2,x|y,1/2/2024,n\nb,,,x,\n", "utf-8")
    assert main(["convert", str(description), "--to", to]) == 0
    assert "2024-02-01" in capsys.readouterr().out
    assert main(["check", str(description)]) == 1
    assert len(asked) > 2
    assert unknown(asked) == {}

"""The closed dialect holds on columns without any value, where the engine's planner has failed on other functions."""

from __future__ import annotations

import duckdb
import pytest

from st_opendata.folding import folded
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

TEXTS = [
    sql.before("a", ":"),
    sql.after("a", ":"),
    sql.reserved_encode("a"),
    sql.percent_encode("a"),
    sql.escape("a"),
    sql.shard("a", 2),
    sql.capture("a", "x", 0),
    sql.trim("a", " \t"),
    sql.concat(["a", "'x'"]),
    sql.concat_known(["a", "'x'"]),
    sql.join_not_null(",", ["a", "a"]),
    sql.join_items("l", "|"),
    sql.join_items(sql.transform("l", "x", sql.percent_encode("x")), ","),
    sql.lookup(sql.before("a", ":"), {"x": "y"}),
    sql.when([("a = 'x'", "'y'")], "a"),
]
CONDITIONS = [
    *(f"{value} {test}" for value in TEXTS for test in ("= 'x'", "IN ('x', 'y')", "IS NULL")),
    sql.full_match("a", "x"),
    sql.part_match("a", "x"),
    f"{sql.number('a')} > 3",
    f"{sql.floating('a')} > 3",
    f"{sql.day('a')} IS NULL",
    f"{sql.instant('a')} IS NULL",
    f"{sql.clock('a')} IS NULL",
    f"{sql.occurrences('a', 'x')} > 0",
    f"len({sql.filter_items('l', 'x', 'x IS NULL')}) = 0",
]


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE rows AS SELECT NULL::VARCHAR AS a, NULL::VARCHAR[] AS l FROM range(2)")
    return connection


@pytest.mark.parametrize("condition", CONDITIONS)
def test_primitives_bear_columns_of_nulls(empty: duckdb.DuckDBPyConnection, condition: str) -> None:
    empty.execute(f"SELECT {condition} FROM rows WHERE {condition}").fetchall()
    empty.execute(f"SELECT CASE WHEN {condition} THEN 'x' END FROM rows").fetchall()


def test_names_and_texts_are_quoted(empty: duckdb.DuckDBPyConnection) -> None:
    strange = "o'rder\"; DROP TABLE rows --\\"
    column = empty.execute(f"SELECT {sql.text(strange)} AS {sql.name(strange)}")
    assert column.description is not None and column.description[0][0] == strange
    assert column.fetchone() == (strange,)


def test_matches_are_whole_to_the_last_line_end(empty: duckdb.DuckDBPyConnection) -> None:
    row = empty.execute(
        f"SELECT {sql.full_match('x', 'a|ab')} FROM (SELECT unnest(['ab', E'a\\n', 'xa']) AS x)"
    ).fetchall()
    assert row == [(True,), (False,), (False,)]


WORDS = (
    *("Łódź", "ŁÓDŹ", "Straße", "Ørsta", "Þingvellir", "Ħamrun", "Çeşme", "Ljubljana – Šiška", "Œuvre", "Ærø"),
    *("Αθήνας", "ΑΘΗΝΑΣ", "ΑΘΉΝΑΣ", "Ρήγα Φεραίου", "Пловдив", "ПЛОВДИВ", "Йовков", "Київ", "Чернівці", "Đakovo"),
    *("Żebbuġ", "Gaillimh", "An Spidéal", "Tűzoltó", "Brașov", "Ţărănesc", "Õismäe", "Kėdainiai", "Ķemeri"),
)


@pytest.mark.parametrize("word", WORDS)
def test_python_and_sql_fold_alike(empty: duckdb.DuckDBPyConnection, word: str) -> None:
    rows = empty.execute(f"SELECT {native.fold('word')} FROM (SELECT ? AS word)", [word]).fetchall()
    assert rows == [(folded(word),)]

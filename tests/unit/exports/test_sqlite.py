"""The SQLite file, read back by SQLite itself: rows, types, keys, indexes, views."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from st_opendata.exports.sources import CatalogueSource
from st_opendata.exports.sqlite import write_sqlite


@pytest.fixture
def database(release):
    with closing(sqlite3.connect(f"file:{release / 'hostile.sqlite'}?mode=ro", uri=True)) as found:
        found.row_factory = sqlite3.Row
        yield found


def test_it_is_whole_and_every_key_leads_somewhere(database):
    assert [row[0] for row in database.execute("PRAGMA integrity_check")] == ["ok"]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_rows_have_types(database):
    lyon, vienna, nowhere = database.execute("SELECT * FROM cities")
    assert (lyon["inhabitants"], lyon["budget"], lyon["lat"]) == (522250, 29119448.36, 45.764)
    assert (lyon["since"], lyon["capital"], vienna["capital"], nowhere["capital"]) == ("2021-07-31", 0, 1, None)
    assert (lyon["share"], vienna["share"]) == ("1.5E0", "INF")  # a column with INF stays text
    assert "tags" not in lyon.keys()  # noqa: SIM118 (a Row is no mapping)


def test_texts_are_unchanged(database, facts):
    read = [tuple(row) for row in database.execute("SELECT number, text FROM texts ORDER BY number")]
    assert read == [(int(number), text) for batch in facts.records("texts") for number, text in batch]


def test_a_list_is_a_table_of_its_own(database):
    assert [tuple(row) for row in database.execute('SELECT * FROM "cities.tags"')] == [
        ("lyon", 1, "river"),
        ("lyon", 2, "hill"),
    ]
    items = database.execute('SELECT row_number, countries FROM "links.countries" JOIN countries ON code = countries')
    assert [tuple(row) for row in items] == [(1, "FR"), (1, "AT"), (3, "AT")]
    (kind,) = database.execute("SELECT kind FROM links WHERE row_number = 1").fetchone()
    assert kind == "https://example.org/terms#own"


def test_views_join_the_labels(database):
    rows = database.execute("SELECT id, country, country_label FROM cities_labelled")
    assert [tuple(row) for row in rows] == [
        ("lyon", "FR", "France"),
        ("vienna", "AT", "Austria"),
        ("nowhere", None, None),
    ]


def test_keys_and_indexes(database):
    keys = {(row["from"], row["table"], row["to"]) for row in database.execute("PRAGMA foreign_key_list(cities)")}
    assert keys == {("country", "countries", "code")}
    plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM cities WHERE country = 'FR'").fetchone()
    assert "USING INDEX cities.by_country" in plan["detail"]
    plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM texts WHERE number = 3").fetchone()
    assert "USING INDEX" in plan["detail"] or "PRIMARY KEY" in plan["detail"]


def test_it_says_what_columns_mean(database):
    row = database.execute("SELECT * FROM st_columns WHERE \"table\" = 'cities' AND name = 'budget'").fetchone()
    assert (row["title"], row["datatype"], row["property"]) == ("Budget", "decimal", "https://example.org/terms#budget")
    assert database.execute("SELECT dataset FROM st_tables WHERE name = 'texts'").fetchone()[0] == "places"


def test_names_that_differ_in_capitals_alone(catalogue, facts, tmp_path):
    places = catalogue.datasets[1]
    texts = next(table for table in places.tables if table.name == "texts")
    columns = tuple(replace(column, name=name) for column, name in zip(texts.columns, ("Text", "text"), strict=True))
    table = replace(texts, columns=columns, primary_key=())
    renamed = places.model_copy(update={"tables": (table,)})
    catalogue = catalogue.model_copy(update={"datasets": (renamed,)})

    class Renamed:
        def records(self, name):
            return facts.records(name)

        def fits(self, *_):
            return False

    write_sqlite(CatalogueSource(catalogue, Renamed(), tmp_path), tmp_path / "t.sqlite")
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as database:
        assert database.execute("SELECT Text, text_2 FROM texts LIMIT 1").fetchone() == ("1", 'say "hello", he said')

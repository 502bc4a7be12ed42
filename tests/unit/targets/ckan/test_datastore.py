"""DataStore tables compared with their files, by a stand-in that answers as PostgreSQL writes values."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.targets.base import Action, FieldDifference
from st_opendata.targets.ckan import datastore
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import TableDifference, compare_tables
from st_opendata.targets.ckan.plan import DatasetChange, with_tables
from st_opendata.targets.ckan.tables import DataTable

KINDS = {"id": "text", "price": "numeric", "share": "float8", "open": "bool", "day": "date"}
FILE = [
    ["a", "1.50", "1E-3", "true", "2024-01-01Z"],
    ["b", "", "", "false", ""],
    ['c "q", r', "12345678901234567890.10", "INF", "1", "0044-03-15"],
]
THERE = [
    ["a", "1.50", "0.001", "t", "2024-01-01"],
    ["b", "", "", "f", ""],
    ['c "q", r', "12345678901234567890.1", "Infinity", "t", "0044-03-15"],
]


class Store:
    """Tables as `datastore_search` gives them."""

    def __init__(self, rows: list[list[str]], fields: list[dict[str, Any]]) -> None:
        self.rows, self.fields = rows, fields

    def read(self, kind: str, question: dict[str, Any]) -> dict[str, Any]:
        assert (kind, question["records_format"], question["sort"]) == ("datastore_search", "csv", "_id")
        if question["resource_id"] != "there":
            raise RemoteError(message("not found"), status=404)
        text, start = StringIO(newline=""), question["offset"]
        rows = [[str(number), *row] for number, row in enumerate(self.rows, 1)]
        csv.writer(text).writerows(rows[start : start + question["limit"]])
        fields = [{"id": "_id", "type": "int"}, *self.fields]
        return {"fields": fields, "total": len(self.rows), "records": text.getvalue()}


@pytest.fixture
def table(tmp_path: Path) -> DataTable:
    path = tmp_path / "prices.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(KINDS), *FILE])
    fields = [{"id": key, "type": kind, "info": {"label": key.title(), "notes": ""}} for key, kind in KINDS.items()]
    return DataTable(path, tuple(fields), len(FILE))


Alter = Callable[[list[list[str]], list[dict[str, Any]]], object]


def shown(difference: FieldDifference | None) -> tuple[object, ...]:
    """Field, values and resource, the program's words in English."""
    assert difference
    after = str(difference.after) if isinstance(difference.after, Message) else difference.after
    return str(difference.field), difference.before, after, difference.resource


def looked(table: DataTable, alter: Alter = lambda *_: None, *, whole: bool = True) -> FieldDifference | None:
    rows = [list(row) for row in THERE]
    fields = [{**field, "info": dict(field["info"])} for field in table.fields]
    alter(rows, fields)
    store = cast(CkanClient, Store(rows, fields))
    return compare_tables(store, {"there": table}, whole=whole).get("there")


def test_values_are_the_same_as_postgresql_writes_them(table: DataTable) -> None:
    assert looked(table) is None


def test_a_table_loaded_as_text_is_the_same(table: DataTable) -> None:
    def as_text(rows: list[list[str]], fields: list[dict[str, Any]]) -> None:
        rows[:] = FILE
        for field in fields:
            field["type"] = "text"

    assert looked(table, as_text) is None


@pytest.mark.parametrize(
    ("alter", "field", "before", "after"),
    [
        (lambda rows, _: rows.append(["d", "", "", "", ""]), "table, number of rows", 4, 3),
        (lambda rows, _: rows.pop(), "table, number of rows", 2, 3),
        (lambda rows, _: rows[1].__setitem__(0, "B"), "table, row 2, id", "B", "b"),
        (lambda rows, _: rows[0].__setitem__(1, "1.51"), "table, row 1, price", "1.51", "1.50"),
        (lambda rows, _: rows[1].__setitem__(1, "0"), "table, row 2, price", "0", None),
        (lambda rows, _: rows[2].__setitem__(2, ""), "table, row 3, share", None, "INF"),
        (lambda rows, _: rows[1].__setitem__(3, "t"), "table, row 2, open", "t", "false"),
        (lambda rows, _: rows[0].__setitem__(4, "2024-01-02"), "table, row 1, day", "2024-01-02", "2024-01-01Z"),
        (lambda rows, _: rows.reverse(), "table, row 1, id", 'c "q", r', "a"),
        (
            lambda _, fields: fields.pop(),
            "table, columns",
            "id, price, share, open",
            "id, price, share, open, day",
        ),
        (lambda _, fields: fields[1].__setitem__("type", "float8"), "table, type of price", "float8", "numeric"),
        (lambda _, fields: fields[0]["info"].__setitem__("label", "Key"), "table, label of id", "Key", "Id"),
        (lambda _, fields: fields[0].__setitem__("info", None), "table, label of id", None, "Id"),
    ],
)
def test_the_first_difference_is_told(
    table: DataTable, alter: Alter, field: str, before: object, after: object
) -> None:
    assert shown(looked(table, alter)) == (field, before, after, "prices.csv")


def test_rows_beyond_the_first_page_are_looked_at_when_asked(table: DataTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datastore, "ROWS", 2)

    def alter(rows: list[list[str]], _: object) -> None:
        rows[2][0] = "C"

    assert looked(table, alter, whole=False) is None
    assert shown(looked(table, alter)) == ("table, row 3, id", "C", 'c "q", r', "prices.csv")


def test_a_table_that_is_not_there(table: DataTable) -> None:
    store = cast(CkanClient, Store([], []))
    found = compare_tables(store, {"gone": table}, whole=False)
    assert {key: shown(each) for key, each in found.items()} == {
        "gone": ("table", None, "a table in the DataStore", "prices.csv")
    }


def test_where_a_table_differs_is_said_in_each_language_with_the_name_of_the_column_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("table\none\n", "utf-8")
    table = DataTable(path, ({"id": "table", "type": "text", "info": {"label": "table", "notes": ""}},), 1)
    store = Store([["two"]], [dict(each) for each in table.fields])
    [found] = compare_tables(cast(CkanClient, store), {"there": table}, whole=True).values()
    assert isinstance(found.field, Message)
    assert [found.field[language] for language in ("en", "fr", "de")] == [
        "table, row 1, table",
        "tableau, ligne 1, table",
        "Tabelle, Zeile 1, table",
    ]


EDITED, GONE = (
    TableDifference(message("table, number of rows"), 3, 2, "t.csv", message("number of rows")),
    TableDifference(message("table"), None, "a table", "t.csv"),
)


@pytest.mark.parametrize(
    ("action", "difference", "overwrite", "becomes", "tables"),
    [
        (Action.UNCHANGED, EDITED, False, Action.DRIFTED, ()),
        (Action.UNCHANGED, EDITED, True, Action.UPDATE, ("t",)),
        (Action.UNCHANGED, GONE, False, Action.UPDATE, ("t",)),
        (Action.UPDATE, EDITED, False, Action.DRIFTED, ()),
        (Action.UPDATE, EDITED, True, Action.UPDATE, ("t",)),
        (Action.DRIFTED, GONE, False, Action.DRIFTED, ()),
    ],
)
def test_what_is_done_with_an_altered_table(
    action: Action, difference: TableDifference, overwrite: bool, becomes: Action, tables: tuple[str, ...]
) -> None:
    before = DatasetChange(action, "places", message("a reason"), files=("f",))
    change = with_tables(before, {"t": difference}, overwrite=overwrite)
    assert (change.action, change.tables, change.differences) == (becomes, tables, (difference,))
    assert change.files == (() if becomes == Action.DRIFTED else ("f",))

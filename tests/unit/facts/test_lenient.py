"""Lenient tables: what is wrong is left out of the facts and reported at its cell, and stops nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.exports.csvw_metadata import table_group
from st_opendata.facts import FactBase, load_facts
from st_opendata.model.findings import Severity, conforms

ID = {"name": "id", "required": True, "datatype": {"base": "string", "format": "[a-z]+[0-9]*"}}
DAY = {"name": "day", "datatype": "date", "aboutUrl": "t/{id}", "propertyUrl": "ex:day"}
COST = {"name": "cost", "datatype": {"base": "decimal", "format": {"decimalChar": ","}}}
AMOUNT = {"aboutUrl": "amount/{cost}", "propertyUrl": "rdf:type", "valueUrl": "ex:Amount", "name": "a", "virtual": True}
OF = {"aboutUrl": "t/{id}", "propertyUrl": "ex:cost", "valueUrl": "amount/{cost}", "name": "b", "virtual": True}
BASE = "<https://example.org/id/"


@pytest.fixture
def base(make: Callable[..., Path]) -> Iterator[Callable[..., FactBase]]:
    """Load tables of a catalogue; closed at the end of the test."""
    opened: list[FactBase] = []

    def read(tables: dict[str, tuple[str, dict[str, Any]]], **more: Any) -> FactBase:
        opened.append(load_facts(read_catalogue(make(tables, **more))))
        return opened[-1]

    yield read
    for each in opened:
        each.close()


def lines(base: FactBase) -> list[str]:
    return [line for batch in base.lines() for line in batch]


def found(base: FactBase) -> list[tuple[str, str, int | None, str | None]]:
    return [(one.code, str(one.severity), one.places[0].row, one.places[0].column) for one in base.findings]


def schema(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"aboutUrl": "t/{id}", "columns": list(columns), "primaryKey": "id", **more}


def test_a_wrong_cell_is_left_out_and_the_rest_of_its_row_is_stated(base: Callable[..., FactBase]) -> None:
    name = {"name": "name", "propertyUrl": "ex:name"}
    text = "id,day,name\na,2021-02-30,A\nb,2021-02-28,B\x07\n"
    facts = base({"t.csv": (text, schema(ID, DAY, name))}, lenient=True)
    assert conforms(list(facts.findings))
    assert found(facts) == [("cell-datatype", "warning", 2, "day"), ("cell-control-character", "warning", 3, "name")]
    assert lines(facts) == [
        f'{BASE}t/a> <https://example.org/ns#name> "A" .',
        f'{BASE}t/b> <https://example.org/ns#day> "2021-02-28"^^<http://www.w3.org/2001/XMLSchema#date> .',
    ]


def test_without_the_key_a_wrong_cell_is_a_violation(base: Callable[..., FactBase]) -> None:
    facts = base({"t.csv": ("id,day\na,2021-02-30\n", schema(ID, DAY))})
    assert found(facts) == [("cell-datatype", "violation", 2, "day")] and lines(facts) == []


def test_rows_without_a_key_and_rows_that_repeat_one_are_left_out(base: Callable[..., FactBase]) -> None:
    text = "id,day\na,2021-01-01\n,2021-01-02\na,2021-01-03\nB!,2021-01-04\nc,2021-01-05\n"
    facts = base({"t.csv": (text, schema(ID, DAY))}, lenient=True)
    assert [(code, row) for code, severity, row, _ in found(facts) if severity == "warning"] == [
        ("cell-required", 3), ("cell-datatype", 5), ("key-duplicate", 2),
    ]  # fmt: skip
    assert [one.severity for one in facts.findings if one.code == "rows-left-out"] == [Severity.INFO] * 2
    assert facts.rows("t") == 2 == len(lines(facts)) and "2021-01-03" not in str(lines(facts))


def test_a_template_with_an_empty_cell_states_nothing(base: Callable[..., FactBase]) -> None:
    facts = base({"t.csv": ('id,cost\na,"1,5"\nb,\nc,x\n', schema(ID, COST, AMOUNT, OF))}, lenient=True)
    assert found(facts) == [("cell-datatype", "warning", 4, "cost")]
    assert lines(facts) == [
        f"{BASE}amount/1.5> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/ns#Amount> .",
        f"{BASE}t/a> <https://example.org/ns#cost> {BASE}amount/1.5> .",
    ]


def test_cells_that_refer_to_no_row_are_empty_and_rows_with_such_a_key_go(base: Callable[..., FactBase]) -> None:
    parent = {"name": "parent", "propertyUrl": "ex:parent", "valueUrl": "t/{parent}"}
    refers = [{"columnReference": "parent", "reference": {"resource": "t.csv", "columnReference": "id"}}]
    keyed = schema(ID, parent, primaryKey=["id", "parent"], foreignKeys=refers)
    tables = {
        "t.csv": ("id,day\na,2021-01-01\na,2021-01-02\n", schema(ID, DAY)),
        "loose.csv": ("id,parent\nx,a\ny,gone\n", schema(ID, parent, foreignKeys=refers)),
        "keyed.csv": ("id,parent\nx,a\nz,gone\n", keyed),
    }
    facts = base(tables, lenient=True)
    assert [(code, row) for code, severity, row, _ in found(facts) if severity == "warning"] == [
        ("key-duplicate", 2), ("key-dangling", 3), ("key-dangling", 3),
    ]  # fmt: skip
    assert facts.rows("t") == 1 and facts.rows("loose") == 2 and facts.rows("keyed") == 1
    assert not any("gone" in line for line in lines(facts))


def test_rows_that_only_refer_to_a_removed_row_go_too(base: Callable[..., FactBase]) -> None:
    def refers(table: str) -> list[dict[str, Any]]:
        return [{"columnReference": "up", "reference": {"resource": table, "columnReference": "id"}}]

    up = {"name": "up", "propertyUrl": "ex:up", "valueUrl": "t/{up}"}
    tables = {
        "c.csv": ("id,up\nc,b\n", schema(ID, up, primaryKey=["id", "up"], foreignKeys=refers("b.csv"))),
        "b.csv": ("id,up\nb,a\n", schema(ID, up, primaryKey=["id", "up"], foreignKeys=refers("a.csv"))),
        "a.csv": ("id\nz\n", schema(ID)),
    }
    facts = base(tables, lenient=True)
    assert [code for code, *_ in found(facts)] == ["key-dangling"] * 2 + ["rows-left-out"] * 2
    assert [facts.rows(name) for name in "abc"] == [1, 0, 0] and lines(facts) == []


def test_the_published_description_requires_only_what_is_there(base: Callable[..., FactBase]) -> None:
    facts = base({"t.csv": ("id,day\na,\n", schema(ID, DAY | {"required": True}))}, lenient=True)
    assert found(facts) == [("cell-required", "warning", 2, "day")]
    described = table_group(facts.catalogue, *facts.catalogue.datasets, *facts.catalogue.datasets[0].tables)
    columns = described["tables"][0]["tableSchema"]["columns"]
    assert [column.get("required", False) for column in columns] == [True, False]


@pytest.mark.quick(1)
@pytest.mark.parametrize("seed", range(4))
def test_a_lenient_table_states_what_the_table_without_its_wrong_cells_states(
    base: Callable[..., FactBase], seed: int
) -> None:
    chance = random.Random(seed)
    cells = {"id": ["a", "b", "c1", "d", "", "E!", "a"], "day": ["2021-01-01", "", "2021-13-01"]}
    cells["cost"] = ["1,5", "", "1.5", "2"]
    rows = [[chance.choice(cells[name]) for name in cells] for _ in range(12)]
    valid = {"id": {"a", "b", "c1", "d"}, "day": {"2021-01-01", ""}, "cost": {"1,5", "", "2"}}
    kept, seen = [], set[str]()
    for row in rows:
        clean = [cell if cell in valid[name] else "" for name, cell in zip(cells, row, strict=True)]
        if clean[0] and clean[0] not in seen:
            seen.add(clean[0])
            kept.append(clean)

    def written(table: list[list[str]]) -> str:
        return "id;day;cost\n" + "".join(";".join(row) + "\n" for row in table)

    described, more = schema(ID, DAY, COST, AMOUNT, OF), {"dialect": {"delimiter": ";"}, "lenient": True}
    facts = base({"t.csv": (written(rows), described)}, **more)
    stated = lines(facts)
    assert conforms(list(facts.findings)) and facts.rows("t") == len(kept)
    assert stated == lines(base({"t.csv": (written(kept), described)}, **more))


def test_columns_whose_cells_may_have_been_left_out_are_not_filled(base: Callable[..., FactBase]) -> None:
    for lenient, filled in ((True, [True, False]), (False, [True, True])):
        tables = {"t.csv": ("id,day\na,2021-01-01\n", schema(ID, DAY | {"required": True}))}
        (table,) = base(tables, lenient=lenient).catalogue.datasets[0].tables
        assert [table.is_filled(column) for column in table.source_columns] == filled

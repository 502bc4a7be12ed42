"""Tables with a column for each year become tables with a row for each year, each fact with its cell in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.facts import FactBase, load_facts
from st_opendata.place import Place

Load = Callable[..., FactBase]
Make = Callable[..., Path]
YEARS: dict[str, Any] = {"columns": "(?P<year>[0-9]{3}[0-9x])", "value": "persons"}
COLUMNS: list[dict[str, Any]] = [
    {"name": "district", "titles": "Bezirk", "propertyUrl": "ex:district"},
    {"name": "year", "datatype": "gYear", "propertyUrl": "ex:year"},
    {"name": "persons", "datatype": "integer", "null": ["", ".."], "propertyUrl": "ex:persons"},
]
KEY = {"primaryKey": ["district", "year"]}
FILE = "Bezirk,2018,2019\nMitte,1,2\nNord,..,4\n"


def found(base: FactBase) -> list[tuple[str, int | None, str | None]]:
    assert all(one.message.keys() == {"en", "fr", "de"} == one.remedy.keys() for one in base.findings)
    return [(one.code, one.places[0].row, one.places[0].column) for one in base.findings]


def records(base: FactBase) -> list[tuple[object, ...]]:
    return [row for batch in base.records("t") for row in batch]


def test_each_cell_is_a_row_and_knows_its_place(load: Load) -> None:
    base = load(FILE, COLUMNS, unpivot=YEARS, aboutUrl="{district}/{year}", **KEY)
    assert found(base) == [("cleaned-null", 3, "2018")]
    assert records(base) == [
        ("Mitte", "2018", "1"), ("Mitte", "2019", "2"), ("Nord", "2018", None), ("Nord", "2019", "4"),
    ]  # fmt: skip
    nord = "<https://example.org/id/Nord/2019>"
    ns = "https://example.org/ns#"
    assert base.places(nord, f"<{ns}persons>") == (Place("data/t.csv", 3, "2019"),)
    assert base.places(nord, f"<{ns}year>") == (Place("data/t.csv", 1, "2019"),)
    assert base.places(nord, f"<{ns}district>") == (Place("data/t.csv", 3, "Bezirk"),)
    assert base.columns_stating(f"<{ns}persons>") == (Place("data/t.csv", column="persons"),)
    assert base.find_rows([nord]) == {nord: (Place("data/t.csv", 3, "2019"),)}  # for what SHACL misses
    assert base.columns(f"<{ns}persons>") == ()
    assert base.columns(f"<{ns}district>") == (Place("data/t.csv", column="Bezirk"),)
    assert [sample.rows for sample in base.samples(3)] == [(2, 2, 3)]


@pytest.mark.parametrize(
    ("rule", "header"),
    [
        ({"columns": ["2018", "2019"], "name": "year"}, "Bezirk,2018,2019"),
        ({"columns": {"from": "2018", "to": "2019"}, "name": "year"}, "Bezirk,2018,2019"),
        ({"columns": "Jahr (?P<year>.*)"}, "Bezirk,Jahr 2018, Jahr  2019 "),
        ({"columns": "(?P<year>[0-9]{4})([.]0)?"}, "Bezirk,2018.0,2019.0"),
        ({"columns": ".*", "name": "year"}, "\ufeffBezirk,2018,2019"),
    ],
)
def test_columns_by_title_range_and_pattern(load: Load, rule: dict[str, Any], header: str) -> None:
    base = load(f"{header}\nMitte,1,2\n", COLUMNS, unpivot={"value": "persons", **rule}, **KEY)
    assert found(base) == []
    assert records(base) == [("Mitte", "2018", "1"), ("Mitte", "2019", "2")]


def test_several_names_in_a_title_over_two_rows_of_header(load: Load) -> None:
    columns = [*COLUMNS[:2], {"name": "sex"}, COLUMNS[2]]
    rule = {"columns": "(?P<year>[0-9]{4}) (?P<sex>m|w)", "value": "persons"}
    dialect = {"headerRowCount": 2, "delimiter": ";"}
    base = load("Bezirk;2018;;2019;\n;m;w;m;w\nMitte;1;2;3;x\n", columns, unpivot=rule, dialect=dialect)
    assert records(base)[1:] == [
        ("Mitte", "2018", "w", "2"), ("Mitte", "2019", "m", "3"), ("Mitte", "2019", "w", None),
    ]  # fmt: skip
    assert found(base) == [("cell-datatype", 3, "2019 w")]


def test_cells_without_a_value_are_left_out_and_counted(load: Load) -> None:
    rule = YEARS | {"skipEmpty": True}
    base = load("Bezirk,2018,2019\nMitte,1,\nNord, ..,4\n", COLUMNS, unpivot=rule, **KEY)
    assert found(base) == [("unpivot-skipped", 2, "2019")]
    assert base.findings[0].message["en"].startswith("2 cells")
    assert records(base) == [("Mitte", "2018", "1"), ("Nord", "2019", "4")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Bezirk,Jahr\nMitte,1\n", [("unpivot-none", 1, None)]),
        ("Bezirk,2018,2018\nMitte,1,2\n", [("unpivot-same", 1, "2018")]),
        ("Bezirk,2018,Ort\nMitte,1,2\n", [("column-unknown", 1, "Ort")]),
        ("Ort,2018\nMitte,1\n", [("column-missing", 1, "district"), ("column-unknown", 1, "Ort")]),
        ("Bezirk,2018,2019\nMitte,1\n", [("row-ragged", 2, None)]),
        ("Bezirk,2018,2019\nMitte,1,2\n,,\nNord,3,x\n", [("row-blank", 3, None), ("cell-datatype", 4, "2019")]),
        ("Bezirk,2018,2019\nMitte,1,2\n,,\n", [("rows-blank-end", 3, None)]),
        ("Bezirk,2018,2019\n,1,2\n", [("cell-required", 2, "Bezirk"), ("cell-template", 2, "Bezirk")]),
        ("Bezirk,201x,2019\nMitte,1,2\nNord,3,4\n", [("cell-datatype", 1, "201x"), ("cell-template", 1, "201x")]),
        ("Bezirk,2018,2019\nMitte,1,2\nMitte,3,4\n", [("key-duplicate", 2, "Bezirk")] * 2),
        ("Bezirk,2018,2019\nMitte,1,2\nTotal,3,4\n", [("row-doubtful", 3, "Bezirk")]),
        ("Bezirk,2018,2019\n=Mitte,1,2\n", [("formula-like", 2, "Bezirk")]),
    ],
)
def test_a_fault_is_found_once_at_its_cell_in_the_file(load: Load, content: str, expected: object) -> None:
    base = load(content, COLUMNS, unpivot=YEARS, **KEY)
    assert found(base) == expected


def test_a_workbook_with_years_as_numbers(make: Make) -> None:
    folder = make({"t.xlsx": (b"", {"columns": COLUMNS, **KEY})}, unpivot=YEARS)
    book = openpyxl.Workbook()
    assert book.active
    for row in (["Bezirk", 2018.0, 2019], ["Mitte", 1, 2], ["Nord", 3.0, "four"]):
        book.active.append(row)
    book.save(folder / "data/t.xlsx")
    with load_facts(read_catalogue(folder)) as base:
        assert [(one.code, one.places[0].cell) for one in base.findings] == [("cell-datatype", "Sheet!C3")]
        assert records(base)[2] == ("Nord", "2018", "3")


def test_a_lenient_table_leaves_out_what_is_wrong(load: Load) -> None:
    content = "Bezirk,2018,2019\nMitte,1,x\nNord,3\nOst,5,6\n"
    base = load(content, COLUMNS, unpivot=YEARS, lenient=True, **KEY)
    assert sorted(found(base)) == [("cell-datatype", 2, "2019"), ("row-ragged", 3, None)]
    assert [row[2] for row in records(base)] == ["1", None, "5", "6"]


def test_what_is_stated_about_a_row_of_the_file_is_stated_once(load: Load, tmp_path: Path) -> None:
    columns = [COLUMNS[0] | {"aboutUrl": "{district}"}, *COLUMNS[1:]]
    base = load(FILE, columns, unpivot=YEARS, aboutUrl="{district}/{year}", **KEY)
    base.write_facts("data", tmp_path / "facts.parquet")
    query = f"SELECT object, row, \"column\" FROM '{tmp_path}/facts.parquet' ORDER BY ALL"
    facts = duckdb.sql(query).fetchall()
    assert [fact for fact in facts if fact[2] == "Bezirk"] == [('"Mitte"', 2, "Bezirk"), ('"Nord"', 3, "Bezirk")]
    assert [fact[1:] for fact in facts if "integer" in fact[0]] == [(2, "2018"), (2, "2019"), (3, "2019")]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"columns": "["}, "not a regular expression"),
        ({"columns": "x", "value": "persons"}, '"name" is missing'),
        ({"columns": "(?P<year>x)", "name": "year"}, 'delete "name"'),
        ({"columns": "(?P<jahr>x)"}, 'there is no column "jahr"'),
        ({"columns": "(?P<persons>x)"}, "not named for the titles"),
        ({"columns": ["Bezirk"], "name": "year"}, "stays a column"),
        ({"columns": [], "name": "year"}, "a list of titles"),
        ({"columns": "(?P<year>x)", "value": "n"}, 'there is no column "n"'),
        ({"columns": "(?P<year>x)", "skipEmpty": True}, "needs a primaryKey"),
        ({"columns": "(?P<year>x)", "into": "n"}, '"into" is unknown'),
    ],
)
def test_a_rule_that_cannot_be_is_refused(make: Make, rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_catalogue(make({"t.csv": (FILE, {"columns": COLUMNS})}, unpivot={"value": "persons", **rule}))


def test_a_rule_needs_a_header_and_a_column_that_stays(make: Make) -> None:
    with pytest.raises(ConfigurationError, match="files that have a header"):
        read_catalogue(make({"t.csv": (FILE, {"columns": COLUMNS})}, unpivot=YEARS, dialect={"header": False}))
    with pytest.raises(ConfigurationError, match="a column of the file that stays"):
        read_catalogue(make({"t.csv": (FILE, {"columns": COLUMNS[1:]})}, unpivot=YEARS))


def test_the_release_has_the_long_table_and_its_description(make: Make, tmp_path: Path) -> None:
    schema = {"columns": COLUMNS, "aboutUrl": "{district}/{year}", **KEY}
    folder = make({"t.csv": (FILE, schema)}, unpivot=YEARS)
    catalogue = json.loads((folder / "catalogue.yaml").read_text("utf-8"))
    catalogue["publisher"] = {"iri": "https://example.org/p", "name": {"en": "P"}}
    (folder / "catalogue.yaml").write_text(json.dumps(catalogue), "utf-8")
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0
    data = tmp_path / "release/data"
    assert (data / "t.csv").read_text("utf-8") == (
        "district,year,persons\nMitte,2018,1\nMitte,2019,2\nNord,2018,\nNord,2019,4\n"
    )
    assert main(["convert", str(data / "t.csv"), "--to", "nt", "--minimal", "-o", str(tmp_path / "out.nt")]) == 0
    assert set((tmp_path / "out.nt").read_text().splitlines()) == set((data / "data.nt").read_text().splitlines())

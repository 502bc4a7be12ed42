"""The publisher's rules for cells: what they change, and that each says how many cells it touched and the first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.facts import FactBase

Load = Callable[..., FactBase]
COLUMNS = [{"name": "id"}, {"name": "name"}, {"name": "note"}]
LINES = ["id,name,note", *(f"{number},Hall {number},ok" for number in range(1, 41))]
BROKEN = "\n".join(LINES).replace("20,Hall 20,", '20,"Hall 20,').replace("33,Hall 33,", '33,Hall 33",')


def said(base: FactBase) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.places[0].row, one.places[0].column) for one in base.findings]


def rows(base: FactBase) -> list[Any]:
    return [row for batch in base.records("t") for row in batch]


def test_swallowed_rows_are_found_with_the_first_and_the_last(load: Load) -> None:
    base = load(BROKEN, COLUMNS)
    assert said(base) == [("rows-swallowed", 21, "name")]
    assert "Rows 21 to 34 are read as one cell" in base.findings[0].message["en"]
    assert len(rows(base)) == 27


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_they_are_found_in_any_dialect_and_order_of_columns(load: Load, delimiter: str) -> None:
    content = BROKEN.replace(",", delimiter).replace("\n", "\r\n")
    base = load(content, [*COLUMNS[1:], COLUMNS[0]], dialect={"delimiter": delimiter})
    assert said(base) == [("rows-swallowed", 21, "name")]


def test_they_are_found_where_the_row_is_ragged_too(load: Load) -> None:
    base = load(BROKEN.replace('33",ok', '33,ok"'), COLUMNS)
    assert said(base) == [("rows-swallowed", 21, "name")]


def test_the_publisher_overrules(load: Load) -> None:
    base = load(BROKEN, COLUMNS, cleaning={"quotes": "trusted"})
    assert said(base) == []
    assert len(rows(base)) == 27


def test_likely_ones_are_a_warning(load: Load) -> None:
    base = load('id,name,note\n1,"a,b\n2,c",d\n3,e,f\n', COLUMNS)
    assert said(base) == [("rows-swallowed-likely", 2, "name")]


def test_addresses_with_line_breaks_are_fine(load: Load) -> None:
    base = load('id,name,note\n1,"Rathaus, Tür 3\n1010 Wien, Österreich\nEuropa",x\n2,"a\nb\nc\n",y\n', COLUMNS)
    assert said(base) == []


def test_lenient_quotes_lose_no_row(load: Load) -> None:
    base = load(BROKEN, COLUMNS, cleaning={"quotes": "lenient"})
    assert said(base) == [("cleaned-quotes", 21, "name")]
    assert "In 2 cells" in base.findings[0].message["en"]
    assert [row[0] for row in rows(base)] == list(map(str, range(1, 41)))
    assert (rows(base)[19], rows(base)[32]) == (("20", '"Hall 20', "ok"), ("33", 'Hall 33"', "ok"))


def test_lenient_quotes_below_skipped_rows_and_in_another_encoding(load: Load) -> None:
    content = 'Größe; "offen\n# note\nid;name;note\n1;"das "Alte" Rathaus";ü\n2;b;c;d\n'.encode("cp1252")
    dialect = {"skipRows": "1", "commentPrefix": "#", "delimiter": ";", "encoding": "windows-1252"}
    base = load(content, COLUMNS, dialect=dialect, cleaning={"quotes": "lenient"})
    assert ("row-ragged", 5, None) in said(base)
    base = load(content.replace(b";d\n", b"\n"), COLUMNS, dialect=dialect, cleaning={"quotes": "lenient"})
    assert said(base) == [("cleaned-quotes", 4, "name")]
    assert rows(base) == [("1", 'das "Alte" Rathaus', "ü"), ("2", "b", "c")]


def test_quote_char_null_makes_every_mark_text(load: Load) -> None:
    base = load('id,name,note\n1,"a",5" TV\n', COLUMNS, dialect={"quoteChar": None})
    assert rows(base) == [("1", '"a"', '5" TV')]


@pytest.mark.parametrize(("way", "text"), [("remove", "ab"), ("space", "a b")])
def test_control_characters_become_what_the_rule_says(load: Load, way: str, text: str) -> None:
    base = load("id,name,note\n1,x,a\x0bb\n2,\x1f,\ufffe\n", COLUMNS, cleaning={"controlCharacters": way})
    assert said(base) == [("cleaned-control-characters", 2, "note")]
    assert "changed 3 cells" in base.findings[0].message["en"]
    assert rows(base)[0] == ("1", "x", text)


def test_replacements_in_order_of_parts_and_whole_cells(load: Load) -> None:
    rules = [
        {"text": "&amp;", "to": "&"},
        {"cell": "unbekannt", "to": "", "column": "note"},
        {"cell": "A & B", "to": "AB"},
        {"text": "never there", "to": "x"},
    ]
    content = "id,name,note\n1,A &amp; B,unbekannt\n2,unbekannt,x &amp;&amp; y\n3,c, unbekannt \n"
    base = load(content, COLUMNS, cleaning={"replace": rules})
    assert said(base) == [
        ("cleaned-replaced", 2, "name"),
        ("cleaned-replaced", 2, "note"),
        ("cleaned-replaced", 2, "name"),
    ]
    assert [base.findings[n].message["en"].partition(" changed ")[2][:7] for n in range(3)] == [
        "2 cells",
        "2 cells",
        "1 cell;",
    ]
    assert rows(base) == [("1", "AB", None), ("2", "unbekannt", "x && y"), ("3", "c", None)]


def test_typed_cells_are_read_after_the_rules_by_sql_and_by_python(load: Load) -> None:
    columns = [
        {"name": "id"},
        {"name": "a", "datatype": "decimal"},
        {"name": "b", "datatype": {"base": "string", "format": "(?=x).y"}},
    ]
    rules = [{"text": "EUR ", "to": ""}, {"text": "z", "to": "y"}]
    base = load("id,a,b\n1,EUR 7.5,xz\n", columns, cleaning={"replace": rules})
    assert said(base) == [("cleaned-replaced", 2, "a"), ("cleaned-replaced", 2, "b")]
    assert rows(base) == [("1", "7.5", "xy")]


def test_trim_and_null_say_what_they_touch(load: Load) -> None:
    content = "id,name,note\n1,\u00a0x ,k.A.\n2, k.A. ,-\n3,y,z\n"
    base = load(content, COLUMNS, dialect={"trim": "true"}, null=["", "k.A.", "-"])
    assert said(base) == [("cleaned-trimmed", 2, "name"), ("cleaned-null", 2, "note")]
    assert [base.findings[n].message["en"].count(" 2 cells") for n in (0,)] == [1]
    assert base.findings[1].message["en"].startswith("3 cells are read as empty by the rule `null` (“k.A.”, “-”)")
    assert rows(base) == [("1", "x", None), ("2", None, None), ("3", "y", "z")]


def test_a_rule_that_touches_nothing_is_silent_and_a_wrong_cell_is_still_found(load: Load) -> None:
    columns = [{"name": "id"}, {"name": "name", "datatype": "integer"}, {"name": "note"}]
    rules = {"controlCharacters": "remove", "replace": [{"text": "x", "to": "y"}, {"text": "nowhere", "to": ""}]}
    base = load("id,name,note\n1,x,z\n", columns, cleaning=rules)
    assert said(base) == [("cell-datatype", 2, "name"), ("cleaned-replaced", 2, "name")]


@pytest.mark.parametrize(
    ("cleaning", "problem"),
    [
        ({"trim": "true"}, '"trim" is a key of CSVW; write `trim: true` under `dialect`'),
        ({"null": ["-"]}, '"null" is a key of CSVW'),
        ({"quotes": "lose"}, '"quotes" must be one of lenient, trusted'),
        ({"controlCharacters": "drop"}, '"controlCharacters" must be one of remove, space'),
        ({"replace": [{"to": "x"}]}, 'name either "cell", a whole cell, or "text"'),
        ({"replace": [{"text": "a"}]}, 'the key "to" is missing; write to: "" to replace it by nothing'),
        ({"replace": [{"text": "", "to": "x"}]}, '"text" is empty'),
        ({"replace": [{"text": "a", "to": "x", "column": "nmae"}]}, 'there is no column "nmae"; did you mean "name"?'),
        ({"replaces": []}, 'the key "replaces" is unknown; did you mean "replace"?'),
    ],
)
def test_wrong_rules_are_refused(make: Callable[..., Path], cleaning: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(make({"t.csv": ("id,name,note\n", {"columns": COLUMNS})}, cleaning=cleaning))
    assert problem in str(caught.value)

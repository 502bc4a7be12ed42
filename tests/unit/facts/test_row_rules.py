"""Rules for rows without data: skipped rows are reported, doubtful rows stay, and rows keep their numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.facts import FactBase

Load = Callable[..., FactBase]
NAME = {"name": "name", "propertyUrl": "ex:name"}
COLUMNS = [NAME, {"name": "m", "datatype": "integer"}, {"name": "w", "datatype": "integer"}]
ABOVE, NOTES, TOTALS = {"skip": "above-header"}, {"skip": "footnotes"}, {"skip": "totals"}
EMPTY, SHORT = {"skip": "empty-columns"}, {"fill": "short-rows"}


def rows(base: FactBase) -> list[tuple[Any, ...]]:
    return [row for batch in base.records("t") for row in batch]


def found(base: FactBase) -> list[tuple[str, int | None]]:
    assert all(one.message.keys() == {"en", "fr", "de"} == one.remedy.keys() for one in base.findings)
    return [(one.code, one.places[0].row) for one in base.findings]


def test_each_rule_tells_how_many_rows_it_skips_and_the_first(load: Load) -> None:
    text = "Report 2024,,\n,,\nname,m,w\n,m²,(1)\nNord,1,2\n,,\nname,m,w\nOst,3,4\nTotal,4,6\nSource: us,,\n* note,,\n"
    rules = [ABOVE, {"skip": "below-header", "matching": r"m²|\([0-9]\)"}, {"skip": "repeated-header"}, TOTALS, NOTES]
    base = load(text, COLUMNS, rows=rules, dialect={"skipBlankRows": True})
    assert rows(base) == [("Nord", "1", "2"), ("Ost", "3", "4")]
    told = [(one.places[0].row, one.message["en"]) for one in base.findings]
    skipped = "rows-skipped"
    assert [code for code, _ in found(base)] == [skipped, skipped, "rows-blank-skipped", skipped, skipped, skipped]
    assert told == [
        (1, "2 rows were skipped by the rule `skip: above-header`. The first: “Report 2024”."),
        (4, "1 row was skipped by the rule `skip: below-header`. The first: “m² | (1)”."),
        (6, "1 empty row was skipped (`skipBlankRows`)."),
        (7, "1 row was skipped by the rule `skip: repeated-header`. The first: “name | m | w”."),
        (9, "1 row was skipped by the rule `skip: totals`. The first: “Total | 4 | 6”."),
        (10, "2 rows were skipped by the rule `skip: footnotes`. The first: “Source: us”."),
    ]


def test_rows_keep_their_numbers_and_go_by_their_place_among_the_data(load: Load) -> None:
    base = load("Report,,\nname,m,w\nNord,1,2\n,,\nOst,x,4\n", COLUMNS, rows=[ABOVE], dialect={"skipBlankRows": True})
    assert ("cell-datatype", 5) in found(base)
    base = load("Report,,\nname,m,w\nNord,1,2\n,,\nOst,3,4\n", COLUMNS, rows=[ABOVE], dialect={"skipBlankRows": True})
    assert [line.split()[0] for line in next(base.lines())] == [f"<https://example.org/id/t/{n}>" for n in (1, 2)]


def test_rules_that_skip_nothing_are_silent(load: Load) -> None:
    base = load("name,m,w\nNord,1,2\n", COLUMNS, rows=[ABOVE, NOTES, TOTALS, EMPTY, SHORT])
    assert (found(base), rows(base)) == ([], [("Nord", "1", "2")])


@pytest.mark.parametrize("rules", [[], [NOTES, TOTALS]])
def test_a_doubtful_row_is_published_and_told(load: Load, rules: list[dict[str, str]]) -> None:
    base = load("name,m,w\nNord,1,2\nTotal,9,9\nNote: x,,\nOst,3,4\n", COLUMNS, rows=rules)
    assert found(base) == [("row-doubtful", 3), ("row-doubtful", 4)]
    assert len(rows(base)) == 4


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("name;m;w\nNord;1;2\nSource: Office; table 3;\n", [3]),
        ("name;m;w\nSource: Office;1;2\nNord;3;4\n", []),
        ("name;m;w\nSource: Office;1;2\nSource: Survey;3;4\n", []),
    ],
)
def test_a_footnote_that_delimiters_part_is_doubtful_at_the_end(load: Load, text: str, doubtful: list[int]) -> None:
    columns = [{"name": "name"}, {"name": "m"}, {"name": "w"}]
    base = load(text, columns, rows=[NOTES], dialect={"delimiter": ";"})
    assert found(base) == [("row-doubtful", number) for number in doubtful]


def test_a_group_that_is_called_total_is_no_doubt(load: Load) -> None:
    assert found(load("name,m,w\nMen,1,2\nTotal,9,9\nMen,1,2\nTotal,4,4\n", COLUMNS)) == []


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    ("text", "rules", "expected"),
    [
        ("Report\nx,y,z\nNord,1,2\n", [ABOVE], [("header-not-found", None)]),
        ("Report\nname,m,v\nNord,1,2\n", [ABOVE], [("column-missing", 2), ("column-unknown", 2)]),
        ("name,m,w,\nNord,1,2,\n", [EMPTY], []),
        ("name,m,w\nNord,1,2,,\nOst,3,4\n", [EMPTY], []),
        ("name,m,w,\nNord,1,2,\nOst,3,4,5\n", [EMPTY], [("cell-untitled", 3)]),
        ("name,m,w\nNord,1,2\nOst,3,4,5\n", [SHORT], [("row-ragged", 3)]),
        ("name,m,w\nNord,1,2\nOst,3\n", [SHORT], [("rows-filled", 3)]),
        ("name,m,w\nNord,1,2\nOst,3\n", [EMPTY], [("row-ragged", 3)]),
        ("name,m,w\nNord,1,2,x\nOst,3,4,x\nWest,5\n", [], [("header-width", 1), ("row-ragged", 4)]),
        ('name,m,w\nNord,1,"2\n', [NOTES], [("row-quote", 2)]),
        (f"name,m,w\n{'x' * 600_000},1,2\n", [NOTES], [("cell-long", 2)]),
    ],
)
def test_what_does_not_fit_is_found_at_its_row(
    load: Load, text: str, rules: list[dict[str, str]], expected: list[tuple[str, int | None]]
) -> None:
    assert found(load(text, COLUMNS, rows=rules)) == expected


def test_a_header_of_two_rows(load: Load) -> None:
    columns = [{"name": "city"}, {"name": "c19", "titles": "Cost 2019"}, {"name": "c20", "titles": "Cost 2020"}]
    base = load("Report\ncity,Cost,\n,2019,2020\nLyon,1,2\n", columns, rows=[ABOVE], dialect={"headerRowCount": "2"})
    assert (rows(base), found(base)) == ([("Lyon", "1", "2")], [("rows-skipped", 1)])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_titles_may_stand_twice_at_their_own_place_miss_or_hold_a_line_break(load: Load, end: str) -> None:
    text = end.join(["id,value,value,", '1,"a\nb",2,x', ""])
    columns = [{"name": "id"}, {"name": "value"}, {"name": "v2", "titles": "value"}, {"name": "v3", "titles": ""}]
    assert rows(load(text, columns)) == [("1", "a\nb", "2", "x")]
    text = end.join(['id,"Area\n(m²)"', "1,2", ""])
    assert rows(load(text, [{"name": "id"}, {"name": "a", "titles": "Area (m²)"}])) == [("1", "2")]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"skip": "footnote"}, "did you mean"),
        ({"fill": "totals"}, "is not a rule"),
        ({"skip": "below-header"}, 'needs "matching"'),
        ({"skip": "footnotes", "matching": "("}, "not a regular expression"),
        ({"skip": "above-header", "matching": "x"}, 'takes no "matching"'),
        ({"skip": "totals", "fill": "short-rows"}, 'either "skip" or "fill"'),
        ({"drop": "totals"}, "is unknown"),
    ],
)
def test_wrong_rules_are_refused(make: Callable[..., Path], rule: dict[str, str], text: str) -> None:
    folder = make({"t.csv": ("name,m,w\n", {"columns": COLUMNS})}, rows=[rule])
    with pytest.raises(ConfigurationError, match=r"data/dataset\.yaml") as refused:
        read_catalogue(folder)
    assert text in str(refused.value)

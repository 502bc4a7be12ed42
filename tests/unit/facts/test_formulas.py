"""Texts that a spreadsheet program treats as formulas are published unchanged, and reported once for each column."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from st_opendata.facts import FactBase
from st_opendata.model.findings import Severity

Load = Callable[..., FactBase]
COLUMNS = [{"name": "id"}, {"name": "c", "titles": {"en": "Name"}}]


def notes(base: FactBase) -> list[str]:
    return [one.message["en"] for one in base.findings if one.code == "formula-like"]


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("https://example.org/")',
        "=cmd|' /C calc'!A0",
        "+A1",
        "-2+3+cmd|' /C calc'!A0",
        "-SUM(A1:A9)",
        "+1+SUM(A1)",
        "@SUM(1;1)",
        "-5*A1",
        "\t=1+1",
        "\r=1+1",
        "＝1+1",
        "＋A1",
        "－A1",
        "＠x",
    ],
)
def test_what_begins_as_a_formula_is_told(load: Load, cell: str) -> None:
    quoted = cell.replace('"', '""')
    base = load(f'id,Name\n1,Lyon\n2,"{quoted}"\n3,"{quoted}"\n', COLUMNS)
    [note] = [one for one in base.findings if one.code == "formula-like"]
    assert note.severity is Severity.INFO
    assert [place.row for place in note.places] == [3, 4]
    assert "“Name”, 2 cells begin" in note.message["en"]
    assert next(iter(base.records("t")))[1] == ("2", cell)


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "cell",
    [
        "-5",
        "+5,5",
        "-1'234.50",
        "-3 °C",
        "+12 %",
        "-2.5e-3",
        "- 5",
        "-€ 12",
        "-12 Mio. €",
        "+33 1 23 45 67 89",
        "+49 (0) 30 123-45",
        "-5.3.2020",
        "－5",
        "-",
        "--",
        "- - -",
        "+/-",
        "=",
        "@",
        "–",
        "a=b",
        "a@b.example",
        "Lyon - Munich",
    ],
)
def test_numbers_telephone_numbers_and_dashes_are_not_meant(load: Load, cell: str) -> None:
    assert notes(load(f'id,Name\n1,"{cell}"\n', COLUMNS)) == []


def test_other_columns_are_not_meant(load: Load) -> None:
    columns = [{"name": "n", "datatype": "integer"}, {"name": "d", "datatype": "anyURI"}, {"name": "c"}]
    assert notes(load("n,d,c\n-5,https://example.org/=1,x\n", columns)) == []


def test_a_column_is_told_once_with_some_examples(load: Load) -> None:
    rows = "".join(f"{number},=A{number}\n" for number in range(1, 6))
    base = load(f"id,Name\n{rows}6,={'x' * 99}\n", COLUMNS)
    [note] = [one for one in base.findings if one.code == "formula-like"]
    assert "6 cells begin as a formula does: =A1 · =A2 · =A3." in note.message["en"]
    assert "6 cellules commencent" in note.message["fr"]
    assert "beginnen 6 Zellen" in note.message["de"]


def test_the_first_item_of_a_list_counts(load: Load) -> None:
    columns = [{"name": "id"}, {"name": "c", "titles": {"en": "Name"}, "separator": "|"}]
    assert len(notes(load("id,Name\n1,=A1|b\n", columns))) == 1
    assert notes(load("id,Name\n1,b|=A1\n", columns)) == []

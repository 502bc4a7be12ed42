"""Columns that differ in a year, quarter, month or day: drafted as rows, and built without an edit."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.facts import load_facts
from st_opendata.model.findings import conforms

TERMS = {"publisher": {"iri": "https://office.example/us", "name": {"en": "Office"}}}


def drafted(tmp_path: Path, path: Path) -> tuple[str, list[tuple[object, ...]]]:
    """The rule of the draft and the rows that the program reads by it."""
    draft = draft_catalogue(tmp_path / "c", [path], Answers("Office", "https://office.example/", terms=TERMS))
    catalogue = read_catalogue(tmp_path / "c")
    (table,) = catalogue.datasets[0].tables
    with load_facts(catalogue) as base:
        assert conforms(base.findings)
        rows = [row for batch in base.records(table.name) for row in batch]
    assert draft.tables[0].rows == len(rows)
    text = (tmp_path / "c/c-data/dataset.yaml").read_text("utf-8")
    assert ("a guess" in text) is (table.unpivot is not None)
    return (table.unpivot.pattern or "" if table.unpivot else ""), rows


@pytest.mark.parametrize(
    ("header", "pattern"),
    [
        ("Ort;2019;2020;2021", "(?P<year>[0-9]{4})"),
        ("Ort;2019.0;2020.0;2021.0", r"(?P<year>[0-9]{4})\.0"),
        ("Ort;Umsatz 2019 (EUR);Umsatz 2020 (EUR);Umsatz 2021 (EUR)", r"Umsatz (?P<year>[0-9]{4}) \(EUR\)"),
        ("Ort;2020-Q1;2020-Q2;2020-Q3", "(?P<quarter>[0-9]{4}[ /-]?[QT][1-4])"),
        ("Ort;Jan 2020;Feb 2020;März 2020", r"(?P<month>[^\W\d]+\.?[ /-][0-9]{4})"),
        ("Ort;01/2020;02/2020;03/2020", "(?P<month>[0-9]{1,2}[/.][0-9]{4})"),
        ("Ort;2020-01-31;2020-02-29;2020-03-31", "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"),
    ],
)
def test_periods_in_titles(tmp_path: Path, header: str, pattern: str) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\nWien;1;2,5;..\nGraz;4;5;6\n", "utf-8")
    rule, rows = drafted(tmp_path, tmp_path / "t.csv")
    assert rule == pattern
    assert [row[0] for row in rows] == ["Wien"] * 3 + ["Graz"] * 3
    assert [row[2] for row in rows] == ["1", "2.5", None, "4", "5", "6"]


@pytest.mark.parametrize(
    "header",
    ["Ort;2019;2020;Summe", "Ort;2019;2020;Name 2021", "Gebäude 12019;2019;2020;b", "2019;2020;2021;2022"],
)
def test_others_stay_columns(tmp_path: Path, header: str) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\n1;1;2;5\n2;4;5;6\n", "utf-8")
    rule, rows = drafted(tmp_path, tmp_path / "t.csv")
    assert (rule, len(rows)) == ("", 2)


def test_texts_of_years_stay_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Ort;2019;2020;2021\nWien;offen;zu;zu\nGraz;zu;1;offen\n", "utf-8")
    assert drafted(tmp_path, tmp_path / "t.csv")[0] == ""


def test_years_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active
    for row in (["Ort", 2019, 2020.0, 2021], ["Wien", 1, 2.5, None], ["Graz", 4, 5, 6]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    rule, rows = drafted(tmp_path, tmp_path / "t.xlsx")
    assert rule == "(?P<year>[0-9]{4})"
    assert [row[1:] for row in rows][:3] == [("2019", "1"), ("2020", "2.5"), ("2021", None)]


def test_titles_that_differ_in_two_things_are_only_proposed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Ort;Männer 2019;Frauen 2019;Männer 2020;Frauen 2020\nWien;1;2;3;4\n", "utf-8")
    assert drafted(tmp_path, tmp_path / "t.csv")[0] == ""
    rule = "unpivot: {columns: '(?P<kind>Männer|Frauen) *(?P<year>[0-9]{4})', value: value}"
    assert rule in (tmp_path / "c/c-data/dataset.yaml").read_text("utf-8")

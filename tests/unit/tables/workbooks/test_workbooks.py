"""Workbooks as tables: cells as their publisher sees them, findings at the cell, dangerous files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from stream_write_ods import stream_write_ods

from st_opendata.build import Job, build
from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.release.explain import explain
from st_opendata.tables.workbooks import archives, marks

BASE = "https://example.org/id/"
Write = Callable[..., Path]
Load = Callable[..., FactBase]


def describe(folder: Path, tables: list[dict[str, Any]]) -> Path:
    """A catalogue of one dataset, `data`, with these tables; its files are put into `folder/data`."""
    label = {"en": "Data"}
    (folder / "data").mkdir(parents=True, exist_ok=True)
    publisher = {"iri": f"{BASE}publisher", "name": label}
    head = {
        "id": "test",
        "base": BASE,
        "title": label,
        "description": label,
        "publisher": publisher,
        "datasets": ["data"],
    }
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    dataset = {"title": label, "description": label, "tables": tables}
    (folder / "data/dataset.yaml").write_text(json.dumps(dataset), "utf-8")
    return folder


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    opened: list[FactBase] = []

    def read(fill: Callable[[Worksheet], None] | bytes, columns: list[dict[str, Any]], **more: Any) -> FactBase:
        file = more.pop("file", "t.xlsx")
        folder = describe(tmp_path, [{"url": file, "tableSchema": {"columns": columns}, **more}])
        if isinstance(fill, bytes):
            (folder / "data" / file).write_bytes(fill)
        else:
            book = openpyxl.Workbook()
            book.active.title = "Partners"
            fill(book.active)
            book.save(folder / "data" / file)
        opened.append(load_facts(read_catalogue(folder)))
        return opened[-1]

    yield read
    for base in opened:
        base.close()


def rows(base: FactBase, table: str = "t") -> list[tuple[Any, ...]]:
    return [row for batch in base.records(table) for row in batch]


def found(base: FactBase) -> list[tuple[str, str]]:
    return [(one.code, str(one.places[0])) for one in base.findings]


def columns(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, **more} for name in names]


def sheet_of(*content: list[Any]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in content:
            sheet.append(row)

    return fill


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("value", "datatype", "read"),
    [
        (5, "integer", "5"),
        (0.1 + 0.2, "decimal", "0.3"),
        (29119448.36, {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}}, "29119448.36"),
        (0.125, "decimal", "0.125"),
        (0.125, {"base": "decimal", "format": "0.0%"}, "0.125"),
        (1.5, {"base": "decimal", "format": "0.00"}, "1.50"),
        (1e22, "double", "10000000000000000000000"),
        (-3, "string", "-3"),
        (True, "boolean", "true"),
        (False, {"base": "boolean", "format": "oui|non"}, "false"),
        ("non", {"base": "boolean", "format": "oui|non"}, "false"),
        (date(2021, 7, 31), "date", "2021-07-31"),
        (date(2021, 7, 31), {"base": "date", "format": "dd.MM.yyyy"}, "2021-07-31"),
        ("31.07.2021", {"base": "date", "format": "dd.MM.yyyy"}, "2021-07-31"),
        (datetime(2021, 7, 31, 9, 5, 7), "dateTime", "2021-07-31T09:05:07"),
        (datetime(2021, 7, 31), "dateTime", "2021-07-31T00:00:00"),
        (datetime(2021, 7, 31, 9, 5), {"base": "dateTime", "format": "d/M/yyyy HH:mm"}, "2021-07-31T09:05:00"),
        (time(9, 5), "time", "09:05:00"),
        ("01069", "string", "01069"),
        ("12345678901234567890", "string", "12345678901234567890"),
        ("a\nb", "string", "a\nb"),
    ],
)
def test_a_stored_value_is_read_as_the_description_of_its_column_says(
    load: Load, value: object, datatype: object, read: str
) -> None:
    base = load(sheet_of(["v"], [value]), [{"name": "v", "datatype": datatype}])
    assert found(base) == []
    assert rows(base) == [(read,)]


@pytest.mark.parametrize(
    ("number", "form", "read"), [(1069, "00000", "01069"), (0.125, "0.0%", "12.5%"), (0.5, "0%", "50%"), (7, "0", "7")]
)
def test_numbers_of_a_text_column_are_read_as_they_are_shown(load: Load, number: float, form: str, read: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["v"], [number])(sheet)
        sheet["A2"].number_format = form

    assert rows(load(fill, columns("v"))) == [(read,)]


def test_an_apostrophe_that_makes_text_is_not_read(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["v"], ["0043"])(sheet)
        sheet["A2"].quotePrefix = True

    assert rows(load(fill, columns("v"))) == [("0043",)]


def test_merged_cells_each_have_the_value_that_is_shown(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["city", "year"], ["Lyon", 2020], [None, 2021], ["Wien", 2020])(sheet)
        sheet.merge_cells("A2:A3")

    base = load(fill, columns("city", "year"))
    assert rows(base) == [("Lyon", "2020"), ("Lyon", "2021"), ("Wien", "2020")]


MERGED = [("x", "x", "1"), ("x", "x", "2"), ("y", "3", "3"), ("y", "4", "5")]
"""Merged are the four cells of x, the two of y, and the two of 3."""


def test_merged_areas_of_a_workbook(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["a", "b", "c"], ["x", None, 1], [None, None, 2], ["y", 3, None], [None, 4, 5])(sheet)
        for area in ("B4:C4", "A2:B3", "A4:A5"):
            sheet.merge_cells(area)

    assert rows(load(fill, columns("a", "b", "c"))) == MERGED


def test_merged_areas_of_an_open_document(load: Load, tmp_path: Path) -> None:
    def cell(text: str, spans: str = "") -> str:
        return f'<table:table-cell {spans} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    two, four = 'table:number-rows-spanned="2"', 'table:number-rows-spanned="2" table:number-columns-spanned="2"'
    covered = "<table:covered-table-cell/>"
    lines = (
        cell("x", four) + covered + cell("1"),
        covered * 2 + cell("2"),
        cell("y", two) + cell("3", 'table:number-columns-spanned="2"') + covered,
        covered + cell("4") + cell("5"),
    )
    more = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines) + "</table:table>"
    content = ods([], header=("a", "b", "c"))
    content = edited(content, tmp_path / "t.ods", lambda text: text.replace("</table:table>", more), "content.xml")
    base = load(content, columns("a", "b", "c"), file="t.ods")
    assert rows(base) == MERGED


def test_calamine_tells_no_merged_cells_of_an_open_document(tmp_path: Path) -> None:
    """Once it does, our reader of them can go."""
    (tmp_path / "t.ods").write_bytes(ods([["1", "x"]]))
    sheet = CalamineWorkbook.from_path(tmp_path / "t.ods").get_sheet_by_name("Villes")
    assert sheet.merged_cell_ranges is None


def test_empty_columns_and_rows_at_the_end_are_nobodys_concern(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B3"], sheet["D3"], sheet["B4"], sheet["D4"] = "id", "name", "1", "Lyon"
        for cell in ("A4", "C4", "Z4", "B900"):
            sheet[cell].number_format = "0.00"

    base = load(fill, [{"name": "id", "required": True}, *columns("name")], dialect={"skipRows": "2"})
    assert (found(base), rows(base)) == ([], [("1", "Lyon")])


def test_findings_name_sheet_and_cell(load: Load) -> None:
    fill = sheet_of(["Title of the sheet"], ["name", "share"], ["Lyon", 0.5], [None, None], ["Wien", "half"])
    base = load(fill, [*columns("name"), {"name": "share", "datatype": "decimal"}], dialect={"skipRows": "1"})
    assert found(base) == [
        ("row-blank", "data/t.xlsx: Partners!4:4"),
        ("cell-datatype", 'data/t.xlsx: Partners!B5, column "share"'),
    ]
    place = base.findings[1].places[0]
    assert (place.file, place.row, place.column, place.cell) == ("data/t.xlsx", 5, "share", "Partners!B5")


def test_what_the_header_lacks_is_told_in_the_sheet(load: Load) -> None:
    base = load(sheet_of(["id", "naem"], ["1", "x"]), columns("id", "name"))
    assert found(base)[1] == ("column-unknown", 'data/t.xlsx: Partners!B1, column "naem"')


def test_errors_and_formulas_without_value_are_findings(load: Load) -> None:
    fill = sheet_of(["a", "b"], ["#N/A", "=1+1"], ["#DIV/0!", 3])
    base = load(fill, columns("a", "b"))
    assert found(base) == [
        ("cell-error", 'data/t.xlsx: Partners!A2, column "a"'),
        ("cell-error", 'data/t.xlsx: Partners!A3, column "a"'),
        ("cell-uncalculated", 'data/t.xlsx: Partners!B2, column "b"'),
    ]
    assert "#N/A" in base.findings[0].message["fr"]


def test_the_last_value_of_a_formula_is_read(load: Load, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "formula.xlsx") as book:
        sheet = book.add_worksheet("Partners")
        sheet.write_row(0, 0, ["sum", "text"])
        sheet.write_formula(1, 0, "=20+22", None, 42)
        sheet.write_formula(1, 1, '=IF(1,"text","x")', None, "text")
    base = load((tmp_path / "formula.xlsx").read_bytes(), columns("sum", "text"))
    assert (found(base), rows(base)) == ([], [("42", "text")])


def test_hidden_rows_columns_and_sheets_are_read_and_told(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["a", "b"], ["1", "x"], ["2", "y"], ["3", "z"])(sheet)
        sheet.row_dimensions[2].hidden = sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.parent.create_sheet("Other")
        sheet.sheet_state = "hidden"
        sheet.parent.active = 1

    base = load(fill, columns("a", "b"), sheet="Partners")
    assert [code for code, _ in found(base)] == ["rows-hidden", "columns-hidden", "sheet-hidden"]
    assert "2–3" in base.findings[0].message["en"]
    assert len(rows(base, "partners")) == 3


def test_a_sheet_is_named_where_there_are_several(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet_of(["a"], ["1"])(sheet)
        sheet.parent.create_sheet("Cities")

    assert found(load(fill, columns("a"))) == [("sheet-unnamed", "data/t.xlsx")]
    lost = load(fill, columns("a"), sheet="Partner")
    assert found(lost) == [("sheet-missing", "data/t.xlsx: Partner")]
    assert "“Partners”" in lost.findings[0].message["en"]


def ods(rows_: list[list[Any]], name: str = "Villes", header: tuple[str, ...] = ("a", "b")) -> bytes:
    return b"".join(stream_write_ods([(name, header, rows_)]))


def test_an_open_document_is_read_alike(load: Load) -> None:
    content = ods([["Lyon", date(2021, 7, 31)], ["Wien", date(2021, 8, 1)]])
    base = load(content, [*columns("a"), {"name": "b", "datatype": "date"}], file="t.ods")
    assert (found(base), rows(base)) == ([], [("Lyon", "2021-07-31"), ("Wien", "2021-08-01")])


def edited(content: bytes, path: Path, edit: Callable[[str], str], member: str) -> bytes:
    """The workbook with one member changed."""
    path.write_bytes(content)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path.with_suffix(".new"), "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, edit(data.decode()) if info.filename == member else data)
    return path.with_suffix(".new").read_bytes()


def test_marks_of_an_open_document(load: Load, tmp_path: Path) -> None:
    error = (
        '<table:table-row table:visibility="collapse"><table:table-cell table:formula="of:=1/0" '
        'office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
        '</table:table-cell><table:table-cell table:number-rows-spanned="2" office:value-type="string">'
        "<text:p>both</text:p></table:table-cell></table:table-row>"
        '<table:table-row><table:table-cell table:formula="of:=1"/><table:covered-table-cell/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    space = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version'
    content = edited(
        ods([["1", "x"]]),
        tmp_path / "t.ods",
        lambda text: text.replace("</table:table>", error).replace("office:version", space, 1),
        "content.xml",
    )
    base = load(content, columns("a", "b"), file="t.ods")
    assert [code for code, _ in found(base)] == ["cell-error", "cell-uncalculated", "rows-hidden"]
    assert str(base.findings[0].places[0]) == 'data/t.ods: Villes!A3, column "a"'
    assert [row[1] for row in rows(base)] == ["x", "both", "both"]


@pytest.mark.slow
def test_explain_names_sheet_and_cell(tmp_path: Path) -> None:
    table: dict[str, Any] = {
        "url": "project.xlsx",
        "tableSchema": {
            "aboutUrl": "city/{id}",
            "primaryKey": "id",
            "columns": [{"name": "id"}, {"name": "name", "propertyUrl": "rdfs:label", "lang": "en"}],
        },
    }
    second: dict[str, Any] = {"url": "project.xlsx", "sheet": "Other cities"}
    tables = [
        table | {"sheet": "Cities"},
        table | second | {"tableSchema": {**table["tableSchema"], "aboutUrl": "x/{id}"}},
    ]
    folder = describe(tmp_path / "catalogue", tables)
    book = openpyxl.Workbook()
    sheet_of(["name", "id"], ["Lyon", "lyon"])(book.active)
    book.active.title = "Cities"
    sheet_of(["id", "name"], ["graz", "Graz"])(book.create_sheet("Other cities"))
    book.save(folder / "data/project.xlsx")
    outcome = build(Job(folder), tmp_path / "release")
    assert outcome.conforms, outcome.findings
    release = tmp_path / "release"
    assert (release / "data/cities.csv").read_text("utf-8").splitlines() == ["id,name", "lyon,Lyon"]
    assert (release / "data/other-cities.csv").is_file()
    (lyon,) = explain(release, "city/lyon", "en").statements
    assert [str(place) for place in lyon.cells] == ['data/project.xlsx: Cities!A2, column "name"']
    (graz,) = explain(release, "x/graz", "en").statements
    assert [place.text("de") for place in graz.cells] == ["data/project.xlsx: 'Other cities'!B2, Spalte „name“"]


def xlsx(tmp_path: Path, edit: Callable[[str], str], member: str = "xl/worksheets/sheet1.xml") -> bytes:
    book = openpyxl.Workbook()
    sheet_of(["a"], ["1"])(book.active)
    book.save(tmp_path / "plain.xlsx")
    return edited((tmp_path / "plain.xlsx").read_bytes(), tmp_path / "t.xlsx", edit, member)


def refused(load: Load, content: bytes, file: str = "t.xlsx") -> str:
    base = load(content, columns("a"), file=file)
    assert [code for code, _ in found(base)] == ["workbook-unreadable"]
    return base.findings[0].message["en"]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda text: text.replace('r="A2"', 'r="XFD1048576"'), "more than 12,000,000 cells"),
        (lambda text: text.replace('r="A2"', 'r="A9999999"'), "does not name a cell"),
        (lambda text: text.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "document type"),
        (lambda text: text[: len(text) // 2], "not well-formed XML"),
        (lambda text: text + " " * 2_000_000, "unpacks to"),
    ],
)
def test_what_no_spreadsheet_writes_is_refused(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: Callable[[str], str], reason: str
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1_000_000)
    assert reason in refused(load, xlsx(tmp_path, edit))


def test_a_far_cell_of_an_open_document_is_refused(load: Load, tmp_path: Path) -> None:
    def repeat(text: str) -> str:
        return text.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">').replace(
            "<table:table-cell ", '<table:table-cell table:number-columns-repeated="9000" '
        )

    content = edited(ods([["1", "x"]]), tmp_path / "t.ods", repeat, "content.xml")
    assert "cells" in refused(load, content, "t.ods")


def test_other_files_are_refused(load: Load, tmp_path: Path) -> None:
    assert "text under the name of a workbook" in refused(load, b"id,name\n1,Lyon\n")
    assert "a web page" in refused(load, b"<html><table><tr><td>1", "t.xls")
    assert "a newer workbook" in refused(load, xlsx(tmp_path, lambda text: text), "t.xls")
    assert "damaged" in refused(load, b"\x00\x01damaged")
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as many:
        for number in range(archives.MAX_MEMBERS + 1):
            many.writestr(f"{number}.xml", "")
    assert "members" in refused(load, (tmp_path / "many.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "no workbook")
    refused(load, (tmp_path / "other.zip").read_bytes())


def test_a_member_that_is_larger_than_it_says_is_refused(load: Load, tmp_path: Path) -> None:
    content = bytearray(xlsx(tmp_path, lambda text: text))
    with zipfile.ZipFile(tmp_path / "t.new") as book:
        info = book.getinfo("xl/worksheets/sheet1.xml")
        size = info.file_size.to_bytes(4, "little")
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24  # in the central directory
    assert content[place : place + 4] == size
    content[place : place + 4] = (10).to_bytes(4, "little")
    assert "damaged" in refused(load, bytes(content))


@pytest.mark.slow
def test_a_workbook_of_a_hundred_thousand_cells_is_read_row_by_row(load: Load, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "large.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Partners")
        for row in range(20_001):
            sheet.write_row(row, 0, [f"c{n}" for n in range(5)] if not row else [row, row / 3, "text", True, f"k{row}"])
    base = load((tmp_path / "large.xlsx").read_bytes(), columns(*(f"c{n}" for n in range(5))))
    assert base.rows("t") == 20_000
    assert rows(base)[-1] == ("20000", "6666.66666666667", "text", "true", "k20000")
    assert marks.MAX_CELLS >= 1_000_000 * 12


def test_members_that_nobody_reads_may_be_empty_or_no_xml(load: Load, tmp_path: Path) -> None:
    (tmp_path / "t.zip").write_bytes(ods([["1", "x"]]))
    with zipfile.ZipFile(tmp_path / "t.zip", "a") as book:
        book.writestr("Configurations2/accelerator/current.xml", "")
        book.writestr("Basic/script-lc.xml", "<!DOCTYPE library><library>")
    base = load((tmp_path / "t.zip").read_bytes(), columns("a", "b"), file="t.ods")
    assert (rows(base), found(base)) == ([("1", "x")], [])


def test_an_empty_member_that_is_read_is_refused(load: Load, tmp_path: Path) -> None:
    content = edited(ods([["1", "x"]]), tmp_path / "t.ods", lambda _: "", "content.xml")
    assert "well-formed" in refused(load, content, "t.ods")


@pytest.mark.parametrize(
    ("epoch_1904", "days", "codes"),
    [
        (False, ["1900-02-28", None, "1900-03-01"], [("cell-no-day", 'data/t.xlsx: Partners!A3, column "a"')]),
        (True, ["1904-02-29", "1904-03-01", "1904-03-02"], []),
    ],
)
def test_the_day_that_excel_alone_has_is_told(
    load: Load, *, epoch_1904: bool, days: list[str | None], codes: list[tuple[str, str]]
) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", "n"])
        for number in (59, 60, 61):
            sheet.append([number, number])
            sheet.cell(sheet.max_row, 1).number_format = "DD.MM.YYYY"
        if epoch_1904:
            sheet.parent.epoch = CALENDAR_MAC_1904

    base = load(fill, [{"name": "a", "datatype": "date"}, {"name": "n"}], sheet="Partners")
    assert found(base) == codes
    assert codes or [row[0] for row in rows(base, "partners")] == days


def test_digits_that_a_workbook_has_lost_are_told(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["a", "b", "c"], [12345678901234567, "12345678901234567", 1e300], [999999999999999, "x", 1.5]):
            sheet.append(row)

    base = load(fill, [{"name": "a"}, {"name": "b"}, {"name": "c", "datatype": "double"}])
    assert found(base) == [("cell-digits", 'data/t.xlsx: Partners!A2, column "a"')]
    assert "1 cell of this column has" in base.findings[0].message["en"]


def test_a_title_with_a_line_break_goes_by_its_text_in_one_line(load: Load) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["id", "Area\n(m²)"])
        sheet.append(["1", 20])

    base = load(fill, [{"name": "id"}, {"name": "area", "titles": {"en": "Area (m²)"}, "datatype": "decimal"}])
    assert (rows(base), found(base)) == ([("1", "20")], [])

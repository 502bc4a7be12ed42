"""XLSX and ODS of a dataset, read back by openpyxl and calamine and compared with the cleaned rows."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from stream_write_ods import stream_write_ods
from stream_zip import ZIP_32, UncompressedSizeOverflowError, stream_zip

from st_opendata.exports import ods, sheets, xlsx
from st_opendata.exports.ods import write_ods
from st_opendata.exports.sheets import sheet_names
from st_opendata.exports.sources import DatasetSource
from st_opendata.exports.xlsx import write_xlsx


@pytest.fixture
def source(catalogue, facts, tmp_path):
    return DatasetSource(catalogue, catalogue.datasets[1], facts, tmp_path)


def cells(facts, table):
    return [row for batch in facts.records(table) for row in batch]


@pytest.fixture
def book(release):
    return openpyxl.load_workbook(release / "places/places.xlsx")


@pytest.fixture(params=["xlsx", "ods"])
def calamine(release, request):
    return CalamineWorkbook.from_path(release / f"places/places.{request.param}")


def test_a_sheet_a_table_and_a_cover(calamine):
    assert calamine.sheet_names == ["About", "cities", "texts", "links"]
    cover = [[cell for cell in row if cell != ""] for row in calamine.get_sheet_by_name("About").to_python()]
    assert cover[0] == ["Places"]
    assert ["Licence", "https://creativecommons.org/licenses/by/4.0/"] in cover
    assert ["Dataset", "https://example.org/data/dataset/places"] in cover
    assert ["tags", "Tags", "string, several with | between"] in cover


def test_values_have_types(calamine):
    header, lyon, vienna, _ = calamine.get_sheet_by_name("cities").to_python()
    lyon, vienna = dict(zip(header, lyon, strict=True)), dict(zip(header, vienna, strict=True))
    assert (lyon["budget"], lyon["inhabitants"], lyon["since"]) == (29119448.36, 522250, date(2021, 7, 31))
    assert (lyon["capital"], vienna["capital"]) == (False, True)
    assert (lyon["share"], vienna["share"]) == (1.5, "INF")
    assert (lyon["tags"], vienna["tags"]) == ("river|hill", "")
    assert lyon["page"] == "https://example.org/lyon?a=1&b=%C3%A9"


def test_texts_are_whole_but_for_what_excel_cannot_hold(calamine, facts):
    read = [row[1] for row in calamine.get_sheet_by_name("texts").to_python()[1:]]
    for (_, expected), found in zip(cells(facts, "texts"), read, strict=True):
        if len(expected) > xlsx.MAX_TEXT and calamine.path.endswith("xlsx"):
            assert (len(found), found[-4:]) == (xlsx.MAX_TEXT, " […]"[-4:])
        else:
            # XML has no carriage returns but as references, which these readers take for line ends
            assert found.replace("\r\n", "\n").replace("\r", "\n") == expected.replace("\r\n", "\n").replace("\r", "\n")


def test_texts_that_look_like_formulas_are_text_and_stay_so(book):
    found = {row[1].value: row[1] for row in book["texts"].iter_rows(min_row=2)}
    for text in ("=1+1", "+1", "-1", "@cmd"):
        assert (found[text].data_type, found[text].quotePrefix) == ("s", True)
    assert not found["NULL"].quotePrefix


def test_no_cell_of_any_sheet_is_a_formula(release):
    with zipfile.ZipFile(release / "places/places.xlsx") as files:
        assert not any(b"<f>" in files.read(name) for name in files.namelist())
    with zipfile.ZipFile(release / "places/places.ods") as files:
        assert b"table:formula" not in files.read("content.xml")


def test_the_cover_says_that_texts_are_cut(book):
    assert any("1 texts are longer" in str(row[0]) for row in book["About"].values)


def test_dates_of_the_files_come_from_the_catalogue(release, book):
    assert book.properties.created == datetime(1980, 1, 1)
    for name in ("places.xlsx", "places.ods"):
        with zipfile.ZipFile(release / "places" / name) as files:
            assert {info.date_time[0] for info in files.infolist()} == {1980}


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_table_longer_than_a_sheet_goes_on_in_others(source, facts, tmp_path, monkeypatch, write):
    monkeypatch.setattr(sheets, "MAX_ROWS", 9)
    path = tmp_path / ("long" + (".xlsx" if write is write_xlsx else ".ods"))
    write(source, path)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["About", "cities", "texts", "texts (2)", "texts (3)", "links"]
    read = [row[0] for name in book.sheet_names[2:5] for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert read == list(range(1, len(cells(facts, "texts")) + 1))
    cover = book.get_sheet_by_name("About").to_python()
    assert any("The table continues on the sheets texts (2), texts (3)" in str(cell) for row in cover for cell in row)


def test_an_xlsx_may_be_larger_than_a_plain_zip(source, tmp_path, monkeypatch):
    write_xlsx(source, tmp_path / "plain.xlsx")
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    write_xlsx(source, tmp_path / "large.xlsx")
    plain, large = (_sheets(tmp_path / name) for name in ("plain.xlsx", "large.xlsx"))
    assert plain == large
    assert b"PK\6\6" in (tmp_path / "large.xlsx").read_bytes()
    assert b"PK\6\6" not in (tmp_path / "plain.xlsx").read_bytes()


def test_an_ods_may_be_larger_than_a_plain_zip(source, tmp_path, monkeypatch):
    write_ods(source, tmp_path / "plain.ods")

    def overflowing(members, **options):
        for number, chunk in enumerate(stream_zip(members, **options)):
            if number and members[-1][3] is ZIP_32:
                raise UncompressedSizeOverflowError  # as at 4 GB
            yield chunk

    monkeypatch.setattr("st_opendata.exports.ods.stream_zip", overflowing)
    write_ods(source, tmp_path / "large.ods")
    assert _sheets(tmp_path / "plain.ods") == _sheets(tmp_path / "large.ods")
    assert b"PK\6\6" in (tmp_path / "large.ods").read_bytes()


def _sheets(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_names_of_sheets_fit_and_differ(source, facts, monkeypatch):
    names = ("a" * 40, "A" * 35, "about")
    tables = [replace(source.dataset.tables[0], name=name) for name in names]
    monkeypatch.setattr(type(facts), "rows", lambda _self, _table: 1)
    renamed = replace(source, dataset=source.dataset.model_copy(update={"tables": tuple(tables)}))
    found = [name for names in sheet_names(renamed).values() for name in names]
    assert found == ["a" * 31, "A" * 27 + " (2)", "about (2)"]


@pytest.mark.parametrize(
    ("write", "text", "value"),
    [
        (sheets._integer, "123456789012345", 123456789012345),
        (sheets._integer, "1234567890123456", "1234567890123456"),
        (sheets._decimal, "1234567890.123456", "1234567890.123456"),
        (sheets._moment, "1900-02-28", "1900-02-28"),
        (sheets._moment, "2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
        (sheets._moment, "2020-01-01T10:00:00", datetime(2020, 1, 1, 10)),
    ],
)
def test_what_a_spreadsheet_would_change_stays_text(write, text, value):
    assert write(text) == value


@pytest.mark.parametrize(
    ("title", "cover", "words"),
    [
        ({"fr": "Lieux"}, "À propos", "Jeu de données"),
        ({"de-AT": "Orte"}, "Über", "Datensatz"),
        ({"fr": "Lieux", "en": "Places"}, "About", "Dataset"),
        ({"pl": "Miejsca"}, "About", "Dataset"),
    ],
)
@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_the_cover_is_in_the_language_of_the_titles(source, tmp_path, write, title, cover, words):
    changed = replace(source, dataset=source.dataset.model_copy(update={"title": title}))
    path = tmp_path / ("a.xlsx" if write is write_xlsx else "a.ods")
    write(changed, path)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[0] == cover
    assert words in [row[0] for row in book.get_sheet_by_name(cover).to_python()]


def test_ods_is_what_another_writer_makes(source):
    values = [
        ["", " two  spaces ", 'quoted "text"', 'it\'s "both"', "a&b <c> ]]>", "line\nfeed\r\tend", "é😀\x85\u2028"],
        [None, True, False, 0, -12, 1.5e22, Decimal("-0.10")],
        [date(2020, 1, 31), datetime(2020, 1, 31, 12, 30, 5), Decimal("1E+3"), float("1e-7"), None, "=1+1", "x"],
    ]
    sheet = ("a&b", tuple("abcdefg"), values)
    whole = b"".join(stream_write_ods([sheet], encoders=_ENCODERS))
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        expected = book.read("content.xml").decode()
    assert "".join(ods._sheet(*sheet)) in expected
    assert expected.startswith(ods._START)
    assert expected.endswith(ods._END)


def test_rows_are_what_xlsxwriter_writes(tmp_path):
    rows = [
        ["", " a ", "a&b <c>", "=1+1", "@x", "_x0041_", "two\nlines", "bell\x07", "\u00a0x", "end\r", "\uffff", "é😀"],
        [None, True, False, 0, -12, 1.5e22, Decimal("0.10"), float("1e-7"), date(2020, 1, 31), "x" * 9],
        [datetime(2020, 1, 31, 12, 30, 5), date(1900, 3, 1), datetime(9999, 12, 31, 23, 59, 59)],
        [],
        [None] * 30 + ["far"],
    ]
    with xlsxwriter.Workbook(tmp_path / "own.xlsx", xlsx._SETTINGS) as book:
        page = book.add_worksheet("data", xlsx._Page)
        cells = xlsx._Cells(book, page)
        for number, row in enumerate(rows):
            page.add_row(number, cells.row(row))
    settings = xlsx._SETTINGS | dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx", settings) as book:
        page = book.add_worksheet("data")
        forms = [book.add_format(each) for each in ({"bold": True}, {"quote_prefix": True})]
        days = [book.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")]
        for form in (*forms, *days):
            form._get_xf_index()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    page.write_string(number, column, value, forms[1] if value[0] in "=+-@\t\r" else None)
                elif isinstance(value, bool):
                    page.write_boolean(number, column, value)
                elif isinstance(value, date):
                    page.write_datetime(number, column, value, days[isinstance(value, datetime)])
                elif isinstance(value, (int, float, Decimal)):
                    page.write_number(number, column, value)
    own, plain = (zipfile.ZipFile(tmp_path / name) for name in ("own.xlsx", "plain.xlsx"))
    sheet = "xl/worksheets/sheet1.xml"
    assert own.read(sheet) == plain.read(sheet)
    assert own.read("xl/styles.xml") == plain.read("xl/styles.xml")


def test_a_text_is_not_taken_for_the_xml_of_rich_text(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "rich.xlsx", xlsx._SETTINGS) as book:
        page = book.add_worksheet("data", xlsx._Page)
        page.add_row(0, xlsx._Cells(book, page).row(["<r><t>bold</t></r>"]))
    assert _sheets(tmp_path / "rich.xlsx")["data"] == [["<r><t>bold</t></r>"]]


_ENCODERS = (
    (bool, ("boolean", "office:boolean-value", None, lambda value: str(value).lower())),
    (date, ("date", "office:date-value", "date", date.isoformat)),
    (datetime, ("date", "office:date-value", None, datetime.isoformat)),
    (int, ("float", "office:value", None, str)),
    (float, ("float", "office:value", None, repr)),
    (Decimal, ("float", "office:value", None, lambda value: format(value, "f"))),
    (str, ("string", "office:string-value", None, str)),
    (type(None), (None, None, None, lambda _: None)),
)

"""Realistic files: each becomes a catalogue that builds, with every number, zero and date kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from stream_write_ods import stream_write_ods

from st_opendata.__main__ import main
from st_opendata.catalogue.init.profile import Profile, guess
from st_opendata.catalogue.init.sources import find_sources
from st_opendata.documents import read_document
from st_opendata.errors import InputError

Told = dict[str, object]


@dataclass(frozen=True)
class Messy:
    """A file, the columns that are to be found in it with their datatypes, and rows of the published table."""

    file: str
    content: bytes | Callable[[Worksheet], None]
    columns: dict[str, object]
    rows: list[list[str]]
    key: str | None = None
    remark: str = ""


def append(*rows: list[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


def merged(sheet: Worksheet) -> None:
    append(["Stadt", "Kosten", None, "Stand"], [None, "2019", "2020", None], ["Wien", 1.5, 2, date(2021, 7, 31)])(sheet)
    for area in ("A1:A2", "B1:C1", "D1:D2"):
        sheet.merge_cells(area)


def titled(sheet: Worksheet) -> None:
    append(["Report of the project 2021"], [], [None, "code", "site", "homes"], [None, "A1", "Mill Lane", 48])(sheet)
    append([None, "A2", "Harbour", 112])(sheet)
    sheet["D5"].number_format = "#,##0"


def padded(sheet: Worksheet) -> None:
    append(["plz", "ort"], [1069, "Dresden"], [80331, "München"])(sheet)
    for cell in ("A2", "A3"):
        sheet[cell].number_format = "00000"


decimal_comma = {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}
plain_comma = {"base": "decimal", "format": {"decimalChar": ","}}

FILES = [
    Messy(
        "Haushalt 2020 (Größe).csv",
        "Nr;Straße;Betrag in €;Datum;Größe\r\n1;Müllerstraße;29.119.448,36;31.12.2020;7,5\r\n"
        "2;Ößweg;7,50;01.02.2021;10\r\n".encode("cp1252"),
        {
            "Nr": "integer",
            "strasse": None,
            "betrag_in": decimal_comma,
            "Datum": {"base": "date", "format": "dd.MM.yyyy"},
            "grosse": {"base": "decimal", "format": {"decimalChar": ","}},
        },
        [
            ["1", "Müllerstraße", "29119448.36", "2020-12-31", "7.5"],
            ["2", "Ößweg", "7.50", "2021-02-01", "10"],
        ],
        key="Nr",
    ),
    Messy(
        "dates.csv",
        b'identifiant,d\xc3\xa9but,fin,montant\na,31/01/2020,01/12/2021 09:05,"1 250,5"\n'
        b"b,5/2/2020,15/12/2021 10:00,640\n",
        {
            "identifiant": None,
            "debut": {"base": "date", "format": "d/M/yyyy"},
            "fin": {"base": "dateTime", "format": "dd/MM/yyyy HH:mm"},
            "montant": {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}},
        },
        [
            ["a", "2020-01-31", "2021-12-01T09:05:00", "1250.5"],
            ["b", "2020-02-05", "2021-12-15T10:00:00", "640"],
        ],
        key="identifiant",
    ),
    Messy(
        "export.csv",
        b"Project report;;;\r\nCreated 2021;;;\r\n;;;\r\nid;name;homes;open\r\nx;Mill;48;oui\r\ny;Old;112;non\r\n",
        {"id": None, "name": None, "homes": "integer", "open": {"base": "boolean", "format": "oui|non"}},
        [["x", "Mill", "48", "true"], ["y", "Old", "112", "false"]],
        key="id",
        remark="row 1: “Project report”, and 2 more",
    ),
    Messy(
        "twice.csv",
        b"id,value,value,,\n1,a,10,,\n2,b,20,,\n",
        {"id": "integer", "value": None, "value_2": "integer"},
        [["1", "a", "10"], ["2", "b", "20"]],
        key="id",
        remark="titles are missing or repeated",
    ),
    Messy(
        "mixed.csv",
        b"code,size,since\na,12,2020-01-01\nb,about 7,unknown\nc,n/a,2021-03-04\n",
        {"code": None, "size": None, "since": None},
        [["a", "12", "2020-01-01"], ["b", "about 7", "unknown"], ["c", "n/a", "2021-03-04"]],
        key="code",
        remark="1 of 2 different cells are numbers, others not, as “about 7”: kept as text",
    ),
    Messy(
        "days.csv",
        b"nr,name,since\n1,a,15.04.2024\n,b,30.06.2024\n3,c,2024-07-01\n",
        {"nr": "integer", "name": None, "since": None},
        [["1", "a", "15.04.2024"], ["", "b", "30.06.2024"], ["3", "c", "2024-07-01"]],
        remark="2 of 3 different cells are dates written dd.MM.yyyy, others not, as “2024-07-01”: kept as text",
    ),
    Messy(
        "numbers.csv",
        b"nr,name\n1,a\n1,b\n,c\n",
        {"nr": "integer", "name": None},
        [["1", "a"], ["1", "b"], ["", "c"]],
        remark="not the key, though its name suggests one: 1 cell is empty, “1” is in more than one row",
    ),
    Messy(
        "codes.csv",
        b"insee,account,phone,year,level\n01004,12345678901234567890,+43111,2020,1.5\n69123,00000000000000000001,+33222,2021,-\n",
        {"insee": None, "account": None, "phone": None, "year": "integer", "level": "decimal"},
        [
            ["01004", "12345678901234567890", "+43111", "2020", "1.5"],
            ["69123", "00000000000000000001", "+33222", "2021", ""],
        ],
        key="insee",
        remark="telephone numbers, as the title says: kept as text",
    ),
    Messy(
        "lists.csv",
        b"id,themes,partners\nlyon,energy; transport,a|b\nwien,energy,b\nmunich,transport; data; energy,a|c\n",
        {"id": None, "themes": ("; ", None), "partners": ("|", None)},
        [["lyon", "energy; transport", "a|b"], ["wien", "energy", "b"], ["munich", "transport; data; energy", "a|c"]],
        key="id",
    ),
    Messy(
        "thousands.csv",
        b"ort;einwohner;flaeche\nWien;1.911.191;414,78\nGraz;291.072;127,57\n",
        {
            "ort": None,
            "einwohner": {"base": "integer", "format": {"decimalChar": ",", "groupChar": "."}},
            "flaeche": plain_comma,
        },
        [["Wien", "1911191", "414.78"], ["Graz", "291072", "127.57"]],
        key="ort",
    ),
    Messy(
        "unclear.csv",
        b"ort;wert\nWien;1.911\nGraz;2.910\n",
        {"ort": None, "wert": None},
        [["Wien", "1.911"], ["Graz", "2.910"]],
        key="ort",
        remark="could be read in two ways: kept as text",
    ),
    Messy(
        "utf16.txt",
        "id\tname_fr\tname_de\n1\tÉté\tSommer\n".encode("utf-16"),
        {"id": "integer", "name_fr": ("fr", "rdfs:label"), "name_de": ("de", "rdfs:label")},
        [["1", "Été", "Sommer"]],
        key="id",
    ),
    Messy(
        "headless.csv",
        b"1,48.2,16.37,2020\n2,45.7,4.83,2021\n",
        {"column_1": "integer", "column_2": "decimal", "column_3": "decimal", "column_4": "integer"},
        [["1", "48.2", "16.37", "2020"], ["2", "45.7", "4.83", "2021"]],
        key="column_1",
        remark="no header",
    ),
    Messy(
        "two rows.csv",
        b"city,cost,,period,\n,2019,2020,from,to\nLyon,1.5,2,2016-02-01,2021-07-31\nWien,7,8.25,2016-02-01,2021-07-31\n",
        {"city": None, "cost_2019": "decimal", "cost_2020": "decimal", "period_from": "date", "period_to": "date"},
        [["Lyon", "1.5", "2", "2016-02-01", "2021-07-31"], ["Wien", "7", "8.25", "2016-02-01", "2021-07-31"]],
        key="city",
        remark="a header of two rows",
    ),
    Messy(
        "merged.xlsx",
        merged,
        {"Stadt": None, "kosten_2019": "decimal", "kosten_2020": "integer", "Stand": "date"},
        [["Wien", "1.5", "2", "2021-07-31"]],
        key="Stadt",
        remark="a header of two rows",
    ),
    Messy(
        "titled.xlsx",
        titled,
        {"code": None, "site": None, "homes": "integer"},
        [["A1", "Mill Lane", "48"], ["A2", "Harbour", "112"]],
        key="code",
        remark="row 1: “Report of the project 2021”, and 1 more",
    ),
    Messy(
        "Postleitzahlen.xlsx",
        padded,
        {"plz": None, "ort": None},
        [["01069", "Dresden"], ["80331", "München"]],
        key="plz",
    ),
    Messy(
        "Übersicht.ods",
        b"".join(stream_write_ods([("Projekte & Orte", ("id", "ja?", "am"), [["a", True, date(2020, 1, 31)]])])),
        {"id": None, "ja": "boolean", "am": "date"},
        [["a", "true", "2020-01-31"]],
        key="id",
    ),
]


def write(messy: Messy, folder: Path) -> Path:
    path = folder / messy.file
    if isinstance(messy.content, bytes):
        path.write_bytes(messy.content)
    else:
        book = openpyxl.Workbook()
        messy.content(book.active)
        book.save(path)
    return path


def described(folder: Path) -> list[Told]:
    (dataset,) = folder.glob("*/dataset.yaml")
    data = read_document(dataset, "dataset.yaml").data
    assert isinstance(data, dict)
    tables: list[Told] = data["tables"]
    return tables


FIRST = 5
"""Files of every run."""


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "messy",
    [
        pytest.param(messy, id=messy.file, marks=[] if number < FIRST else pytest.mark.slow)
        for number, messy in enumerate(FILES)
    ],
)
def test_it_builds_without_an_edit_and_nothing_is_harmed(messy: Messy, tmp_path: Path) -> None:
    folder, release = tmp_path / "city-data", tmp_path / "release"
    told = ["--publisher", "Town hall", "--title", "City data", "--language", "de"]
    assert main(["init", str(folder), "--from", str(write(messy, tmp_path)), *told]) == 0
    text = next(folder.glob("*/dataset.yaml")).read_text("utf-8")
    assert main(["build", str(folder), "-o", str(release)]) == 0, text
    (table,) = described(folder)
    schema = table["tableSchema"]
    assert isinstance(schema, dict)
    columns = {each["name"]: each for each in schema["columns"]}
    assert list(columns) == list(messy.columns)
    for name, expected in messy.columns.items():
        column = columns[name]
        if isinstance(expected, tuple):
            found = (column.get("separator") or column.get("lang"), column.get("propertyUrl"))
            assert found == expected
        else:
            assert column.get("datatype") == expected, text
    assert schema.get("primaryKey") == messy.key
    assert messy.remark in " ".join(line.strip("# ") for line in text.splitlines() if line.lstrip().startswith("#"))
    (published,) = [path for path in (release / "city-data").glob("*.csv") if path.name.count(".") == 1]
    with published.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == list(messy.columns)
    assert rows == messy.rows
    report = json.loads((release / "report.json").read_text("utf-8"))
    assert report["conforms"]
    original = next(path for path in folder.glob("city-data/*") if path.name != "dataset.yaml")
    assert original.read_bytes() == (tmp_path / messy.file).read_bytes()


@pytest.mark.parametrize(("late", "encoding"), [("Å¡".encode(), "utf-8"), (b"K\xf6ln", "windows-1252")])
def test_every_byte_of_a_long_file_tells_its_encoding(tmp_path: Path, late: bytes, encoding: str) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"id,name\n" + b"1,coffee with milk\n" * 20_000 + b"2," + late + b"\n")
    (source,) = find_sources(path)
    assert source.encoding == encoding


def test_a_broken_letter_of_a_file_in_utf8_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"id,name\n" + b"1,caf\xc3\xa9 au lait\n" * 20_000 + b"2,K\xf6ln\n")
    with pytest.raises(InputError, match="the byte 0xF6") as refused:
        find_sources(path)
    assert refused.value.place and refused.value.place.line == 20_002


def test_long_texts_are_not_all_kept() -> None:
    profile = Profile()
    for number in range(300):
        profile.add(f"{number} " + "x" * 100_000)
    assert sum(map(len, profile.cells)) < 21_000_000
    assert not profile.unique
    assert str(guess(profile, comma=False).why) == "too many different cells to compare: taken as text"


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("content", "cleaning", "remark", "rows"),
    [
        (
            'id,name,note\n1,Plain,x\n2,"Academy "Fine Arts"",y\n',
            {"quotes": "lenient"},
            "the quotation marks of row 3 are wrong",
            [["1", "Plain", "x"], ["2", 'Academy "Fine Arts"', "y"]],
        ),
        (
            'id;name;note\n1;"Hall 1;x\n2;Hall 2;y\n3;Hall 3;z\n4;Hall 4";u\n5;Hall 5;w\n',
            {"quotes": "lenient"},
            "a quotation mark in row 2 makes one cell of the rows down to 5",
            [["1", '"Hall 1', "x"], *([str(n), f"Hall {n}", note] for n, note in ((2, "y"), (3, "z"))),
             ["4", 'Hall 4"', "u"], ["5", "Hall 5", "w"]],
        ),
        (
            "id,name,note\n1,a\x0bb,x\n2,\x01,y\n",
            {"controlCharacters": "space"},
            "2 control characters, which no published file may have",
            [["1", "a b", "x"], ["2", " ", "y"]],
        ),
        (
            'id,name,note\n1,"Rathaus\n1010 Wien",x\n',
            None,
            "",
            [["1", "Rathaus\n1010 Wien", "x"]],
        ),
    ],
)  # fmt: skip
def test_what_build_would_refuse_is_drafted_with_a_rule_that_says_so(
    tmp_path: Path, content: str, cleaning: object, remark: str, rows: list[list[str]]
) -> None:
    (tmp_path / "table.csv").write_bytes(content.encode())
    told = ["--publisher", "Town", "--publisher-iri", "https://t.example/", "--license", "CC_BY_4_0"]
    told += ["--contact", "a@t.example", "--theme", "GOVE", "--issued", "2026-01-01"]
    assert main(["init", str(tmp_path / "draft"), "--from", str(tmp_path / "table.csv"), *told]) == 0
    text = (tmp_path / "draft/draft/dataset.yaml").read_text("utf-8")
    (table,) = read_document(tmp_path / "draft/draft/dataset.yaml", "dataset.yaml").data["tables"]  # type: ignore[call-overload]
    assert table.get("cleaning") == cleaning
    assert remark in text
    assert main(["build", str(tmp_path / "draft"), "--output", str(tmp_path / "release")]) == 0
    (published,) = (tmp_path / "release").glob("*/table.csv")
    with published.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == rows


def test_a_header_of_several_lines_with_a_title_twice_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Nr,"Fläche\n(m²)",Betrag,Betrag\n1,20,5,6\n2,30,6,7\n', "utf-8")
    assert main(["init", str(tmp_path / "draft"), "--from", str(tmp_path / "a.csv")]) == 1
    assert main(["check", str(tmp_path / "draft")]) == 0
    text = (tmp_path / "draft/draft/dataset.yaml").read_text("utf-8")
    assert "name: betrag_2" in text
    assert "skipRows" not in text


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("52.5, 13.4;Mitte\n52.6, 13.5;Wedding\n", ";"),
        ("Messwert, mg;Wert, 2\n1,5;2,5\n3,5;4,5\n", ";"),
        ("Werte, Stadt, 2024\nMenge, t;Preis, EUR\n1,5;2,5\n3,5;4,5\n", ";"),
        ("Meier, Anna\tWien, AT\nHuber, Karl\tGraz, AT\n", "\t"),
        ("id, name, n\n1, Mitte; Nord, 2\n2, Wedding, 3\n", ","),
        ("id,a;b\n1,x;y\n2,z;w\n", ","),
        ("id,1990,2000\n1,5,6\n", ","),
        ("1,5,6\n2,7,8\n", ","),
    ],
)
def test_commas_inside_cells_part_none(tmp_path: Path, content: str, delimiter: str) -> None:
    (tmp_path / "a.csv").write_text(content, "utf-8")
    (source,) = find_sources(tmp_path / "a.csv")
    assert source.delimiter == delimiter

"""Files that are broken as a whole or in a row: each ends as a finding at its place, or as the right value."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.place import Place

Load = Callable[..., FactBase]
COLUMNS = [{"name": "id"}, {"name": "name", "titles": {"fr": "Nom", "en": "Name"}}]


def found(base: FactBase) -> list[tuple[str, int | None, str | None, int | None]]:
    return [(one.code, one.places[0].row, one.places[0].column, one.places[0].line) for one in base.findings]


@pytest.mark.quick(5)
@pytest.mark.parametrize("code", [*range(1, 32), 0x7F, 0x85, 0xFFFE, 0xFFFF, 0x1FFFE])
def test_characters_that_xml_cannot_carry_are_found_and_not_printed(load: Load, code: int) -> None:
    base = load(f'id,name\n1,"a{chr(code)}b"\n'.encode(), COLUMNS)
    allowed = chr(code) in "\t\n\r" or code in (0x7F, 0x85, 0x1FFFE)
    assert [one.code for one in base.findings] == ([] if allowed else ["cell-control-character"])
    assert all(chr(code) not in text for one in base.findings for text in one.message.values())


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("table-empty", None, None, None)]),
        (b"\xef\xbb\xbf\n", [("table-empty", None, None, None)]),
        (b"<!DOCTYPE html><html></html>", [("table-other-format", None, None, None)]),
        (b"PK\x03\x04rest", [("table-other-format", None, None, None)]),
        ("id,name\n1,Ét\n2,x\n3,\n".encode()[:-2] + b"\xc3", [("table-not-utf8", None, None, 4)]),
        ("id,name\n1,Ét\n".encode() + b"2,\xe9\n", [("table-not-utf8", None, None, 3)]),
        (b"id,name\n1,a\0b\n", [("table-nul", None, None, 2)]),
        (b"id,name,name\n1,a,b\n", [("header-duplicate", 1, "name", None)]),
        (b"id,,name\n1,a,b\n", [("header-empty", 1, None, None)]),
        (b"id,name,,\n1,a,,\n", [("header-empty", 1, None, None)]),
        (b"ID,nom \n1,a\n", [("header-case", 1, "ID", None), ("header-case", 1, "nom", None)]),
        ("id,na\u200bme\n1,a\n".encode(), [("header-lookalike", 1, "na\u200bme", None)]),
        (b"name,id,id\n1,a,2\n", [("header-duplicate", 1, "id", None)]),
        (b"id,name\n1,a\n,\n2,b\n,\n,\n", [("rows-blank-end", 5, None, None), ("row-blank", 3, None, None)]),
        (b"id;name\n1;2\n", [("table-delimiter", 1, None, None)]),
        (b"id\tname\n1\t2\n", [("table-delimiter", 1, None, None)]),
        (b"id\n1\n", [("column-missing", 1, "name", None)]),
        (b"id,nmae\n1,2\n", [("column-missing", 1, "name", None), ("column-unknown", 1, "nmae", None)]),
        (b"id,name,x\n1,2,3\n", [("column-unknown", 1, "x", None)]),
        (b"id,name\n1,a\n2\n3,c\n", [("row-ragged", 3, None, None)]),
        (b"id,name\n1,a\n2,b,\n3,c\n", [("row-ragged", 3, None, None)]),
        (b'id,name\n1,"a\nb"\n2,c,d\n', [("row-ragged", 3, None, None)]),
        (b"id,name\n1,a\n\n2,b\n", [("row-blank", 3, None, None)]),
        (b'id,name\n1,"a\n\nb"\n\n2,b\n', [("row-blank", 3, None, None)]),
        (b"id,name\n1,a\n,\n2,b\n", [("row-blank", 3, None, None)]),
        (b'id,name\n1,a\n2,"b\n3,c\n', [("row-quote", 3, None, None)]),
        (b'id,name\n1,a\n2,"b"c\n', [("row-quote", 3, None, None)]),
        (
            "id,name\n1,a\tb\x7f\x85\n\x0b2,\x01\n3,\ufffe\n".encode(),
            [
                ("cell-control-character", 3, "id", None),
                ("cell-control-character", 3, "name", None),
                ("cell-control-character", 4, "name", None),
            ],
        ),
        (b"id,name\n1," + b"x" * 1_000_000 + b"\n", [("cell-long", 2, "name", None)]),
        (b'id,name\n1,a\n2,"' + b"x" * 1_000_000 + b"\n", [("cell-long", 3, None, None)]),
        (b"id,name\n1," + b"x" * 5_000_000 + b"\n", [("cell-long", 2, None, None)]),
    ],
)
def test_structural_problem_is_found_at_its_place(
    load: Load, content: bytes, expected: list[tuple[str, int | None, str | None, int | None]]
) -> None:
    base = load(content, COLUMNS)
    assert found(base) == expected
    assert all(finding.message.keys() == {"en", "fr", "de"} == finding.remedy.keys() for finding in base.findings)
    assert all(finding.places[0].file == "data/t.csv" for finding in base.findings)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "content",
    [
        b"id,name\n1,Lyon\n2,Wien\n",
        b"id,name\n1,Lyon\n2,Wien",
        b"id,name\n1,Lyon\n2,Wien\n\n\n",
        b"id,name\r\n1,Lyon\r\n2,Wien\r\n\r\n",
        b"id,name\r1,Lyon\r2,Wien\r",
        b"\xef\xbb\xbfid,name\n1,Lyon\n2,Wien\n",
        b'\xef\xbb\xbf"id","name"\n"1","Lyon"\n"2","Wien"\n',
        b"name,id\nLyon,1\nWien,2\n",
        b"id,Nom\n1,Lyon\n2,Wien\n",
        b"id,Name\n1,Lyon\n2,Wien\n",
    ],
)
def test_these_files_are_the_same_table(load: Load, content: bytes) -> None:
    base = load(content, COLUMNS)
    assert base.findings == ()
    assert list(base.records("t")) == [[("1", "Lyon"), ("2", "Wien")]]


def test_mixed_line_ends_are_read_or_found(load: Load) -> None:
    base = load(b"id,name\r\n1,Lyon\r\n2,Wien\n", COLUMNS)
    assert base.findings == () or found(base)[0][0] == "table-unreadable"


def test_missing_file(make: Callable[..., object], load: Load) -> None:
    folder = make({"t.csv": ("id,name\n", {"columns": COLUMNS})})
    (folder / "data" / "t.csv").unlink()  # type: ignore[operator]
    with load_facts(read_catalogue(folder)) as base:  # type: ignore[arg-type]
        assert found(base) == [("table-missing", None, None, None)]
        assert list(base.lines()) == []


def test_a_pipe_is_no_table(make: Callable[..., Path]) -> None:
    folder = make({"t.csv": ("id,name\n", {"columns": COLUMNS})})
    (folder / "data" / "t.csv").unlink()
    os.mkfifo(folder / "data" / "t.csv")
    with load_facts(read_catalogue(folder)) as base:
        assert found(base) == [("table-not-a-file", None, None, None)]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,qqq,,", "Columns of the header row have no title: 3, 4."),
        ("id,NAME", "The title “NAME” is written “name” in dataset.yaml."),
        ("id,zzz", "The column “name” is missing."),
        ("id,nmae", "The column “name” is missing. Did you mean “nmae”?"),
    ],
)
def test_what_the_header_lacks_is_said_in_a_sentence(load: Load, header: str, message: str) -> None:
    assert load(f"{header}\n", COLUMNS).findings[0].message["en"] == message


def test_blank_rows_at_the_end_are_left_out(load: Load) -> None:
    base = load(b"id,name\n1,Lyon\n2,Wien\n,\n,\n,\n", [{"name": "id", "required": True}, *COLUMNS[1:]])
    assert found(base) == [("rows-blank-end", 4, None, None)] and "(3)" in base.findings[0].message["en"]
    assert base.rows("t") == 2 and list(base.records("t")) == [[("1", "Lyon"), ("2", "Wien")]]


def test_header_only_is_an_empty_table(load: Load) -> None:
    base = load(b"id,name\n", COLUMNS)
    assert base.findings == () and base.rows("t") == 0


def test_row_numbers_count_records_not_lines(load: Load) -> None:
    columns = [{"name": "id", "datatype": "integer"}, {"name": "name"}]
    base = load('﻿id,name\n1,"a\nb\nc"\n2,"d\ne"\nx,f\n', columns)
    assert base.findings[0].places == (Place("data/t.csv", row=4, column="id"),)


def test_texts_that_look_like_nothing_stay(load: Load) -> None:
    base = load('id,name\nNA,NULL\nNone,"  a "\nNO,12:30\n"","x""y"\n', COLUMNS)
    assert list(base.records("t")) == [[("NA", "NULL"), ("None", "  a "), ("NO", "12:30"), (None, 'x"y')]]


def test_other_encodings_and_dialects(load: Load) -> None:
    dialect = {"encoding": "windows-1252", "delimiter": ";", "quoteChar": "'", "commentPrefix": "#", "trim": "true"}
    base = load("#note\n#note\nid;name\n 1 ;'a;é'\n".encode("cp1252"), COLUMNS, dialect=dialect)
    assert [finding.code for finding in base.findings] == ["cleaned-trimmed"]
    assert list(base.records("t")) == [[("1", "a;é")]]


def test_utf16_is_read_where_it_is_stated(load: Load) -> None:
    base = load("id\tname\n1\té\n".encode("utf-16"), COLUMNS, dialect={"encoding": "utf-16", "delimiter": "\\t"})
    assert list(base.records("t")) == [[("1", "é")]]


@pytest.mark.parametrize(
    ("content", "stated", "code", "line"),
    [
        ("id,name\n1,é".encode("latin-1"), "utf-16", "table-encoding", 1),
        (b"id,name\n1,a\n2,\x81\n", "windows-1252", "table-encoding", 3),
        ("id,name\n1,é\n".encode("latin-1"), "utf-8", "table-not-utf8", 2),
        ("id,name\n1,é\n".encode("utf-16"), "utf-8", "table-utf16", None),
    ],
)
def test_wrong_stated_encoding_is_found(load: Load, content: bytes, stated: str, code: str, line: int | None) -> None:
    base = load(content, COLUMNS, dialect={"encoding": stated})
    assert found(base) == [(code, None, None, line)]
    assert "codec" not in base.findings[0].message["en"]


def test_backslash_dialect_without_header(load: Load) -> None:
    base = load(b'1,"a\\"b"\n2,c\n', COLUMNS, dialect={"doubleQuote": "false", "header": "false"})
    assert list(base.records("t")) == [[("1", 'a"b'), ("2", "c")]]


def test_skipped_rows_count_for_row_numbers(load: Load) -> None:
    columns = [{"name": "id", "datatype": "integer"}, {"name": "name"}]
    base = load("Exported 2026,\nid,name\n1,a\nx,b\n", columns, dialect={"skipRows": "1"})
    assert base.findings[0].places[0].row == 4


def test_many_findings_are_counted_not_listed(load: Load) -> None:
    rows = "".join(f"x{number},a\n" for number in range(1500))
    base = load(f"id,name\n{rows}", [{"name": "id", "datatype": "integer"}, {"name": "name"}])
    assert len(base.findings) == 1001
    assert base.findings[-1].code == "findings-more" and "500 more" in base.findings[-1].message["en"]


@pytest.mark.quick(1)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bad", [b"\xe9", b"\0"])
def test_places_hold_beyond_the_first_chunk_of_a_large_file(load: Load, end: str, bad: bytes) -> None:
    rows = [f"{number},{'é' * (number % 7)}" for number in range(150_000)]
    content = end.join(["id,name", *rows, "", "", ""]).encode()
    base = load(content, COLUMNS)
    assert base.findings == () and base.rows("t") == 150_000
    lines = content.split(end.encode())
    lines[149_000] += bad
    base = load(end.encode().join(lines), COLUMNS)
    assert [one.places[0].line for one in base.findings] == [149_001]


@pytest.mark.parametrize(
    ("content", "dialect", "row"),
    [
        ('id,"na\nme"\n1,a\nx,b\n', {"header": "false", "skipRows": "1"}, 3),
        ('"Ti\ntle",\n"id","name"\n1,a\nx,b\n', {"skipRows": "1"}, 4),
        ('the "title",\n#a "note"\n#\nid,name\n1,a\nx,b\n', {"skipRows": "1", "commentPrefix": "#"}, 6),
        ('"the" title,"\n",\r\nid,name\r\n1,"a\nb"\r\nx,b\r\n', {"skipRows": "1"}, 4),
    ],
)
def test_skipped_rows_may_have_line_breaks_in_their_cells(
    load: Load, content: str, dialect: dict[str, str], row: int
) -> None:
    base = load(content, [{"name": "id", "datatype": "integer"}, {"name": "name"}], dialect=dialect)
    assert found(base) == [("cell-datatype", row, "id", None)]
    assert [cells[0] for batch in base.records("t") for cells in batch] == ["1", None]


def test_a_header_with_a_line_break_in_a_title(load: Load) -> None:
    columns = [{"name": "id"}, {"name": "area", "titles": {"de": "Fläche (m²)"}}]
    base = load('id,"Fläche\n(m²)"\n1,20\n2\n', columns)
    assert found(base) == [("row-ragged", 3, None, None)]


@pytest.mark.parametrize(
    ("title", "described", "says"),
    [
        ("two\u00a0words", "two words", "its character 4 is U+00A0 NO-BREAK SPACE, there it is U+0020 SPACE"),
        ("two  words", "two words", "its character 5 is U+0020 SPACE, there it is U+0077 LATIN SMALL LETTER W"),
        ("cafe\u0301", "caf\u00e9", "its character 4 is U+0065 LATIN SMALL LETTER E, there it is U+00E9"),
        ("CAFE\u0301", "caf\u00e9", "its character 4 is U+0045 LATIN CAPITAL LETTER E, there it is U+00E9"),
        ("so\u00adlar", "solar", "its character 3 is U+00AD SOFT HYPHEN"),
        ("solar\u200f", "solar", "its character 6 is U+200F RIGHT-TO-LEFT MARK, there it is (end)"),
        ("solar", "\ufeffsolar", "its character 1 is U+0073 LATIN SMALL LETTER S, there it is U+FEFF"),
        ("s\u043elar", "solar", "its character 2 is U+043E CYRILLIC SMALL LETTER O"),
        ("a\u2013b", "a-b", "its character 2 is U+2013 EN DASH, there it is U+002D HYPHEN-MINUS"),
        ("l\u2019eau", "l'eau", "its character 2 is U+2019 RIGHT SINGLE QUOTATION MARK"),
    ],
)
def test_titles_that_look_alike_are_told_apart(load: Load, title: str, described: str, says: str) -> None:
    columns = [{"name": "id"}, {"name": "other", "titles": {"en": described}}]
    [finding] = load(f"id,{title}\n1,a\n".encode(), columns).findings
    assert finding.code == "header-lookalike"
    assert says in finding.message["en"]


@pytest.mark.parametrize("header", ["2023,id,2022,2023", "id,2023,2023,2022", "2022,2023,2023,id"])
def test_a_doubled_title_is_never_told_to_be_renamed_to_itself(load: Load, header: str) -> None:
    columns = [{"name": "id"}, {"name": "2022"}, {"name": "2023"}, {"name": "2023_2", "titles": {"en": "2023"}}]
    base = load(f"{header}\n1,2,3,4\n".encode(), columns)
    assert [finding.code for finding in base.findings] == ["header-duplicate"]

"""Files in any dialect, row by row."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from st_opendata.csvw.rows.dialect_rows import DialectRows, rewrite
from st_opendata.errors import InputError
from st_opendata.model.tables import Dialect

PLAIN = Dialect()


def rows_of(folder: Path, data: bytes | str, dialect: Dialect = PLAIN) -> DialectRows:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return DialectRows(path, "table.csv", dialect)


@pytest.mark.parametrize(
    ("dialect", "text", "header", "found"),
    [
        ({}, 'a,b\n1,"x, ""y"""\n', [["a", "b"]], [(2, ["1", 'x, "y"'])]),
        ({}, "a\r\n1\r\n\r\n2\r\n", [["a"]], [(2, ["1"]), (3, [""]), (4, ["2"])]),
        ({"skip_blank_rows": True}, "a\n1\n\n,\n2\n", [["a"]], [(2, ["1"]), (5, ["2"])]),
        ({"delimiter": "\t"}, "a\tb\n1\t2\n", [["a", "b"]], [(2, ["1", "2"])]),
        ({"delimiter": "::"}, 'a::b\n1::"x::y"\n', [["a", "b"]], [(2, ["1", "x::y"])]),
        ({"quote": "'"}, "a\n'x,\n\"y'\n", [["a"]], [(2, ['x,\n"y'])]),
        ({"quote": None}, 'a\n"x\n', [["a"]], [(2, ['"x'])]),
        ({"double_quote": False}, 'a\n"x\\"y"\n', [["a"]], [(2, ['x"y'])]),
        ({"header": False, "header_rows": 0}, "1\n2\n", [], [(1, ["1"]), (2, ["2"])]),
        ({"header_rows": 2}, "a,b\nc,d\n1,2\n", [["a", "b"], ["c", "d"]], [(3, ["1", "2"])]),
        ({"skip_rows": 2}, "x\n\na\n1\n", [["a"]], [(4, ["1"])]),
        ({"skip_columns": 1}, "x,a\n0,1\n", [["a"]], [(2, ["1"])]),
        ({"comment_prefix": "#"}, '#x\na\n"1\n# in a cell"\n#y\n2\n', [["a"]], [(3, ["1\n# in a cell"]), (5, ["2"])]),
        ({"trim_ends": frozenset({"start", "end"})}, 'a , b\n 1, "2" \n', [["a", "b"]], [(2, ["1", "2"])]),
        ({"trim_ends": frozenset({"end"})}, "a\n 1 \n", [["a"]], [(2, [" 1"])]),
        ({"line_ends": ("|",)}, "a|1|2", [["a"]], [(2, ["1"]), (3, ["2"])]),
    ],
)
def test_a_dialect(
    tmp_path: Path, dialect: dict[str, object], text: str, header: list[list[str]], found: list[tuple[int, list[str]]]
) -> None:
    rows = rows_of(tmp_path, text, replace(PLAIN, **dialect))
    assert list(rows) == found
    assert rows.header == header


def test_encodings_and_byte_order_marks(tmp_path: Path) -> None:
    assert list(rows_of(tmp_path, b"\xef\xbb\xbfa\n\xc3\xa9\n")) == [(2, ["é"])]
    assert list(rows_of(tmp_path, b"a\n\xe9\n", Dialect(encoding="windows-1252"))) == [(2, ["é"])]


def test_comments_are_gathered(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "one\n#two\na\n#three\n1\n#four\n", Dialect(skip_rows=1, comment_prefix="#"))
    assert len(list(rows)) == 1
    assert rows.comments == ["one", "two", "three", "four"]


def test_a_header_is_read_without_the_rest(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b"a,b\n" + b"1,2\n" * 100_000 + b"\xff")
    assert rows.titles() == [["a", "b"]]
    assert rows.width() == 2


def test_more_skipped_rows_than_there_are(tmp_path: Path) -> None:
    assert list(rows_of(tmp_path, "a\n1\n", Dialect(skip_rows=10**12))) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\n\xff\n", "not in the encoding utf-8"),
        (b"a\nx\0y\n", "NUL byte"),
        (b'a\n"' + b"x" * 600_000, "a cell cannot be read: it has more than 500,000 characters"),
    ],
)
def test_what_cannot_be_read_names_the_file(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=rf"^table\.csv.*{message}"):
        list(rows_of(tmp_path, data))


def test_rewritten_rows_are_numbered_and_as_wide_as_the_table(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, 'a;b\n1;"x\ny"\n2\n3;4;5\n', Dialect(delimiter=";"))
    target = tmp_path / "copy.csv"
    assert rewrite(rows, 2, target, 5) == [3, 4]
    assert rewrite(rows, 2, target, 1) == [3]
    with target.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [["2", "1", "x\ny"], ["3", "2", ""], ["4", "3", "4"]]

"""Small workbooks that ask for much: refused in words by what they unpack to, whatever their parts are called.

Each is one of `tests/fuzz/bombs.py`, which makes large ones too and watches the memory.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bombs
from st_opendata.catalogue import read_catalogue
from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.books import opened
from st_opendata.tables.workbooks.sheets import extract_sheet, open_workbook

SIZE = 12
"""Megabytes: a text of more than 10 is refused."""
REASONS = {
    "sheet-name.xlsx": "it has a text or tag of more than 10,000,000 bytes",
    "texts-name.xlsx": "it has a text or tag of more than 10,000,000 bytes",
    "far-cell.xlsx": 'its sheet "S" reaches to XFD1048576, more than 12,000,000 cells',
    "hidden-columns.xlsx": "describes the same columns again and again",
    "attribute.xlsx": "it has a text or tag of more than 10,000,000 bytes",
    "deep.xlsx": "its XML nests deeper than 100,000 levels",
    "other-workbook.xlsx": "its workbook is not xl/workbook.xml",
    "twin.xlsx": "it has two members worksheets/sheet1.xml",
    "twin-after.xlsx": "it has two members worksheets/sheet1.xml",
    "two-texts.xlsx": "it has 2 parts with texts",
    "repeated.ods": "more than 12,000,000 cells",
    "empty-between.ods": "more than 12,000,000 cells",
    "empty-rows.ods": "cells beyond XFD1048576",
    "many-sheets.ods": "more than 12,000,000",
    "text.ods": "it has a text or tag of more than 10,000,000 bytes",
    "spaces.ods": "is not a number for text:c",
    "lies.xlsx": "its member xl/worksheets/sheet1.xml is damaged",
    "lies-of-any-name.xlsx": "its member xl/worksheets/s.dat is damaged",
    "lies.ods": "its member content.xml is damaged",
}
MADE = dict(bombs.bombs(seed=5, size=SIZE))
MADE |= {name: parts for name, parts in bombs.bombs(seed=5, size=1) if name.startswith("tw")}
MADE |= {name: parts for name, parts in bombs.bombs(seed=5, size=60) if name == "deep.xlsx"}
MADE |= {name: parts for name, parts in bombs.bombs(seed=5, size=60) if name == "sheet-rows.xlsx"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("bombs")


def reason(path: Path) -> str:
    """Why the workbook is refused; empty if it is read."""
    bombs.write(path, MADE[path.name])
    try:
        with open_workbook(path) as book:
            for _ in book.read("S").rows:
                pass
    except WorkbookError as error:
        return str(error)
    return ""


@pytest.mark.quick(3)
@pytest.mark.parametrize("name", REASONS)
def test_why_it_is_refused(folder: Path, name: str) -> None:
    assert REASONS[name] in reason(folder / name)


def test_a_sheet_of_any_name_is_read(folder: Path) -> None:
    path = folder / "any.xlsx"
    bombs.write(path, bombs.Xlsx([("<row><c><v>7</v></c></row>", 1)], sheet_name="worksheets/sheet.dat").parts())
    with open_workbook(path) as book:
        assert list(book.read("S").rows) == [["id", "name"], [7.0, ""]]


def test_texts_that_many_cells_name_are_counted_in_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.tables.workbooks.marks.MAX_LETTERS", 1_000_000)
    assert "have more than 1,000,000 characters" in reason(folder / "one-text-in-many-cells.xlsx")
    assert "have more than 1,000,000 characters" in reason(folder / "merged-text.xlsx")
    assert "have more than 1,000,000 characters" in reason(folder / "long-text.ods")


@pytest.mark.slow
def test_marks_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.tables.workbooks.marks.MAX_MARKED", 1_000)
    for name in ("errors.xlsx", "uncalculated.xlsx", "merged-areas.xlsx"):
        assert "errors and merged cells, more than 1,000" in reason(folder / name)


@pytest.mark.slow
def test_what_takes_too_much_memory_is_told(folder: Path) -> None:
    path = folder / "sheet-rows.xlsx"
    bombs.write(path, MADE[path.name])
    program = (  # in a process that has no memory left over from other tests
        "import sys; from pathlib import Path; from st_opendata.tables.workbooks import books\n"
        "books.MAX_MEMORY = 8_000_000\n"
        "try:\n"
        "    with books.opened(Path(sys.argv[1]), zipped=True) as book: list(book.read('S').rows)\n"
        "except books.WorkbookError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert ran.stdout == "reading it takes more than 8,000,000 bytes of memory\n"


def test_the_rows_of_another_sheet_may_be_left_unread(folder: Path) -> None:
    path = folder / "two.ods"
    rows = [("<table:table-row>" + bombs.cell("x") * 2 + "</table:table-row>", 3_000)]
    bombs.write(path, bombs.ods(rows, [(" ", 1)]))
    with opened(path, zipped=True) as book:
        assert next(book.read("S").rows) == ["id", "name"]
        assert list(book.read("S2").rows) == [["id", "name"]]
        assert sum(1 for _ in book.read("S").rows) == 3_001


def test_the_finding_names_the_file_the_limit_and_a_remedy(folder: Path) -> None:
    bombs.catalogue(folder, "far-cell.xlsx")
    bombs.write(folder / "data/far-cell.xlsx", MADE["far-cell.xlsx"])
    [table] = read_catalogue(folder).datasets[0].tables
    found, [said] = extract_sheet(table, folder)
    assert (found, said.code, str(said.places[0])) == (None, "workbook-unreadable", "data/far-cell.xlsx: S")
    assert "more than 12,000,000 cells" in said.message["en"]
    assert "save a very large sheet as CSV" in said.remedy["en"]

"""Workbooks of Excel 97: their cells and marks, and damaged ones, on which the library panics or does not end.

`excel97.xls` was made for these tests with openpyxl and LibreOffice: a sheet Partners with a hidden row and column,
a formula with an error, merged cells and formats, a hidden sheet, and a sheet with long numbers and Excel's day 60.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.sheets import open_workbook

CONTENT = (Path(__file__).parent / "excel97.xls").read_bytes()
TITLES = ["id", "name", "since", "amount", "share", "plz", "seen", "formula"]
MUTATIONS = int(os.environ.get("ST_OPENDATA_MUTATIONS", "45"))


def loaded(folder: Path, sheet: str, columns: list[dict[str, object]]) -> FactBase:
    label = {"title": {"en": "Data"}, "description": {"en": "Data"}}
    head = {"id": "test", "base": "https://example.org/", "datasets": ["data"], **label}
    (folder / "data").mkdir(exist_ok=True)
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    tables = [{"url": "t.xls", "sheet": sheet, "tableSchema": {"columns": columns}}]
    (folder / "data/dataset.yaml").write_text(json.dumps(label | {"tables": tables}), "utf-8")
    (folder / "data/t.xls").write_bytes(CONTENT)
    return load_facts(read_catalogue(folder))


def test_cells_are_read_as_they_are_shown(tmp_path: Path) -> None:
    kinds = {"since": {"base": "date"}, "amount": "decimal", "share": "decimal", "seen": "boolean"}
    columns = [{"name": name, **({"datatype": kinds[name]} if name in kinds else {})} for name in TITLES]
    with loaded(tmp_path, "Partners", columns) as base:
        assert [row for batch in base.records("partners") for row in batch] == [
            ("1", "Müller", "2020-12-31", "1234.5", "0.125", "01069", "true", "2469"),
            ("2", "Łódź", None, "7", "0.5", "80331", "false", "#DIV/0!"),
            ("merged", "merged", "2021-01-01", "8", "1", "10115", "true", "8"),
        ]
        assert [(one.code, str(one.places[0])) for one in base.findings] == [
            ("cell-error", 'data/t.xls: Partners!H3, column "formula"'),
            ("rows-hidden", "data/t.xls: Partners!3:3"),
            ("columns-hidden", 'data/t.xls: Partners!D:D, column "amount"'),
            ("cell-datatype", 'data/t.xls: Partners!C3, column "since"'),
        ]


def test_long_numbers_day_60_and_hidden_sheets_are_told(tmp_path: Path) -> None:
    with loaded(tmp_path, "odd", [{"name": "code"}, {"name": "day", "datatype": "date"}]) as base:
        assert [(one.code, str(one.places[0])) for one in base.findings] == [
            ("cell-no-day", 'data/t.xls: odd!B3, column "day"'),
            ("cell-digits", 'data/t.xls: odd!A2, column "code"'),
        ]
        assert "3 cells of this column have" in base.findings[1].message["en"]
    with loaded(tmp_path, "secret", [{"name": "x"}]) as base:
        assert [one.code for one in base.findings] == ["sheet-hidden"]


def test_init_drafts_the_sheets_that_can_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Alte Tabelle.xls").write_bytes(CONTENT)
    assert main(["init", str(tmp_path / "draft"), "--from", str(tmp_path / "Alte Tabelle.xls")]) == 1
    said = capsys.readouterr().out
    assert "partners: 3 rows, 8 columns" in said
    assert "secret" not in said


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    try:
        with open_workbook(path) as book:
            for sheet in book.sheets:
                list(book.read(sheet).rows)
    except WorkbookError as error:
        return str(error)
    return ""


def renamed(name: str) -> bytes:
    """The workbook with its stream called otherwise."""
    place = CONTENT.index("Workbook".encode("utf-16-le"))
    new = name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little")
    return CONTENT[:place] + new + CONTENT[place + 66 :]


def encrypted() -> bytes:
    """The workbook with a record that says that it is encrypted, in place of that of its code page."""
    place = CONTENT.index(b"\x42\x00\x02\x00\xb0\x04")
    return CONTENT[:place] + b"\x2f" + CONTENT[place + 1 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (renamed("EncryptedPackage"), "it is protected by a password"),
        (encrypted(), "it is protected by a password"),
        (renamed("WordDocument"), "it is a Word document"),
        (renamed("Contents"), "it contains no workbook"),
        (CONTENT[:60], "it is damaged"),
        (CONTENT[:600], "it contains no workbook"),
        (CONTENT[:76] + b"\1\0\0\0" * 109 + CONTENT[512:], "it is damaged"),
        (CONTENT[:48] + b"\xff\xff\xff\0" + CONTENT[52:], "it is damaged"),
    ],
)
def test_why_a_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert refused(tmp_path / "t.xls", content).startswith(reason)


def test_the_cells_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.tables.workbooks.marks.MAX_CELLS", 10)
    assert "more than 10 cells" in refused(tmp_path / "t.xls", CONTENT)
    monkeypatch.setattr("st_opendata.tables.workbooks.ole.MAX_BYTES", 1_000)
    assert "more than 1,000" in refused(tmp_path / "t.xls", CONTENT)


def truncated(chance: random.Random) -> bytes:
    return CONTENT[: chance.randrange(len(CONTENT))]


def overwritten(chance: random.Random) -> bytes:
    content = bytearray(CONTENT)
    for _ in range(chance.choice((1, 2, 5, 20))):
        place = chance.randrange(8, len(content) - 4)
        content[place : place + chance.choice((1, 4))] = chance.choice(
            (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\1\0\0\0", b"\xff\xff\xff\x7f", chance.randbytes(4))
        )
    return bytes(content)


def cut(chance: random.Random) -> bytes:
    place, length = chance.randrange(8, len(CONTENT)), chance.choice((1, 2, 4, 64, 512))
    return CONTENT[:place] + CONTENT[place + length :]


@pytest.mark.quick(1)
@pytest.mark.parametrize("damage", [truncated, overwritten, cut])
def test_damaged_files_are_refused_in_words_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[random.Random], bytes]
) -> None:
    monkeypatch.setattr("st_opendata.tables.workbooks.books._SECONDS", 1)
    chance = random.Random(97)
    for _ in range(MUTATIONS // 3):
        began = sum(os.times()[:4])  # of processor time, with that of processes which it started
        refused(tmp_path / "t.xls", damage(chance))
        assert sum(os.times()[:4]) - began < 10

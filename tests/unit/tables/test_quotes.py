"""Stray quotation marks: how swallowed rows differ from an address, and files read with marks as text."""

from __future__ import annotations

import csv
import io
import random
import time

import pytest

from st_opendata.tables.quotes import Certainty, lenient_rows, swallowed_rows

ROWS = "Hall 20,old\n21,Hall 21,ok\n22,Hall 22,ok\n23,Hall 23"


@pytest.mark.parametrize(
    ("cell", "place", "first", "width", "delimiter", "expected"),
    [
        (ROWS, 1, "20", 3, ",", Certainty.SURELY),
        (ROWS.replace("\n", "\r\n"), 1, "20", 3, ",", Certainty.SURELY),
        (ROWS.replace("\n", "\r"), 1, "20", 3, ",", Certainty.SURELY),
        ("20,Hall,old\n21,Hall,ok\n22,Hall,ok\n23", 0, "20,Hall …", 3, ",", Certainty.SURELY),
        ("Hall 20,old\n21,Hall 21,ok\n22,Hall 22", 1, "20", 3, ",", Certainty.SURELY),
        ("Hall 20,old\n21,Hall 21", 1, "20", 3, ",", Certainty.PROBABLY),
        ("a;b\n2;c", 1, "x", 3, ";", Certainty.PROBABLY),
        ("Stephansplatz 3\n1010 Wien", 1, "7", 3, ",", None),
        ("Rathaus, Tür 3\n1010 Wien, Österreich", 1, "A", 3, ",", None),
        ("Anna, chair\nBert, member\nCarl, member\nDora", 1, "7", 2, ",", None),
        ("one, two\nthree, four\nfive", 0, "one …", 2, ",", None),
        ("a\n\nb\nc, d, e\nf", 1, "1", 3, ",", None),
        ("single line, with, commas", 1, "1", 3, ",", None),
        ("1\n2\n3\n4", 0, "1", 1, ",", None),
    ],
)
def test_lines_shaped_as_rows_are_told_from_text(
    cell: str, place: int, first: str, width: int, delimiter: str, expected: Certainty | None
) -> None:
    assert swallowed_rows(cell, (place, first), width, delimiter) is expected


def read(text: str, width: int, delimiter: str = ",") -> list[tuple[list[str], tuple[int, ...]]]:
    rows = lenient_rows(io.StringIO(text, newline=""), width, delimiter)
    return [(row.cells, row.stray) for row in rows]


@pytest.mark.parametrize(
    ("line", "cells", "stray"),
    [
        ('1,"Academy "Fine Arts"",x', ["1", 'Academy "Fine Arts"', "x"], (1,)),
        ('1,"the "Old" hall",x', ["1", 'the "Old" hall', "x"], (1,)),
        ('1,"a, "b"",x', ["1", 'a, "b"', "x"], (1,)),
        ('1,"Hall 20,old', ["1", '"Hall 20', "old"], (1,)),
        ('1,Hall 33",x', ["1", 'Hall 33"', "x"], (1,)),
        ('1,"5" TV",x', ["1", '5" TV', "x"], (1,)),
        ('1,""abc"",x', ["1", '"abc"', "x"], (1,)),
        ('1,"a" ,x', ["1", "a", "x"], ()),
        ('1,"say ""hi"", then, go",x', ["1", 'say "hi", then, go', "x"], ()),
        ('1,"Hall 1\n1010 Wien",x', ["1", "Hall 1\n1010 Wien", "x"], ()),
        ('1,"say ""hi"", there\nand ""go""",x', ["1", 'say "hi", there\nand "go"', "x"], ()),
        ('1,"",""', ["1", "", ""], ()),
    ],
)
def test_a_mark_that_encloses_no_cell_is_text(line: str, cells: list[str], stray: tuple[int, ...]) -> None:
    assert read(f"a,b,c\n{line}\n9,y,z\n", 3) == [(["a", "b", "c"], ()), (cells, stray), (["9", "y", "z"], ())]


def test_no_row_is_swallowed_and_lines_are_counted() -> None:
    text = "id,name,note\n" + "".join(f"{n},Hall {n},ok\n" for n in range(1, 40))
    broken = text.replace("20,Hall 20,", '20,"Hall 20,').replace("33,Hall 33,", '33,Hall 33",')
    rows = list(lenient_rows(io.StringIO(broken), 3, ","))
    assert [row.cells[0] for row in rows] == ["id", *map(str, range(1, 40))]
    assert [row.line for row in rows] == list(range(1, 41))


def test_what_is_right_by_the_letter_is_read_by_the_letter() -> None:
    chance = random.Random(20)
    for _ in range(400):
        rows = [
            [f"{n}", *("".join(chance.choices(["a", ", ", '"', "\n", "é", "x y"], k=5)).strip() for _ in range(3))]
            for n in range(6)
        ]
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        assert [cells for cells, _ in read(text.getvalue(), 4)] == rows


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ['"a,' * 60_000, ('"a,' * 20 + "\n") * 2_000, '""a,' * 60_000, ('x,"y\n"z,\n') * 8_000]
)
def test_hostile_files_take_linear_time(text: str) -> None:
    began = time.process_time()
    assert read(text, 3)
    assert time.process_time() - began < 5

"""What a draft says of the encoding of a CSV file: the reading with a cell to judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.place import Place
from st_opendata.tables.encodings import EncodingGuess, first_broken, first_cell, unlike_neighbours


def broken_encoding(path: Path, encoding: str) -> InputError:
    """The error of a file that has bytes which are no characters of its encoding, at the line of the first."""
    line, byte = first_broken(path, encoding)
    return InputError(
        f"the byte {byte} in this line is no character of {encoding}, which the rest of the file is written in",
        place=Place(str(path), line=line),
        remedy="Correct this line and save the table as “CSV UTF-8”.",
    )


def encoding_remarks(
    guess: EncodingGuess | None, rows: Iterable[Sequence[str]], titles: Mapping[int, str]
) -> Iterator[str]:
    """What the file is read as, with the first cell that depends on it; nothing of a file in UTF-8."""
    shown = first_cell(enumerate(rows, 1), guess) if guess else None
    if guess is None or shown is None:
        return
    where = f"`{shown.cell}` in row {shown.row}, column {titles.get(shown.position) or shown.position + 1}"
    if guess.sure:
        yield f"read as {guess.encoding}: {where}"
        return
    yield f"not sure of the encoding: read as {guess.encoding}: {where}"
    yield f"as {guess.other} it would be `{shown.other}`"


def neighbour_remarks(readings: Sequence[tuple[str, EncodingGuess | None]]) -> Iterator[tuple[int, str]]:
    """By the number of a table what is said where it is read unlike the others; of each its encoding and guess."""
    for number, usual in unlike_neighbours(readings).items():
        yield number, f"read as {readings[number][0]}, but other tables as {usual}: look at the letters with accents"

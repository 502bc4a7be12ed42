"""The remarks of a draft on the encoding of a CSV file, each with a cell to judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message
from st_opendata.place import Place
from st_opendata.tables.encodings import EncodingGuess, first_broken, first_cell, unlike_neighbours


def broken_encoding(path: Path, encoding: str) -> InputError:
    """The error of a file with bytes that are not characters of its encoding, at the line of the first."""
    line, byte = first_broken(path, encoding)
    return InputError(
        message(
            "the byte {byte} in this line is not a character of {encoding}, the encoding of the rest of the file",
            byte=byte,
            encoding=encoding,
        ),
        place=Place(str(path), line=line),
        remedy=message("Correct this line and save the table as “CSV UTF-8”."),
    )


def encoding_remarks(
    guess: EncodingGuess | None, rows: Iterable[Sequence[str]], titles: Mapping[int, str]
) -> Iterator[Message]:
    """The encoding by which the file is read, with the first cell that depends on it; nothing for a file in UTF-8."""
    shown = first_cell(enumerate(rows, 1), guess) if guess else None
    if guess is None or shown is None:
        return
    column = titles.get(shown.position) or shown.position + 1
    where = message("`{cell}` in row {row}, column {column}", cell=shown.cell, row=shown.row, column=column)
    if guess.sure:
        yield message("read as {encoding}: {where}", encoding=guess.encoding, where=where)
        return
    yield message("not sure of the encoding: read as {encoding}: {where}", encoding=guess.encoding, where=where)
    yield message("as {encoding} it would be `{cell}`", encoding=guess.other, cell=shown.other)


def neighbour_remarks(readings: Sequence[tuple[str, EncodingGuess | None]]) -> Iterator[tuple[int, Message]]:
    """A remark for each table that is read unlike the others, by its number; `readings` has encodings and guesses."""
    for number, usual in unlike_neighbours(readings).items():
        yield (
            number,
            message(
                "read as {encoding}, but other tables as {usual}: look at the letters with accents",
                encoding=readings[number][0],
                usual=usual,
            ),
        )

"""Findings about an encoding that the description of a table does not state, or states wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.place import Place
from st_opendata.tables.encodings.evidence import first_broken
from st_opendata.tables.encodings.examples import first_cell, unlike_neighbours
from st_opendata.tables.encodings.guess import EncodingGuess


def known_languages(table: Table, stated: Sequence[str]) -> tuple[str, ...]:
    """The languages that a table is in: those of its dataset, else those of its titles.

    English titles alone prove nothing: a description has them by default.
    """
    texts = (table.titles, *(column.titles for column in table.columns))
    titles = {tag.partition("-")[0] for text in texts for tag in text} - {"und"}
    return tuple(stated) or (tuple(sorted(titles)) if titles != {"en"} else ())


def guess_finding(
    table: Table, guess: EncodingGuess, rows: Iterable[tuple[int, Sequence[str]]], header: Sequence[str]
) -> Finding:
    """The guessed encoding, at the first cell that depends on it; a warning if the guess is not sure."""
    shown = first_cell(rows, guess)
    place = table.place()
    if shown:
        place = table.place(shown.row, header[shown.position] if shown.position < len(header) else None)
    values = {"encoding": guess.encoding, "cell": shown.cell if shown else ""}
    if guess.sure:
        return finding("encoding-guessed", (place,), dataset=table.dataset, **values)
    values |= {"other": guess.other or "", "otherwise": shown.other if shown else ""}
    return finding("encoding-unsure", (place,), dataset=table.dataset, **values)


def neighbour_findings(tables: Sequence[tuple[Table, EncodingGuess | None]]) -> list[Finding]:
    """Tables whose encoding is guessed, and is not the one that most others have."""
    readings = [(guess.encoding if guess else table.dialect.encoding or "utf-8", guess) for table, guess in tables]
    found = []
    for number, usual in unlike_neighbours(readings).items():
        table, encoding = tables[number][0], readings[number][0]
        others = [other.file for (other, _), (has, _) in zip(tables, readings, strict=True) if has == usual]
        values = {"encoding": encoding, "usual": usual, "neighbour": others[0]}
        found.append(finding("encoding-differs", (table.place(),), dataset=table.dataset, **values))
    return found


def undecodable(table: Table, encoding: str, *, guessed: bool) -> Finding:
    """The finding about a file that is not in its encoding, at the line of the first byte that is not in it."""
    line, byte = first_broken(table.path, encoding)
    place = Place(table.file, line=line)
    if guessed:
        return finding("encoding-broken", (place,), dataset=table.dataset, encoding=encoding, byte=byte)
    reason = message("the byte {byte} in this line is not one of its characters", byte=byte)
    return finding("table-encoding", (place,), dataset=table.dataset, encoding=encoding, reason=reason)

"""Columns made of parts of another one's cells: `split` of dataset.yaml, for a pair such as `52.5, 13.4`.

CSVW does not have this: a cell of a file is one value, or a list of values of one kind. So the parts are separate
columns from the reading on, and the published table has them in place of the column with both.
"""

from __future__ import annotations

import re

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.tables import Column, ColumnPart, Table

_NAME = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9_.]*)\}")
_BLANK = r"[ \t\x{A0}\x{202F}]"
_PYTHON_BLANK = "[ \\t\u00a0\u202f]"


def parts_of(column: str, pattern: str) -> dict[str, ColumnPart]:
    """The parts that a pattern such as `({latitude};{longitude})` makes of a column.

    A blank of the pattern stands for any number of blanks, or for none next to another sign. A part
    does not contain the pattern's signs, nor a blank if only blanks separate it from the next.

    Raises:
        MessageError: the pattern has fewer than two names, one of them twice, or nothing between two.
    """
    pieces = _NAME.split(pattern)
    names, between = pieces[1::2], pieces[::2]
    if len(names) < 2 or len(set(names)) < len(names):
        raise MessageError(
            message(
                'a pattern names two columns or more, each once, as "{example}" does', example="{latitude}, {longitude}"
            )
        )
    if not all(between[1:-1]):
        raise MessageError(message("a pattern has a sign or a blank between two names"))
    signs = {sign for text in between for sign in text if not sign.isalnum() and sign.strip()}
    blank = any(not text.strip() for text in between[1:-1])
    part = f"([^{''.join(map(_in_class, sorted(signs)))}{' ' if blank else ''}\\r\\n]+?)"
    accept = f"{_BLANK}*" + part.join(_literal(text) for text in between) + f"{_BLANK}*"
    return {name: ColumnPart(column, pattern, accept, group) for group, name in enumerate(names, 1)}


def _in_class(sign: str) -> str:
    return f"\\{sign}" if sign.isascii() else sign


def _literal(text: str) -> str:
    """Any blanks about each word of the text, at least one where it is nothing else."""
    if text and not text.strip():
        return f"{_BLANK}+"
    words = [re.escape(word) for word in text.split()]
    return f"{_BLANK}*" + f"{_BLANK}*".join(words) + (f"{_BLANK}*" if words else "")


def split_cell(part: ColumnPart, cell: str) -> str | None:
    """The part of a cell, None where the cell is not written as the pattern says."""
    python = part.accept.replace(_BLANK, _PYTHON_BLANK)
    found = re.fullmatch(python, cell)
    return found[part.group].strip() if found else None


def file_columns(table: Table) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """The columns that the file is to have, and for each source column of the table its place among them.

    Parts of one column have one place: that of the column itself where the table describes it too.
    """
    columns: list[Column] = []
    by_name, by_title = dict[str, int](), dict[str, int]()
    whole = {title for column in table.source_columns if not column.part for title in _titles(column)}
    for column in table.source_columns:
        if column.part is None:
            by_name[column.name] = len(columns)
            by_title |= dict.fromkeys(_titles(column), len(columns))
            columns.append(column)
        elif column.part.column not in {*by_title, *whole}:
            by_title[column.part.column] = len(columns)
            columns.append(Column(column.part.column, column.number))
    places = (by_title[each.part.column] if each.part else by_name[each.name] for each in table.source_columns)
    return tuple(columns), tuple(places)


def _titles(column: Column) -> tuple[str, ...]:
    return (*column.titles.values(), column.name)

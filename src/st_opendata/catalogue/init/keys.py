"""Keys: the column, or few columns, that identify the rows of a table, and the columns that lead to another table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, islice
from math import prod

from st_opendata.catalogue.init.columns import DraftColumn, DraftReference, DraftTable
from st_opendata.messages.message import Message, counted, joined, message
from st_opendata.tables.title_words import Words, rest_of, words

Rows = Callable[[], Iterator[list[str]]]
"""The rows of a table as cells by their place in the file, from the start each time."""

_LONGEST = 80
_LONGEST_PART = 40
_CANDIDATES = 7
_FIRST_ROWS = 2_000
_AT_ONCE = 4
_PASSES = 3
_SIZEABLE = 20
"""Rows, or different cells, from which a coincidence is unlikely."""
_PLURALS = ("s", "es", "ies", "y", "e", "en", "n", "er", "i", "a", "x", "aux")
"""Endings in which singular and plural differ."""
_SHORTEST = 3


def find_key(table: DraftTable, rows: Rows) -> tuple[DraftColumn, ...]:
    """The columns of the key: one that is called so, else the first if its cells allow it, else two or three."""
    able = [column for column in table.columns if _can_be_key(column)]
    named = [column for column in able if _is_called_key(column)]
    first = [column for column in able if column is table.columns[0]]
    if found := next(iter(named or first), None):
        found.remarks.append(message("no cell is empty or repeated: the key of the table"))
        return (found,)
    for column in table.columns:
        if reason := _why_no_key(column):
            column.remarks.append(message("not the key, though its name suggests one: {reason}", reason=reason))
    together = _composite(table, rows)
    if together:
        listed = "”, “".join(column.name for column in together)
        table.remarks.append(
            message(
                "no single column identifies the rows; no two rows are alike in “{columns}”: the key", columns=listed
            )
        )
    return together


def _can_be_key(column: DraftColumn) -> bool:
    if column.part_of or column.found.separator or column.found.null or column.found.base not in ("string", "integer"):
        return False
    return column.profile.unique and column.profile.length <= _LONGEST


def _is_called_key(column: DraftColumn) -> bool:
    return rest_of(words(column.called()), "key") is not None


def _why_no_key(column: DraftColumn) -> Message | None:
    """The problem with the cells of a column that is called like a key; None for any other."""
    profile, reasons = column.profile, list[Message]()
    if not _is_called_key(column):
        return None
    if count := profile.blank:
        reasons.append(counted("{count} cell is empty", "{count} cells are empty", number="count", count=count))
    if twice := profile.twice:
        reasons.append(message("“{cell}” is in more than one row", cell=twice))
    return joined(reasons) if reasons else None


def _composite(table: DraftTable, rows: Rows) -> tuple[DraftColumn, ...]:
    """The first set of two or three columns that no two rows share, likely parts of a key before others."""
    parts = [column for column in table.columns if _can_be_part(column)]
    parts = sorted(parts, key=lambda column: not _is_called_key(column))[:_CANDIDATES]
    sets = [
        each
        for size in (2, 3)
        for each in combinations(parts, size)
        if prod(column.profile.distinct for column in each) >= table.rows
        and (table.rows >= _SIZEABLE or any(map(_is_called_key, each)))
    ]
    sets = list(_without_twin_rows(sets, islice(rows(), _FIRST_ROWS)))
    if table.rows <= _FIRST_ROWS:
        return sets[0] if sets else ()
    if kept := table.kept:
        some = sets[: _AT_ONCE * _PASSES]
        return next((each for each in some if kept.identify([column.place for column in each])), ())
    for start in range(0, min(len(sets), _AT_ONCE * _PASSES), _AT_ONCE):
        if found := next(_without_twin_rows(sets[start : start + _AT_ONCE], rows()), None):
            return found
    return ()


def _can_be_part(column: DraftColumn) -> bool:
    """Codes, short texts, days and years; a measure cannot be part of a key."""
    profile, found = column.profile, column.found
    if column.part_of or profile.blank or not profile.known or found.separator or found.null or profile.distinct < 2:
        return False
    if profile.length > _LONGEST_PART:
        return False
    years = found.base == "integer" and all(re.fullmatch("(?:18|19|20|21)[0-9]{2}", cell) for cell in profile.cells)
    return found.base in ("string", "date") or years or (found.base == "integer" and _is_called_key(column))


def _without_twin_rows(
    sets: Sequence[tuple[DraftColumn, ...]], rows: Iterable[list[str]]
) -> Iterator[tuple[DraftColumn, ...]]:
    """Those sets of columns in which no two rows are alike, capitals aside."""
    seen: list[set[int] | None] = [set() for _ in sets]
    for cells in rows:
        for number, (columns, known) in enumerate(zip(sets, seen, strict=True)):
            if known is None:
                continue
            value = hash(tuple(cells[column.place].strip().casefold() for column in columns))
            if value in known:
                seen[number] = None
            known.add(value)
    return (columns for columns, known in zip(sets, seen, strict=True) if known is not None)


def find_references(tables: Sequence[DraftTable]) -> None:
    """Note each column whose cells are keys of another table, with remarks."""
    for table in tables:
        for column in table.columns:
            if column.profile.cells and column.profile.whole and not column.part_of:  # more values than most tables
                _find_reference(table, column, tables)


def _find_reference(table: DraftTable, column: DraftColumn, tables: Sequence[DraftTable]) -> None:
    values = _values(column)
    found: list[tuple[int, DraftTable]] = []
    for other in tables:
        if other is table or len(other.key) != 1 or other.key[0].found.base != column.found.base:
            continue
        speaks, keys = _speaks(column, other, tables), _keys(other, values)
        if values <= keys:
            least = 3 if (column,) == table.key else 1
            found += [(speaks, other)] if speaks >= least else []
        elif values and speaks:
            _say_why_not(column, other, values, keys, named=speaks >= 3)
    if not found:
        return
    best = max(found, key=lambda each: each[0])[1]
    table.references.append(DraftReference(column, best, best.key[0]))
    others = "”, “".join(each.name for _, each in found if each is not best)
    column.remarks.append(
        message(
            "all cells are keys of “{table}”; also of “{others}”, which its name suits less",
            table=best.name,
            others=others,
        )
        if others
        else message("all cells are keys of “{table}”", table=best.name)
    )


def _values(column: DraftColumn) -> set[str]:
    cells, separator = column.profile.cells, column.found.separator
    items = (item for cell in cells for item in (cell.split(separator) if separator else [cell]))
    return {item.strip() for item in items} - {*column.found.null}


def _keys(table: DraftTable, values: set[str]) -> set[str]:
    """The keys of the table; if it has very many, those of the values that are keys."""
    key = table.key[0]
    if table.kept and key.profile.sampled:
        return values - table.kept.column(key.place).missing(values)
    return set(map(str.strip, key.profile.cells))


def _speaks(column: DraftColumn, other: DraftTable, tables: Sequence[DraftTable]) -> int:
    """How likely the column is a key to the other table: from 3 by its name, from 1 by its cells, else 0.

    A table whose own key identifies rows of a third one is a link, and suits less than that.
    """
    name, key = _stem(column), _stem(other.key[0])
    if name and _suits(name, other):
        speaks = 5
    elif name and name == key:
        speaks = 3 if _is_link(other, key, tables) else 4
    else:
        values = _values(column)
        texts = column.found.base == "string" and len(values) > 1
        large = len(values) >= _SIZEABLE and all(len(value) >= 4 for value in values)  # no numbers of rows, no years
        speaks = 1 if texts or large else 0
    return speaks


def _stem(column: DraftColumn) -> Words:
    """The words of its name for the thing that it identifies: `project` for `projectID`, none for `id`."""
    own = words(column.called())
    rest = rest_of(own, "key")
    if rest is None and own and (glued := re.fullmatch("(.{3,}?)(?:id|nr|code|ref|key|no)", own[-1])):
        return (*own[:-1], glued[1])
    return own if rest is None else rest


def _suits(name: Words, table: DraftTable) -> bool:
    """True where the name is that of the table, or its last word, or one of its words; one city or several aside."""
    called = words(table.name)
    if len(name) == 1:
        return any(_alike(name[0], word) for word in called)
    whole = len(name) == len(called) and all(map(_alike, name, called))
    return whole or (bool(called) and _alike(name[-1], called[-1]))


def _alike(one: str, other: str) -> bool:
    """True for the same word, in singular or plural of many a language."""
    return not _stems(one).isdisjoint(_stems(other))


def _stems(word: str) -> set[str]:
    stems = {word.removesuffix(ending) for ending in _PLURALS}
    return {word, *(stem for stem in stems if len(stem) >= _SHORTEST)}


def _is_link(table: DraftTable, key: Words, tables: Sequence[DraftTable]) -> bool:
    return any(_suits(key, other) for other in tables if other is not table)


def _say_why_not(column: DraftColumn, other: DraftTable, values: set[str], keys: set[str], *, named: bool) -> None:
    """Remark that cells differ from keys only in how letters are composed, or that a few cells are not keys."""
    composed = {unicodedata.normalize("NFC", key): key for key in keys}
    twins = [value for value in values - keys if unicodedata.normalize("NFC", value) in composed]
    lost = sorted(values - keys - {*twins})
    if twins and (named or not lost):
        shown = min(twins)
        column.remarks.append(
            message(
                "not a foreign key to “{table}”: “{cell}” is there too, but in other characters "
                "(composed and decomposed letters look alike)",
                table=other.name,
                cell=shown,
            )
        )
    elif named and len(lost) * 2 < len(values):
        column.remarks.append(
            counted(
                "not a foreign key to “{table}”: {lost} of {all} different values is not a key there: “{cell}”",
                "not a foreign key to “{table}”: {lost} of {all} different values are not keys there, such as “{cell}”",
                number="lost",
                table=other.name,
                lost=len(lost),
                all=len(values),
                cell=lost[0],
            )
        )

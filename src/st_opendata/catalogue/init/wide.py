"""Wide tables: columns whose titles differ only in a year, quarter, month or day become rows, a guess that is said."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.init.profile import Guess, Profile, guess
from st_opendata.messages.message import message
from st_opendata.names import free, plain

_LEAST = 3
"""Periods that a table must have a column for."""
_YEAR = "(?:18|19|20|21)[0-9]{2}"
_MONTH = "(?:jan|feb|fév|fev|mar|mär|mrz|apr|avr|may|mai|jun|juin|jul|juil|aug|aoû|sep|oct|okt|nov|dec|dez|déc)"


@dataclass(frozen=True, slots=True)
class _Period:
    """A kind of period: `form` finds one in a title, `written` is the pattern for dataset.yaml."""

    name: str
    form: str
    written: str
    base: str = "string"


_PERIODS = (
    _Period("day", rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "date"),
    _Period("quarter", rf"{_YEAR}[ /-]?[QT][1-4]", "[0-9]{4}[ /-]?[QT][1-4]"),
    _Period("quarter", rf"[QT][1-4][ /-]?{_YEAR}", "[QT][1-4][ /-]?[0-9]{4}"),
    _Period("month", rf"{_YEAR}-(?:0[1-9]|1[0-2])", "[0-9]{4}-[0-9]{2}", "gYearMonth"),
    _Period("month", rf"(?:0?[1-9]|1[0-2])[/.]{_YEAR}", "[0-9]{1,2}[/.][0-9]{4}"),
    _Period("month", rf"(?i:{_MONTH})[^\W\d_]*\.?[ /-]{_YEAR}", r"[^\W\d]+\.?[ /-][0-9]{4}"),
    _Period("year", _YEAR, "[0-9]{4}", "gYear"),
)


@dataclass(frozen=True, slots=True)
class _Found:
    """Columns that are alike but for the period in their title, with the texts before and after it."""

    period: _Period
    before: str
    after: str
    columns: Sequence[DraftColumn]
    says: Sequence[str]


@dataclass(frozen=True, slots=True)
class Made:
    """The columns that the rule makes in place of others, in the order of the file: the period, then the cell."""

    period: DraftColumn
    value: DraftColumn
    places: Sequence[int]
    says: Sequence[str]


def take_wide(table: DraftTable, *, comma: bool) -> Made | None:
    """Take the columns that become rows out of the table, and set the rule; None if there are no such columns."""
    found = _find(table) if table.layout.plain else None
    kind = _one_type(found.columns, comma=comma) if found else None
    if found is None or kind is None or len(found.columns) == len(table.columns):
        return None
    profile, guessed = kind
    table.columns = [column for column in table.columns if not any(column is each for each in found.columns)]
    taken, width = [column.name for column in table.columns], max(table.layout.titles) + 1
    name = free(found.period.name, taken, "_")
    value = free(plain(f"{found.before} {found.after}", "_").lower() or "value", [*taken, name], "_")
    periods = Profile()
    periods.add_all(list(found.says))
    pattern = f"{_escaped(found.before)}(?P<{name}>{found.period.written}){_escaped(found.after)}"
    count, first, last = len(found.columns), found.columns[0].title, found.columns[-1].title
    reason = message(
        "{count} columns, “{first}” to “{last}”, have titles that differ in the {period} and cells of one type: each "
        "cell is read as a row, a guess. To keep the columns, delete the next line and describe them",
        count=count,
        first=first,
        last=last,
        period=name,
    )
    table.unpivot = {"columns": pattern, "value": value}, reason
    return Made(
        DraftColumn(name, name, periods, Guess(found.period.base), place=width),
        DraftColumn(value, value, profile, guessed, remarks=[guessed.why] if guessed.why else [], place=width + 1),
        [column.place for column in found.columns],
        found.says,
    )


def add_made(table: DraftTable, made: Made) -> None:
    """Add the columns that the rule makes, to the key too, and the rows."""
    table.columns += [made.period, made.value]
    table.key = (*table.key, made.period) if table.key else ()
    table.rows *= len(made.places)
    table.first_rows = [
        (line, [*cells, *[""] * (made.period.place - len(cells)), says, cells[place] if place < len(cells) else ""])
        for line, cells in table.first_rows
        for place, says in zip(made.places, made.says, strict=True)
    ]


def _find(table: DraftTable) -> _Found | None:
    """The columns with at least three periods, if they are the only ones with several."""
    for period in _PERIODS:
        form = re.compile(rf"(?P<before>.*?)(?<![0-9])(?P<period>{period.form})(?![0-9])(?P<after>.*)")
        groups = defaultdict[tuple[str, str], list[tuple[DraftColumn, str]]](list)
        for column in table.columns:
            if not column.part_of and (match := form.fullmatch(column.title)):
                groups[match["before"], match["after"]].append((column, match["period"]))
        several = {texts: found for texts, found in groups.items() if len(found) > 1}
        if len(several) > 1 and len({says for found in several.values() for _, says in found}) > 1:
            _propose(table, period, list(several))
            return None
        for texts, found in several.items():
            columns, says = zip(*found, strict=True)
            if len(set(says)) >= _LEAST:
                return _Found(period, *texts, columns, says)
    return None


def _propose(table: DraftTable, period: _Period, texts: Sequence[tuple[str, str]]) -> None:
    """Remark how columns that differ in two things could be rows: they may be measures, which are better columns."""
    if len({after for _, after in texts}) > 1:
        return
    kinds = "|".join(_escaped(before.rstrip()) for before, _ in texts)
    pattern = f"(?P<kind>{kinds}) *(?P<{period.name}>{period.written}){_escaped(texts[0][1])}"
    table.remarks.append(
        message(
            "titles differ in two things: to read each cell as a row, write {rule} and describe the columns {columns} "
            "in place of those",
            rule=f"unpivot: {{columns: '{pattern}', value: value}}",
            columns=f"kind, {period.name}, value",
        )
    )


def _one_type(columns: Sequence[DraftColumn], *, comma: bool) -> tuple[Profile, Guess] | None:
    """The cells of all columns together and the guess from them; None for texts, and where no one type fits."""
    filled = [column for column in columns if column.profile.cells]
    if not filled or any(column.found.base == "string" or column.found.separator for column in filled):
        return None
    together = Profile(cells=sum((column.profile.cells for column in filled), Counter()))
    together.rows = sum(column.profile.rows for column in filled)
    first = filled[0].found
    if all((each.found.base, each.found.form) == (first.base, first.form) for each in filled):
        null = tuple(dict.fromkeys(text for each in filled for text in each.found.null))
        return together, Guess(first.base, first.form, null=null, why=first.why)
    if not all(column.profile.whole for column in filled):
        return None
    found = guess(together, comma=comma, title="")
    return None if found.base == "string" or found.separator else (together, found)


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)

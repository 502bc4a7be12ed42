"""The ends of rows: more or fewer cells than the table has columns; and columns without content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from st_opendata.messages.message import Message, message
from st_opendata.model.tables import EMPTY_COLUMNS, SHORT_ROWS, RowRule

EMPTY_ENDS = (RowRule(EMPTY_COLUMNS), message("cells without a title are empty in all rows"))


@dataclass(slots=True)
class Ends:
    """The width of a file as its rows show it; `filled` and `empty` are places with text, or without, in some row.

    Rows with text beyond `width` are broken, and do not count.
    """

    width: int
    filled: set[int] = field(default_factory=set)
    empty: set[int] = field(default_factory=set)
    lengths: Counter[int] = field(default_factory=Counter)
    over: int = 0
    """Rows with text beyond."""
    broken: bool = False
    """Two rows one after the other are together as long as one that a line break has cut."""
    before: int = 0

    def add(self, cells: Sequence[str]) -> None:
        """One more row of data."""
        self.broken |= max(self.before, len(cells)) < self.width and self.before + len(cells) == self.width + 1
        self.before = len(cells)
        filled = {place for place, cell in enumerate(cells) if cell.strip()}
        if max(filled, default=0) >= self.width:
            self.over += 1
            return
        self.filled |= filled
        self.empty |= set(range(len(cells))) - filled
        self.lengths[len(cells)] += 1


def without_empty(titles: dict[int, str], ends: Ends) -> dict[int, str]:
    """The columns without those that have neither a title nor a cell: all such, or those at the end.

    If titles are missing or repeated, the position identifies a column, so that none before others may be left out.
    """
    named = {place: title for place, title in titles.items() if title or place in ends.filled}
    if all(named.values()) and len(set(named.values())) == len(named):
        return named
    last = max(named, default=-1)
    return {place: title for place, title in titles.items() if place <= last}


def end_rules(places: Sequence[int], header: int, ends: Ends) -> tuple[list[tuple[RowRule, Message]], list[Message]]:
    """Rules for the ends of rows, each with its reason, for a table with columns at these places.

    In addition, remarks on problems that no rule can solve. `header` is how many cells the header has, 0 without one.
    """
    width = max(places, default=-1) + 1
    rules, remarks = list[tuple[RowRule, Message]](), list[Message]()
    if max([header, *ends.lengths]) > width or len(places) < width:
        rules.append(EMPTY_ENDS)
    missing = {place for length in ends.lengths if length < width for place in range(length, width)}
    short = sum(count for length, count in ends.lengths.items() if length < width)
    if missing and (missing <= ends.empty or not ends.broken):
        rules.append((RowRule(SHORT_ROWS), message("rows that end before the last column: {number}", number=short)))
    elif missing:
        remarks.append(
            message("rows with fewer cells than the header: {number}; correct them in the file", number=short)
        )
    if ends.over:
        remarks.append(
            message("rows with more cells than the header: {number}; correct them in the file", number=ends.over)
        )
    return rules, remarks

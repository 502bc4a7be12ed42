"""Rows that are not data, by the rules of a table: their cells show what they are, not their number.

In doubt a row is data. A footnote has only its own text and is at the end; a total has the sums of all other rows.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise, zip_longest

from st_opendata.model.tables import ABOVE_HEADER, BELOW_HEADER, BLANK_ROWS, FOOTNOTES, REPEATED_HEADER, TOTALS, RowRule
from st_opendata.printable import printable
from st_opendata.tables import office_words
from st_opendata.tables.sums import are_sums
from st_opendata.tables.titles import Header, NumberedRow, cleaned

_TAIL = 1_000
"""Rows at the end in which the program looks for footnotes."""
_SHOWN = 60
_UNSEEN = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() or sign < " ")
"""White space, and control characters."""

Rows = Callable[[], Iterator[NumberedRow]]
"""All rows of a file from its first one on, anew at each call."""


@dataclass(slots=True)
class SkippedRows:
    """The rows that a rule skips, by their numbers, and the text of the first of them."""

    numbers: set[int] = field(default_factory=set)
    first: str = ""
    _lowest: int | None = None

    def add(self, number: int, cells: Sequence[str]) -> None:
        """One more row."""
        if self._lowest is None or number < self._lowest:
            self.first, self._lowest = row_text(cells), number
        self.numbers.add(number)


def row_text(cells: Sequence[str]) -> str:
    """A row as messages quote it: its texts, each once, cut if they are long."""
    text = " | ".join(dict.fromkeys(cleaned(cell) for cell in cells if cell.strip()))
    return printable(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def is_blank(cells: Sequence[str]) -> bool:
    """True for a row without visible text, such as one with the end mark of old files (U+001A)."""
    return not "".join(cells).strip(_UNSEEN)


def is_lone(cells: Sequence[str]) -> bool:
    """True where one cell alone has text, or cells that are merged have the same."""
    texts = (text for cell in cells if (text := cell.strip()))
    first = next(texts, "")
    return bool(first) and all(text == first for text in texts)


def skipped_rows(rows: Rows, header: Header, rules: Sequence[RowRule], width: int) -> dict[str, SkippedRows]:
    """The rows that each rule skips, by its kind, without rules that skip nothing. `width` is that of the table."""
    by_kind = {rule.kind: rule for rule in rules}
    found = {kind: SkippedRows() for kind in by_kind}
    body = _Body(header, by_kind, found, width)
    for number, cells in rows():
        body.look(number, cells)
    gone = set[int]().union(*(skipped.numbers for skipped in found.values()))
    data = partial(_data, rows, header.last, gone)
    if FOOTNOTES in by_kind and body.last:
        _skip_footnotes(data, (body.last[0], body.tail), by_kind[FOOTNOTES], found[FOOTNOTES])
        gone |= found[FOOTNOTES].numbers
    if TOTALS in by_kind:
        _skip_total(data, (body.last, body.first), by_kind[TOTALS], found[TOTALS])
    return {kind: skipped for kind, skipped in found.items() if skipped.numbers}


class _Body:
    """The rows of a file one after the other; `first` and `last` are those of the data that have more than one text.

    `tail` has the rows after the last of them.
    """

    def __init__(
        self, header: Header, rules: Mapping[str, RowRule], found: Mapping[str, SkippedRows], width: int
    ) -> None:
        self.first: NumberedRow | None = None
        self.last: NumberedRow | None = None
        self._header, self._rules, self._found, self._width = header, rules, found, width
        self.tail: deque[NumberedRow] = deque(maxlen=_TAIL)
        self._titles = {_unmerged(row) for row in [*header.rows, *_own(header.rows)]}
        self._starts = {row[0] for row in self._titles if row}
        self._under = True

    def look(self, number: int, cells: list[str]) -> None:
        """Sort the row out, or keep it."""
        if number <= self._header.last:
            if number < self._header.first:
                self._skip(ABOVE_HEADER, number, cells)
        elif is_blank(cells):
            self._skip(BLANK_ROWS, number, cells)
        elif self._under and self._is_below(cells):
            self._skip(BELOW_HEADER, number, cells)
        elif cells[0].strip() in self._starts and _unmerged(cells) in self._titles and REPEATED_HEADER in self._rules:
            self._skip(REPEATED_HEADER, number, cells)
        else:
            self._under = False
            self._keep(number, cells)

    def _skip(self, kind: str, number: int, cells: list[str]) -> None:
        if kind in self._rules:
            self._found[kind].add(number, cells)

    def _keep(self, number: int, cells: list[str]) -> None:
        odd = len(cells) != self._width and bool(_marks(cells))
        if self._width > 1 and (is_lone(cells) or odd):
            self.tail.append((number, cells))
            return
        self.tail.clear()
        self.first = self.first or (number, cells)
        self.last = number, cells

    def _is_below(self, cells: Sequence[str]) -> bool:
        rule = self._rules.get(BELOW_HEADER)
        return bool(rule and all(re.fullmatch(rule.matching or "", cell.strip()) for cell in cells if cell.strip()))


def _name(cells: Sequence[str]) -> str:
    """The first text of a row."""
    return next((cell.strip() for cell in cells if cell.strip()), "")


def _marks(cells: Sequence[str]) -> set[str]:
    """The kinds of footnotes that begin as the row does."""
    return {kind for kind, pattern in office_words.FOOTNOTES.items() if re.match(pattern, _name(cells))}


def _unmerged(cells: Sequence[str]) -> tuple[str, ...]:
    """Texts of a row without empty ones at its end; of cells that are merged with others the first only."""
    texts = [cell.strip() for cell in cells]
    texts = [text if not place or text != texts[place - 1] else "" for place, text in enumerate(texts)]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _own(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Rows of a header without the titles that are merged with those above."""
    for above, row in pairwise(rows):
        yield ["" if cell == upper else cell for cell, upper in zip_longest(row, above, fillvalue="")]


def _data(rows: Rows, header: int, gone: set[int]) -> Iterator[NumberedRow]:
    return ((number, cells) for number, cells in rows() if number > header and number not in gone)


def _skip_footnotes(rows: Rows, end: tuple[int, Sequence[NumberedRow]], rule: RowRule, found: SkippedRows) -> None:
    """Add the footnotes, from the end up to the first other row.

    `end` has the number of the last row of data, and the rows after it. A sign at the start of rows of data is not a
    mark; numbers and letters, which lists also have, are marks only next to others or under an empty row.
    """
    above, tail = end
    kinds = set[str]().union(*(_marks(cells) for _, cells in tail)) if rule.matching is None else set[str]()
    if kinds <= office_words.LISTS and tail and tail[0][0] == above + 1:
        kinds.clear()
    last = {number for number, _ in tail}
    for number, cells in rows() if kinds else ():
        if number not in last and not is_blank(cells):
            kinds -= {kind for kind in kinds if re.match(office_words.FOOTNOTES[kind], _name(cells))}
    for number, cells in reversed(tail):
        if not (re.match(rule.matching, _name(cells)) if rule.matching is not None else _marks(cells) & kinds):
            break
        found.add(number, cells)


def _skip_total(rows: Rows, candidates: Sequence[NumberedRow | None], rule: RowRule, found: SkippedRows) -> None:
    """The last row of data, or the first, where it is called a total and has the sums of the others."""
    for number, cells in filter(None, candidates):
        name = _name(cells)
        named = re.match(rule.matching, name) if rule.matching is not None else office_words.names_total(name)
        if named and are_sums(cells, (other for place, other in rows() if place != number)):
            found.add(number, cells)
            return

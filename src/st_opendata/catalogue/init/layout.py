"""The place of a table's header, over one row or two, and the rows above and below that are not data.

These rows become rules of dataset.yaml; the code that reads these rules later skips the rows here, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from st_opendata.catalogue.init.sources import RawTable, SourceRow
from st_opendata.messages.message import Message, counted, message
from st_opendata.model.tables import ABOVE_HEADER, BELOW_HEADER, BLANK_ROWS, FOOTNOTES, REPEATED_HEADER, TOTALS, RowRule
from st_opendata.tables import office_words
from st_opendata.tables.rows import SkippedRows, is_blank, is_lone, skipped_rows
from st_opendata.tables.titles import Header, NumberedRow, cleaned, combined

_LOOKED_AT = 60
_FIGURE = re.compile(r"(?!(?:19|20)[0-9]{2}$)[-+]?[0-9][0-9.,'’ \u00a0\u202f/:%-]*")
"""A number, date or time, which cannot be a title, except a year."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SPAN = re.compile(
    r"[0-9]+ ?[-–] ?[0-9]+|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|(?:0?[1-9]|1[0-2])[/.](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[.]0"
)
"""A range of numbers, such as ages, a day, a month, or a year as a float: a title if the cells below are not such."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`titles` by the place of their column in the file, counted from 0, only of those columns that will be read.

    `skip_lines` counts the lines above the data of a file without a header. `skipped` has the rows that each kind of
    rule skips.
    """

    titles: dict[int, str]
    header: Header
    skip_lines: int
    rules: tuple[RowRule, ...]
    skipped: Mapping[str, SkippedRows]
    remarks: tuple[Message, ...]
    blank_rows: bool
    """There are empty rows between others, or more than empty lines at the end."""

    @property
    def plain(self) -> bool:
        """The titles are all there and differ, so that columns go by them; else they go by their place."""
        titles = list(self.titles.values())
        return bool(self.header.rows) and all(titles) and len(set(titles)) == len(titles)

    def quoted(self, rule: RowRule) -> Message:
        """The first row that the rule skips, and how many others."""
        rows = self.skipped[rule.kind]
        first, others = min(rows.numbers), len(rows.numbers) - 1
        if not others:
            return message("row {row}: “{text}”", row=first, text=rows.first)
        return counted(
            "row {row}: “{text}”, and {count} more",
            "row {row}: “{text}”, and {count} more",
            number="count",
            row=first,
            text=rows.first,
            count=others,
        )

    def data(self, source: RawTable) -> Iterator[SourceRow]:
        """The rows of data, without those that are skipped."""
        gone = set[int]().union(*(each.numbers for each in self.skipped.values()))
        for row in source.rows():
            if row.number > self.header.last and row.number not in gone and not is_blank(row.cells):
                yield row


def find_layout(source: RawTable) -> Layout:
    """The layout that the rows show; the first row of features has the names of their properties."""
    if source.layer:
        (names,) = islice(source.rows(), 1)
        header = Header(names.number, (tuple(names.cells),))
        return Layout(dict(enumerate(map(cleaned, names.cells))), header, 0, (), {}, (), blank_rows=False)
    rows = list(islice(source.rows(), _LOOKED_AT))
    place, count = _header_place(rows)
    found, below = rows[place : place + count], rows[place + count :]
    header = Header(rows[place].number if rows else 1, tuple(tuple(row.cells) for row in found))
    candidates = [RowRule(kind) for kind in ((ABOVE_HEADER,) if count else ())]
    if count and (units := _units([row.cells for row in below])):
        candidates.append(RowRule(BELOW_HEADER, units))
    candidates += [RowRule(kind) for kind in (REPEATED_HEADER, TOTALS, FOOTNOTES, BLANK_ROWS)]
    lengths = Counter(len(row.cells) for row in below if not is_blank(row.cells))
    titles = header.titles
    width = max(len(titles), max(lengths, key=lambda number: (lengths[number], number), default=0))
    tail = _Tail()
    skipped = skipped_rows(lambda: tail.watched(source), header, candidates, len(titles) or width)
    blank = skipped.get(BLANK_ROWS)
    remarks = [message("a header of two rows, combined")] if count > 1 else []
    if place and not count:
        remarks.append(message("rows above the data left out: {number}", number=rows[place - 1].number))
    return Layout(
        titles={number: _title(titles, number) for number in _read(source, header.first - 1, width)},
        header=header,
        skip_lines=rows[place - 1].number if place and not count else 0,
        rules=tuple(rule for rule in candidates if rule.kind in skipped and rule.kind != BLANK_ROWS),
        skipped=skipped,
        remarks=tuple(remarks),
        blank_rows=bool(blank and (min(blank.numbers) < tail.above or tail.cells)),
    )


@dataclass(slots=True)
class _Tail:
    """The end of a table: the number of the last row with content, and whether rows below it have empty cells."""

    above: int = 0
    cells: bool = False

    def watched(self, source: RawTable) -> Iterator[NumberedRow]:
        """All rows with their numbers."""
        for row in source.rows():
            if is_blank(row.cells):
                self.cells |= bool(row.cells)
            else:
                self.above, self.cells = row.number, False
            yield row.number, row.cells


def _header_place(rows: Sequence[SourceRow]) -> tuple[int, int]:
    """The place of the header among the rows, and over how many rows it goes."""
    filled = [_texts(row.cells) for row in rows]
    counts = Counter(number for number in filled if number > 1) or Counter(filled)
    usual = max(counts, key=lambda number: (counts[number] * number, number), default=0)
    least = max(min(usual, 2), round(usual * 0.6))
    place = next((index for index, number in enumerate(filled) if number >= least), 0)
    if place and _completes(rows, place - 1):
        return place - 1, 2
    if not _is_header(rows, place):
        return place, 0
    if _completes(rows, place):
        return place, 2
    fuller = place + 1 < len(rows) and filled[place + 1] > filled[place] and _is_header(rows, place + 1)
    below = [row.cells for row in rows[place + 2 :]]
    return place + (fuller and _over_numbers([cleaned(cell) for cell in rows[place + 1].cells], below)), 1


def _texts(cells: Sequence[str]) -> int:
    """How many cells have text; cells that are merged count as one."""
    return 1 if is_lone(cells) else sum(bool(cell.strip()) for cell in cells)


def _read(source: RawTable, above: int, width: int) -> list[int]:
    """The places of the columns that will be read: of a sheet those with content below the rows that are skipped."""
    if source.marks is None:
        return list(range(width))
    return [column - 1 for column, last in sorted(source.marks.last_rows.items()) if last > above]


def _title(cells: Sequence[str], number: int) -> str:
    return cleaned(cells[number]) if number < len(cells) else ""


def _is_header(rows: Sequence[SourceRow], place: int) -> bool:
    """True for a row of texts; a span of numbers or a day counts as a text if the cells below it are not such."""
    if place >= len(rows):
        return False
    texts = {number: cell.strip() for number, cell in enumerate(rows[place].cells) if cell.strip()}
    figures = [number for number, text in texts.items() if _FIGURE.fullmatch(text)]
    spans = [number for number in figures if _SPAN.fullmatch(texts[number])]
    below = [_title(row.cells, number) for row in rows[place + 1 :] for number in spans]
    return len(texts) > len(figures) == len(spans) and not any(map(_SPAN.fullmatch, below))


def _completes(rows: Sequence[SourceRow], place: int) -> bool:
    """True where the row below names the columns of the groups in this one, as under merged cells over several columns.

    It must be clear that the row below is not data: the cell under the first group is empty, or texts are over numbers.
    """
    if not (_is_header(rows, place) and _is_header(rows, place + 1)):
        return False
    width = max(len(row.cells) for row in rows[place:])
    above, below = ([_title(row.cells, number) for number in range(width)] for row in rows[place : place + 2])
    groups = list(filter(None, above))
    if len(set(groups)) < 2 or any(re.match(office_words.FOOTNOTE, text) for text in groups):
        return False
    titled = [number for number in range(width) if above[number]]
    open_places = [n for n in range(titled[0], width) if not above[n] or (n and above[n] == above[n - 1])]
    both = [text for text in combined([above, below]) if text]
    if not any(below[n] for n in open_places) or not all(below[n] for n in open_places if n < titled[-1]):
        return False
    alone = bool(above[0]) and below[0] in ("", above[0])
    return len(set(both)) == len(both) and (alone or _over_numbers(below, [row.cells for row in rows[place + 2 :]]))


def _over_numbers(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """True where a title is over numbers and is not a number, or is a year over other numbers than years."""
    return any(
        not title.isdecimal() or not any(_YEAR.fullmatch(_title(cells, place)) for cells in rows)
        for place, title in enumerate(titles)
        if title and place in _numeric(rows)
    )


def _numeric(rows: Iterable[Sequence[str]]) -> set[int]:
    """The places of columns most of whose cells are figures."""
    filled, figures = Counter[int](), Counter[int]()
    for cells in rows:
        for place, cell in enumerate(cells):
            filled[place] += bool(cell.strip())
            figures[place] += bool(_FIGURE.fullmatch(cell.strip()) or cell.strip().isdecimal())
    return {place for place, number in figures.items() if number * 2 > filled[place]}


def _units(rows: Sequence[Sequence[str]]) -> str:
    """A pattern of the units directly under the header over numbers, or of the columns' numbers in brackets."""
    found = list[str]()
    under = 0
    for cells in rows:
        texts = [cell.strip() for cell in cells if cell.strip()]
        if not all(re.fullmatch(office_words.UNIT, text) for text in texts):
            break
        found += texts
        under += 1
    numeric = _numeric(rows[under:])
    over = any(place in numeric for cells in rows[:under] for place, cell in enumerate(cells) if cell.strip())
    if not found or not over:
        return ""
    numbers = [text for text in found if re.fullmatch(_NUMBERED, text)]
    patterns = [_NUMBERED] if numbers else []
    return "|".join([*patterns, *(_escaped(text) for text in dict.fromkeys(found) if text not in numbers)])


_NUMBERED = r"\([0-9]+\)|\[[0-9]+\]"


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)

"""Where the header of a table stands: below title rows, over two rows, or nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from st_opendata.drafts.sources import Row, Source

_LOOKED_AT = 60
_FIGURE = re.compile(r"(?!(?:19|20)[0-9]{2}$)[-+]?[0-9][0-9.,'’ \u00a0\u202f/:%-]*")
"""A number, date or time, as no title is, years apart."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`titles` by the place of their column in the file, counted from 0, only of those columns that will be read.

    `skip` lines stand above the header, `above` above the first row of data. `plain` is true for a header of one row
    whose titles are all there and differ, so that columns go by them; else they go by their place.
    """

    titles: dict[int, str]
    skip: int
    above: int
    plain: bool
    remarks: tuple[str, ...]

    @property
    def skip_rows(self) -> int:
        """CSVW's `skipRows`."""
        return self.skip if self.plain else self.above


def find_layout(source: Source) -> Layout:
    """The layout that the first rows show."""
    rows = list(islice(source.rows(), _LOOKED_AT))
    filled = [sum(bool(cell.strip()) for cell in row.cells) for row in rows]
    counts = Counter(number for number in filled if number)
    usual = max(counts, key=lambda number: (counts[number], number), default=0)
    place = next((index for index, number in enumerate(filled) if number >= max(1, round(usual * 0.6))), 0)
    width = max((len(row.cells) for row in rows[place:]), default=0)
    if place and _completes(rows[place].cells, rows[place - 1].cells, width):
        place -= 1
    skip = rows[place - 1].line if place else 0
    said = [f"{skip} line{'s' if skip > 1 else ''} above the header left out"] if skip else []
    header = rows[place] if rows else Row(0, [])
    if not _is_header(header.cells):
        titles = dict.fromkeys(_read(source, skip, width), "")
        return Layout(titles, skip, skip, plain=False, remarks=(*said, "no header: columns go by their place"))
    below = rows[place + 1] if place + 1 < len(rows) else Row(0, [])
    if _completes(below.cells, header.cells, width):
        both = _combined(header.cells, below.cells, width)
        titles = {number: both[number] for number in _read(source, below.line, width)}
        said.append("a header of two rows, put together: columns go by their place")
        return Layout(titles, skip, below.line, plain=False, remarks=tuple(said))
    titles = {number: _title(header.cells, number) for number in _read(source, skip, width)}
    plain = all(titles.values()) and len(set(titles.values())) == len(titles)
    if not plain:
        said.append("titles are missing or stand twice: columns go by their place")
        titles = {number: _title(header.cells, number) for number in _read(source, header.line, width)}
    return Layout(titles, skip, header.line, plain=plain, remarks=tuple(said))


def _read(source: Source, above: int, width: int) -> list[int]:
    """The places of the columns that will be read: of a sheet those with content below the lines that are skipped."""
    if source.marks is None:
        return list(range(width))
    return [column - 1 for column, last in sorted(source.marks.last_rows.items()) if last > above]


def _title(cells: Sequence[str], number: int) -> str:
    return cells[number].strip() if number < len(cells) else ""


def _is_header(cells: Sequence[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    return bool(texts) and not any(_FIGURE.fullmatch(text) for text in texts)


def _completes(lower: Sequence[str], upper: Sequence[str], width: int) -> bool:
    """True where the lower row names what the groups in the upper one hold, as merged cells over several columns do."""
    above, below = ([_title(cells, number) for number in range(width)] for cells in (upper, lower))
    if sum(map(bool, above)) < 2 or not _is_header(upper) or not _is_header(lower):
        return False
    open_places = [n for n in range(width) if not above[n] or (n and above[n] == above[n - 1])]
    own = [text for text in below if text]
    alone = any(above[n] and below[n] in ("", above[n]) for n in range(width)) or len(set(own)) < len(own)
    both = [text for text in _combined(upper, lower, width) if text]
    return bool(open_places) and alone and all(below[n] for n in open_places) and len(set(both)) == len(both)


def _combined(upper: Sequence[str], lower: Sequence[str], width: int) -> list[str]:
    """`Cost 2020` of the group `Cost` and the column `2020` in it."""
    found, group = list[str](), ""
    for number in range(width):
        above, below = _title(upper, number), _title(lower, number)
        group = above or group
        found.append(group if below in ("", group) else f"{group} {below}".strip())
    return found

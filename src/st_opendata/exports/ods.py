"""ODS: the tables of a dataset as sheets of an OpenDocument spreadsheet, row by row in bounded memory.

Text is typed as text, so that a spreadsheet never treats it as a formula. Decimals keep every digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from stream_write_ods import stream_write_ods
from stream_zip import ZipOverflowError

from st_opendata.exports.cover import cover_name, cover_rows
from st_opendata.exports.sheets import Value, day_of, sheets_of
from st_opendata.exports.sources import DatasetSource

_ENCODERS = (
    (bool, ("boolean", "office:boolean-value", None, lambda value: str(value).lower())),
    (date, ("date", "office:date-value", "date", date.isoformat)),
    (datetime, ("date", "office:date-value", None, datetime.isoformat)),
    (int, ("float", "office:value", None, str)),
    (float, ("float", "office:value", None, repr)),
    (Decimal, ("float", "office:value", None, lambda value: format(value, "f"))),
    # Only the attribute keeps the white space of a text.
    (str, ("string", "office:string-value", None, str)),
    (type(None), (None, None, None, lambda _: None)),
)


def write_ods(source: DatasetSource, path: Path) -> None:
    """Write the workbook: as a zip that every program reads, or as ZIP64 if it is larger than 4 GB."""
    try:
        _write(source, path, large=False)
    except ZipOverflowError:  # the size is known only after all of it is written
        _write(source, path, large=True)


def _write(source: DatasetSource, path: Path, *, large: bool) -> None:
    day = day_of(source)
    chunks = stream_write_ods(
        _sheets(source),
        encoders=_ENCODERS,
        get_modified_at=lambda: datetime(day.year, day.month, day.day),
        use_zip_64=large,
    )
    with path.open("wb") as out:
        out.writelines(chunks)


def _sheets(source: DatasetSource) -> Iterator[tuple[str, tuple[str, ...], Iterator[list[Value]]]]:
    title, *rows = cover_rows(source)
    yield cover_name(source), tuple(title), (list[Value](row) for row in rows)
    yield from ((sheet.name, sheet.header, sheet.rows) for sheet in sheets_of(source))

"""ODS: the tables of a dataset as sheets of an OpenDocument spreadsheet, row by row in bounded memory.

Text is typed as text, so that a spreadsheet never treats it as a formula. Decimals keep every digit.

The XML is our own: stream-write-ods, which wrote the same bytes, hands each part of a cell to the zip by itself, and
takes four times as long.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import quoteattr

from stream_zip import NO_COMPRESSION_32, ZIP_32, ZIP_64, MemberFile, ZipOverflowError, stream_zip

from st_opendata.exports.cover import cover_name, cover_rows
from st_opendata.exports.sheets import Value, day_of, sheets_of
from st_opendata.exports.sources import DatasetSource
from st_opendata.formats import ODS

_BATCH = 200
_DEFLATE = partial(zlib.compressobj, wbits=-zlib.MAX_WBITS)
"""The level of zlib itself, as in XLSX: that of stream_zip, the highest, takes three times as long and saves 3 %."""
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"'
    for name, kind in (("office", "office"), ("table", "table"), ("text", "text"))
)
_START = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.2">'
    "<office:body><office:spreadsheet>"
)
_END = "</office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{ODS.media_type}"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_STYLES = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-styles '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.2"><office:styles>'
    '<number:date-style style:name="data-date"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '</number:date-style><style:style style:name="date" style:family="table-cell" style:data-style-name="data-date"/>'
    "</office:styles></office:document-styles>"
)


def write_ods(source: DatasetSource, path: Path) -> None:
    """Write the workbook: as a zip that every program reads, or as ZIP64 if it is larger than 4 GB."""
    try:
        _write(source, path, large=False)
    except ZipOverflowError:  # the size is known only after all of it is written
        _write(source, path, large=True)


def _write(source: DatasetSource, path: Path, *, large: bool) -> None:
    day = day_of(source)
    changed, mode = datetime(day.year, day.month, day.day), 0o600
    members: list[MemberFile] = [
        ("mimetype", changed, mode, NO_COMPRESSION_32, [ODS.media_type.encode()]),
        ("META-INF/manifest.xml", changed, mode, ZIP_32, [_MANIFEST.encode()]),
        ("styles.xml", changed, mode, ZIP_32, [_STYLES.encode()]),
        ("content.xml", changed, mode, ZIP_64 if large else ZIP_32, map(str.encode, _content(source))),
    ]
    with path.open("wb") as out:
        out.writelines(stream_zip(members, get_compressobj=_DEFLATE, extended_timestamps=False))


def _content(source: DatasetSource) -> Iterator[str]:
    yield _START
    title, *rows = cover_rows(source)
    yield from _sheet(cover_name(source), title, rows)
    for sheet in sheets_of(source):
        yield from _sheet(sheet.name, sheet.header, sheet.rows)
    yield _END


def _sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    titles = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{_escaped(title)}</text:p></table:table-cell>'
        for title in header
    )
    yield (
        f'<table:table table:name={quoteattr(name)}><table:table-column table:number-columns-repeated="{len(header)}"/>'
        f"<table:table-header-rows><table:table-row>{titles}</table:table-row></table:table-header-rows>"
    )
    cells = (
        f"<table:table-row>{''.join([_CELLS[type(value)](value) for value in row])}</table:table-row>" for row in rows
    )
    while batch := "".join(islice(cells, _BATCH)):
        yield batch
    yield "</table:table>"


def _text(value: str) -> str:
    """Only the attribute keeps the white space of a text."""
    text = _escaped(value)
    quoted = quoteattr(value) if text is not value or '"' in value or not value.isprintable() else f'"{value}"'
    return (
        f'<table:table-cell office:value-type="string" office:string-value={quoted}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def _escaped(text: str) -> str:
    """The text itself if nothing needs an escape."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text


def _typed(kind: str, attribute: str, form: Callable[[Value], str], style: str = "") -> Callable[[Value], str]:
    begin = f'<table:table-cell office:value-type="{kind}" office:{attribute}="'
    middle = f'"{style}><text:p>'

    def cell(value: Value) -> str:
        text = form(value)
        return f"{begin}{text}{middle}{text}</text:p></table:table-cell>"

    return cell


_CELLS: dict[type, Callable[..., str]] = {
    str: _text,
    type(None): lambda _: "<table:table-cell/>",
    bool: _typed("boolean", "boolean-value", lambda value: str(value).lower()),
    int: _typed("float", "value", str),
    float: _typed("float", "value", repr),
    Decimal: _typed("float", "value", lambda value: format(value, "f")),
    date: _typed("date", "date-value", str, ' table:style-name="date"'),
    datetime: _typed("date", "date-value", datetime.isoformat),  # type: ignore[arg-type]  # called with one
}

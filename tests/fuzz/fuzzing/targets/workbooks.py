"""XLSX, ODS and XLS workbooks. The first two are zip files whose members may be missing, wrong, doubled, huge or no XML.

An input is either a file as it stands (it starts with PK), or its members, so that an edit changes what is inside and
not the zip around it: parts that begin with a line for the member's name. A part `*N text` is the text N times. XLS files
are read unchanged.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from warnings import catch_warnings, simplefilter

import openpyxl

from fuzzing.catalogues import with_columns, write_catalogue
from fuzzing.odf import CONTENT, ods_of
from fuzzing.outcomes import Outcome, reported, told
from fuzzing.targets import PART, Take, Target
from fuzzing.targets.tables import sampled, state
from st_opendata.catalogue import read_catalogue
from st_opendata.tables.workbooks import extract_sheet

_TIMES = re.compile(rb"\*([0-9]{1,8}) ")
_LARGEST = 150_000_000


def _taken(extension: str, folder: Path) -> Take:
    root = write_catalogue(folder / "catalogue")
    text = with_columns("id name inhabitants founded").replace("cities.csv", f"cities.{extension}")
    (root / "places/dataset.yaml").write_text(text, "utf-8")
    catalogue = read_catalogue(root)
    [table] = catalogue.datasets[0].tables
    scratch = folder / "scratch"
    scratch.mkdir()

    def take(data: bytes) -> Outcome:
        table.path.write_bytes(data if extension == "xls" or data.startswith(b"PK") else zipped(data))
        if sampled(data, 10):
            return told(lambda: state(catalogue, folder, written=False))
        _, findings = extract_sheet(table, scratch)
        return reported(findings)

    return take


def zipped(data: bytes) -> bytes:
    """The members as a zip file."""
    out, left = io.BytesIO(), _LARGEST
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book, catch_warnings():
        simplefilter("ignore")  # a member that is there twice
        for part in data.split(PART):
            name, _, content = part.partition(b"\n")
            if times := _TIMES.match(content):
                piece = content[times.end() :]
                content = piece * min(int(times[1]), left // max(1, len(piece)))
                left -= len(content)
            kind = zipfile.ZIP_STORED if zlib.crc32(part) % 16 == 0 else zipfile.ZIP_DEFLATED
            book.writestr(name.decode("utf-8", "replace").replace("\0", "")[:200] or "x", content, kind, 1)
    return out.getvalue()


def _members(book: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as read:
        return PART.join(name.encode() + b"\n" + read.read(name) for name in read.namelist())


@cache
def _xlsx_seeds() -> list[bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Cities"
    for row in (
        ["id", "name", "inhabitants", "founded"],
        ["lyon", "Lyon", 522250, date(1990, 2, 14)],
        ["wien", "=A2&1", "#N/A", 0.5],
        [None, True],
    ):
        sheet.append(row)
    sheet.merge_cells("A6:B7")
    sheet["A6"] = "merged"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    out = io.BytesIO()
    book.save(out)
    book.create_sheet("More").sheet_state = "hidden"
    other = io.BytesIO()
    book.save(other)
    whole = [out.getvalue(), other.getvalue()]
    members = [_members(each) for each in whole]
    return [
        *members * 5,
        *whole,
        members[0] + PART + b"xl/media/x.xml\n*90000000 a",
        members[0].replace(b"<sheetData>", b"<sheetData>" + b"<row>" * 3000, 1),
    ]


def _ods_seeds() -> list[bytes]:
    plain = ods_of(CONTENT)
    bomb = plain.replace(
        b"<office:document-content",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><office:document-content',
        1,
    )
    repeated = plain.replace(b'rows-repeated="2"', b'rows-repeated="1048576"').replace(
        b'columns-repeated="2"', b'columns-repeated="16000"'
    )
    secret = plain.replace(
        b'file-entry manifest:full-path="content.xml"',
        b'file-entry manifest:full-path="content.xml" manifest:size="9"><manifest:encryption-data/',
    )
    return [*[plain] * 6, bomb, repeated, secret, zipped(plain), plain + PART + b"styles.xml\n*90000000 b"]


def _xls_seeds() -> list[bytes]:
    book = (Path(__file__).parents[3] / "unit/tables/workbooks/excel97.xls").read_bytes()
    return [book] * 6


_COMMON = ("&lt;", "&#0;", "&x;", "<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///outside-of-the-catalogue/secret.csv'>]>", "<![CDATA[", "]]>", "<?xml version='1.1'?>",
           "<!--", "-->", 'xmlns:a="http://127.0.0.1:9/"', "-1", "0", "1", "1048576", "16384", "99999999999", "1e308", "1.5", "NaN", "true", "\n\x1e", "*90000000 a",
           "*3000000 <row/>", "A1", "ZZZ9999999", "XFD1048576", "AAAA1", "$A$1", "A0", "A1:B2", "B2:A1", "A1:XFD1048576", "\x1e\n")  # fmt: skip
_XLSX_WORDS = tuple(
    word.encode()
    for word in (*_COMMON, "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels",
                 "xl/_rels/workbook.xml.rels", "../../outside/secret.csv", "/xl/worksheets/sheet1.xml", "<row", "<c", "<v>", "</v>", "<f>", "<is><t>", "<t/>",
                 'r="A1"', 't="s"', 't="e"', 't="b"', 't="d"', 't="inlineStr"', 's="1"', 's="999"', "<mergeCell", 'ref="A1:B2"', "<sheet", 'state="hidden"',
                 'r:id="rId1"', 'hidden="1"', "<dimension", "numFmtId", "cellXfs", "date1904", "<si>", 'count="999999999"', "TargetMode=\"External\"")
)  # fmt: skip
_ODS_WORDS = tuple(
    word.encode()
    for word in (*_COMMON, "content.xml", "mimetype", "META-INF/manifest.xml", "table:table-row", "table:table-cell", "table:covered-table-cell", "<text:p>",
                 'table:number-columns-repeated="99999999"', 'table:number-rows-repeated="99999999"', 'table:number-columns-spanned="9"', 'office:value="x"',
                 'office:value-type="float"', 'office:value-type="date"', 'office:value-type="time"', 'office:value-type="boolean"', "office:date-value",
                 'office:time-value="PT99H"', 'table:visibility="filter"', "<table:table", "</table:table>", "table:name", 'text:c="99999999"', "<text:s/>",
                 "manifest:encryption-data", "table:number-rows-spanned", "table:formula", "office:string-value", "<office:annotation>")
)  # fmt: skip
_XLS_WORDS = (
    b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\x00\x00\x00\x00", b"\x01\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x09\x08\x10\x00", b"\x0a\x00\x00\x00",
    b"\x85\x00", b"\xfc\x00", b"\xfd\x00", b"\x3c\x00", b"\xe5\x00", b"\xff\xff", b"\x2f\x00", b"\x22\x00\x02\x00\x01\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip

TARGETS = (
    Target("xlsx", _xlsx_seeds, _XLSX_WORDS, lambda folder: _taken("xlsx", folder), allowed=("os.fork",)),
    Target("ods", _ods_seeds, _ODS_WORDS, lambda folder: _taken("ods", folder), allowed=("os.fork",)),
    Target("xls", _xls_seeds, _XLS_WORDS, lambda folder: _taken("xls", folder), allowed=("os.fork",)),
)

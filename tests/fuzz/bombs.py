"""Small workbooks that need much memory or time, for different reasons; `python tests/fuzz/bombs.py` tries them all.

Each is checked by `st-opendata check` in a process whose memory is watched, with what it starts: the most that all of
them together had in memory, the seconds and the output. `--size` is about how many megabytes a bomb unpacks to.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

NS = "http://schemas.openxmlformats.org/"
MEGABYTE = 1 << 20
HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
)
Piece = tuple[str, int]
"""A text, this many times."""


@dataclass
class Xlsx:
    """A workbook of Excel, with the names of its parts and what they hold."""

    sheet: list[Piece]
    texts: list[Piece] = field(default_factory=list)
    styles: list[Piece] = field(default_factory=list)
    sheet_name: str = "worksheets/sheet1.xml"
    texts_name: str = "sharedStrings.xml"
    styles_name: str = "styles.xml"
    after: str = ""
    before: str = ""
    book: str = "xl/workbook.xml"

    def parts(self) -> dict[str, list[Piece]]:
        links = [("worksheet", self.sheet_name)]
        found: dict[str, list[Piece]] = {}
        folder, _, name = self.book.rpartition("/")
        for kind, part, content in (
            ("sharedStrings", self.texts_name, self.texts),
            ("styles", self.styles_name, self.styles),
        ):
            if content:
                links.append((kind, part))
                found[f"{folder}/{part}"] = content
        shown = "".join(
            f'<Relationship Id="r{n}" Type="{NS}officeDocument/2006/relationships/{kind}" Target="{part}"/>'
            for n, (kind, part) in enumerate(links, 1)
        )
        whole = [(f'<worksheet xmlns="{NS}spreadsheetml/2006/main">{self.before}<sheetData>{HEADER}', 1), *self.sheet]
        return {
            "[Content_Types].xml": [(f'<Types xmlns="{NS}package/2006/content-types"/>', 1)],
            "_rels/.rels": [(_links(f'<Relationship Id="r1" Type="{NS}officeDocument/2006/relationships/officeDocument" Target="{self.book}"/>'), 1)],
            self.book: [(f'<workbook xmlns="{NS}spreadsheetml/2006/main" xmlns:r="{NS}officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>', 1)],
            f"{folder}/_rels/{name}.rels": [(_links(shown), 1)],
            f"{folder}/{self.sheet_name}": [*whole, (f"</sheetData>{self.after}</worksheet>", 1)],
            **found,
        }  # fmt: skip


def _links(content: str) -> str:
    return f'<Relationships xmlns="{NS}package/2006/relationships">{content}</Relationships>'


def ods(*tables: list[Piece]) -> dict[str, list[Piece]]:
    """An OpenDocument spreadsheet with these rows in its sheets S, S2 …"""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    head = f'<office:document-content {spaces} office:version="1.3"><office:body><office:spreadsheet>'
    content: list[Piece] = [(head, 1)]
    for number, rows in enumerate(tables, 1):
        content.append((f'<table:table table:name="S{number if number > 1 else ""}"><table:table-row>{cell("id")}{cell("name")}</table:table-row>', 1))  # fmt: skip
        content += [*rows, ("</table:table>", 1)]
    content.append(("</office:spreadsheet></office:body></office:document-content>", 1))
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return {
        "mimetype": [("application/vnd.oasis.opendocument.spreadsheet", 1)],
        "META-INF/manifest.xml": [(manifest, 1)],
        "content.xml": content,
    }


def cell(text: str, more: str = "", kind: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def _inline(row: int, text: str) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _text_in_parts_of_any_name(chance: random.Random, size: int) -> Iterator[tuple[str, Xlsx]]:
    word = chance.choice(("dat", "bin", "png", "XML.bak", "txt"))
    place = chance.choice(("worksheets/", "worksheets/data/", "media/"))
    text: list[Piece] = [
        ('<row r="2"><c r="A2" t="inlineStr"><is><t>', 1),
        ("A" * MEGABYTE, size),
        ("</t></is></c></row>", 1),
    ]
    yield "sheet-name", Xlsx(text, sheet_name=f"{place}sheet.{word}")
    rows = size * MEGABYTE // 30_000
    yield (
        "sheet-rows",
        Xlsx(
            [(_inline(2, "A" * 30_000).replace('r="2"', "").replace('r="A2"', ""), rows)],
            sheet_name=f"worksheets/s.{word}",
        ),
    )
    shared: list[Piece] = [("<sst><si><t>", 1), ("A" * MEGABYTE, size), ("</t></si></sst>", 1)]
    one = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    yield "texts-name", Xlsx([(one, 1)], shared, texts_name=f"{place}words.{word}")
    yield (
        "texts-count",
        Xlsx(
            [(one, 1)],
            [("<sst>", 1), ("<si><t>a</t></si>", size * MEGABYTE // 16), ("</sst>", 1)],
            texts_name=f"words.{word}",
        ),
    )
    styles: list[Piece] = [
        ("<styleSheet><cellXfs>", 1),
        ('<xf numFmtId="0"/>', size * MEGABYTE // 18),
        ("</cellXfs></styleSheet>", 1),
    ]
    yield "styles-name", Xlsx([(one, 1)], styles=styles, styles_name=f"looks.{word}")


def _cells(_: random.Random, size: int) -> Iterator[tuple[str, Xlsx]]:
    long = "B" * 32_767
    times = size * MEGABYTE // len(long)
    shared: list[Piece] = [(f"<sst><si><t>{long}</t></si></sst>", 1)]
    yield "one-text-in-many-cells", Xlsx([('<row><c t="s"><v>0</v></c></row>', times)], shared)
    yield "dimension", Xlsx([(_inline(2, "a"), 1)], before='<dimension ref="A1:XFD1048576"/>')
    yield "far-cell", Xlsx([('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 1)])
    numbers = [("<row><c><v>1</v></c></row>", times)]
    yield (
        "merged-text",
        Xlsx([(_inline(2, long), 1), *numbers], after=f'<mergeCells><mergeCell ref="A2:A{times + 2}"/></mergeCells>'),
    )
    many = size * MEGABYTE // 50
    yield (
        "merged-areas",
        Xlsx(
            [(_inline(2, "a"), 1)],
            after=f"<mergeCells>{'<mergeCell ref=' + chr(34) + 'A2:B40' + chr(34) + '/>'}</mergeCells>".replace(
                "<mergeCells>", "<mergeCells>" + '<mergeCell ref="A2:C3"/>' * min(many, 2_000_000)
            ),
        ),
    )
    yield (
        "hidden-columns",
        Xlsx(
            [(_inline(2, "a"), 1)],
            before="<cols>" + '<col min="1" max="16384" hidden="1"/>' * min(many, 2_000_000) + "</cols>",
        ),
    )
    yield "hidden-rows", Xlsx([('<row hidden="1"/>', many), (_inline(2, "a"), 1)])
    yield "errors", Xlsx([('<row><c t="e"><v>#N/A</v></c><c t="e"><v>#N/A</v></c></row>', many)])
    yield "uncalculated", Xlsx([('<row r="2"><c r="A2"><f>A1</f></c></row>', many)])
    yield "elements", Xlsx([("<row>" + "<x>" * 1000 + "</x>" * 1000 + "</row>", many // 100)])
    yield "deep", Xlsx([("<x>", many // 8), ("</x>", many // 8)])
    yield "attribute", Xlsx([('<row r="2"><c r="A2" q="', 1), ("A" * MEGABYTE, size), ('"/></row>', 1)])


def _decoys(chance: random.Random, size: int) -> Iterator[tuple[str, dict[str, list[Piece]]]]:
    bomb: list[Piece] = [
        ('<row r="2"><c r="A2" t="inlineStr"><is><t>', 1),
        ("A" * MEGABYTE, size),
        ("</t></is></c></row>", 1),
    ]
    good = Xlsx([(_inline(2, "a"), 1)]).parts()
    yield (
        "other-workbook",
        good | Xlsx(bomb, book=f"book{chance.randrange(9)}/w.xml", sheet_name="worksheets/s.dat").parts(),
    )
    twin = {"xl/worksheets/Sheet1.xml": Xlsx(bomb).parts()["xl/worksheets/sheet1.xml"]}
    yield "twin", twin | good
    yield "twin-after", good | twin
    yield (
        "two-texts",
        Xlsx(
            [('<row><c t="s"><v>0</v></c></row>', 1)], [("<sst><si><t>a</t></si></sst>", 1)], texts_name="t.bin"
        ).parts()
        | {"xl/sharedStrings.xml": [("<sst><si><t>", 1), ("A" * MEGABYTE, size), ("</t></si></sst>", 1)]},
    )


def _open_documents(chance: random.Random, size: int) -> Iterator[tuple[str, dict[str, list[Piece]]]]:
    columns, times = chance.randrange(9_000, 16_000), 'table:number-columns-repeated="{}"'
    rows = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    wide = cell("x", times.format(columns))
    yield "repeated", ods([(rows.format(chance.randrange(500_000, 1_000_000), wide), 1)])
    yield "repeated-rows", ods([(f"<table:table-row>{wide}</table:table-row>", size * 5_000)])
    yield "no-kind", ods([(rows.format(900_000, cell("x", times.format(columns), "")), 1)])
    empty = f"<table:table-cell {times.format(columns)}/>"
    yield (
        "empty-cells",
        ods(
            [
                (f"<table:table-row>{empty}</table:table-row>", size * 300),
                (f"<table:table-row>{cell('a')}</table:table-row>", 1),
            ]
        ),
    )
    yield "empty-between", ods([(f"<table:table-row>{empty}{cell('a')}</table:table-row>", size * 300)])
    yield (
        "empty-rows",
        ods(
            [
                (rows.format(1_000_000, "<table:table-cell/>"), size),
                (f"<table:table-row>{cell('a')}</table:table-row>", 1),
            ]
        ),
    )
    yield "long-text", ods([(rows.format(size * 10, cell("y" * 100_000)), 1)])
    yield "many-sheets", ods(*[[(rows.format(1_000_000, cell("x", times.format(11))), 1)]] * max(size // 20, 3))
    yield (
        "hidden-rows",
        ods([('<table:table-row table:visibility="collapse" table:number-rows-repeated="1048576"/>', size * 500)]),
    )
    yield (
        "columns",
        ods([('<table:table-column table:visibility="collapse" table:number-columns-repeated="16384"/>', size * 500)]),
    )
    yield (
        "text",
        ods(
            [
                ('<table:table-row><table:table-cell office:value-type="string"><text:p>', 1),
                ("A" * MEGABYTE, size),
                ("</text:p></table:table-cell></table:table-row>", 1),
            ]
        ),
    )
    yield (
        "paragraphs",
        ods(
            [
                ('<table:table-row><table:table-cell office:value-type="string">', 1),
                ("<text:p>aaaaaaaaaa</text:p>", size * 40_000),
                ("</table:table-cell></table:table-row>", 1),
            ]
        ),
    )
    yield (
        "spaces",
        ods(
            [
                (
                    f'<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="{size * MEGABYTE}"/></text:p></table:table-cell></table:table-row>',
                    1,
                )
            ]
        ),
    )


def bombs(seed: int, size: int) -> Iterator[tuple[str, dict[str, list[Piece]]]]:
    """Names of files with their members."""
    chance = random.Random(seed)
    for make in (_text_in_parts_of_any_name, _cells):
        for name, book in make(chance, size):
            yield f"{name}.xlsx", book.parts()
    for name, parts in _decoys(chance, size):
        yield f"{name}.xlsx", parts
    for name, parts in _open_documents(chance, size):
        yield f"{name}.ods", parts
    text: list[Piece] = [
        ('<row r="2"><c r="A2" t="inlineStr"><is><t>', 1),
        ("A" * MEGABYTE, size),
        ("</t></is></c></row>", 1),
    ]
    yield "lies.xlsx", Xlsx(text).parts()
    yield "lies-of-any-name.xlsx", Xlsx(text, sheet_name="worksheets/s.dat").parts()
    yield "lies.ods", ods([("<table:table-row>" + cell("a" * 200) + "</table:table-row>", size * 4_000)])


def write(path: Path, parts: dict[str, list[Piece]]) -> None:
    """The workbook; one that lies says that its large members have 1,000 bytes, and has the checksum of those."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, pieces in parts.items():
            with out.open(
                name, "w", force_zip64=sum(len(text) * times for text, times in pieces) > 2_000_000_000
            ) as member:
                for text, times in pieces:
                    block = text.encode()
                    many = max(1, min(times, MEGABYTE // len(block)))
                    for _ in range(times // many):
                        member.write(block * many)
                    member.write(block * (times % many))
            info = out.getinfo(name)
            if path.name.startswith("lies") and info.file_size > MEGABYTE:
                start = "".join(text * min(times, 1_000) for text, times in pieces)[:1_000].encode()
                info.file_size, info.CRC = len(start), zlib.crc32(start)


def catalogue(folder: Path, file: str) -> None:
    """A catalogue whose one table is the sheet S of the file next to its description."""
    text = "title: {en: Data}\ndescription: {en: Data}\n"
    (folder / "catalogue.yaml").write_text(f"id: test\nbase: https://example.org/\n{text}datasets: [data]\n", "utf-8")
    (folder / "data").mkdir(exist_ok=True)
    table = f"tables: [{{url: {file}, sheet: S, tableSchema: {{columns: [{{name: id}}, {{name: name}}]}}}}]\n"
    (folder / "data/dataset.yaml").write_text(text + table, "utf-8")


def _memory(group: int) -> int:
    """Bytes that the processes of a session have in memory."""
    found = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[3]) == group:
                pages = re.search(r"^Pss:\s+(\d+)", (status.parent / "smaps_rollup").read_text(), re.MULTILINE)
                found += int(pages[1]) * 1024 if pages else 0
        except (OSError, ValueError):
            pass
    return found


def tried(folder: Path, arguments: tuple[str, ...] = ()) -> tuple[int, int, float, str]:
    """Exit code, most memory, seconds and the messages about the workbook."""
    began, most = time.monotonic(), 0
    command = [sys.executable, "-m", "st_opendata", "check", str(folder), *arguments]
    with (
        TemporaryFile("w+", encoding="utf-8") as out,
        subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True) as process,
    ):
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            time.sleep(0.05)
        out.seek(0)
        said = out.read()
    return process.returncode, most, time.monotonic() - began, said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only those whose names contain one of these")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=300)
    options = parser.parse_args()
    bad = 0
    for name, parts in bombs(options.seed, options.size):
        if options.names and not any(each in name for each in options.names):
            continue
        with TemporaryDirectory() as scratch:
            folder = Path(scratch)
            catalogue(folder, name)
            write(folder / "data" / name, parts)
            size = (folder / "data" / name).stat().st_size
            code, most, seconds, said = tried(folder)
            lines = [each.strip() for each in said.splitlines()]
            line = next((each for each in lines if "cannot be read" in each or "table" in each), said.strip()[-150:])
            bad += (wrong := code not in (0, 1) or most > 1_000_000_000)
            verdict = f"{'BAD' if wrong else 'ok':4}{name:30} {size / 1e6:7.2f} MB  exit {code}"
            sys.stdout.write(f"{verdict} {most / 1e6:6.0f} MB {seconds:5.1f} s  {line[:230]}\n")
            sys.stdout.flush()
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())

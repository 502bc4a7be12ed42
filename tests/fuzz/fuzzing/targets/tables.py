"""Tables: the bytes of a CSV file, URI templates, patterns of numbers, dates and texts."""

from __future__ import annotations

import csv
import io
import json
import zlib
from pathlib import Path

import pyoxigraph as ox

from fuzzing import seeds
from fuzzing.catalogues import CITIES, with_columns, write_catalogue
from fuzzing.outcomes import DefectError, Outcome, command, reported, told
from fuzzing.targets import PART, Take, Target, parts_of
from st_opendata.catalogue import read_catalogue
from st_opendata.facts import load_facts
from st_opendata.facts.cells import canonical
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.tables import Datatype
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.tables.datatypes import (
    BASES,
    BLANKS,
    SPACED,
    Text,
    beyond_sql,
    check_facets,
    datatype_iri,
    example,
    lexical,
    parse,
)
from st_opendata.targets.ckan.pull.sniffer import NotATableError, describe_file

_RULES = '{quotes: lenient, controlCharacters: space, replace: [{text: "&amp;", to: "&"}, {cell: "n/a", to: ""}]}'
VARIANTS: tuple[tuple[str, str, str, str], ...] = (
    ("{}", ",", "utf-8", "name twin tags"),
    ("{}", ",", "utf-8-sig", "inhabitants founded"),
    ('{delimiter: ";", encoding: windows-1252}', ";", "cp1252", "area name"),
    ("{encoding: utf-16}", ",", "utf-16", "name lead"),
    ('{quoteChar: ""}', ",", "utf-8", "page"),
    ('{delimiter: "\\t", trim: true}', "\t", "utf-8", "founded area note"),
    ('{skipRows: 1, commentPrefix: "#"}', ",", "utf-8", "share page"),
    ("{header: false}", ",", "utf-8", "twin inhabitants"),
    ("{doubleQuote: false}", ",", "utf-8", "name note"),
    ("{encoding: utf-7}", ",", "utf-7", "name"),
    (f'{{trim: true}}\n    null: ["", "-"]\n    cleaning: {_RULES}', ",", "utf-8", "name area"),
    ('{delimiter: ";", skipRows: 1}\n    cleaning: {quotes: lenient}', ";", "utf-8", "area name"),
)
"""Dialects, each with its delimiter and encoding, and columns in addition to `id`: few, so that many inputs pass."""


def state(catalogue: Catalogue, scratch: Path, *, written: bool = True) -> Outcome:
    """Read the tables, map them, let what a release has of them be `written`; what they state must be RDF."""
    with load_facts(catalogue, threads=1, engine=lambda _, *bounds: DuckDBEngine(scratch, *bounds)) as facts:
        for lines in facts.lines():
            list(ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES))
        if written and not any(finding.severity == "violation" for finding in facts.findings):
            for dataset in catalogue.datasets:
                facts.write_facts(dataset.id, scratch / "facts.parquet")
                for table in dataset.tables:
                    list(facts.records(table.name))
                    facts.write_table(table.name, scratch / "table.parquet")
        return reported(facts.findings)


def sampled(data: bytes, one_in: int) -> bool:
    """True for one input in this many, always the same ones."""
    return zlib.crc32(data) // 16 % one_in == 0


def _csv(folder: Path) -> Take:
    variants = []
    for number, (dialect, _, _, columns) in enumerate(VARIANTS):
        root = write_catalogue(folder / str(number))
        text = with_columns(f"id {columns}").replace("dialect: {}", f"dialect: {dialect}")
        (root / "places/dataset.yaml").write_text(text, "utf-8")
        variants.append((root, read_catalogue(root)))
    starts = [_table(number).partition(b"\n")[0] for number in range(len(VARIANTS))]

    def take(data: bytes) -> Outcome:
        fitting = [number for number, start in enumerate(starts) if start in data[:200]]
        root, catalogue = variants[fitting[0] if fitting else zlib.crc32(data) % len(variants)]
        table = root / "places/cities.csv"
        table.write_bytes(data)
        try:
            described, _ = describe_file(table, "en", {})
            str(described).encode()
        except NotATableError:
            pass
        if sampled(data, 50):
            return command("check", root)[0]
        return told(lambda: state(catalogue, folder, written=sampled(data, 4)))

    return take


def _table(number: int, rows: int = 1) -> bytes:
    """The table of cities in a variant, with its rows repeated with other keys."""
    _, delimiter, encoding, names = VARIANTS[number]
    listed = ["id", *names.split()]
    cells = [[row[name] for name in listed] for row in csv.DictReader(io.StringIO(CITIES))]
    cells += [[f"{first}{chr(97 + turn)}", *rest] for turn in range(rows - 1) for first, *rest in cells[:3]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([listed, *cells])
    return out.getvalue().encode(encoding, "ignore")


def _csv_seeds() -> list[bytes]:
    listed = [_table(number, rows) for rows in (1, 1, 9) for number in range(len(VARIANTS))]
    start = _table(0)
    wide = f"{','.join(f'c{number}' for number in range(5000))}\n{',' * 4999}\n".encode()
    listed += [start.replace(b"\n", b"\r\n"), start.replace(b"\n", b"\r"), b"# a note\n# another\n\n" + _table(6), wide]
    listed += [
        start.replace(b"lyon", b"x" * 600_000, 1),
        start + b"\n,,,\n" * 500,
        start + b'"',
        start.replace(b",", b'",', 2),
    ]
    return [*listed, *seeds.own("*.csv", largest=5_000, most=20), *seeds.suite("csvw", "*.csv", most=20)]


_TEMPLATE_ROWS = b"id,name,twin,page,tags\nlyon,Lyon,wien,https://www.lyon.fr/,river|hill\nwien,Vienna,,,\n"
_TEMPLATES = ('"city/{id}"', '"city/{twin}"', '"{+page}"')


def _templates(folder: Path) -> Take:
    root = write_catalogue(folder / "catalogue")

    def take(data: bytes) -> Outcome:
        parts = [part.decode("utf-8", "replace") for part in parts_of(data, 4)]
        text = with_columns("id name twin page tags")
        for old, new in zip(_TEMPLATES, parts, strict=False):
            text = text.replace(old, json.dumps(new))
        (root / "places/dataset.yaml").write_text(text, "utf-8")
        (root / "places/cities.csv").write_bytes(_TEMPLATE_ROWS + parts[3].encode())
        return told(lambda: state(read_catalogue(root), folder))

    return take


def _template_seeds() -> list[bytes]:
    about = (
        "city/{id}",
        "{+page}",
        "#{id}",
        "city{/id,name}{?twin}",
        "{+id}/{_row}",
        "schema:{id}",
        "city/{id:3}{;tags*}",
    )
    value = (
        "city/{twin}",
        "{#tags}",
        "x{?tags*,name}",
        "{+page}{&id}",
        "urn:x:{_sourceRow}",
        "{_name}/{_column}",
        "{.tags*}",
    )
    page = ("{+page}", "mailto:{page}", "https://example.org/{page}", "{+name}", "{page}", "st:{page}", "tag/{tags}")
    row = (b"x,Y,,www.x.org,a|b", b'y,"a/b?c#d%",lyon,"st:a",', "z,é \U0001f600,,https://example.org/é,a:b".encode())
    return [
        PART.join((a.encode(), b.encode(), c.encode(), row[number % 3]))
        for number, (a, b, c) in enumerate(zip(about, value, page, strict=True))
    ]


def _patterns(folder: Path) -> Take:
    engine = DuckDBEngine(folder, "500MB", 1)

    def take(data: bytes) -> Outcome:
        base, pattern, marks, *cells = [
            part.decode("utf-8", "replace").replace("\0", "") for part in data.split(PART)
        ] + [""] * 4
        base = base if base in BASES else sorted(BASES)[zlib.crc32(base.encode()) % len(BASES)]
        marks = "".join(mark for mark in marks if not mark.isalnum() and mark not in "+-")[:2].ljust(2)
        kind = Datatype(base, datatype_iri(base), pattern or None, *(marks if marks.strip() else (".", None)))
        try:
            lexical(kind)
            check_facets(kind)
            example(kind).encode()
        except ValueError:
            return Outcome.TOLD
        return told(lambda: _alike(engine, kind, cells))

    return take


def _alike(engine: DuckDBEngine, kind: Datatype, cells: list[str]) -> Outcome:
    """Cells as Python reads them, which must be as SQL does where SQL can."""
    found = [parse(kind, cell) for cell in cells]
    way = lexical(kind)
    in_sql = not beyond_sql(kind) and not (isinstance(way, Text) and not all(map(engine.understands, way.accept)))
    trimmed = [cell if kind.base in SPACED else cell.strip(BLANKS) for cell in cells]
    query = f"SELECT {canonical(kind, 'v')} FROM (SELECT unnest($1::VARCHAR[]) AS v)" if in_sql else ""
    for cell, value, (read,) in zip(cells, found, engine.rows(query, [trimmed]), strict=True) if query else ():
        if read != value:
            raise DefectError(f"{kind} reads {cell!r} as {read!r} in SQL and {value!r} in Python")
    return Outcome.TAKEN if all(each is not None for each in found) else Outcome.FOUND


def _pattern_seeds() -> list[bytes]:
    listed = [
        ("integer", "#,##0", "", "1,234", "0", "-5"), ("decimal", "#0.00", ",.", "1.234,50", "0,5"),
        ("double", "0.###E0", "", "1.5E10", "INF", "NaN"), ("decimal", "#,##,#00.0#", "", "12,34,567.8", "1"),
        ("decimal", "0.0%", "", "12.5%", "1‰"), ("integer", "00000", "", "00012", "9" * 30), ("decimal", "", ", ", "1 234,5"),
        ("date", "d.M.yyyy", "", "31.12.2026", "1.1.0001"), ("date", "yyyy-MM-dd", "", "2026-02-30", "0000-01-01"),
        ("dateTime", "yyyy-MM-ddTHH:mm:ss.SSSX", "", "2026-12-31T24:00:00Z", "2026-12-31T23:59:60.5+14:00"),
        ("time", "HH:mm:ss.S", "", "12:00:00.5", "24:00:00"), ("dateTimeStamp", "dd/MM/yyyy HH:mm xxx", "", "01/02/2003 04:05 +01:00"),
        ("boolean", "yes|no", "", "yes", "no"), ("string", "[a-z]+", "", "abc", "a" * 40), ("string", "(?=a)(a+)+$", "", "a" * 40 + "!"),
        ("string", r"(\w+\s?)*\1", "", "word " * 12 + "!"), ("anyURI", "https?://.*", "", "https://example.org/", "http:x"),
        ("duration", "P.*", "", "P1Y", "PT", "P1DT2H"), ("base64Binary", "", "", "THlvbg==", "x"), ("gYear", "", "", "2026", "-0001"),
        ("QName", "", "", "a:b", "é:ü"), ("string", "(a|aa)+(?!b)", "", "a" * 50 + "b"), ("hexBinary", "", "", "4C79", "4"),
        ("language", "", "", "de-AT", "x" * 50), ("NMTOKEN", "", "", "a b"), ("dateTime", "", "", "2026-12-31T14:30:05.123Z"),
    ]  # fmt: skip
    return [PART.join(part.encode() for part in each) for each in listed]


_COLUMN_WORDS = tuple(
    word.encode()
    for word in ("id", "name", "twin", "lyon", "wien", "1,510,378", "47,87", "14.2.1790", "yes", "no", "12.5%", "river|hill",
                 "https://www.lyon.fr/", "|", ";", "\t", ",", "\n", "\r\n", '"', '""', '"\n"', " ", "#", ",,,,,,,,,,\n")
)  # fmt: skip
_TEMPLATE_WORDS = tuple(
    word.encode()
    for word in ("{", "}", "{+page}", "{#name}", "{?id,tags*}", "{&twin}", "{/name}", "{.id}", "{;tags}", "{_row}", "{_name}",
                 "{_sourceRow}", "{_column}", "{id:1}", "{id:9999}", "{tags*}", "{id,name,twin}", "{=x}", "{!x}", "{|x}", "{%41}",
                 "schema:", "st:", "rdf:type", "https://", "//", "?", "#", "%C3", "é", "\x1e", "\n\x1e", "{}", "{{id}}", "{i d}")
)  # fmt: skip
_PATTERN_WORDS = (
    *(base.encode() for base in sorted(BASES)),
    *(word.encode() for word in ("#", "0", ",", ".", "E0", "E+00", "%", "‰", "yyyy", "MM", "dd", "M", "d", "HH", "mm", "ss", ".S",
                                 ".SSS", "X", "XXX", "x", "xxx", "T", "/", "-", "(a+)+", "(?=", "(?!", "\\1", "[^", "{1,}", "|",
                                 "\\p{L}", "(?i)", "(?P<a>", "a" * 40, "\n\x1e", "2024-02-29", "1.0", "1,5", "١٢", "\\d", "\\w*"))
)  # fmt: skip

TARGETS = (
    Target("csv", _csv_seeds, _COLUMN_WORDS, _csv),
    Target("templates", _template_seeds, _TEMPLATE_WORDS, _templates),
    Target("patterns", _pattern_seeds, _PATTERN_WORDS, _patterns),
)

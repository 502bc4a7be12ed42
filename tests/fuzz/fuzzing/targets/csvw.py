"""CSVW documents of third parties: `convert` and `check` of metadata in JSON with the tables it describes."""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path

from fuzzing import seeds
from fuzzing.outcomes import DefectError, Outcome, command, told
from fuzzing.targets import PART, Take, Target, parts_of
from fuzzing.targets.tables import sampled
from st_opendata.csvw import (
    CONVERSIONS,
    SourceOptions,
    conversion_warnings,
    local_source,
    open_group,
    write_group,
)

_BASE = "http://www.w3.org/2013/csvw/tests/"
_CSV = b"id,name,date,share\nlyon,Lyon,2020-01-02,50%\nwien,Wien,,\n"


def _documents(folder: Path) -> Take:
    root = folder / "web"
    root.mkdir()
    form = list(CONVERSIONS)

    def take(data: bytes) -> Outcome:
        metadata, table = parts_of(data, 2)
        for path in root.iterdir():
            path.unlink()
        names = {
            "data.csv",
            *(name for name in _named(metadata) if name.isascii() and "/" not in name and 0 < len(name) < 80),
        }
        for name in names - {".", "..", "data.json"}:
            (root / name.replace("\0", "")).write_bytes(table or _CSV)
        source = root / "data.json"
        source.write_bytes(metadata)
        base = _BASE if zlib.crc32(data) % 2 else None
        if sampled(data, 40):
            outcome, written = command(*(["check", source] if sampled(data, 80) else ["convert", source, "--to", "nt"]))
            if "canary" in written:
                raise DefectError("what lies outside was read")
            return outcome
        return told(
            lambda: _converted(source, base, form[zlib.crc32(data) // 2 % len(form)], minimal=len(data) % 2 == 0)
        )

    return take


def _named(metadata: bytes) -> list[str]:
    """The tables that the document names, as far as it is one, so that they are there."""
    try:
        content = json.loads(metadata)
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found += [value["url"]] if isinstance(value.get("url"), str) else []
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found[:5]


def _converted(source: Path, base: str | None, form: str, *, minimal: bool) -> Outcome:
    iri, loader, hints = local_source(source, SourceOptions(None, None, None, base))
    with open_group(iri, loader, hints) as opened:
        out = io.BytesIO()
        write_group(opened, CONVERSIONS[form], out, minimal=minimal)
        warnings = conversion_warnings(opened)
    if b"canary-that" in out.getvalue():
        raise DefectError("what lies outside was read")
    return Outcome.FOUND if warnings else Outcome.TAKEN


_DESCRIBED = """\
{"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "url": "data.csv", "dc:title": "Data", "dialect": {"header": true},
 "tableSchema": {"primaryKey": "id", "aboutUrl": "http://e/{id}", "columns": [
  {"name": "id", "titles": "id", "required": true, "datatype": {"base": "string", "format": "[a-z]+"}},
  {"name": "name", "titles": {"en": "name"}, "lang": "fr", "propertyUrl": "schema:name", "separator": " ", "ordered": true},
  {"name": "date", "titles": ["date", "day"], "datatype": {"base": "date", "format": "yyyy-MM-dd"}, "null": ["", "-"]},
  {"name": "share", "titles": "share", "datatype": {"base": "decimal", "format": "#0%", "minimum": "0"}, "default": "0%"},
  {"virtual": true, "propertyUrl": "rdf:type", "valueUrl": "http://e/{_row}#x"}]},
 "notes": [{"@id": "http://e/n", "dc:title": ["a", {"@value": "b", "@language": "fr"}]}]}
"""
_GROUP = """\
{"@context": "http://www.w3.org/ns/csvw", "@type": "TableGroup", "tableDirection": "ltr", "tables": [
 {"url": "data.csv", "tableSchema": {"columns": [{"titles": "id", "name": "id"}, {"titles": "name"}, {"titles": "date"}, {"titles": "share"}],
  "foreignKeys": [{"columnReference": "id", "reference": {"resource": "more.csv", "columnReference": "id"}}], "rowTitles": ["id"]}},
 {"url": "more.csv", "suppressOutput": true, "transformations": [{"url": "t.js", "scriptFormat": "http://e/", "targetFormat": "http://e/"}],
  "tableSchema": {"columns": [{"name": "id", "titles": "id"}, {"name": "b", "titles": "name"}, {"name": "c", "titles": "date"}, {"name": "d", "titles": "share"}]}}]}
"""
_OUTSIDE = """\
{"@context": "http://127.0.0.1:9/context.jsonld", "url": "../../outside/secret.csv", "tableSchema": "http://127.0.0.1:9/schema.json",
 "dialect": "file:///outside-of-the-catalogue/secret.json", "@id": "http://127.0.0.1:9/"}
"""


def _seeds() -> list[bytes]:
    own = [text.encode() + PART + _CSV for text in (_DESCRIBED, _DESCRIBED, _GROUP, _OUTSIDE)]
    outside = [
        _DESCRIBED.replace('"data.csv"', f'"{url}"').encode()
        for url in (
            "../outside/secret.csv",
            "file:///outside-of-the-catalogue/secret.csv",
            "http://127.0.0.1:9/a.csv",
            "link.csv",
            "%2e%2e/secret.csv",
        )
    ]
    documents = [each for each in seeds.suite("csvw", "*.json", most=400) if b'"@context"' in each]
    return [*own * 8, *outside, *documents[::2]]


_WORDS = tuple(
    word.encode()
    for word in ('"tables"', '"url"', '"tableSchema"', '"columns"', '"name"', '"titles"', '"@context"', '"@id"', '"@type"', '"@language"', '"@base"', '"dialect"',
                 '"primaryKey"', '"foreignKeys"', '"reference"', '"resource"', '"schemaReference"', '"columnReference"', '"rowTitles"', '"datatype"', '"base"',
                 '"format"', '"notes"', '"null"', '"lang"', '"aboutUrl"', '"propertyUrl"', '"valueUrl"', '"virtual"', '"suppressOutput"', '"separator"',
                 '"ordered"', '"default"', '"required"', '"textDirection"', '"transformations"', '"delimiter"', '"quoteChar"', '"encoding"', '"header"',
                 '"headerRowCount"', '"headerColumnCount"', '"skipRows"', '"skipColumns"', '"skipBlankRows"', '"commentPrefix"', '"lineTerminators"', '"trim"',
                 '"doubleQuote"', "null", "[]", "{}", "1", "-1", "99999999", "true", '""', '"utf-16"', '"(?=a)(a+)+b"', '"#,##0.0#"', '"yyyy-MM-dd"', '"{+name}"',
                 '"{?id*}"', '"http://127.0.0.1:9/csvw.json"', '"file:///outside-of-the-catalogue/secret.json"', '"../../outside/secret.csv"', '"_:b"', '"csvw:Table"',
                 '"dc:title"', '"xsd:integer"', '"minimum"', '"maxLength"', '"pattern"', '"decimalChar"', '"groupChar"', '"data.csv"', '"data.json"', "\n\x1e")
)  # fmt: skip

TARGETS = (Target("csvw", _seeds, _WORDS, _documents),)

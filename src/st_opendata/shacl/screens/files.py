"""N-Triples files as columns, read by the engine if all their lines are canonical and without blank nodes.

A canonical line has one space between its terms, no comment, few escapes, lower-case language tags, and no stated
`xsd:string`: it is written as `terms.column_text` writes its terms. Any other file is for a parser.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from rdflib import RDF, XSD

from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.engine import CsvFile, Engine, ReadError

_IRI = r"""<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\[\]\x7F]*>"""
_TEXT = r'"(?:[^"\\\x00-\x1F\x7F\x{FFFE}\x{FFFF}]|\\[\\"nrt])*"'
_LINE = rf"{_IRI} {_IRI} (?:{_IRI}|{_TEXT}(?:@[a-z]{{1,8}}(?:-[a-z0-9]{{1,8}})*|\^\^{_IRI})?) \."
_IMPLIED = (XSD.string, RDF.langString)
_BITS = 40
"""Bits of the number of a line; above them is the number of the file."""


class LineFiles:
    """The files in an engine."""

    def __init__(self, engine: Engine, paths: Sequence[Path]) -> None:
        self._engine = engine
        self._paths = paths
        self._tables: list[str] = []

    def relations(self) -> dict[str, str] | None:
        """The engine's relation of each predicate, as `DataColumns` takes them; None if a line is not canonical."""
        try:
            self._read()
        except ReadError:
            return None
        engine, found = self._engine, {}
        for number, (predicate,) in enumerate(engine.rows("SELECT DISTINCT p FROM triples ORDER BY p")):
            found[predicate] = f"predicate{number}"
            engine.create(found[predicate], f"SELECT s, o, line FROM triples WHERE p = {sql.text(predicate)}")
        engine.drop("triples")
        self._tables = list(found.values())
        return found

    def _read(self) -> None:
        """Fill the table of triples; raises ReadError at a line that is not canonical."""
        engine = self._engine
        engine.lock(self._paths)
        engine.define("triples", {**dict.fromkeys("spo", sql.TEXT), "line": sql.LONG})
        rest = sql.after("f0", " ")
        many = native.without_end(sql.after(rest, " "), 2)
        value = sql.when([(f"{sql.size('parts')} = 4", sql.item("parts", "3"))], many)  # few have a space inside
        stated = [native.ends("f0", f"^^<{datatype}> .") for datatype in _IMPLIED]
        canonical = sql.all_of([sql.full_match("f0", _LINE), f"NOT {sql.any_of(stated)}"])
        subject = sql.when([(canonical, sql.item("parts", "1"))], native.failure("a line is not canonical"))
        terms = f"{subject}, {sql.item('parts', '2')}, {value}"
        for number, path in enumerate(self._paths):
            file = CsvFile(path, 1, header=False, delimiter="\x01", quote="", escape="", line_end="\n")
            engine.read(f"file{number}", file)
            lines = f"SELECT f0, {sql.split('f0', ' ')} AS parts, position FROM file{number}"
            engine.append("triples", f"SELECT {terms}, {number << _BITS} + position FROM ({lines})")

    def lines(self, terms: Collection[str]) -> dict[str, tuple[Path, int]]:
        """File and line of each term: the first line in the first file that begins with it, else that has it."""
        engine, found = self._engine, dict[str, tuple[Path, int]]()
        for column in "so":
            left = [term for term in dict.fromkeys(terms) if term not in found]
            if not left or not self._tables:
                break
            engine.define("wanted", {"n": sql.TEXT})
            engine.fill("wanted", [left])
            rows = " UNION ALL ".join(f"SELECT {column} AS n, line FROM {table}" for table in self._tables)
            named = sql.semi_join(f"({rows})", "wanted", "r.n = k.n")
            for text, line in engine.rows(f"SELECT n, min(line) AS line FROM ({named}) GROUP BY n"):
                found[text] = (self._paths[int(line) >> _BITS], int(line) & ((1 << _BITS) - 1))
        return found

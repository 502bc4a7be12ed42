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


class LineFiles:
    """The files in an engine."""

    def __init__(self, engine: Engine, paths: Sequence[Path]) -> None:
        self._engine = engine
        self._paths = paths

    def relations(self) -> dict[str, str] | None:
        """The engine's relation of each predicate, as `DataColumns` takes them; None if a line is not canonical."""
        try:
            return self._read()
        except ReadError:
            return None

    def _read(self) -> dict[str, str] | None:
        engine = self._engine
        engine.lock(self._paths)
        engine.define("triples", dict.fromkeys("spo", sql.TEXT))
        for number, path in enumerate(self._paths):
            file = CsvFile(path, 1, header=False, delimiter="\x01", quote="", escape="", line_end="\n")
            engine.read(f"file{number}", file)
            rest = sql.after("f0", " ")
            terms = (sql.before("f0", " "), sql.before(rest, " "), native.without_end(sql.after(rest, " "), 2))
            stated = [native.ends("f0", f"^^<{datatype}> .") for datatype in _IMPLIED]
            canonical = sql.all_of([sql.full_match("f0", _LINE), f"NOT {sql.any_of(stated)}"])
            engine.append("triples", f"SELECT {', '.join(terms)} FROM file{number} WHERE {canonical}")
        counts = " + ".join(f"(SELECT count(*) FROM file{number})" for number in range(len(self._paths)))
        if engine.rows(f"SELECT 1 FROM triples HAVING count(*) <> {counts}"):
            return None
        found = {}
        for number, (predicate,) in enumerate(engine.rows("SELECT DISTINCT p FROM triples ORDER BY p")):
            found[predicate] = f"predicate{number}"
            engine.create(found[predicate], f"SELECT s, o FROM triples WHERE p = {sql.text(predicate)}")
        engine.drop("triples")
        return found

    def lines(self, terms: Collection[str]) -> dict[str, tuple[Path, int]]:
        """File and line of each term: the first line in the first file that begins with it, else that has it."""
        engine, found = self._engine, dict[str, tuple[Path, int]]()
        if not terms:
            return found
        engine.define("wanted", {"n": sql.TEXT})
        engine.fill("wanted", [list(dict.fromkeys(terms))])
        rest = sql.after("f0", " ")
        for term in (sql.before("f0", " "), native.without_end(sql.after(rest, " "), 2)):
            for number, path in enumerate(self._paths):
                lines = f"(SELECT {term} AS n, position FROM file{number})"
                rows = sql.semi_join(lines, "wanted", "r.n = k.n")
                for text, line in engine.rows(f"SELECT n, min(position) AS line FROM ({rows}) GROUP BY n"):
                    found.setdefault(text, (path, int(line)))
        return found

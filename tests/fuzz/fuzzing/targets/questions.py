"""SPARQL: queries asked of a release, and the questions that a catalogue brings along."""

from __future__ import annotations

import zlib
from pathlib import Path

from fuzzing import seeds
from fuzzing.catalogues import build_release, write_catalogue
from fuzzing.outcomes import DefectError, Outcome, command, told
from fuzzing.targets import Take, Target
from fuzzing.targets.tables import sampled
from st_opendata.build.background import find_background
from st_opendata.catalogue import read_catalogue
from st_opendata.sparql.query import FORMATS, ask_in_time
from st_opendata.sparql.store import load
from st_opendata.sparql.text import Query


def _queries(folder: Path) -> Take:
    release = build_release(folder)
    store = load(release)

    def take(data: bytes) -> Outcome:
        form = FORMATS[zlib.crc32(data) % len(FORMATS)] if sampled(data, 2) else None
        if sampled(data, 25):
            path = folder / "query.rq"
            path.write_bytes(data)
            extra = ("--format", form) if form else ()
            outcome, written = command("query", release, f"@{path}", "--timeout", "3", *extra)
            if "canary" in written:
                raise DefectError("what lies outside was read")
            return outcome
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return Outcome.TOLD
        return told(lambda: Outcome.TAKEN if ask_in_time(store, Query(text), form, 3.0) is not None else Outcome.FOUND)

    return take


def _questions(folder: Path) -> Take:
    root = write_catalogue(folder / "catalogue")
    (root / "questions").mkdir()

    def take(data: bytes) -> Outcome:
        (root / "questions/mine.rq").write_bytes(data)
        return told(lambda: Outcome.TAKEN if find_background(read_catalogue(root)).inputs() else Outcome.FOUND)

    return take


def _seeds() -> list[bytes]:
    hostile = [
        "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }", "SELECT * { ?s ?p ?o . SERVICE SILENT ?s { ?a ?b ?c } }",
        "SELECT * FROM <file:///outside-of-the-catalogue/secret.ttl> { ?s ?p ?o }", "LOAD <file:///outside-of-the-catalogue/secret.ttl>",
        "INSERT DATA { <http://e/a> <http://e/b> 1 }", "# SERVICE\nPREFIX service: <http://e/> SELECT ?service { ?service service:x 'SERVICE' }",
        "SELECT (REPLACE('" + "a" * 60 + "!', '(a+)+$', 'b') AS ?x) { }", "DESCRIBE <https://example.org/tiny/city/lyon>",
        "ASK { ?s (schema:containedInPlace|^schema:containedInPlace)* ?o }", "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }",
        "SELECT ?n (COUNT(DISTINCT ?s) AS ?c) (GROUP_CONCAT(?o; separator=', ') AS ?g) { ?s schema:name ?n ; ?p ?o } GROUP BY ?n HAVING (?c > 0) ORDER BY DESC(?c)",
        "SELECT * { VALUES (?a ?b) { (1 'x'@en) (UNDEF 2.5e3) } BIND(?a / 0 AS ?d) FILTER EXISTS { ?s ?p ?o } MINUS { ?a ?b ?c } }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 5 OFFSET 2", "SELECT * { " + "{ " * 400 + "?s ?p ?o" + " }" * 400 + " }",
        "SELECT * { FILTER (" + "(" * 400 + "1" + ")" * 400 + ") }", "SELECT * { ?s " + "/".join(["schema:name"] * 300) + " ?o }",
    ]  # fmt: skip
    return [*(text.encode() for text in hostile), *seeds.own("*.rq"), *seeds.suite("sparql11", "*.rq", "*.ru", most=60)]


def _question_seeds() -> list[bytes]:
    return [b"# Which?\n# fr: Quoi ?\nSELECT * { ?s ?p ?o }\n", *seeds.own("*.rq"), *_seeds()[:8]]


_WORDS = tuple(
    word.encode()
    for word in ("SELECT", "*", "WHERE", "{", "}", "(", ")", "SERVICE", "SERVICE SILENT", "<http://127.0.0.1:9/sparql>", "FROM", "FROM NAMED", "GRAPH",
                 "<file:///outside-of-the-catalogue/secret.ttl>", "LOAD", "INSERT", "DELETE WHERE", "WITH", "PREFIX", "BASE", "OPTIONAL", "UNION", "MINUS",
                 "FILTER", "BIND", "AS", "VALUES", "UNDEF", "EXISTS", "NOT EXISTS", "IN", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "DISTINCT",
                 "COUNT", "GROUP_CONCAT", "REGEX", "REPLACE", "SUBSTR", "CONCAT", "STRLEN", "IRI", "BNODE", "RAND()", "NOW()", "UUID()", "STRDT", "STRLANG",
                 "SHA512", "?x", "$y", "_:b", "[]", "a", "^", "/", "|", "!", "+", "{2}", "<<", ">>", "TRIPLE", "\\u0053ERVICE", "# ", "\n", "xsd:integer('x')",
                 "xsd:dateTime", "xsd:duration", "1/0", "9999999999999999999999", "1e999", "REDUCED", "CONSTRUCT", "DESCRIBE", "ASK", "LATERAL", "ex:x")
)  # fmt: skip

TARGETS = (
    Target("sparql", _seeds, _WORDS, _queries, allowed=("os.fork",)),
    Target("questions", _question_seeds, _WORDS, _questions),
)

"""SERVICE is refused in any spelling, and nothing else is treated as it."""

from __future__ import annotations

import pytest

from st_opendata.errors import UsageError
from st_opendata.sparql.text import Query, check_query, has_keyword, refuse_updates_and_services

SERVICES = (
    "ASK { SERVICE <http://localhost/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . OPTIONAL { sErViCe SILENT <http://localhost/> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE ?x { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } } } }",
    "PREFIX e: <http://e/> CONSTRUCT { ?s ?p ?o } WHERE { SERVICE e:x { ?s ?p ?o } }",
    # A lexer sees an IRI, a text or a comment here, but a parser does not:
    "SELECT * { ?s ?p ?a FILTER(?a<1)SERVICE#>\n?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?a FILTER(?a<1)SERVICE#'>\n?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p '#' . SERVICE ?x { ?s ?p ?o } }",
    'SELECT * { ?s ?p """\\"""" . SERVICE ?x { ?s ?p ?o } }',
    "SELECT * { ?s ?p <http://e/#> . SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o #\n . SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o #\r . SERVICE ?x { ?s ?p ?o } }",
    "PREFIX service: <http://e/> SELECT * { service:service ?p ?o . SERVICE service:service { ?s ?p ?service } }",
    "SELECT ?servicx ?servicq ?servicz ?servicj ?servick { SERVICE ?x { ?s ?p ?servicx } }",
)
OTHERS = (
    "SELECT ?service { ?service ?p <http://e/SERVICE> }",
    "SELECT (1 AS ?service) (2 AS ?SERVICE) (3 AS ?servicx) {}",
    "PREFIX service: <http://e/service#> SELECT * { service:service service:x 'SERVICE'@service }",
    "SELECT * { ?s ?p 'it\\'s SERVICE' } # SERVICE <http://e/> { }",
    "SELECT * { ?s ?p ?a FILTER(?a<1) #SERVICE>\n ?x ?y ?z }",
    'SELECT * { ?s ?p """ SERVICE "quoted" """ }',
    "SELECT * { _:service ?p <http://e/\\u0053ERVICE> }",
)


@pytest.mark.parametrize("text", SERVICES)
def test_services_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        refuse_updates_and_services(Query(text))


@pytest.mark.parametrize("text", OTHERS)
def test_nothing_else_is(text: str) -> None:
    refuse_updates_and_services(Query(text))


def test_an_escaped_keyword_is_none() -> None:
    """The engine reads \\u escapes in names and texts alone; if it came to read them elsewhere, this must fail."""
    import pyoxigraph as ox

    with pytest.raises(SyntaxError):
        ox.Store().query("SELECT * { \\u0053ERVICE <http://localhost/> { ?s ?p ?o } }")


def test_names_that_are_declared_elsewhere_are_no_keywords() -> None:
    """A release has prefixes of its own, which its queries need not declare."""
    prefixes = {"service": "http://e/service#", "FROMage": "http://e/"}
    text = "SELECT * { service:x FROMage:y ?from }"
    refuse_updates_and_services(Query(text), prefixes)
    assert not has_keyword("FROM", text, prefixes)
    assert has_keyword("FROM", text.replace("*", "* FROM FROMage:one"), prefixes)


def test_no_spelling_is_needed_for_itself() -> None:
    names = " ".join(f"(1 AS ?fro{letter})" for letter in "mabcdefghijklnopqrstuvwxyz")
    assert not has_keyword("FROM", f"SELECT {names} {{}}")


def test_a_broken_query_is_told_as_such() -> None:
    with pytest.raises(UsageError, match="not SPARQL") as caught:
        refuse_updates_and_services(Query("SELECT * {\n <http://e/service> ?p }"))
    assert caught.value.place
    assert caught.value.place.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {" + " ".join(f"?a ?b ?c{number} ." for number in range(400)) + "}",
        "SELECT * { ?a ?b " + ";".join(f" ?b ?c{number} " for number in range(400)) + "}",
        "SELECT * { ?a ?b " + ",".join(f" ?c{number} " for number in range(400)) + "}",
        "SELECT * {" + " ".join("{ ?a ?b ?c }" for _ in range(400)) + "}",
        "SELECT * { ?a ?b " + " , ".join("[ ?c ?d ]" for _ in range(200)) + "}",
        "SELECT * { ?a " + "/".join("<http://e/p>" for _ in range(400)) + " ?c }",
    ],
)
def test_more_patterns_than_the_engine_can_order_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="triple patterns, more than 300"):
        check_query(Query(text))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c FILTER(?c IN (" + ", ".join(map(str, range(2_000))) + ")) }",
        "SELECT * { VALUES ?a { " + " ".join(f"{number}.5" for number in range(2_000)) + " } ?a ?b ?c }",
        "SELECT * { ?a ?b ?c # " + "." * 2_000 + "\n }",
    ],
)
def test_long_lists_are_no_patterns(text: str) -> None:
    check_query(Query(text))

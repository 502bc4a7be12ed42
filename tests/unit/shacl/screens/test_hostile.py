"""Screens give the results of pySHACL on data and shapes that are made to break one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from columns_of import engine_in
from comparison import compare
from rdflib import Graph

from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.sql.duckdb import DuckDBEngine

PREFIXES = """@prefix : <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
LONG = f"<https://example.org/{'x' * 5_000}>"
LIST = "[ sh:zeroOrMorePath rdf:rest ]"
CASES = {
    "lists that are none": (
        f"""sh:targetSubjectsOf :list ; sh:property [ sh:path ( :list {LIST} rdf:first ) ; sh:maxCount 2 ;
            sh:class :C ; sh:nodeKind sh:IRI ], [ sh:path ( :list {LIST} ) ; sh:minCount 2 ;
              sh:hasValue rdf:nil ] .""",
        """:a :list [ rdf:first :x, "y" ; rdf:rest [ rdf:first :z ; rdf:rest rdf:nil, _:l ] ] . :x a :C . :z a :D .
           :b :list _:l . _:l rdf:first :x ; rdf:rest _:l . :c :list rdf:nil . :d :list "no list" .
              :e :list ( :x 1 ) .""",
        6,
    ),
    "terms of equal text": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ;
            sh:in ( "a" <https://example.org/a> "a"@en 1 "b"@EN-us true ) ] .""",
        """:s :p "a", :a, "a"@en, "a"@EN, "a"@fr, "a"^^:a, 1, 01, 1.0, "1", "b"@en-US, "b"@en, true, "true",
              "https://example.org/a",
              "a"^^xsd:string, "a "^^xsd:token, "1"^^xsd:int .""",
        9,
    ),
    "languages": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:uniqueLang true ; sh:languageIn ( "EN" "de-AT" ) ;
            sh:equals :q ; sh:disjoint :r ] .""",
        """:s :p "a"@en, "b"@EN, "c"@en-GB, "d"@de, "e"@DE-at, "f"@de-AT-1996 ; :q "a"@EN, "b"@en, "c"@EN-gb ;
              :r "e"@de-at .""",
        5,
    ),
    "ill-typed literals": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:datatype xsd:integer ; sh:minInclusive 5 ;
              sh:lessThan :q ],
            [ sh:path :q ; sh:datatype xsd:date ; sh:maxExclusive "2024-01-01"^^xsd:date ] .""",
        """:s :p "x"^^xsd:integer, " 7 "^^xsd:integer, "+7"^^xsd:integer, "7."^^xsd:integer, 7.0, 7e0,
              "٧"^^xsd:integer, "7",
              12345678901234567890123456789, -12345678901234567890, "9223372036854775808"^^xsd:long ;
           :q "2024-02-30"^^xsd:date, "2023-12-31"^^xsd:date, "2023-12-31Z"^^xsd:date,
              "2024-01-01T00:00:00"^^xsd:dateTime, 20, _:b .""",
        70,
    ),
    "large and small numbers": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:minExclusive 9999999999999999999 ;
            sh:maxInclusive 10000000000000000000.0000000000000000000001 ; sh:lessThanOrEquals :q ] .""",
        """:s :p 9999999999999999999, 10000000000000000000, 10000000000000000000.00000000000000000000001,
              10000000000000000000.001, "1E19"^^xsd:double, "INF"^^xsd:float, "NaN"^^xsd:double, "-0"^^xsd:decimal ;
           :q 10000000000000000000 .""",
        9,
    ),
    "moments with and without zone": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:lessThan :q ] .""",
        """:s :p "2024-01-01T00:00:00"^^xsd:dateTime, "2024-01-01T00:00:00Z"^^xsd:dateTime,
              "2024-01-01T01:00:00+02:00"^^xsd:dateTime,
              "2023-12-31T24:00:00"^^xsd:dateTime, "2024-01-01T00:00:00.000"^^xsd:dateTime,
              "-0044-03-15T00:00:00"^^xsd:dateTime ;
           :q "2024-01-01T00:00:00Z"^^xsd:dateTime, "2024-01-01T00:00:00.1"^^xsd:dateTime,
              "12024-01-01T00:00:00"^^xsd:dateTime .""",
        8,
    ),
    "paths in cycles": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path [ sh:inversePath ( :p [ sh:zeroOrMorePath ( :q [
              sh:inversePath :p ] ) ] ) ] ;
            sh:maxCount 1 ; sh:hasValue :a ], [ sh:path [ sh:zeroOrOnePath [ sh:oneOrMorePath [
              sh:alternativePath ( :p :q ) ] ] ] ;
            sh:maxCount 3 ; sh:minCount 3 ; sh:not [ sh:nodeKind sh:Literal ] ] .""",
        ':a :p :b ; :q :a, "x" . :b :p :c ; :q :b . :c :p :a, _:c ; :q :b, "" . _:c :p _:c ; :q false .',
        12,
    ),
    "siblings": (
        """sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] ;
              sh:qualifiedMinCount 2 ;
            sh:qualifiedValueShapesDisjoint true ], [ sh:path :p ; sh:qualifiedValueShape [ sh:nodeKind sh:Literal ] ;
            sh:qualifiedMaxCount 0 ; sh:qualifiedValueShapesDisjoint "1"^^xsd:boolean ], [ sh:path :q ;
              sh:minCount 1 ;
            sh:qualifiedValueShape [ sh:class :D ] ; sh:qualifiedMaxCount 0 ;
              sh:qualifiedValueShapesDisjoint true ] .""",
        """:x a :C . :y a :C, :D . :z a :E . :E rdfs:subClassOf :C . :s :p :x, :y ; :q :y . :t :p :x, :z,
              "l" ; :q :x . :u :p _:y . _:y a :D .""",
        4,
    ),
    "closed": (
        """sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( rdf:type :i ) ; sh:property [
              sh:path :p ; sh:closed true ],
            [ sh:path [ sh:inversePath :q ] ; sh:deactivated true ], [ sh:path ( :r :r ) ] .""",
        """:a a :C, rdfs:Resource ; :p :b, "l", _:b ; :i 1 ; :q 2 ; :r 3 . :b a :B, rdfs:Resource ;
              :x 1 . _:b :y _:b .""",
        5,
    ),
    "messages and severities": (
        """sh:targetSubjectsOf :p ; sh:severity :Grave ; sh:nodeKind sh:Literal ; sh:message "No {$this}"@en,
              "Non {?value}"@fr, "Nein" ;
            sh:property [ sh:path :p ; sh:severity sh:Info ; sh:maxCount 1 ; sh:message "Many"@en, "Viele"@de-AT ],
            [ sh:path :p ; sh:severity sh:Warning ; sh:deactivated true ; sh:maxCount 0 ], [ sh:path :p ;
              sh:deactivated false ;
            sh:in ( 1 ) ; sh:name "p" ] .""",
        ":s :p 1, 2 . _:s :p _:t .",
        5,
    ),
    "classes in cycles": (
        """sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D, :C ; sh:class rdfs:Resource ] .
              :D a rdfs:Class, sh:NodeShape ;
            sh:property [ sh:path :p ; sh:minCount 1 ] .""",
        """:C rdfs:subClassOf :D, _:x . :D rdfs:subClassOf :E . :E rdfs:subClassOf :C, "C" . _:x rdfs:subClassOf :C .
           :a a :E ; :p :b . :b a _:x ; :p :c, "a", _:a . :c a :F . _:a a :D .""",
        9,
    ),
    "long and odd characters": (
        f"""sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxLength 21 ; sh:minLength 1 ;
              sh:pattern "^[^\\u0000-\\u001F]*$" ;
            sh:not [ sh:in ( {LONG} "\\u0001" "😀" ) ] ] ; sh:property [ sh:path {LONG} ; sh:maxCount 0 ] .""",
        f"""{LONG} :p {LONG} ; {LONG} 1 . :s :p "\\u0001", "\\u007F", "\\u0000", "😀", "{"😀" * 21}",
              "{"😀" * 22}", "", "a\\"b\\\\c\\n", "\\uFFFE",
             "{"x" * 5_000}"@en, "e\\u0301", "\\u00e9", _:{"b" * 300} .""",
        14,
    ),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    opened = engine_in(tmp_path_factory.mktemp("engine"))
    yield opened
    opened.close()


def graph_of(folder: Path, text: str) -> Graph:
    """The graph of a Turtle text, literals as they are written."""
    path = folder / "graph.ttl"
    path.write_text(PREFIXES + text, "utf-8")
    graph = Graph()
    for triple in read_rdf(path, TermReader(), lenient=True):
        graph.add(triple)
    return graph


@pytest.mark.quick(4)
@pytest.mark.parametrize("name", CASES)
def test_the_results_are_those_of_pyshacl(engine: DuckDBEngine, tmp_path: Path, name: str) -> None:
    shape, data, least = CASES[name]
    results, notices = compare(engine, graph_of(tmp_path, data), graph_of(tmp_path, f":S a sh:NodeShape ; {shape}"))
    assert results >= least and not notices

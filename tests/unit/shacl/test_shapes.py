from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph

from st_opendata.errors import ConfigurationError
from st_opendata.shacl import load_shapes, validate_files

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""

# Ill-formed shapes, the text of the error, and whether SHACL-SHACL finds the fault too.
ILL_FORMED = [
    ("ex:S sh:targetClass 'City' .", 'sh:targetClass is "City"', True),
    ("ex:S a sh:NodeShape ; sh:property [ sh:minCount 1 ] .", "has 0 values of sh:path", True),
    ("ex:S a sh:PropertyShape ; sh:path ex:p, ex:q .", "has 2 values of sh:path", True),
    ("ex:S a sh:PropertyShape ; sh:path 'p' .", "the path is not well-formed: it holds a literal", True),
    ("ex:S a sh:PropertyShape ; sh:path ( ex:p ) .", "needs a list of two steps", True),
    ("ex:S a sh:PropertyShape ; sh:path [ sh:invertPath ex:p ] .", "exactly one of sh:inversePath", True),
    ("ex:S a sh:NodeShape ; sh:path ex:p .", "a node shape has a sh:path", False),
    ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:minCount '1' .", 'sh:minCount is "1"', True),
    ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:maxCount -1 .", "sh:maxCount is -1", False),
    ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:minLength -2 .", "sh:minLength is -2", False),
    ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1.5 .", "sh:minCount is 1.5", True),
    ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 1, 2 .", "sh:maxCount is stated 2 times", True),
    ("ex:S a sh:NodeShape ; sh:maxCount 1 .", "sh:maxCount needs a property shape", True),
    ("ex:S a sh:NodeShape ; sh:nodeKind sh:Iri .", "sh:nodeKind is sh:Iri", True),
    ("ex:S a sh:NodeShape ; sh:datatype xsd:date, xsd:gYear .", "sh:datatype is stated 2 times", True),
    ("ex:S a sh:NodeShape ; sh:closed 'yes' .", 'sh:closed is "yes"', True),
    ("ex:S a sh:NodeShape ; sh:in ex:a .", "sh:in is <https://example.org/a>", True),
    ("ex:S a sh:NodeShape ; sh:languageIn ( 1 ) .", "sh:languageIn is", True),
    ("ex:S a sh:NodeShape ; sh:or ( 'x' ) .", "sh:or is", False),
    ("ex:S a sh:NodeShape ; sh:message ex:m .", "sh:message is", True),
    ("ex:S a sh:NodeShape ; sh:severity 'bad' .", 'sh:severity is "bad"', True),
    ("ex:S a sh:NodeShape ; sh:pattern '(' .", 'sh:pattern is "("', False),
    ("ex:S a sh:NodeShape ; sh:pattern '\\\\p{Xy}' .", "sh:pattern is", False),
    ("ex:S a sh:NodeShape ; sh:pattern 'a' ; sh:flags 'g' .", 'sh:flags is "g"', False),
    ("ex:S a sh:NodeShape ; sh:property ex:Missing .", "named but has no triples", True),
    ("ex:S a sh:NodeShape ; sh:node ex:Missing .", "named but has no triples", False),
    ("ex:S a sh:NodeShape ; sh:minLenght 1 .", "SHACL has no sh:minLenght", False),
    ("ex:S a sh:NodeShape ; sh:js [] .", "sh:js is an advanced SHACL feature", False),
    ("ex:S a sh:NodeShape ; sh:rule [] .", "sh:rule is an advanced SHACL feature", False),
    ("ex:S a sh:NodeShape ; sh:node ex:T . ex:T a sh:NodeShape ; sh:node ex:S .", "the shape refers to itself", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT' ] .", "the query is not SPARQL: line 1", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ ] .", "exactly one query", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'ASK { }' ] .", "the query is not of the form SELECT", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT ?x { ?x a ?y }' ] .", "must SELECT $this", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this { $this a e:C }' ] .", 'prefix "e:"', False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this FROM <e:g> { }' ] .", "FROM is not allowed", False),
    ("ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this { SERVICE <e:s> { } }' ] .", "SERVICE is", False),
    ("ex:S sh:sparql [ sh:select 'SELECT $this { $this ?p ?x BIND (1 AS ?x) }' ] .", "the query is not valid", False),
    (
        "ex:S a sh:NodeShape ; sh:sparql [ sh:select 'SELECT $this { BIND (1 AS ?this) }' ] .",
        "must not bind $this",
        False,
    ),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "shapes.ttl"
    path.write_text(HEAD + text)
    return path


@pytest.mark.parametrize(("text", "message", "by_the_book"), ILL_FORMED)
def test_ill_formed_shapes_are_refused(tmp_path: Path, text: str, message: str, by_the_book: bool) -> None:
    path = written(tmp_path, "\n# two lines\n# further down\n" + text)
    with pytest.raises(ConfigurationError) as caught:
        load_shapes([path])
    assert message in caught.value.message_text()
    assert caught.value.place is not None
    assert caught.value.place.file == str(path)
    assert caught.value.place.line == 7
    assert "ex" in caught.value.message_text() or "example.org" in caught.value.message_text()
    assert caught.value.remedy_text()


def test_the_examples_are_what_shacl_shacl_refuses() -> None:
    """The examples are checked against SHACL for SHACL itself, so that the table here is not its own judge."""
    book = Graph().parse(Path(pyshacl.__file__).parent / "assets" / "shacl-shacl.ttl")
    for text, _, by_the_book in ILL_FORMED:
        conforms, _, _ = pyshacl.validate(Graph().parse(data=HEAD + text), shacl_graph=book)
        assert conforms is not by_the_book, text


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "ex:A a sh:NodeShape ; sh:closed 1 .\nex:B a sh:NodeShape ; sh:closed 1 .")
    with pytest.raises(ConfigurationError) as caught:
        load_shapes([path])
    assert "A>: sh:closed is 1" in str(caught.value)
    assert f"{path}, line 5: <https://example.org/B>: sh:closed is 1" in str(caught.value)


def test_problems_are_told_in_each_language(tmp_path: Path) -> None:
    path = written(tmp_path, "ex:column a sh:NodeShape ; sh:closed 1 .\nex:table a sh:NodeShape ; sh:in ( 1 ), 2 .")
    with pytest.raises(ConfigurationError) as caught:
        load_shapes([path])
    german, french = (caught.value.message_text(language).split("\n") for language in ("de", "fr"))
    assert german[0] == "<https://example.org/column>: sh:closed hat den Wert 1"
    assert german[1] == f"{path}, Zeile 5: <https://example.org/table>: sh:in hat den Wert 2"
    assert french[0] == "<https://example.org/column>\xa0: sh:closed a la valeur 1"
    assert french[1] == f"{path}, ligne 5\xa0: <https://example.org/table>\xa0: sh:in a la valeur 2"
    assert caught.value.remedy_text("de") == "Der Wert von sh:closed muss Folgendes sein: true oder false."
    assert caught.value.remedy_text("fr") == "La valeur de sh:closed doit être true ou false."


def test_broken_turtle_is_a_configuration_error_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "ex:S a sh:NodeShape ;;;\n sh:closed tru .")
    with pytest.raises(ConfigurationError) as caught:
        load_shapes([path])
    assert caught.value.place is not None
    assert (caught.value.place.file, caught.value.place.line) == (str(path), 5)


def test_what_is_ignored_is_noticed(tmp_path: Path) -> None:
    text = "<https://example.org/> <http://www.w3.org/2002/07/owl#imports> <https://example.org/more> .\n"
    path = written(tmp_path, text + "ex:S a sh:NodeShape ; sh:shape ex:T .")
    shapes = load_shapes([path])
    assert [(each.code, each.severity, each.places[0].line) for each in shapes.notices] == [
        ("shacl-unknown-term", "info", 5),
        ("shacl-import", "info", None),
    ]
    assert "sh:shape" in shapes.notices[0].message["de"]
    data = tmp_path / "data.ttl"
    data.write_text("<https://example.org/a> a <https://example.org/C> .")
    assert [each.code for each in validate_files([data], [path])] == ["shacl-import", "shacl-unknown-term"]

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import XSD, BNode, Literal, URIRef

from st_opendata.errors import InputError
from st_opendata.validation.parsing import TermReader, read_lines, read_triples

FORMS = {
    "data.ttl": '<https://e.org/a> <https://e.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    "data.nt": '<https://e.org/a> <https://e.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    "data.nq": '<https://e.org/a> <https://e.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <e:g> .',
    "data.trig": "@prefix x: <http://www.w3.org/2001/XMLSchema#> . "
    '<https://e.org/g> { <https://e.org/a> <https://e.org/p> "01"^^x:integer }',
    "data.jsonld": '{"@id": "https://e.org/a", "https://e.org/p":'
    ' {"@value": "01", "@type": "http://www.w3.org/2001/XMLSchema#integer"}}',
    "data.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
    '<rdf:Description rdf:about="https://e.org/a"><e:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">01</e:p>'
    "</rdf:Description></rdf:RDF>",
}
FORMS["data.xml"] = FORMS["data.rdf"]
FORMS["bom.ttl"] = "\ufeff" + FORMS["data.ttl"]


@pytest.mark.parametrize("name", FORMS)
def test_every_format_keeps_the_literal(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name])
    [triple] = read_triples(path, TermReader())
    expected = Literal("01", datatype=XSD.integer, normalize=False)
    assert triple == (URIRef("https://e.org/a"), URIRef("https://e.org/p"), expected)


def test_ill_typed_literals_stay_and_are_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    lines = [f'<e:a> <e:p> "none"^^<{XSD[name]}> .' for name in ("boolean", "byte", "date", "decimal")]
    assert {str(value) for value in read_lines([lines]).objects()} == {"none"}
    assert capfd.readouterr() == ("", "")


def test_blank_nodes_of_two_files_stay_apart_and_have_stable_names(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text("_:x <e:p> [] .")
    reader = TermReader()
    triples = [*read_triples(tmp_path / "one.ttl", reader), *read_triples(tmp_path / "two.ttl", reader)]
    assert {term for triple in triples for term in triple if isinstance(term, BNode)} == {
        BNode(name) for name in ("b1", "b2", "b3", "b4")
    }


@pytest.mark.parametrize(
    ("name", "content", "line", "offset", "message"),
    [
        ("a.ttl", b"@prefix e: <https://e.org/> .\ne:a e:b 'c'\n", 3, 1, "Triples should be followed by a dot"),
        ("a.ttl", b"<e:a> <e:b> <e:c d> .", 1, 13, "Invalid IRI code point ' '"),
        ("a.nt", b"<e:a> <e:b>\n", 2, 1, "line jumps are not allowed in the middle of triples"),
        ("a.jsonld", b'{"@id": "x",\n "a": }', 2, 7, "Unexpected closing curly bracket, no array to close"),
        ("a.ttl", b"<e:a> <e:b> 'caf\xe9' .", 1, None, "UTF-8"),
        ("a.rdf", b"<rdf:RDF>\n<a", None, None, "Unknown prefix rdf:"),
    ],
)
def test_a_file_that_does_not_parse(
    tmp_path: Path, name: str, content: bytes, line: int | None, offset: int | None, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_triples(path, TermReader())
    assert message in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.file == str(path)
    assert caught.value.place.line == line
    if offset is not None:
        assert caught.value.place.offset == offset
    assert caught.value.remedy


def test_files_that_are_not_there_or_no_rdf(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the file: No such file"):
        read_triples(tmp_path / "none.ttl", TermReader())
    with pytest.raises(InputError, match="not a known RDF file") as caught:
        read_triples(tmp_path / "table.csv", TermReader())
    assert ".ttl" in str(caught.value.remedy)

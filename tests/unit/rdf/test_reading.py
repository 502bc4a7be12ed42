from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import XSD, BNode, Literal, URIRef

from st_opendata.errors import InputError
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.rdf.reading import TermReader, read_rdf, sniff_syntax

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
FORMS |= {
    "data.xml": FORMS["data.rdf"],
    "data.json": FORMS["data.jsonld"],
    "DATA.TTL": FORMS["data.ttl"],
    "bom.ttl": "\ufeff" + FORMS["data.ttl"],
    "bom.rdf": "\ufeff" + FORMS["data.rdf"],
    "turtle": FORMS["data.ttl"],
    "xml.txt": FORMS["data.rdf"],
    "download": FORMS["data.jsonld"],
}


@pytest.mark.parametrize("name", FORMS)
def test_every_format_keeps_the_literal(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name])
    [triple] = read_rdf(path)
    expected = Literal("01", datatype=XSD.integer, normalize=False)
    assert triple == (URIRef("https://e.org/a"), URIRef("https://e.org/p"), expected)


def test_ill_typed_literals_stay_and_are_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    lines = [f'<e:a> <e:p> "none"^^<{XSD[name]}> .' for name in ("boolean", "byte", "date", "decimal")]
    assert {str(value) for value in graph_of_lines([lines]).objects()} == {"none"}
    assert capfd.readouterr() == ("", "")


def test_blank_nodes_of_two_files_stay_apart_and_have_stable_names(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text("_:x <e:p> [] .")
    reader = TermReader()
    triples = [*read_rdf(tmp_path / "one.ttl", reader), *read_rdf(tmp_path / "two.ttl", reader)]
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
        read_rdf(path)
    assert message in caught.value.message_text()
    assert caught.value.place is not None
    assert caught.value.place.file == str(path)
    assert caught.value.place.line == line
    if offset is not None:
        assert caught.value.place.offset == offset
    assert caught.value.remedy_text()


def test_files_that_are_not_there_or_no_rdf(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file cannot be read: No such file"):
        read_rdf(tmp_path / "none.ttl")
    with pytest.raises(InputError, match="not have the name of an RDF file") as caught:
        read_rdf(tmp_path / "table.csv")
    assert ".ttl" in str(caught.value.remedy_text())


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"<http://xmlns.com/foaf/0.1/> a <http://a> .", "Turtle"),
        (b"# <?xml\n<http://a> a <http://b> .", "Turtle"),
        (b"@prefix a: <http://a/> .", "Turtle"),
        (b"", "Turtle"),
        (b"[] a <http://a> .", "Turtle"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>", "RDF/XML"),
        (b'<rdf:RDF\n xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', "RDF/XML"),
        (b"<!DOCTYPE rdf:RDF>", "RDF/XML"),
        (b" [{", "JSON-LD"),
    ],
)
def test_syntax_is_seen_from_the_first_bytes(start: bytes, name: str) -> None:
    assert sniff_syntax(start).name == name


def test_relative_iris_do_not_tell_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "my data.ttl"
    path.write_text("<#it> <e:p> 1 .")
    assert [subject for subject, _, _ in read_rdf(path)] == [URIRef("file:///my%20data.ttl#it")]


ENTITIES = """<!DOCTYPE rdf:RDF [{}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">
<rdf:Description rdf:about="http://example.org/d"><dct:title>{}</dct:title></rdf:Description></rdf:RDF>"""


def test_entities_are_expanded_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "d.rdf"
    path.write_text(ENTITIES.format('<!ENTITY a "x">', "&a;&a;"))
    assert [value for _, _, value in read_rdf(path)] == [Literal("xx")]
    for declared, used in (
        ('<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">', "&b;"),
        (f"<!ENTITY a '{'x' * 100_000}'>", "&a;" * 10_000),
    ):
        path.write_text(ENTITIES.format(declared, used))
        with pytest.raises(InputError, match="expand without limit"):
            read_rdf(path)


def test_terms_that_rdf_1_1_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "d.ttl"
    for text, why in (("<e:a> <e:b> <<( <e:c> <e:d> <e:e> )>> .", "triple term"), ("<e:a> <e:b> 'x'@toolongtag .", "")):
        path.write_text(text)
        with pytest.raises(InputError, match=f"not valid Turtle: .*{why}"):
            read_rdf(path)


def test_lenient_reading_takes_iris_and_language_tags_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "d.rdf"
    path.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">'
        '<rdf:Description rdf:about="http://example.org/?a[0]=1"><dct:title xml:lang="en_GB">Title</dct:title>'
        "</rdf:Description></rdf:RDF>"
    )
    [(subject, _, title)] = read_rdf(path, lenient=True)
    assert (subject, title) == (URIRef("http://example.org/?a[0]=1"), Literal("Title", lang="en-gb"))

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from st_opendata.dcat import read_dcat
from st_opendata.errors import InputError

DATASET = URIRef("http://example.org/d")
TITLE = URIRef("http://purl.org/dc/terms/title")


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("turtle", "d.ttl"),
        ("xml", "d.rdf"),
        ("xml", "d.xml"),
        ("json-ld", "d.jsonld"),
        ("json-ld", "d.json"),
        ("nt", "d.nt"),
        ("turtle", "turtle"),
        ("xml", "xml.txt"),
        ("json-ld", "download"),
        ("nt", "triples"),
    ],
)
def test_each_format_by_extension_or_first_bytes(graph: Graph, tmp_path: Path, form: str, name: str) -> None:
    graph.serialize(tmp_path / name, format=form, encoding="utf-8")
    assert isomorphic(read_dcat(tmp_path / name), graph)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("d.ttl", "@prefix x: <http://x/> .\nx:a x:b x:c\nx:d x:e x:f .", 3),
        ("d.nt", "<http://a> <http://b> .", 1),
        ("d.jsonld", '{"@id": "http://a",\n "b": }', 2),
        ("d.rdf", "<rdf:RDF><a></rdf:RDF>", None),
        ("d.jsonld", '{"@context": "http://example.org/context.jsonld", "a": 1}', None),
        ("d.ttl", "\ufffe\x00", 1),
    ],
)
def test_a_syntax_error_names_file_and_line(tmp_path: Path, name: str, text: str, line: int | None) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_dcat(path)
    assert error.value.place is not None
    assert (error.value.place.file, error.value.place.line) == (str(path), line)
    assert error.value.remedy_text()


def test_the_invalid_sample_is_refused_at_its_line(shared: Path) -> None:
    with pytest.raises(InputError, match=r"line 7.*Turtle"):
        read_dcat(shared / "samples" / "dcat" / "be-smartflanders.ttl")


def test_a_missing_file_or_a_folder_is_an_input_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.ttl"):
        with pytest.raises(InputError, match="the file cannot be read"):
            read_dcat(path)


def test_byte_order_mark_odd_language_tag_and_bad_iri_are_read(tmp_path: Path) -> None:
    path = tmp_path / "d.rdf"
    path.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">'
        '<rdf:Description rdf:about="http://example.org/d"><dct:title xml:lang="en_GB">Title</dct:title>'
        '<dct:source rdf:resource="http://example.org/?a[0]=1"/></rdf:Description></rdf:RDF>',
        "utf-8-sig",
    )
    graph = read_dcat(path)
    assert graph.value(DATASET, TITLE) == Literal("Title", lang="en-gb")
    assert (DATASET, None, URIRef("http://example.org/?a[0]=1")) in graph


def test_a_wrong_date_is_kept_and_nothing_is_logged(tmp_path: Path) -> None:
    path = tmp_path / "d.ttl"
    path.write_text(f'<{DATASET}> <{TITLE}> "soon"^^<http://www.w3.org/2001/XMLSchema#date> .', "utf-8")
    command = f"from pathlib import Path; from st_opendata.dcat import read_dcat; read_dcat(Path({str(path)!r}))"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")
    assert str(read_dcat(path).value(DATASET, TITLE)) == "soon"

"""What `rdf.writing` writes, other libraries read back: the same terms, character for character."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from st_opendata.errors import InputError
from st_opendata.formats import CSV, JSON_LD, N_TRIPLES, RDF_FORMATS, RDF_XML, TURTLE, Format
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.lines import graph_lines, literal_text, parse_lines, read_lines
from st_opendata.rdf.shards import shard_parts
from st_opendata.rdf.writing import (
    UnwritableTripleError,
    used_prefixes,
    write_rdf,
)

TRIPLE_FORMATS = [N_TRIPLES, TURTLE, RDF_XML, JSON_LD]
RDFLIB_NAMES = {N_TRIPLES: "nt", TURTLE: "turtle", RDF_XML: "xml", JSON_LD: "json-ld"}
XSD = PREFIXES["xsd"]
S = "<https://example.org/s>"
P = "<https://example.org/p>"

HOSTILE_TEXTS = [
    "",
    " ",
    "  leading and trailing  ",
    "say \"hello\" and 'bye'",
    "two\nlines",
    "carriage\rreturn",
    "both\r\nends\r\n",
    "\ttabs\tand,commas;semicolons",
    "back\\slash \\n \\u00e9",
    "emoji 😀 👩‍👩‍👧 and accents é e\u0301",
    "\u200fright to left\u200e \u202eoverride",
    "<script>alert('x')</script> &amp; ]]>",
    "=1+1",
    "line\u2028and\u2029paragraph\x85",
    "<http://www.w3.org/ns/dcat#looksLikeAnIri> .",
    "\ufefflooks like a BOM",
    "x" * 200_000,
]


def line(obj: str, predicate: str = P, subject: str = S) -> str:
    return f"{subject} {predicate} {obj} ."


def text(value: str) -> str:
    return str(ox.Literal(value))


HOSTILE = sorted(
    [
        *(line(text(value)) for value in HOSTILE_TEXTS),
        line('"Ville"@fr-ch'),
        line('"Ort"@de'),
        line(f'"1.50"^^<{XSD}decimal>'),
        line(f'"01"^^<{XSD}integer>'),
        line(f'"+5"^^<{XSD}nonNegativeInteger>'),
        line(f'"1.0E0"^^<{XSD}double>'),
        line(f'"1"^^<{XSD}boolean>'),
        line(f'"2021-07-31T00:00:00+00:00"^^<{XSD}dateTime>'),
        line('"POINT(4.8 45.7)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'),
        line("<https://example.org/caf\u00e9/%C3%A9%20x?a=1&b='2'#frag>"),
        line("<urn:isbn:0451450523>"),
        line("<mailto:someone@example.org>"),
        line("<https://example.org/C>", f"<{PREFIXES['rdf']}type>"),
        line("<https://example.org/D>", f"<{PREFIXES['rdf']}type>"),
        line('"a type as text"', f"<{PREFIXES['rdf']}type>"),
        line('"Name"@en', f"<{PREFIXES['rdfs']}label>", f"<{PREFIXES['st']}a.b-c(d)>"),
        line(f"<{PREFIXES['scheme']}city-role/lead>", f"<{PREFIXES['st']}role>", f"<{PREFIXES['wd']}Q456>"),
        line('"x"', "<http://www.wikidata.org/prop/direct/P31>"),
    ]
)


def read_with_pyoxigraph(path: Path, form: Format) -> list[str]:
    kind = ox.RdfFormat.from_extension(form.extension.lstrip("."))
    return sorted(f"{quad.triple} ." for quad in ox.parse(path=str(path), format=kind))


def read_with_rdflib(path: Path, form: Format, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Graph(bind_namespaces="none")
    graph.parse(path, format=RDFLIB_NAMES[form])
    return graph_lines(graph)


@pytest.mark.parametrize("form", TRIPLE_FORMATS, ids=lambda form: form.name)
class TestRoundTrip:
    def test_two_readers_get_the_same_terms(self, tmp_path, form, monkeypatch):
        path = tmp_path / f"facts{form.extension}"
        write_rdf([HOSTILE], path, form, used_prefixes([HOSTILE], PREFIXES))
        assert read_with_pyoxigraph(path, form) == HOSTILE
        # rdflib's Turtle reader makes a number of a bare 01, which Turtle allows: "01" reaches it as "1".
        expected = sorted(line.replace('"01"', '"1"') for line in HOSTILE) if form is TURTLE else HOSTILE
        assert read_with_rdflib(path, form, monkeypatch) == expected

    def test_no_triples(self, tmp_path, form, monkeypatch):
        path = tmp_path / f"facts{form.extension}"
        write_rdf([[]], path, form, {})
        assert read_with_pyoxigraph(path, form) == []
        assert read_with_rdflib(path, form, monkeypatch) == []

    def test_batches_do_not_show(self, tmp_path, form):
        whole, parts = tmp_path / "whole", tmp_path / "parts"
        write_rdf([HOSTILE], whole, form, PREFIXES)
        write_rdf(([one] for one in HOSTILE), parts, form, PREFIXES)
        assert whole.read_bytes() == parts.read_bytes()

    @settings(max_examples=60, deadline=None)
    @given(value=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32)))
    def test_any_text_survives(self, tmp_path_factory, form, value):
        path = tmp_path_factory.getbasetemp() / f"any-{form.name}"
        lines = [line(text(value))]
        write_rdf([lines], path, form, {})
        assert [line(str(quad.object)) for quad in ox.parse(path.read_bytes(), format=_kind(form))] == lines


def _kind(form: Format) -> ox.RdfFormat:
    kind = ox.RdfFormat.from_extension(form.extension.lstrip("."))
    assert kind is not None
    return kind


@pytest.mark.parametrize("form", [TURTLE, RDF_XML, JSON_LD], ids=lambda form: form.name)
def test_broken_line(tmp_path, form):
    with pytest.raises(InputError, match="not N-Triples"):
        write_rdf([["<https://example.org/s> nonsense ."]], tmp_path / "out", form, {})


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(KeyError):
        write_rdf([], tmp_path / "out", CSV, {})


class TestTurtle:
    def test_shape(self, tmp_path):
        lines = sorted(
            [
                line(f'"1.50"^^<{XSD}decimal>', f"<{PREFIXES['rdfs']}label>"),
                line('"before the type"', "<http://example.org/p>"),
                line("<https://example.org/C>", f"<{PREFIXES['rdf']}type>"),
                line('"two\\nlines"', subject="<https://example.org/t>"),
            ]
        )
        write_rdf([lines], tmp_path / "out.ttl", TURTLE, {"rdfs": PREFIXES["rdfs"], "ex": "https://example.org/"})
        assert (tmp_path / "out.ttl").read_text() == (
            "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
            "@prefix ex: <https://example.org/> .\n\n"
            'ex:s a ex:C ;\n\t<http://example.org/p> "before the type" ;\n\trdfs:label 1.50 .\n\n'
            'ex:t ex:p "two\\nlines" .\n'
        )


class TestRdfXml:
    @pytest.mark.parametrize(
        "predicate",
        [
            "https://example.org/123",
            "https://example.org/p/",
            "https://example.org/p#",
            PREFIXES["rdf"] + "li",
            PREFIXES["rdf"] + "Description",
        ],
    )
    def test_a_property_that_makes_no_element_name(self, tmp_path, predicate):
        with pytest.raises(UnwritableTripleError, match="element name of the property") as caught:
            write_rdf([[line('"x"', f"<{predicate}>")]], tmp_path / "out", RDF_XML, {})
        assert caught.value.triple == (S, f"<{predicate}>", '"x"')
        assert caught.value.remedy_text()

    def test_a_class_that_makes_no_element_name(self, tmp_path, monkeypatch):
        kind = line("<https://example.org/2024>", f"<{PREFIXES['rdf']}type>")
        with pytest.raises(UnwritableTripleError, match="element name of the only class"):
            write_rdf([[kind]], tmp_path / "out", RDF_XML, {})
        for other in (
            line('"x"', "<https://example.org/z>"),
            line("<https://example.org/C>", f"<{PREFIXES['rdf']}type>"),
        ):
            lines = sorted([kind, other])
            write_rdf([lines], tmp_path / "out", RDF_XML, {})
            assert read_with_rdflib(tmp_path / "out", RDF_XML, monkeypatch) == lines

    def test_the_type_names_the_element(self, tmp_path):
        lines = [line('"x"', "<http://example.org/p>"), line("<https://example.org/C>", f"<{PREFIXES['rdf']}type>")]
        write_rdf([lines], tmp_path / "out", RDF_XML, {"ex": "https://example.org/"})
        assert '<ex:C rdf:about="https://example.org/s">' in (tmp_path / "out").read_text()

    @pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"])
    def test_a_character_that_xml_has_not(self, tmp_path, character):
        with pytest.raises(UnwritableTripleError, match=f"U\\+{ord(character):04X}"):
            write_rdf([[line(text(f"a{character}b"))]], tmp_path / "out", RDF_XML, {})

    @pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1f", "\x7f", "\ufffe"])
    @pytest.mark.parametrize("form", [N_TRIPLES, TURTLE, JSON_LD], ids=lambda form: form.name)
    def test_other_formats_carry_it(self, tmp_path, character, form, monkeypatch):
        lines = [line(text(f"a{character}b"))]
        write_rdf([lines], tmp_path / "out", form, {})
        assert read_with_rdflib(tmp_path / "out", form, monkeypatch) == lines

    def test_a_prefix_that_xml_has_not(self, tmp_path, monkeypatch):
        write_rdf([HOSTILE], tmp_path / "out", RDF_XML, {"1x": "https://example.org/", "xmlfoo": PREFIXES["rdfs"]})
        assert read_with_rdflib(tmp_path / "out", RDF_XML, monkeypatch) == HOSTILE


class TestJsonLd:
    def write(self, tmp_path, lines, prefixes):
        write_rdf([lines], tmp_path / "out.jsonld", JSON_LD, prefixes)
        return json.loads((tmp_path / "out.jsonld").read_text("utf-8"))

    def test_shape(self, tmp_path):
        lines = sorted(
            [
                line('"b"@fr', f"<{PREFIXES['rdfs']}label>"),
                line('"a"@en', f"<{PREFIXES['rdfs']}label>"),
                line(f'"1.50"^^<{XSD}decimal>'),
                line("<https://example.org/C>", f"<{PREFIXES['rdf']}type>"),
            ]
        )
        prefixes = {"xsd": XSD, "rdfs": PREFIXES["rdfs"], "ex": "https://example.org/"}
        assert self.write(tmp_path, lines, prefixes) == {
            "@context": {"ex": "https://example.org/", "rdfs": PREFIXES["rdfs"], "xsd": XSD},
            "@graph": [
                {
                    "@id": "ex:s",
                    "@type": "ex:C",
                    "ex:p": {"@type": "xsd:decimal", "@value": "1.50"},
                    "rdfs:label": [{"@language": "en", "@value": "a"}, {"@language": "fr", "@value": "b"}],
                }
            ],
        }

    def test_keys_are_sorted(self, tmp_path):
        document = self.write(tmp_path, HOSTILE, used_prefixes([HOSTILE], PREFIXES))
        assert list(document["@context"]) == sorted(document["@context"])
        assert all(list(node) == sorted(node) for node in document["@graph"])

    def test_a_namespace_that_makes_no_prefix(self, tmp_path, monkeypatch):
        lines = [line('"x"', "<https://example.org/id-1a>")]
        document = self.write(tmp_path, lines, {"id": "https://example.org/id-"})
        assert document["@context"] == {}
        assert read_with_rdflib(tmp_path / "out.jsonld", JSON_LD, monkeypatch) == lines

    def test_locals_that_would_read_as_something_else(self, tmp_path, monkeypatch):
        lines = sorted(
            [line("<https://example.org///x>"), line("<https://example.org/>"), line("<https://example.org/a:b>")]
        )
        document = self.write(tmp_path, lines, {"ex": "https://example.org/"})
        assert [value["@id"] for value in document["@graph"][0]["ex:p"]] == [
            "https://example.org///x",
            "https://example.org/",
            "ex:a:b",
        ]
        assert read_with_pyoxigraph(tmp_path / "out.jsonld", JSON_LD) == lines

    def test_a_scheme_that_is_a_prefix(self, tmp_path):
        lines = [line("<geo:45.76,4.83>")]
        with pytest.raises(InputError, match='the prefix "geo"'):
            self.write(tmp_path, lines, {"geo": PREFIXES["geo"]})
        self.write(tmp_path, lines, used_prefixes([lines], PREFIXES))
        assert read_with_pyoxigraph(tmp_path / "out.jsonld", JSON_LD) == lines


def test_used_prefixes():
    lines = [line('"x"', f"<{PREFIXES['rdfs']}label>"), line("<geo:1,2>", f"<{PREFIXES['geo']}lat>")]
    assert used_prefixes([lines], PREFIXES) == {"rdfs": PREFIXES["rdfs"]}
    assert used_prefixes(iter([lines[:1], lines[:1]]), PREFIXES) == {"rdfs": PREFIXES["rdfs"]}
    assert used_prefixes([], PREFIXES) == {}


class TestLines:
    def test_read_back_splits_at_line_feeds_only(self, tmp_path):
        write_rdf([HOSTILE], tmp_path / "out.nt", N_TRIPLES, {})
        assert [one for batch in read_lines(tmp_path / "out.nt") for one in batch] == HOSTILE

    def test_graph_lines(self, monkeypatch):
        monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph = rdflib.Graph().parse(data="\n".join(HOSTILE), format="nt")
        assert graph_lines(graph) == HOSTILE

    @given(value=st.text(st.characters(exclude_categories=["Cs"])))
    def test_literals_have_one_text(self, value):
        assert literal_text(value) == str(ox.Literal(value))
        [triple] = parse_lines([[line(literal_text(value))]])
        assert triple.object.value == value

    def test_blank_nodes_are_refused(self):
        graph = rdflib.Graph().parse(data="<https://example.org/s> <https://example.org/p> [] .")
        with pytest.raises(InputError, match="blank node"):
            graph_lines(graph)

    def test_what_is_no_iri_is_refused(self):
        graph = rdflib.Graph()
        graph.add((rdflib.URIRef("relative"), rdflib.RDFS.label, rdflib.Literal("x")))
        with pytest.raises(InputError, match="not an IRI"):
            graph_lines(graph)


def test_quads_are_the_lines_in_their_graph(tmp_path):
    (tmp_path / "in.nt").write_text("\n".join([*HOSTILE, ""]), encoding="utf-8", newline="\n")
    for name in ("a", "b"):
        blocks = [
            block
            for part in shard_parts(tmp_path / "in.nt", 0, f"https://example.org/{name}").values()
            for block in part
        ]
        quads = list(ox.parse(b"".join(blocks), format=ox.RdfFormat.N_QUADS))
        assert {quad.graph_name for quad in quads} == {ox.NamedNode(f"https://example.org/{name}")}
        assert [f"{quad.triple} ." for quad in quads] == HOSTILE


@pytest.mark.slow
def test_same_bytes_from_other_processes(tmp_path):
    (tmp_path / "in.nt").write_text("\n".join([*HOSTILE, ""]), encoding="utf-8", newline="\n")
    script = (
        "import sys; from pathlib import Path; from st_opendata import formats, namespaces\n"
        "from st_opendata.rdf import lines, writing\n"
        "source, out = map(Path, sys.argv[1:])\n"
        "for form in (formats.TURTLE, formats.RDF_XML, formats.JSON_LD):\n"
        "    writing.write_rdf(lines.read_lines(source), out / form.name, form, namespaces.PREFIXES)\n"
    )
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"}
        command = [sys.executable, "-c", script, str(tmp_path / "in.nt"), str(folder)]
        subprocess.run(command, check=True, env=environment, cwd=folder)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 3


def test_every_triple_format_has_a_writer(tmp_path):
    for form in RDF_FORMATS:
        if form.name not in ("nq", "trig"):  # they hold graphs
            write_rdf([], tmp_path / form.name, form, {})

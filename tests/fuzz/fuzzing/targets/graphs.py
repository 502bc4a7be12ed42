"""RDF files of each syntax: as data to validate and to write again, as shapes, as a DCAT catalogue to score."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from fuzzing import seeds
from fuzzing.outcomes import DefectError, Outcome, command, reported, told
from fuzzing.targets import PART, Take, Target, parts_of
from fuzzing.targets.tables import sampled
from st_opendata.dcat import read_dcat, score_graph
from st_opendata.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.lines import graph_lines
from st_opendata.rdf.reading import read_rdf
from st_opendata.rdf.writing import rdf_bytes
from st_opendata.shacl import validate_files

_SYNTAXES = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG,
             "rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD, "json": ox.RdfFormat.JSON_LD, "xml": ox.RdfFormat.RDF_XML,
             "": ox.RdfFormat.TURTLE}  # fmt: skip
_SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:City ; sh:targetSubjectsOf ex:name ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:uniqueLang true ; sh:pattern "^[A-Z]" ; sh:maxLength 20 ] ;
  sh:property [ sh:path ex:people ; sh:datatype xsd:integer ; sh:minInclusive 0 ] ;
  sh:property [ sh:path ( ex:in ex:name ) ; sh:nodeKind sh:Literal ] ;
  sh:property [ sh:path ex:since ; sh:lessThan ex:until ] .
"""
_DATA = """\
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:lyon a ex:City ; ex:name "Lyon"@fr, "Lyon"@en ; ex:people 522250 ; ex:in ex:fr ;
  ex:since "1790-02-14"^^xsd:date ; ex:until "2020-02-30"^^xsd:date .
ex:fr ex:name "France"@en-GB ; ex:note \"\"\"Long
text\"\"\" ; ex:list ( 1 2.5 1e3 true "x" ) ; ex:node [ ex:name "no" ] .
_:b ex:name "Blank" ; ex:page <https://example.org/a%20b?q=é> .
"""
_XML = """\
<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [<!ENTITY ex "https://example.org/">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/" xml:base="https://example.org/">
  <ex:City rdf:about="&ex;lyon"><ex:name xml:lang="fr">Lyon</ex:name><ex:in rdf:resource="fr"/>
    <ex:people rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">522250</ex:people>
    <ex:node rdf:parseType="Resource"><ex:name>x</ex:name></ex:node>
    <ex:list rdf:parseType="Collection"><ex:City rdf:ID="a"/></ex:list></ex:City>
</rdf:RDF>
"""
_BOMB = """\
<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"><e:x e:p="&c;"/></rdf:RDF>
"""
_OUTSIDE = """\
<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///outside-of-the-catalogue/secret.ttl"><!ENTITY % y SYSTEM "http://127.0.0.1:9/x.dtd">%y;]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"><e:x><e:p>&x;</e:p></e:x></rdf:RDF>
"""
_JSON = """\
{"@context": {"ex": "https://example.org/", "name": {"@id": "ex:name", "@container": "@language"}, "in": {"@id": "ex:in", "@type": "@id"}},
 "@graph": [{"@id": "ex:lyon", "@type": "ex:City", "name": {"fr": "Lyon"}, "in": "ex:fr", "ex:people": 522250,
   "ex:list": {"@list": [1, 2.5, true, null, {"@value": "x", "@type": "ex:t"}]}, "ex:node": {"ex:name": "no"}},
  {"@id": "ex:fr", "@included": [], "@reverse": {"ex:in": {"@id": "ex:wien"}}}]}
"""
_REMOTE = """\
{"@context": ["http://127.0.0.1:9/context.jsonld", "file:///outside-of-the-catalogue/secret.json", {"@import": "http://127.0.0.1:9/c"}],
 "@id": "http://e/x", "@type": "http://e/T", "http://e/p": {"@context": "http://127.0.0.1:9/", "@value": 1}}
"""


def _data(folder: Path) -> Take:
    shapes = folder / "shapes.ttl"
    shapes.write_text(_SHAPES, "utf-8")

    def take(data: bytes) -> Outcome:
        kind, text = parts_of(data, 2)
        extension = kind.decode("utf-8", "replace")
        path = folder / (f"data.{extension}" if extension and extension in _SYNTAXES else "data")
        path.write_bytes(text)
        try:
            told(lambda: _rewritten(path))
            if sampled(data, 50):
                return command("validate", path, "--shapes", shapes, "--json")[0]
            return told(lambda: reported(validate_files([path], [shapes])))
        finally:
            path.unlink()

    return take


def _rewritten(path: Path) -> Outcome:
    """Read strictly, write in each syntax: what another parser reads in it are the same triples."""
    graph = Graph()
    for triple in read_rdf(path):
        graph.add(triple)
    lines = [graph_lines(graph)]
    size = len(set(lines[0]))
    for form, syntax in (
        (N_TRIPLES, ox.RdfFormat.N_TRIPLES),
        (TURTLE, ox.RdfFormat.TURTLE),
        (JSON_LD, ox.RdfFormat.JSON_LD),
        (RDF_XML, ox.RdfFormat.RDF_XML),
    ):
        found = told(lambda form=form, syntax=syntax: _same(rdf_bytes(lines, form, {}), syntax, size))
        if found is Outcome.TOLD and form in (N_TRIPLES, TURTLE):
            raise DefectError(f"{form.name} cannot be written")
    return Outcome.TAKEN


def _same(written: bytes, syntax: ox.RdfFormat, size: int) -> Outcome:
    read = len(set(ox.parse(written, format=syntax)))
    if read != size:
        raise DefectError(f"{size} triples were written as {syntax.name}, {read} were read")
    return Outcome.TAKEN


def _shapes(folder: Path) -> Take:
    path, shapes = folder / "data.ttl", folder / "shapes.ttl"
    texts = [_DATA, _DATA + "".join(f'ex:n{n} a ex:City ; ex:name "{"a" * 40}!" .\n' for n in range(5))]

    def take(data: bytes) -> Outcome:
        text, own = parts_of(data, 2)
        shapes.write_bytes(text)
        path.write_bytes(own or texts[len(text) % 2].encode())
        return told(lambda: reported(validate_files([path], [shapes])))

    return take


def _dcat(folder: Path) -> Take:
    def take(data: bytes) -> Outcome:
        kind, text = parts_of(data, 2)
        extension = kind.decode("utf-8", "replace")
        path = folder / f"catalog.{extension if extension in _SYNTAXES else 'ttl'}"
        path.write_bytes(text)
        try:
            if sampled(data, 50):
                return command("score", path)[0]
            return told(lambda: _scored(path))
        finally:
            path.unlink()

    return take


def _scored(path: Path) -> Outcome:
    graph = read_dcat(path)
    scores = score_graph(graph, answers=lambda _url: False, conforms=lambda _graph: True)
    for score in scores:
        assert 0 <= score.points <= 405
        str((score.title, score.band.name, score.dimensions)).encode("utf-8", "strict")
    return Outcome.FOUND if any(score.lost for score in scores) else Outcome.TAKEN


def _with_kinds(texts: Iterable[bytes], kind: str) -> list[bytes]:
    return [kind.encode() + PART + text for text in texts]


def _in_syntaxes(turtle: bytes) -> list[bytes]:
    """The same in each syntax."""
    quads = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri="http://e/"))
    prefixes = {"ex": "https://example.org/", **PREFIXES}
    return [
        seed
        for kind in ("ttl", "nt", "nq", "trig", "rdf", "jsonld")
        for seed in _with_kinds(
            [ox.serialize(quads, format=_SYNTAXES[kind], prefixes=prefixes if kind != "jsonld" else None) or b""], kind
        )
    ]


def _data_seeds() -> list[bytes]:
    listed = _in_syntaxes(_DATA.encode()) * 2
    listed += _with_kinds([text.encode() for text in (_XML, _BOMB, _OUTSIDE)], "rdf")
    listed += _with_kinds([text.encode() for text in (_JSON, _REMOTE, _JSON)], "jsonld")
    listed += _with_kinds(seeds.suite("csvw", "*.ttl", most=25), "ttl")
    listed += _with_kinds(seeds.suite("sparql11", "*.ttl", "*.nt", most=15), "ttl")
    return [*listed, *_with_kinds(seeds.suite("sparql11", "*.rdf", most=10), "rdf"), b"" + PART + _DATA.encode()]


def _shape_seeds() -> list[bytes]:
    sparql = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:City ; sh:sparql [ sh:message "{?value} is wrong"@en ; sh:prefixes ex: ;
  sh:select "SELECT $this ?value WHERE { $this ex:name ?value . FILTER (strlen(?value) > 3) }" ] .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^<http://www.w3.org/2001/XMLSchema#anyURI> ] .
"""
    service = sparql.replace("$this ex:name ?value .", "SERVICE <http://127.0.0.1:9/sparql> { $this ex:name ?value } .")
    regex = _SHAPES.replace("^[A-Z]", "^(a+)+$")
    listed = [text.encode() for text in (_SHAPES, _SHAPES, sparql, service, sparql, regex)]
    return [*listed, *seeds.suite("shacl", "*.ttl", largest=5_000, most=80)]


def _dcat_seeds() -> list[bytes]:
    turtle = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
<http://e/c> a dcat:Catalog ; dcat:dataset <http://e/d>, _:d .
<http://e/d> a dcat:Dataset ; dct:title "D"@en, "D" ; dcat:keyword "k"@en ; dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENER> ;
  dct:spatial <http://publications.europa.eu/resource/authority/country/FRA> ; dct:temporal [ dcat:startDate "2020-01-01"^^xsd:date ] ;
  dcat:contactPoint [ a vcard:Kind ; vcard:fn "x" ; vcard:hasEmail <mailto:a@b.c> ] ; dct:publisher <http://e/p> ; dct:issued "x"^^xsd:date ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ; dcat:distribution <http://e/f>, _:f .
<http://e/f> a dcat:Distribution ; dcat:accessURL <http://127.0.0.1:9/f.csv>, "text" ; dcat:downloadURL <not an iri> ; dcat:byteSize "1e3"^^xsd:decimal ;
  dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ; dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
  dct:license <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> ; dct:rights [ a dct:RightsStatement ] ; dct:modified "2020"^^xsd:gYear .
<http://e/p> a foaf:Agent ; foaf:name "P" .
"""
    return _in_syntaxes(turtle.replace("<not an iri>", "<http://e/x>").encode()) * 2 + _with_kinds(
        [turtle.encode()], "ttl"
    )


_RDF_WORDS = tuple(
    word.encode()
    for word in ("@prefix", "@base", "<http://e/>", "<a>", "<//>", "<http://[::1>", "<\\u0020>", "<http://e/\\U0010FFFF>", "_:b", "[]", "()", "a",
                 '"x"@en', '"x"@en--ltr', '"x"^^<x>', '"1"^^xsd:integer', '"x"@' + "a" * 9, "<<", ">>", "<<( ex:a ex:b ex:c )>>", "{|", "|}", ".", ";",
                 "&lt;", "&#0;", "&#xD800;", "&x;", "<!ENTITY x 'y'>", "<!DOCTYPE x>", "<![CDATA[", "]]>", "rdf:about", "rdf:ID", "rdf:nodeID", "rdf:li",
                 "rdf:parseType", "xml:lang", "xml:base", "xmlns", '"@context"', '"@id"', '"@type"', '"@value"', '"@language"', '"@list"', '"@graph"',
                 '"@reverse"', '"@container"', '"@import"', '"@vocab"', '"@base"', '"@propagate"', '"@protected"', '"@nest"', '"@json"', '"@included"',
                 '"http://127.0.0.1:9/c"', "xsd:date", "rdf:langString", "rdf:first", "rdf:rest", "rdf:nil", "owl:imports", "GRAPH", "\n\x1e")
)  # fmt: skip
_SHACL_WORDS = tuple(
    f"sh:{name}".encode()
    for name in ("path", "property", "node", "not", "and", "or", "xone", "class", "datatype", "nodeKind", "minCount", "maxCount", "pattern", "flags",
                 "languageIn", "uniqueLang", "equals", "lessThan", "closed", "ignoredProperties", "hasValue", "in", "sparql", "select", "ask", "message",
                 "severity", "targetNode", "targetClass", "targetSubjectsOf", "target", "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath",
                 "zeroOrOnePath", "qualifiedValueShape", "qualifiedMinCount", "deactivated", "js", "rule", "prefixes", "declare", "prefix", "namespace",
                 "parameter", "validator", "nodeValidator", "propertyValidator", "ConstraintComponent", "NodeShape", "PropertyShape", "minLength",
                 "minInclusive", "maxExclusive", "entailment", "shapesGraph", "labelTemplate", "optional", "defaultValue", "group", "order")
) + tuple(
    word.encode()
    for word in ('"(a+)+$"', '"(a|aa)*!"', '"\\\\p{Lu}"', '"[a-"', "ex:Shape", "ex:name", "[ ]", "( )", "( ex:a ex:b )", "-1", "1e999", "true", '"x"@en',
                 '"SELECT $this WHERE { $this ex:name ?v . SERVICE <http://127.0.0.1:9/> { ?v ?a ?b } }"', '"SELECT $this WHERE { }"',
                 '"ASK { FILTER regex($value, \'(a+)+$\') }"', '"SELECT * FROM <file:///outside-of-the-catalogue/secret.ttl> { $this ?p ?o }"',
                 "owl:imports <file:///outside-of-the-catalogue/secret.ttl>", "owl:imports <http://127.0.0.1:9/s.ttl>", "_:b", "rdf:nil", "rdf:rest")
)  # fmt: skip
_DCAT_WORDS = (*_RDF_WORDS[:24], *(word.encode() for word in ("dcat:Dataset", "dcat:dataset", "dcat:distribution", "dcat:accessURL", "dct:format",
               "dct:license", "dct:title", "dcat:theme", "dct:spatial", "vcard:hasEmail", "dct:issued", "dcat:byteSize", "<http://e/d>", "_:d")))  # fmt: skip

TARGETS = (
    Target("rdf", _data_seeds, _RDF_WORDS, _data),
    Target("shapes", _shape_seeds, _SHACL_WORDS, _shapes),
    Target("dcat", _dcat_seeds, _DCAT_WORDS, _dcat),
)

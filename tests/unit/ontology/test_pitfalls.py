"""None of the pitfalls in ontology/; and each check finds its pitfall in an example."""

from __future__ import annotations

from pathlib import Path

import pitfalls
import pytest
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[3]
ONTOLOGY = Graph().parse(ROOT / "ontology" / "st-opendata.ttl")
SCHEMES = Graph().parse(ROOT / "datasets" / "ontology" / "schemes.ttl")
HEAD = """
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix o: <https://example.org/o#> .
@prefix f: <https://example.net/f#> .
"""
BAD_ONTOLOGY = {
    "P02, P31": "o:City a owl:Class ; owl:equivalentClass o:Town . o:Town a owl:Class .",
    "P03": "o:isA a owl:ObjectProperty .",
    "P04": "o:Alone a owl:Class .",
    "P05": "o:p owl:inverseOf o:q ; rdfs:domain o:A ; rdfs:range o:B . o:q rdfs:domain o:A ; rdfs:range o:B .",
    "P06": "o:A a owl:Class ; rdfs:subClassOf o:B . o:B a owl:Class ; rdfs:subClassOf o:A .",
    "P07": "o:CityOrTown a owl:Class .",
    "P08": 'o:A a owl:Class ; rdfs:label "a"@en ; skos:definition "An a."@en, "Un a."@fr, "Ein a."@de .',
    "P10": "<https://example.org/o> a owl:Ontology .",
    "P11": "o:p a owl:ObjectProperty ; rdfs:domain o:A .",
    "P12, P32": 'o:p a owl:ObjectProperty ; rdfs:label "p"@en . o:q a owl:ObjectProperty ; rdfs:label "p"@en .',
    "P19": "o:p a owl:ObjectProperty ; rdfs:domain o:A, o:B .",
    "P20": 'o:A a owl:Class ; rdfs:label "An a is all that is called so."@en .',
    "P21": "o:OtherPlace a owl:Class .",
    "P22": "o:my_class a owl:Class .",
    "P24": "o:A a owl:Class ; owl:equivalentClass [ owl:unionOf ( o:B o:A ) ] .",
    "P25, P26": "o:p owl:inverseOf o:p .",
    "P27": "o:p owl:equivalentProperty o:q ; rdfs:domain o:A . o:q rdfs:domain o:B .",
    "P28, P29": "o:p a owl:SymmetricProperty ; rdfs:domain o:A ; rdfs:range o:B .",
    "P33": "o:p owl:propertyChainAxiom ( o:q ) .",
    "P34, P35": "o:p a owl:ObjectProperty ; rdfs:range o:Nowhere .",
    "P36": "<https://example.org/o.owl> a owl:Ontology .",
    "P38, P39": "o:A a owl:Class .",
    "P40": "<https://example.org/o> a owl:Ontology . f:Place a owl:Class .",
    "P41": "<https://example.org/o> a owl:Ontology .",
}
BAD_SCHEMES = {
    "labels: empty, without language, unprintable": 'o:a a skos:Concept ; skos:prefLabel "a" .',
    "labels: one preferred in each language": 'o:a a skos:Concept ; skos:prefLabel "a"@en, "b"@en, "c"@fr .',
    "labels: disjoint, unique in a scheme": 'o:s a skos:ConceptScheme . o:a skos:inScheme o:s ; skos:prefLabel "A"@en .'
    ' o:b skos:inScheme o:s ; skos:altLabel "a"@en .',
    "documentation": "o:a a skos:Concept .",
    "orphans": "o:a a skos:Concept ; skos:inScheme o:s .",
    "hierarchical cycles": "o:a a skos:Concept ; skos:broader o:b . o:b skos:broader o:a .",
    "relations both ways": "o:s skos:hasTopConcept o:a .",
    "top concepts": "o:a skos:topConceptOf o:s ; skos:broader o:b .",
    "redundant and clashing relations": "o:a a skos:Concept ; skos:broader o:b, o:c . o:b skos:broader o:c .",
    "mappings": "o:a skos:inScheme o:s ; skos:exactMatch o:b . o:b skos:inScheme o:s .",
    "undefined terms and concepts": "o:a a skos:Concept ; skos:prefferedLabel 'a'@en .",
    "web addresses, dates": "<urn:a> a skos:Concept .",
}


@pytest.mark.parametrize("pitfall", pitfalls.OOPS)
def test_no_pitfall_of_oops(pitfall: str) -> None:
    assert list(pitfalls.OOPS[pitfall](ONTOLOGY)) == []


@pytest.mark.parametrize("pitfall", pitfalls.OOPS)
def test_a_pitfall_of_oops_is_found(pitfall: str) -> None:
    assert list(pitfalls.OOPS[pitfall](Graph().parse(data=HEAD + BAD_ONTOLOGY[pitfall])))


@pytest.mark.parametrize("issue", pitfalls.QSKOS)
def test_no_issue_of_qskos(issue: str) -> None:
    assert list(pitfalls.QSKOS[issue](SCHEMES)) == []


@pytest.mark.parametrize("issue", pitfalls.QSKOS)
def test_an_issue_of_qskos_is_found(issue: str) -> None:
    assert list(pitfalls.QSKOS[issue](Graph().parse(data=HEAD + BAD_SCHEMES[issue])))

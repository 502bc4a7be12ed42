"""Findings name what was probably meant, and only where something is like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from st_opendata.namespaces import PREFIXES
from st_opendata.resources import resource_folder
from st_opendata.shacl import validate_files
from st_opendata.shacl.met_terms import terms_of_graph
from st_opendata.shacl.suggesting import nearest_term, unknown_terms

ONTOLOGY = Graph().parse(resource_folder("ontology") / "st-opendata.ttl")
HEAD = "".join(
    f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("org", "rdfs", "schema", "sh", "skos", "st", "xsd")
)
HEAD += "@prefix ex: <https://example.org/> .\n"


def test_namespaces_are_left_aside() -> None:
    known = [URIRef("https://example.org/role/lead"), URIRef("https://example.org/role/follower")]
    assert nearest_term(URIRef("https://example.org/folower"), known) == known[1]
    assert nearest_term(URIRef("https://example.org/role/other"), known) is None


@pytest.mark.parametrize(
    ("triples", "found"),
    [
        ("ex:a schema:addresCountry 'AT' .", {"schema:addresCountry": "schema:addressCountry"}),
        ("ex:a a org:Organisation .", {"org:Organisation": "org:Organization"}),
        ("ex:a st:stge ex:b .", {"st:stge": "st:stage"}),
        ("ex:a st:somethingElse ex:b .", {"st:somethingElse": None}),
        ("ex:a schema:quiteNewProperty 1 ; ex:prefLabl 'a' ; a org:Organization, ex:City .", {}),
        ("ex:a skos:prefLabel 'a' ; st:rank ex:b ; schema:name 'a' .", {}),
    ],
)
def test_a_term_that_its_vocabulary_lacks(triples: str, found: dict[str, str | None]) -> None:
    def iri(name: str | None) -> URIRef | None:
        prefix, _, local = (name or "").partition(":")
        return URIRef(PREFIXES[prefix] + local) if name else None

    data = Graph().parse(data=HEAD + triples)
    assert dict(unknown_terms(terms_of_graph(data), ONTOLOGY)) == {iri(term): iri(near) for term, near in found.items()}


@pytest.mark.parametrize(
    ("constraint", "value", "near"),
    [
        ("sh:in ( 'public' 'company' )", "'compagny'", 'Did you mean "company"?'),
        ("sh:in ( ex:lead ex:follower )", "ex:folower", "Did you mean <https://example.org/follower>?"),
        ("sh:class ex:Role", "ex:foloweer", "Did you mean <https://example.org/follower>?"),
        ("sh:class ex:Role", "ex:elsewhere", None),
        ("sh:in ( 'public' 'company' )", "12", None),
    ],
)
def test_a_value_of_a_list_or_a_class(tmp_path: Path, constraint: str, value: str, near: str | None) -> None:
    """Suggestions for a class come from its members and those of its subclasses."""
    roles = "ex:lead a ex:Role . ex:follower a ex:Late . ex:Late rdfs:subClassOf ex:Role ."
    (tmp_path / "data.ttl").write_text(f"{HEAD} ex:a ex:is {value} . {roles}")
    shapes = f"{HEAD} ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:is ; {constraint} ] ."
    (tmp_path / "shapes.ttl").write_text(shapes)
    [found] = validate_files([tmp_path / "data.ttl"], [tmp_path / "shapes.ttl"])
    assert found.message["en"].endswith(near) if near else "Did you mean" not in found.message["en"]

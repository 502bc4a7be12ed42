"""The ontology and the schemes: what FOOPS! asks of their IRIs, and what their pages say."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, Graph, URIRef
from rdflib.compare import isomorphic
from starlette.testclient import TestClient

IRI = "https://w3id.org/st-opendata/ontology"
FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}


def follow(client: TestClient, path: str, accept: str) -> tuple[str, str]:
    """Media type and text of what the redirection of a path leads to."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 303
    answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200
    return answer.headers["Content-Type"].partition(";")[0], answer.text


def read(text: str, form: str) -> Graph:
    return Graph().parse(data=text, format=form)


@pytest.mark.parametrize("path", ["/ontology", "/st-opendata/ontology", "/id/../ontology"])
def test_the_ontology_has_html_by_negotiation(smarter: TestClient, path: str) -> None:
    """FOOPS! DOC1 and the first half of CN1, also by the path of the IRI itself."""
    kind, text = follow(smarter, path, "text/html")
    assert (kind, "<h1><bdi>st-opendata ontology</bdi></h1>" in text) == ("text/html", True)


@pytest.mark.parametrize("accept", FORMS)
def test_the_ontology_has_rdf_by_negotiation(smarter: TestClient, accept: str) -> None:
    """FOOPS! CN1, RDF1 and URI2: every form states the same, and that the ontology is itself."""
    kind, text = follow(smarter, "/ontology", accept)
    graph = read(text, FORMS[accept])
    assert kind == accept
    assert (URIRef(IRI), RDF.type, OWL.Ontology) in graph
    assert isomorphic(graph, read(smarter.get("/ontology.ttl").text, "turtle"))


def test_every_term_has_its_place_on_the_page_in_each_language(smarter: TestClient) -> None:
    graph = read(smarter.get("/ontology.ttl").text, "turtle")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    terms = {str(s) for kind in kinds for s in graph.subjects(RDF.type, kind) if str(s).startswith(f"{IRI}#")}
    assert len(terms) > 40
    for language in ("en", "fr", "de"):
        text = smarter.get(f"/{language}/ontology").text
        anchors = re.findall(r' id="([^"]+)"', text)
        assert len(anchors) == len(set(anchors))
        assert {term.rpartition("#")[2] for term in terms} <= set(anchors)
        inside = set(re.findall(rf'href="(?:/{language}/ontology)?#([^"]+)"', text)) - {"content"}
        assert inside <= set(anchors)


def test_a_term_tells_domain_range_definition_and_example(smarter: TestClient) -> None:
    text = smarter.get("/fr/ontology").text
    part = text[text.index('id="cityRole"') :]
    part = part[: part.index("</section>")]
    assert "rôle de ville" in part
    assert "Le rôle d&#39;une ville ou métropole dans le projet" in part
    assert 'href="/fr/ontology#Territory"' in part
    assert "concept" in part
    assert "city/venice&gt; st:cityRole" in part


def test_terms_stand_in_the_order_of_the_language(smarter: TestClient) -> None:
    """Letters with an accent do not come after all others."""
    text = smarter.get("/fr/ontology").text
    classes = re.findall(r'<h3 id="[^"]+"><bdi>([^<]+)</bdi>', text[: text.index('<h2 id="properties"')])
    assert classes.index("déduction") < classes.index("déploiement") < classes.index("domaine d&#39;action")


def test_the_diagram_leads_to_the_terms(smarter: TestClient) -> None:
    text = smarter.get("/en/ontology").text
    [svg] = re.findall(r'<svg class="diagram".*?</svg>', text, re.DOTALL)
    assert 'href="/en/ontology#deployedIn"' in svg
    assert "deployed in" in svg


@pytest.mark.parametrize("accept", FORMS)
def test_a_scheme_has_rdf_by_negotiation(smarter: TestClient, accept: str) -> None:
    kind, text = follow(smarter, "/scheme/city-role", accept)
    graph = read(text, FORMS[accept])
    assert kind == accept
    assert len(set(graph.subjects())) == 4  # the scheme and its concepts
    assert isomorphic(graph, read(smarter.get("/scheme/city-role.nt").text, "nt"))


def test_the_page_of_a_scheme_tells_its_concepts(smarter: TestClient) -> None:
    kind, text = follow(smarter, "/scheme/city-role", "text/html")
    assert kind == "text/html"
    assert all(word in text for word in ("lead city", "follower city", "observer city", "lighthouse city"))


def test_a_concept_redirects(smarter: TestClient) -> None:
    _, text = follow(smarter, "/scheme/city-role/lead", "text/turtle")
    triples = {str(quad.subject) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)}
    assert "<https://w3id.org/st-opendata/scheme/city-role/lead>" in triples
    assert "lead city" in follow(smarter, "/scheme/city-role/lead", "text/html")[1]


def test_every_scheme_has_its_page(smarter: TestClient) -> None:
    names = re.findall(r'href="/en/scheme/([^"]+)"', smarter.get("/en/ontology").text)
    assert len(set(names)) >= 15
    for name in set(names):
        assert smarter.get(f"/en/scheme/{name}").status_code == 200


def test_a_scheme_whose_name_is_hard_to_write_into_an_address(odd: TestClient) -> None:
    [name] = re.findall(r'href="/en/scheme/(St[^"]*)"', odd.get("/en/ontology").text)
    page = odd.get(f"/en/scheme/{name}").text
    documents = re.findall(r'<link rel="alternate" type="[^"]+" href="(/scheme/[^"]+)"', page)
    assert len(documents) == 4
    for address in documents:
        answer = odd.get(address)
        assert answer.status_code == 200
        described = '<https://example.org/odd/list/St%C3%A4dte%20%26%2050%20%25>; rel="describes"'
        assert described in answer.headers["Link"]
        others = re.findall(r'<http://testserver(/[^>]+)>; rel="(?:canonical|alternate)"', answer.headers["Link"])
        assert len(others) == 5
        assert all(odd.get(other).status_code == 200 for other in others)
    assert odd.get(f"/scheme/{name}", headers={"Accept": "text/turtle"}).headers["Location"] == documents[0]

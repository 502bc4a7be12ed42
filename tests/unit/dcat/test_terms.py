"""A dataset with several of everything: by the official shapes, as JSON-LD, and read back from its statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, XSD

from st_opendata.catalogue.statements import read_description
from st_opendata.dcat import catalogue_statements, schema_org, score_graph
from st_opendata.dcat.croissant import croissant
from st_opendata.dcat.licences import add_licence
from st_opendata.dcat.ro_crate import ro_crate
from st_opendata.dcat.terms import DCAT, DCT, GSP, LOCN, VCARD
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.rdf.statements import Statements

BASE = "https://data.example.org/"
TOWN = {"iri": "https://town.example/", "name": {"en": "Town"}, "email": "town@example.org", "identifier": "T-1"}
ROADS = {"iri": "https://other.example/roads", "title": {"en": "Roads"}, "description": {"en": "All roads."}}
RICH: dict[str, Any] = {
    "title": {"en": "Rich"},
    "description": {"en": "Several of everything."},
    "publisher": TOWN | {"homepage": "https://town.example/home"},
    "creator": [{"iri": f"https://{name}.example/", "name": {"en": name}} for name in ("ann", "ben")],
    "contactPoint": [
        {
            "name": {"en": "Data desk"},
            "email": "data@example.org",
            "phone": "+43-1-4000-0",
            "organization": {"en": "Town", "de": "Stadt"},
            "address": {"streetAddress": "Rathausplatz 1", "postalCode": "1010", "locality": "Wien"},
        },
        {"iri": "https://town.example/press", "name": {"en": "Press desk"}, "url": "https://town.example/p"},
    ],
    "license": {"iri": "https://town.example/licence", "label": {"en": "Town licence"}, "type": "Attribution"},
    "spatial": [
        {"iri": "https://sws.geonames.org/2761369/", "label": {"en": "Vienna"}},
        {"label": {"en": "The park"}, "geometry": "POLYGON((16.3 48.2, 16.4 48.2, 16.4 48.3, 16.3 48.2))"},
        {"label": {"en": "The square"}, "bbox": [16.3, 48.2, 16.4, 48.3]},
    ],
    "temporal": [{"end": "1999"}, {"start": "2020-01", "end": "2020-06"}, {"start": "2024-01-01"}],
    "landingPage": [
        {"url": "https://town.example/a", "label": {"en": "A"}},
        {"url": "https://town.example/b", "label": {"en": "B"}},
    ],
    "identifier": "RICH-1",
    "otherIdentifier": {"notation": "10.5281/zenodo.1", "agency": {"en": "DataCite"}},
    "relation": [{"url": "https://town.example/plan", "label": {"en": "Plan"}}],
    "isReferencedBy": [{"url": "https://doi.org/10.1/x", "label": {"en": "A study"}}],
    "hasVersion": {"dataset": "plain"},
    "isVersionOf": ROADS,
    "qualifiedRelation": {"relation": "plain", "role": "http://www.iana.org/assignments/relation/related"},
    "qualifiedAttribution": {
        "agent": {"iri": "https://funds.example/", "name": {"en": "Fund"}},
        "role": "https://standards.iso.org/iso/19115/resources/Codelists/gml/CI_RoleCode.xml#funder",
    },
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    plain = {"id": "plain", "title": {"en": "Plain"}, "description": {"en": "Nothing."}, "license": "CC_BY_4_0"}
    data = {"id": "demo", "base": BASE, "site": BASE, "title": {"en": "Demo"}, "description": {"en": "A demo."}}
    found = Catalogue.model_validate({**data, "publisher": TOWN, "folder": tmp_path})
    datasets = tuple(Dataset.model_validate(each) for each in (RICH | {"id": "rich"}, plain))
    return found.model_copy(update={"datasets": datasets})


@pytest.fixture
def graph(catalogue: Catalogue) -> Graph:
    return graph_of_lines([catalogue_statements(catalogue, {}, {}).lines()])


def test_it_conforms_to_the_official_shapes(graph: Graph, shared: Path) -> None:
    folder = shared / "dcat-ap" / "3.0.1"
    shapes = Graph().parse(folder / "shapes.ttl").parse(folder / "range.ttl")
    _, results, text = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    severities = set(results.objects(None, URIRef("http://www.w3.org/ns/shacl#resultSeverity")))
    assert URIRef("http://www.w3.org/ns/shacl#Violation") not in severities, text


def test_it_is_read_back_as_it_was_written(catalogue: Catalogue) -> None:
    statements = catalogue_statements(catalogue, {}, {})
    found = read_description(statements, f"{BASE}dataset/rich", "en", {"license": [f"{BASE}dataset/rich"]})
    assert found.remarks == {}
    stated = {key: value for key, value in RICH.items() if key != "license"}
    read = Dataset.model_validate(found.values | {"id": "rich"}).model_dump()
    expected = Dataset.model_validate(stated | {"id": "rich"}).model_dump()
    for key in expected:
        one, other = read[key], expected[key]
        if isinstance(other, tuple):
            one, other = (sorted(each, key=str) for each in (one, other))
        assert one == other, key


def test_a_licence_of_ones_own_is_read_back(catalogue: Catalogue) -> None:
    node, predicate, statements = f"{BASE}file", "http://purl.org/dc/terms/license", Statements()
    assert catalogue.datasets[0].license
    statements.add(node, predicate, add_licence(statements, catalogue.datasets[0].license))
    assert read_description(statements, node, "en", {}).values["license"] == RICH["license"]
    statements.put(node, predicate, ox.NamedNode("https://elsewhere.example/l"))
    assert read_description(statements, node, "en", {}).values["license"] == "https://elsewhere.example/l"


def test_periods_have_the_types_of_their_ends(graph: Graph) -> None:
    node = URIRef(f"{BASE}dataset/rich#temporal")
    assert (graph.value(node, DCAT.startDate), graph.value(node, DCAT.endDate)) == (
        None,
        Literal("1999", datatype=XSD.gYear),
    )
    second, third = (URIRef(f"{node}-{number}") for number in (2, 3))
    assert graph.value(second, DCAT.startDate) == Literal("2020-01", datatype=XSD.gYearMonth)
    assert graph.value(third, DCAT.startDate) == Literal("2024-01-01", datatype=XSD.date)
    assert set(graph.objects(URIRef(f"{BASE}dataset/rich"), DCT.temporal)) == {node, second, third}


def test_nodes_without_an_iri_have_one_on_that_of_the_dataset(graph: Graph) -> None:
    rich = URIRef(f"{BASE}dataset/rich")
    contacts = set(graph.objects(rich, DCAT.contactPoint))
    assert contacts == {URIRef(f"{rich}#contact-point"), URIRef("https://town.example/press")}
    assert graph.value(URIRef(f"{rich}#contact-point"), VCARD.hasTelephone) == URIRef("tel:+43-1-4000-0")
    park = graph.value(URIRef(f"{rich}#spatial-2"), LOCN.geometry)
    assert park == Literal(RICH["spatial"][1]["geometry"], datatype=GSP.wktLiteral)
    assert graph.value(rich, DCT.identifier) == Literal("RICH-1")
    licence = URIRef("https://town.example/licence")
    assert graph.value(licence, RDFS.label) is None  # no file states it here
    assert (URIRef(f"{BASE}dataset/plain"), RDF.type, DCAT.Dataset) in graph


def test_a_dataset_of_another_catalogue_is_not_scored(graph: Graph) -> None:
    scores = score_graph(graph, answers=lambda _: True, conforms=None)
    assert [each.dataset for each in scores] == [f"{BASE}dataset/plain", f"{BASE}dataset/rich"]


def test_json_ld_has_all_of_them(catalogue: Catalogue) -> None:
    rich, plain = catalogue.datasets
    found = schema_org(catalogue, rich, ())
    assert [each["name"] for each in found["creator"]] == ["ann", "ben"]
    assert found["temporalCoverage"] == ["../1999", "2020-01/2020-06", "2024-01-01/.."]
    assert found["spatialCoverage"][1]["geo"]["polygon"] == "48.2 16.3 48.2 16.4 48.3 16.4 48.2 16.3"
    assert (found["license"], found["url"]) == ("https://town.example/licence", "https://town.example/a")
    assert "creator" not in schema_org(catalogue, plain, ())
    described = croissant(catalogue, rich, ())
    assert len(described["creator"]) == 2 and described["citeAs"].startswith("ann; ben: Rich.")
    graph = {each["@id"]: each for each in ro_crate(catalogue, {}, {})["@graph"]}
    assert graph["rich/"]["author"] == [{"@id": "https://ann.example/"}, {"@id": "https://ben.example/"}]
    assert graph["https://town.example/licence"]["name"] == "Town licence"

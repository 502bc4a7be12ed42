from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDFS, Graph, Literal

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.facts import FactBase, load_facts
from st_opendata.model.findings import Severity
from st_opendata.place import Place
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.shacl import Shapes, load_shapes, validate_facts, validate_files, validate_graph
from st_opendata.shacl.met_terms import MetTerms, terms_of_facts, terms_of_graph

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/> .
"""
CITY = (
    SHAPES
    + """
ex:CityShape a sh:NodeShape ;
    sh:targetClass ex:City ;
    sh:property ex:CityShape-label, ex:CityShape-country, [ sh:path ex:people ; sh:minInclusive 1 ] .
ex:CityShape-label a sh:PropertyShape ;
    sh:path rdfs:label ;
    sh:minCount 1 ;
    sh:message "Every city needs a name."@en, "Chaque ville a besoin d'un nom."@fr,
        "Jede Stadt braucht einen Namen."@de .
ex:CityShape-country a sh:PropertyShape ;
    sh:path ex:country ;
    sh:severity sh:Warning ;
    sh:class ex:Country .
"""
)
CATALOGUE = """
id: atlas
base: https://example.org/
title: {en: Atlas}
description: {en: Cities of the world}
publisher: {iri: "https://example.org/agent", name: {en: Agent}}
prefixes: {ex: "https://example.org/"}
datasets: [cities]
"""
DATASET = """
title: {en: Cities}
description: {en: Cities and their countries}
tables:
  - url: cities.csv
    title: {en: Cities}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      columns:
        - {name: id, titles: {en: Identifier, fr: Identifiant}, required: true}
        - {name: name, titles: {en: Name, fr: Nom}, lang: en, propertyUrl: "rdfs:label"}
        - {name: country, titles: {en: Country, fr: Pays}, propertyUrl: "ex:country", valueUrl: "country/{country}"}
        - {name: people, titles: {en: People, fr: Habitants}, datatype: integer, propertyUrl: "ex:people"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "ex:City"}
"""
CITIES = "Identifiant,Nom,Pays,Habitants\nlyon,Lyon,fr,522\nwien,,at,1900\nulm,Ulm,de,0\n"


def shapes_of(folder: Path, text: str) -> Shapes:
    path = folder / "shapes.ttl"
    path.write_text(text)
    return load_shapes([path])


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[FactBase]:
    folder = tmp_path / "atlas"
    (folder / "cities").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE)
    (folder / "cities" / "dataset.yaml").write_text(DATASET)
    (folder / "cities" / "cities.csv").write_text(CITIES)
    with load_facts(read_catalogue(folder)) as base:
        assert base.findings == ()
        yield base


def graph(turtle: str) -> Graph:
    return Graph().parse(data="@prefix ex: <https://example.org/> .\n" + turtle)


def test_findings_point_at_the_cells(facts: FactBase, tmp_path: Path) -> None:
    background = graph(
        "<https://example.org/country/fr> a ex:Country . <https://example.org/country/at> a ex:Country ."
    )
    found = validate_facts(facts, shapes_of(tmp_path, CITY), background)
    assert [(each.code, each.places) for each in found] == [
        ("shacl-min-count", (Place("cities/cities.csv", row=3, column="Nom"),)),
        ("shacl-min-inclusive", (Place("cities/cities.csv", row=4, column="Habitants"),)),
        ("shacl-class", (Place("cities/cities.csv", row=4, column="Pays"),)),
    ]
    missing = found[0]
    assert missing.focus == "<https://example.org/city/wien>"
    assert missing.path == "<http://www.w3.org/2000/01/rdf-schema#label>"
    assert missing.shape == "<https://example.org/CityShape-label>"
    assert missing.component == "<http://www.w3.org/ns/shacl#MinCountConstraintComponent>"
    assert [each.severity for each in found] == [Severity.VIOLATION, Severity.VIOLATION, Severity.WARNING]


def test_a_node_that_no_row_describes_has_the_cells_that_name_it(facts: FactBase, tmp_path: Path) -> None:
    shape = "ex:S sh:targetObjectsOf ex:country ; sh:property [ sh:path ex:code ; sh:minCount 1 ] ."
    found = validate_facts(facts, shapes_of(tmp_path, SHAPES + shape))
    assert [each.places for each in found] == [
        (Place("cities/cities.csv", row=row, column="Pays"),) for row in (2, 3, 4)
    ]


def test_a_query_that_fails_when_run_is_an_error(tmp_path: Path) -> None:
    text = """ex:S sh:targetClass ex:City ; sh:sparql [
        sh:select "SELECT $this { $this a ?type FILTER regex(str(?type), '(') }" ] ."""
    with pytest.raises(ConfigurationError, match="cannot be evaluated"):
        validate_graph(graph("ex:ulm a ex:City ."), shapes_of(tmp_path, SHAPES + text))


def test_a_query_that_adds_what_is_no_number_is_an_error(tmp_path: Path) -> None:
    text = """ex:S sh:targetClass ex:City ; sh:sparql [
        sh:select "SELECT $this (SUM(?type) AS ?value) { $this a ?type } GROUP BY $this" ] ."""
    with pytest.raises(ConfigurationError, match="not a number"):
        validate_graph(graph("ex:ulm a ex:City, ex:Town ."), shapes_of(tmp_path, SHAPES + text))


def test_without_a_column_for_the_property_the_row_is_the_place(facts: FactBase, tmp_path: Path) -> None:
    shape = "ex:S sh:targetClass ex:City ; sh:property [ sh:path ex:mayor ; sh:minCount 1 ] ."
    found = validate_facts(facts, shapes_of(tmp_path, SHAPES + shape))
    assert [each.places for each in found] == [(Place("cities/cities.csv", row=row),) for row in (2, 3, 4)]


def test_the_message_is_that_of_the_shape_in_its_languages(tmp_path: Path) -> None:
    [found] = validate_graph(graph("ex:ulm a ex:City ."), shapes_of(tmp_path, CITY))
    assert found.message == {
        "en": "Every city needs a name.",
        "fr": "Chaque ville a besoin d'un nom.",
        "de": "Jede Stadt braucht einen Namen.",
    }
    assert found.remedy == {}


def test_without_message_in_the_shape_it_is_ours(tmp_path: Path) -> None:
    data = graph('ex:ulm a ex:City ; <http://www.w3.org/2000/01/rdf-schema#label> "Ulm" ; ex:people 0 .')
    [found] = validate_graph(data, shapes_of(tmp_path, CITY))
    assert found.message == {
        "en": "<https://example.org/ulm>: 0 of <https://example.org/people> must be 1 or more.",
        "fr": "<https://example.org/ulm>\N{NO-BREAK SPACE}: 0 de <https://example.org/people> doit être au moins 1.",
        "de": "<https://example.org/ulm>: 0 von <https://example.org/people> muss mindestens 1 sein.",
    }
    assert found.remedy["en"].startswith("Correct the value")
    assert found.shape == "<https://example.org/CityShape>"


def test_messages_of_sparql_constraints_keep_their_languages(tmp_path: Path) -> None:
    text = """ex:S sh:targetClass ex:City ; sh:sparql [
        sh:message "{$this} has {?people} people"@en, "{$this} compte {?people} habitants"@fr ;
        sh:select "SELECT $this ?people { $this <https://example.org/people> ?people FILTER (?people < 1) }" ] ."""
    [found] = validate_graph(graph("ex:ulm a ex:City ; ex:people 0 ."), shapes_of(tmp_path, SHAPES + text))
    assert found.message["fr"].endswith("compte 0 habitants")
    assert found.message["en"].endswith("has 0 people")
    assert found.code == "shacl-sparql"


def test_a_nested_result_is_not_counted_twice(tmp_path: Path) -> None:
    text = "ex:S sh:targetClass ex:City ; sh:node ex:T . ex:T sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    [found] = validate_graph(graph("ex:ulm a ex:City ."), shapes_of(tmp_path, SHAPES + text))
    assert found.code == "shacl-node"
    text = "ex:S sh:targetClass ex:City ; sh:property [ sh:path ex:q ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ] ."
    [found] = validate_graph(graph("ex:ulm a ex:City ; ex:q ex:x ."), shapes_of(tmp_path, SHAPES + text))
    assert (found.code, found.focus) == ("shacl-min-count", "<https://example.org/x>")


def test_an_ill_typed_literal_is_found(tmp_path: Path) -> None:
    text = "ex:S sh:targetSubjectsOf ex:on ; sh:property [ sh:path ex:on ; sh:datatype xsd:date ] ."
    data = tmp_path / "data.nt"
    data.write_text('<e:a> <https://example.org/on> "2026-13-45"^^<http://www.w3.org/2001/XMLSchema#date> .\n')
    shapes_of(tmp_path, SHAPES + text)
    [found] = validate_files([data], [tmp_path / "shapes.ttl"])
    assert found.value == '"2026-13-45"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert (
        found.message["en"]
        == "<e:a>: the value 2026-13-45 of <https://example.org/on> is not a valid value of the type xsd:date."
    )


def test_validating_leaves_data_and_rdflib_as_they_are(tmp_path: Path) -> None:
    data = graph("ex:ulm a ex:City .")
    before = set(data)
    shapes = shapes_of(tmp_path, CITY)
    assert validate_graph(data, shapes) == validate_graph(data, shapes)
    assert set(data) == before
    assert str(Literal("01", datatype="http://www.w3.org/2001/XMLSchema#integer")) == "1"


def test_files_are_one_graph_and_places_are_lines(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(
        "@prefix ex: <https://example.org/> .\n\nex:ulm a ex:City ;\n  ex:people 0 ;\n  ex:near [ a ex:City ] .\n"
    )
    two.write_text(
        '@prefix ex: <https://example.org/> .\nex:ulm <http://www.w3.org/2000/01/rdf-schema#label> "Ulm" .\n'
    )
    shapes_of(tmp_path, CITY)
    found = validate_files([one, two], [tmp_path / "shapes.ttl"])
    assert [(each.code, each.focus, each.places) for each in found] == [
        ("shacl-min-count", "_:b1", (Place(str(one), line=3),)),
        ("shacl-min-inclusive", "<https://example.org/ulm>", (Place(str(one), line=3),)),
    ]


def test_ill_formed_iris_in_data_are_findings(tmp_path: Path) -> None:
    data = tmp_path / "data.rdf"
    data.write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">\n'
        '<ex:City rdf:about="https://example.org/x">\n<ex:page rdf:resource="https://e.org/?a[0]=1"/></ex:City></rdf:RDF>'
    )
    shapes_of(tmp_path, CITY)
    codes = {each.code: each.places for each in validate_files([data], [tmp_path / "shapes.ttl"])}
    assert codes["rdf-iri"] == (Place(str(data), line=3),)
    assert codes["shacl-min-count"] == (Place(str(data), line=2),)


def test_no_data_is_an_error(tmp_path: Path) -> None:
    shapes_of(tmp_path, CITY)
    with pytest.raises(InputError, match="no data"):
        validate_files([], [tmp_path / "shapes.ttl"])


@pytest.mark.parametrize("text", ["", "ex:a ex:b ex:c ."], ids=["empty", "no shape"])
def test_files_without_shapes_are_an_error(tmp_path: Path, text: str) -> None:
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text("<https://example.org/a> a <https://example.org/City> .")
    shapes.write_text(SHAPES + text)
    with pytest.raises(ConfigurationError, match=r"no shape in .*shapes\.ttl") as caught:
        validate_files([data], [shapes])
    assert caught.value.exit_code == 3


def test_empty_data_are_noticed(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("# nothing yet")
    shapes_of(tmp_path, CITY)
    [found] = validate_files([data], [tmp_path / "shapes.ttl"])
    assert (found.code, found.severity, found.places) == ("rdf-empty", Severity.INFO, (Place(str(data)),))


def test_a_target_that_nothing_has_is_noticed_with_the_nearest(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(
        "@prefix ex: <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "ex:Town rdfs:subClassOf ex:Place . ex:a a ex:City ; ex:near ex:b . ex:b a ex:Town .\n"
    )
    text = (
        "ex:S sh:targetClass ex:Citty ; sh:nodeKind sh:IRI .\nex:T sh:targetSubjectsOf ex:owns ; sh:nodeKind sh:IRI ."
    )
    text += "\nex:U sh:targetClass ex:Place ; sh:targetObjectsOf ex:near ; sh:targetNode ex:z ; sh:nodeKind sh:IRI ."
    shapes_of(tmp_path, SHAPES + text)
    first, second = validate_files([data], [tmp_path / "shapes.ttl"])
    assert (first.code, first.places) == ("shacl-no-target", (Place(str(tmp_path / "shapes.ttl"), line=5),))
    assert first.message["en"].endswith(
        "target <https://example.org/Citty>. Nearest in the data: <https://example.org/City>."
    )
    assert "Nearest" not in second.message["en"] and "ex" in second.message["de"]


def test_json_that_is_not_json_ld_is_an_error(tmp_path: Path) -> None:
    data = tmp_path / "release.json"
    data.write_text('{"https://example.org/p": "x", "id": "atlas", "mail": "a@b"}')
    shapes_of(tmp_path, CITY)
    with pytest.raises(InputError, match="this JSON is not JSON-LD") as caught:
        validate_files([data], [tmp_path / "shapes.ttl"])
    assert (caught.value.place, caught.value.exit_code) == (Place(str(data)), 3)
    data.write_text('{"@id": "https://example.org/ulm", "@type": "https://example.org/City"}')
    assert [each.code for each in validate_files([data], [tmp_path / "shapes.ttl"])] == ["shacl-min-count"]


TARGETS = (
    "sh:targetClass ex:City",
    "sh:targetClass ex:Place",
    "sh:targetClass ex:Planet",
    "sh:targetSubjectsOf ex:country",
    "sh:targetObjectsOf ex:moon",
    "sh:targetNode ex:nowhere",
    "sh:targetClass ex:InBackground",
    "sh:targetSubjectsOf ex:stated",
    "a rdfs:Class",
    "sh:deactivated true",
)


@pytest.mark.quick(3)
@pytest.mark.parametrize("target", TARGETS)
def test_a_graph_is_built_only_if_a_shape_has_a_target(
    facts: FactBase, tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    background = graph(
        "ex:City <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:Place . ex:x a ex:InBackground ; ex:stated 1 ."
    )
    shapes = shapes_of(
        tmp_path, f"{SHAPES} ex:City a sh:NodeShape ; {target} ; sh:property [ sh:path ex:x ; sh:minCount 1 ] ."
    )
    found = [each for each in validate_facts(facts, shapes, background) if each.component]
    monkeypatch.setattr(MetTerms, "has_target", lambda *_: True)
    assert found == [each for each in validate_facts(facts, shapes, background) if each.component]
    expected = {"sh:targetClass ex:Planet", "sh:targetObjectsOf ex:moon", "sh:deactivated true"}
    assert (not found) == (target in expected)
    monkeypatch.undo()
    assert terms_of_facts(facts, background).has_target(shapes.graph) == (target not in expected)


def test_the_terms_of_facts_are_those_of_their_graph(facts: FactBase) -> None:
    background = graph("ex:City <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:Place . ex:x a 'odd', ex:B .")
    asked = terms_of_facts(facts, background)
    whole = terms_of_graph(graph_of_lines(facts.lines()) + background)
    assert (asked.predicates, asked.classes) == (whole.predicates, whole.classes)
    assert set(asked.hierarchy) == set(whole.hierarchy.triples((None, RDFS.subClassOf, None)))


def test_shapes_are_loaded_without_a_target_too(
    facts: FactBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shapes that pySHACL refuses when it loads them are an error, whatever the data are."""
    asked: list[int] = []
    monkeypatch.setattr("st_opendata.shacl.checking.run", lambda data, _: iter(asked.append(len(data)) or ()))
    validate_facts(facts, shapes_of(tmp_path, SHAPES + "ex:S a sh:NodeShape ; sh:targetClass ex:Planet ."))
    assert asked == [0]

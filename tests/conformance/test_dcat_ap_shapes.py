"""Our DCAT-AP 3.0.1 and HVD 3.0.0 shapes against the official ones: the same results, but for the official defects.

Official: shapes.ttl, range.ttl and shapes_recommended.ttl of 3.0.1, hvd-SHACL-{base,ranges,usagenotes}.ttl of
3.0.0-hvd. Compared are focus node, path, value, component and severity of every result.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef

from st_opendata.model.findings import Severity
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl import Shapes, load_shapes, screening, validate_catalogue, validate_graph
from st_opendata.shacl.dcat_shapes import PROFILES, read_table, turtle
from st_opendata.shacl.terms import SH, path_text, short, term_text

DCAT, DCATAP = Namespace(PREFIXES["dcat"]), Namespace(PREFIXES["dcatap"])
EX = Namespace("https://example.org/")

# Differences that are meant, by the number of the defect: 1 to 8 are known of the official files, 9 and on found here.
OFFICIAL_ONLY = {
    ("dct:rights", "MaxCount"): "2: the changelog of 3.0.1 allows more than one (issue 370)",
    ("dcat:spatialResolutionInMeters", "MaxCount"): "2: the changelog of 3.0.1 allows more than one (issue 380)",
    ("dct:conformsTo", "MaxCount"): "7: 0..* in the text for a catalogue record",
}
OURS_ONLY = {
    ("", "Or"): "8: of the themes one must be from data-theme",
    ("dct:issued", "Node"): "9: the official shapes say sh:shape, no SHACL term, so some dates go unchecked",
    ("dct:modified", "Node"): "9",
    ("dcat:startDate", "Node"): "9",
    ("dcat:endDate", "Node"): "9",
    ("dcat:hasVersion", "NodeKind"): "10: the text has dcat:hasVersion, the official shapes dct:hasVersion only",
    ("dcat:hasVersion", "Class"): "10",
    ("dct:temporal", "NodeKind"): "11: the official shapes forget dct:temporal of a catalogue",
    ("dct:temporal", "Class"): "11",
    (
        "dcat:themeTaxonomy",
        "HasValue",
    ): "12: in the official codelists only, which need all vocabularies in the data (8)",
}
# Also 8: the official codelists need each concept's skos:inScheme in the data; ours go by the pattern of its IRI.


class Fact(NamedTuple):
    """A result without what differs by design: message and shape."""

    focus: str
    path: str
    value: str
    component: str
    severity: Severity

    def kind(self) -> tuple[str, str]:
        return short(self.path), self.component


def facts(found: Iterable) -> set[Fact]:
    def plain(term: str | None) -> str:
        return "_" if term and term.startswith("_:") else term or ""

    return {
        Fact(
            plain(each.focus),
            plain(each.path),
            plain(each.value),
            each.component.removeprefix(f"<{SH}").removesuffix("ConstraintComponent>"),
            each.severity,
        )
        for each in found
    }


def graph_of(*paths: Path) -> Graph:
    graph, reader = Graph(), TermReader()
    for path in paths:
        for triple in read_rdf(path, reader, lenient=True):
            graph.add(triple)
    return graph


def first_datasets(graph: Graph, count: int) -> Graph:
    """The nodes that the first datasets of the catalogue and the catalogue itself refer to."""
    part, seen = Graph(), set()
    left_out = set(sorted(graph.objects(None, DCAT.dataset))[count:])
    todo = list(graph.subjects(RDF.type, DCAT.Catalog))
    while todo:
        node = todo.pop()
        if node in seen or node in left_out:
            continue
        seen.add(node)
        for predicate, value in graph.predicate_objects(node):
            if value not in left_out:
                part.add((node, predicate, value))
                todo.append(value)
    return part


def mutants(graph: Graph, predicates: set[URIRef] | None = None) -> Graph:
    """The graph and, for each property of each node, copies of the node: without it, with wrong values, with two."""
    mutated = Graph()
    mutated += graph
    mutated.add((EX.untyped, DCAT.inSeries, EX.series))
    subjects = sorted({node for node in graph.subjects() if (node, RDF.type, None) in graph})
    number = 0
    for subject in subjects:
        statements = sorted(set(graph.predicate_objects(subject)))
        for predicate in sorted({predicate for predicate, _ in statements} - {RDF.type}):
            if predicates is not None and predicate not in predicates:
                continue
            for change in ([], [Literal("wrong")], [EX.untyped, EX.untyped2], [BNode("nothing")]):
                number += 1
                copy = EX[f"mutant-{number}"]
                kept = [(copy, other, value) for other, value in statements if other != predicate]
                for triple in [*kept, *((copy, predicate, value) for value in change)]:
                    mutated.add(triple)
    return mutated


def official_files(shared: Path) -> list[Path]:
    return [shared / "dcat-ap" / "3.0.1" / name for name in ("shapes.ttl", "range.ttl", "shapes_recommended.ttl")]


@pytest.fixture(scope="module")
def official(shared: Path) -> Shapes:
    return load_shapes(official_files(shared))


@pytest.fixture(scope="module")
def ours(root: Path) -> Shapes:
    return load_shapes([root / "shapes" / "dcat-ap.ttl"])


def results(data: Graph, official: Shapes, ours: Shapes) -> tuple[set[Fact], set[Fact]]:
    """The findings of the official shapes and of our shapes."""
    return facts(validate_graph(data, official)), facts(validate_graph(data, ours))


def unexplained(theirs: set[Fact], own: set[Fact]) -> tuple[set[Fact], set[Fact]]:
    """The findings of only one side, without a known reason."""
    vocabulary = {each for each in own if each.component == "Pattern"}
    return (
        {each for each in theirs - own if each.kind() not in OFFICIAL_ONLY},
        {each for each in own - theirs - vocabulary if each.kind() not in OURS_ONLY},
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_the_shape_files_are_current(root: Path, profile: str) -> None:
    table = read_table(root / "shapes" / "dcat-ap.yaml")
    assert (root / "shapes" / f"{profile}.ttl").read_text("utf-8") == turtle(table, profile)


def test_every_message_is_in_three_languages(root: Path) -> None:
    for profile in PROFILES:
        graph = graph_of(root / "shapes" / f"{profile}.ttl")
        for shape in set(graph.subjects(SH.message, None)):
            assert sorted(text.language for text in graph.objects(shape, SH.message)) == ["de", "en", "fr"], shape


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "sample",
    ["be-opentransportdata.ttl", "de-bremen.rdf", "de-govdata-ckan-catalog-endpoint.rdf", "it-unibo.rdf", "it-upo.rdf"],
)
def test_samples_give_the_official_results(shared: Path, official: Shapes, ours: Shapes, sample: str) -> None:
    data = first_datasets(graph_of(shared / "samples" / "dcat" / sample), 4)
    assert unexplained(*results(data, official, ours)) == (set(), set())


@pytest.fixture(scope="module")
def complete() -> Graph:
    return graph_of(Path(__file__).with_name("dcat-ap-complete.ttl"))


def test_a_correct_catalogue_is_clean(complete: Graph, official: Shapes) -> None:
    assert validate_graph(complete, official) == []
    assert validate_catalogue(complete) == []


@pytest.mark.slow
def test_mutants_give_the_official_results(complete: Graph, official: Shapes, ours: Shapes) -> None:
    data = mutants(complete)
    theirs, own = results(data, official, ours)
    assert unexplained(theirs, own) == (set(), set())
    assert {each.kind() for each in theirs - own} == OFFICIAL_ONLY.keys()
    assert {each.kind() for each in own - theirs if each.component != "Pattern"} == OURS_ONLY.keys()
    untestable = {("^dcat:inSeries", "NodeKind")}  # the subject of a triple is never a literal
    assert constraints(official.graph) - {each.kind() for each in theirs} == untestable


def constraints(graph: Graph) -> set[tuple[str, str]]:
    """Path and component of each constraint on a property of the official shapes."""
    names = {"minCount": "MinCount", "maxCount": "MaxCount", "nodeKind": "NodeKind", "class": "Class",
             "datatype": "Datatype", "node": "Node"}  # fmt: skip
    return {
        (short(path_text(graph, path)), component)
        for shape, path in graph.subject_objects(SH.path)
        for name, component in names.items()
        if (shape, SH[name], None) in graph and (None, SH.property, shape) in graph
    }


HVD_DEFECTS = """
13: sh:class rdfs:Resource and dcat:Resource hold of nothing without RDFS inference
14: a property shape of the dataset series has no sh:path
"""


def hvd_official(shared: Path) -> Shapes:
    folder = shared / "dcat-ap" / "3.0.0-hvd"
    parts = [folder / f"hvd-SHACL-{part}.ttl" for part in ("base", "ranges", "usagenotes")]
    graph = graph_of(*parts, *official_files(shared))
    for resource in (RDFS.Resource, DCAT.Resource):
        graph.remove((None, SH["class"], resource))
    for shape, value in list(graph.subject_objects(SH.property)):
        if (value, SH.path, None) not in graph:
            graph.remove((shape, SH.property, value))
    return Shapes(graph)


@pytest.mark.slow
def test_hvd_mutants_give_the_official_results(shared: Path, root: Path, complete: Graph) -> None:
    own = load_shapes([root / "shapes" / f"{profile}.ttl" for profile in PROFILES])
    concept = {("dcatap:hvdCategory", "Node"): "8", ("dcatap:hvdCategory", "Pattern"): "8"}
    reference = hvd_official(shared)
    asked = set(graph_of(root / "shapes" / "dcat-ap-hvd.ttl").objects(None, SH.path))
    data = mutants(complete, {path for path in asked if isinstance(path, URIRef)} | {DCAT.servesDataset})
    theirs_only, ours_only = unexplained(*results(data, reference, own))
    assert {each for each in theirs_only if each.kind() not in concept} == set()
    assert ours_only == set()


def test_hvd_rules_hold_for_high_value_datasets_only(complete: Graph) -> None:
    plain = Graph()
    plain += complete
    for predicate in (DCATAP.hvdCategory, DCATAP.applicableLegislation):
        plain.remove((EX.other, predicate, None))
    assert validate_catalogue(plain) == []
    plain.add((EX.other, DCATAP.hvdCategory, URIRef("http://data.europa.eu/bna/c_06b1eec4")))
    [missing, wrong] = validate_catalogue(plain)
    assert missing.focus == wrong.focus == term_text(EX.other)
    assert (missing.code, wrong.code) == ("shacl-has-value", "shacl-min-count")


@pytest.mark.slow
def test_large_catalogues_have_the_findings_that_small_ones_have(
    complete: Graph, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Graph()
    for triple in read_rdf(shared / "samples" / "dcat" / "it-unibo.rdf", TermReader(), lenient=True):
        data.add(triple)
    for dataset in list(data.subjects(RDF.type, DCAT.Dataset))[::2]:
        data.add((dataset, DCATAP.hvdCategory, BNode()))
    expected = [validate_catalogue(graph) for graph in (complete, data)]
    monkeypatch.setattr(screening, "few_triples", lambda _shapes: 0)
    assert [validate_catalogue(graph) for graph in (complete, data)] == expected
    assert len(expected[1]) > 300


def test_messages_tell_the_publisher_what_to_do(complete: Graph) -> None:
    data = Graph()
    data += complete
    data.remove((EX.dataset, URIRef(PREFIXES["dct"] + "title"), None))
    [found] = validate_catalogue(data)
    assert found.message == {
        "en": "Dataset: title (dct:title) is missing: state a value.",
        "fr": "Jeu de données : titre (dct:title) manque : donnez une valeur.",
        "de": "Datensatz: Titel (dct:title) fehlt: Geben Sie einen Wert an.",
    }
    assert found.severity is Severity.VIOLATION
    assert found.shape == "<https://w3id.org/st-opendata/shapes#dcat_Dataset-dct_title-min>"

"""A portal's RDF compared with what it ought to say."""

from __future__ import annotations

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from st_opendata.targets.ckan.statements import Alteration, compare_statements, known_losses, reason_for, without_nodes

PREFIXES = """\
@prefix : <https://example.org/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
"""
TYPED = ":d a dcat:Dataset . "


def compared(expected: str, found: str) -> list[tuple[str, str | None, str | None]]:
    """Change, before and after of each difference."""
    graphs = (Graph().parse(data=PREFIXES + TYPED + text, format="turtle") for text in (expected, found))
    return [(each.change, each.before, each.after and str(each.after)) for each in compare_statements(*graphs)]


def reasons(expected: str, found: str) -> list[str | None]:
    graphs = (Graph().parse(data=PREFIXES + TYPED + text, format="turtle") for text in (expected, found))
    found_reasons = (reason_for(each) for each in compare_statements(*graphs))
    return [reason and str(reason) for reason in found_reasons]


@pytest.mark.parametrize(
    ("expected", "found", "differences"),
    [
        (":d dct:title 'a'@en .", ":d dct:title 'a'@en .", []),
        (":d dct:title 'a'@en .", ":d dct:title 'a' .", [(Alteration.UNTAGGED, "a", "a")]),
        (
            ":d dct:title 'a'@en, 'b'@de .",
            ":d dct:title 'a' .",
            [(Alteration.UNTAGGED, "a", "a"), (Alteration.OTHER_LANGUAGE, "b", None)],
        ),
        (":d dct:title 'a'@en, 'b'@de .", "", [(Alteration.LOST, "a", None), (Alteration.LOST, "b", None)]),
        (":d dct:title 'a'@en .", ":d dct:title 'z' .", [(Alteration.ADDED, None, "z"), (Alteration.LOST, "a", None)]),
        (
            ":d dct:description '2 * 3'@en .",
            r":d dct:description '2 \\* 3' .",
            [(Alteration.UNTAGGED, "2 * 3", r"2 \* 3")],
        ),
        (":d dcat:keyword 'R&D'@en .", ":d dcat:keyword 'R D' .", [(Alteration.UNTAGGED, "R&D", "R D")]),
        (
            ":d dct:identifier 'https://example.org/d' .",
            ":d dct:identifier :d .",
            [(Alteration.IRI, "https://example.org/d", "https://example.org/d")],
        ),
        (":d dct:format :csv .", ":d dct:format 'CSV' .", [(Alteration.LITERAL, "https://example.org/csv", "CSV")]),
        (
            ":d prov:wasDerivedFrom :page .",
            ":d dct:source :page .",
            [(Alteration.MOVED, "https://example.org/page", "https://example.org/page")],
        ),
        (
            ":d dcat:theme :a, :b .",
            ":d dcat:theme :a, :c .",
            [(Alteration.OTHER, "https://example.org/b", "https://example.org/c")],
        ),
        (":d dcat:version '1' .", ":d dcat:version '2' .", [(Alteration.OTHER, "1", "2")]),
    ],
)
def test_what_became_of_a_statement(expected: str, found: str, differences: list[tuple[str, str, str]]) -> None:
    assert compared(expected, found) == differences


def test_blank_nodes_stand_for_the_most_similar_node_in_their_place() -> None:
    expected = """
        :d dct:temporal :one, :two .
        :one dcat:startDate '2020' ; dcat:endDate '2021' .
        :two dcat:startDate '2022' ; dcat:endDate '2023' .
    """
    found = ":d dct:temporal [ dcat:startDate '2022' ; dcat:endDate '2023' ], [ dcat:startDate '2020' ] ."
    assert sorted(compared(expected, found), key=str) == [
        (Alteration.LOST, "2021", None),
        (Alteration.UNNAMED, "https://example.org/one", "a blank node"),
        (Alteration.UNNAMED, "https://example.org/two", "a blank node"),
    ]


def test_a_blank_node_too_many_is_added() -> None:
    assert [change for change, _, _ in compared("", ":d dct:rights [ rdfs:label 'x' ] .")] == [Alteration.SUPPLIED] * 2


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (":d dcat:theme :a .", ""),
        (":d dct:accessRights :a .", ":d dct:accessRights :b ."),
        (":d dct:accessRights :a .", ":d dct:accessRights [ rdfs:label 'a' ] ."),
        (":d dct:publisher :a .", ":d dct:publisher [ foaf:name 'a' ] ."),
        (":d dct:license :a .", ":d dct:license 'a' ."),
        (":d dct:source :a .", ""),
        (":d prov:wasDerivedFrom :a .", ""),
        (":d prov:wasDerivedFrom :a .", ":d foaf:page :a ."),
        (":d dct:title 'a'@en, 'b'@de .", ""),
        ("", ":d dcat:theme :a ."),
        ("", ":d dct:description 'x' ."),
        (":f a dcat:Distribution ; spdx:checksum :c . :c spdx:checksumValue 'a' .", ":f a dcat:Distribution ."),
        (":d dct:modified '2020' .", ":d dct:modified '2026' ."),
        (":d dct:modified '2020' .", ""),
        (":d dct:modified '2020' .", ":d dct:modified '2020', '2026' ."),
        (":f a dcat:Distribution ; dcat:byteSize 10 .", ":f a dcat:Distribution ."),
        (":f a dcat:Distribution ; dcat:byteSize 10 .", ":f a dcat:Distribution ; dcat:byteSize 0 ."),
        (":d dcat:keyword 'one'@en, 'two'@en .", ":d dcat:keyword 'one' ."),
        (":d dcat:keyword 'one'@en .", ""),
        (":d vcard:hasEmail <mailto:a@x.example> .", ":d vcard:hasEmail <mailto:b@x.example> ."),
        (":d dct:rights :r . :r rdfs:label 'https://a.example/'@en .", ":d dct:rights <https://b.example/> ."),
        ("", ":d dct:license :l ."),
    ],
)
def test_other_differences_are_surprises(expected: str, found: str) -> None:
    assert None in reasons(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (":d dct:title 'a'@en, 'b'@de .", ":d dct:title 'a' ."),
        (":d dct:rights :r . :r rdfs:label 'a'@en .", ":d dct:rights [ rdfs:label 'a' ] ."),
        (":d dcat:inSeries :s .", ""),
        (":d prov:wasDerivedFrom :a .", ":d dct:source :a ."),
        ("", ":d dct:issued '2026' ; dct:modified '2026' ."),
        (":d dcat:hasVersion :a .", ":d dcat:hasVersion :a ; dct:hasVersion :a ."),
        (":d dcat:hasVersion :a ; dcat:hasCurrentVersion :a .", ":d dcat:hasVersion :a ; dct:hasVersion :a ."),
        (":d dcat:isVersionOf :a .", ":d dct:isVersionOf :a ."),
        (":d dcat:prev :a ; dcat:next :b ; dcat:previousVersion :a ; dcat:nextVersion :b .", ""),
        (":f a dcat:Distribution ; dcat:byteSize 0 .", ":f a dcat:Distribution ."),
        (":d dcat:keyword 'X'@en .", ""),
        (":d dcat:keyword 'a/b'@en, 'a b'@en .", ":d dcat:keyword 'a b' ."),
        (":d dcat:keyword 'one'@en, 'un'@fr .", ":d dcat:keyword 'one' ."),
        (":d vcard:hasEmail <mailto:o'x@x.example> .", ":d vcard:hasEmail <mailto:o%27x@x.example> ."),
        (":d dct:rights :r . :r rdfs:label 'https://a.example/ b'@en .", ":d dct:rights <https://a.example/%20b> ."),
    ],
)
def test_known_losses_have_a_reason(expected: str, found: str) -> None:
    assert all(reasons(expected, found))


def test_each_known_loss_narrows_down_what_it_explains() -> None:
    everything = [loss for loss in known_losses() if not loss.properties and not loss.types]
    assert {change for loss in everything for change in loss.changes} == {
        Alteration.UNTAGGED,
        Alteration.OTHER_LANGUAGE,
    }


def test_a_node_is_left_out_with_what_it_alone_leads_to() -> None:
    text = """
        :d dcat:distribution :f, :g .
        :f spdx:checksum [ spdx:checksumValue 'a' ] ; dct:license :l .
        :g spdx:checksum [ spdx:checksumValue 'b' ] ; dct:license :l .
        :l dct:title 'Licence' .
    """
    left = without_nodes(Graph().parse(data=PREFIXES + text, format="turtle"), [URIRef("https://example.org/f")])
    kept = text.replace(":f, :g", ":g").replace(":f spdx:checksum [ spdx:checksumValue 'a' ] ; dct:license :l .", "")
    assert isomorphic(left, Graph().parse(data=PREFIXES + kept, format="turtle"))


@pytest.mark.parametrize(
    ("statement", "described", "reason"),
    [
        (
            ":d dct:temporal :two .",
            ":two a dct:PeriodOfTime ; dcat:endDate '2024' .",
            "extras have room for one period",
        ),
        (":d dcat:contactPoint :two .", ":two a vcard:Kind ; vcard:fn 'Press' .", "extras have room for one contact"),
    ],
)
def test_extras_have_room_for_one(statement: str, described: str, reason: str) -> None:
    graphs = (Graph().parse(data=PREFIXES + TYPED + text, format="turtle") for text in (statement + described, ""))
    differences = list(compare_statements(*graphs))
    assert {str(reason_for(each, "dcat_extras")) for each in differences} == {reason}
    assert {reason_for(each) for each in differences} == {None}

"""A portal's RDF compared with what it ought to say."""

from __future__ import annotations

import pytest
from rdflib import Graph

from st_opendata.publish.statements import Change, compare_statements, known_losses, reason_for

PREFIXES = """\
@prefix : <https://example.org/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
"""
TYPED = ":d a dcat:Dataset . "


def compared(expected: str, found: str) -> list[tuple[str, str | None, str | None]]:
    """Change, before and after of each difference."""
    graphs = (Graph().parse(data=PREFIXES + TYPED + text, format="turtle") for text in (expected, found))
    return [(each.change, each.before, each.after) for each in compare_statements(*graphs)]


def reasons(expected: str, found: str) -> list[str | None]:
    graphs = (Graph().parse(data=PREFIXES + TYPED + text, format="turtle") for text in (expected, found))
    return [reason_for(each) for each in compare_statements(*graphs)]


@pytest.mark.parametrize(
    ("expected", "found", "differences"),
    [
        (":d dct:title 'a'@en .", ":d dct:title 'a'@en .", []),
        (":d dct:title 'a'@en .", ":d dct:title 'a' .", [(Change.UNTAGGED, "a", "a")]),
        (
            ":d dct:title 'a'@en, 'b'@de .",
            ":d dct:title 'a' .",
            [(Change.UNTAGGED, "a", "a"), (Change.OTHER_LANGUAGE, "b", None)],
        ),
        (":d dct:title 'a'@en, 'b'@de .", "", [(Change.LOST, "a", None), (Change.LOST, "b", None)]),
        (":d dct:title 'a'@en .", ":d dct:title 'z' .", [(Change.ADDED, None, "z"), (Change.LOST, "a", None)]),
        (":d dct:description '2 * 3'@en .", r":d dct:description '2 \\* 3' .", [(Change.UNTAGGED, "2 * 3", r"2 \* 3")]),
        (":d dcat:keyword 'R&D'@en .", ":d dcat:keyword 'R D' .", [(Change.UNTAGGED, "R&D", "R D")]),
        (
            ":d dct:identifier 'https://example.org/d' .",
            ":d dct:identifier :d .",
            [(Change.IRI, "https://example.org/d", "https://example.org/d")],
        ),
        (":d dct:format :csv .", ":d dct:format 'CSV' .", [(Change.LITERAL, "https://example.org/csv", "CSV")]),
        (
            ":d prov:wasDerivedFrom :page .",
            ":d dct:source :page .",
            [(Change.MOVED, "https://example.org/page", "https://example.org/page")],
        ),
        (
            ":d dcat:theme :a, :b .",
            ":d dcat:theme :a, :c .",
            [(Change.OTHER, "https://example.org/b", "https://example.org/c")],
        ),
        (":d dcat:version '1' .", ":d dcat:version '2' .", [(Change.OTHER, "1", "2")]),
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
        (Change.LOST, "2021", None),
        (Change.UNNAMED, "https://example.org/one", "a blank node"),
        (Change.UNNAMED, "https://example.org/two", "a blank node"),
    ]


def test_a_blank_node_too_many_is_added() -> None:
    assert [change for change, _, _ in compared("", ":d dct:rights [ rdfs:label 'x' ] .")] == [Change.SUPPLIED] * 2


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
    ],
)
def test_known_losses_have_a_reason(expected: str, found: str) -> None:
    assert all(reasons(expected, found))


def test_each_known_loss_narrows_down_what_it_explains() -> None:
    everything = [loss for loss in known_losses() if not loss.properties and not loss.types]
    assert {change for loss in everything for change in loss.changes} == {Change.UNTAGGED, Change.OTHER_LANGUAGE}

"""Places from one pass over the facts are those of the way of one result after the other, which is kept here."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator

import pytest
from openpyxl import Workbook
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.place import Place
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.shacl.engine import Result
from st_opendata.shacl.places import places_of
from st_opendata.shacl.terms import SH, term_text

CATALOGUE = """
id: atlas
base: https://example.org/
title: {en: Atlas}
description: {en: Cities}
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
      columns:
        - {name: id, titles: {en: Identifier}}
        - {name: name, titles: {en: Name}, lang: en, propertyUrl: "rdfs:label"}
        - {name: tags, titles: {en: Tags}, separator: ";", propertyUrl: "ex:tag"}
        - {name: country, titles: {en: Country}, propertyUrl: "ex:country", valueUrl: "country/{country}"}
        - {name: people, titles: {en: People}, datatype: integer, propertyUrl: "ex:people"}
        - {name: kind, titles: {en: Kind}}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "ex:City"}
        - {virtual: true, name: open, propertyUrl: "ex:{kind}", valueUrl: "kind/{kind}"}
  - url: more.csv
    title: {en: More of the same cities}
    tableSchema:
      aboutUrl: "city/{id}"
      columns:
        - {name: id, titles: {en: Identifier}}
        - {name: people, titles: {en: Inhabitants}, propertyUrl: "ex:people", datatype: integer}
        - {name: note, titles: {en: Note}, propertyUrl: "ex:note"}
  - {url: "book.xlsx", sheet: One, title: {en: One}, tableSchema: {aboutUrl: "city/{id}", columns: [
      {name: id, titles: {en: id}}, {name: mayor, titles: {en: mayor}, propertyUrl: "ex:mayor"}]}}
  - {url: "book.xlsx", sheet: Two, title: {en: Two}, tableSchema: {aboutUrl: "city/{id}", columns: [
      {name: id, titles: {en: id}}, {name: river, titles: {en: river}, propertyUrl: "ex:river"}]}}
"""
PROPERTIES = ("tag", "country", "people", "big", "small", "note", "mayor", "river", "none")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactBase]:
    folder, chance = tmp_path_factory.mktemp("atlas"), random.Random(16)
    (folder / "cities").mkdir()
    (folder / "catalogue.yaml").write_text(CATALOGUE)
    (folder / "cities" / "dataset.yaml").write_text(DATASET)

    def maybe(text: object) -> object:
        return text if chance.random() < 0.7 else ""

    cities = [
        f"{chance.randint(1, 25)},{maybe('A b')},{maybe('x;y')},{maybe('fr')},{maybe(7)},"
        + chance.choice(["big", "small"])
        for _ in range(40)
    ]
    more = [f"{chance.randint(1, 30)},{maybe(chance.randint(1, 9))},{maybe('q')}" for _ in range(20)]
    (folder / "cities" / "cities.csv").write_text(
        "\n".join(["Identifier,Name,Tags,Country,People,Kind", *cities, ""]), "utf-8"
    )
    (folder / "cities" / "more.csv").write_text("\n".join(["Identifier,Inhabitants,Note", *more, ""]), "utf-8")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, title in (("One", "mayor"), ("Two", "river")):
        sheet = book.create_sheet(name)
        sheet.append(["id", title])
        for _ in range(10):
            sheet.append([str(chance.randint(1, 30)), maybe("Z") or None])
    book.save(folder / "cities" / "book.xlsx")
    with load_facts(read_catalogue(folder)) as base:
        assert [each.code for each in base.findings if each.severity == "violation"] == []
        yield base


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 60))])
def test_places_are_those_of_one_result_after_the_other(facts: FactBase, seed: int) -> None:
    data = graph_of_lines(facts.lines())
    chance = random.Random(seed)
    results = [random_result(chance, data) for _ in range(30 if seed else 0)]
    expected = [cells_of(result, facts) or naming(result, data, facts) for result in results]
    assert [set(found) for found in places_of(results, facts)] == [set(found) for found in expected]
    single = [(found, old) for found, old in zip(places_of(results, facts), expected, strict=True) if unmistakable(old)]
    assert [found for found, _ in single] == [old for _, old in single]


def test_every_way_to_find_places_is_taken(facts: FactBase) -> None:
    data = graph_of_lines(facts.lines())
    results = [random_result(random.Random(seed), data) for seed in range(60)]
    found = list(places_of(results, facts))
    kinds = {
        (result.path is None, result.value is None, bool(cells_of(result, facts)), bool(places))
        for result, places in zip(results, found, strict=True)
    }
    assert len(kinds) >= 8


def unmistakable(places: tuple[Place, ...]) -> bool:
    """Whether file, row and column decide the order; two sheets of a file may have the same."""
    return len({(place.file, place.row, place.column) for place in places}) == len(places)


def random_result(chance: random.Random, data: Graph) -> Result:
    nodes = sorted({*data.subjects(), *data.objects()}, key=term_text)
    focus: Node = chance.choice([*nodes, URIRef("https://example.org/nothing"), BNode("b1")])
    paths = [f"<https://example.org/{name}>" for name in PROPERTIES]
    path = chance.choice([*paths, *paths, f"<{RDF.type}>", None, "^<https://example.org/country>", "<a:a>/<a:b>"])
    values: list[Node] = [Literal("nowhere")]
    if path in paths:
        values += [*data.objects(focus, URIRef(path[1:-1]))] * 2
    value = chance.choice([None, *sorted(values, key=term_text)])
    return Result(focus, SH.ClassConstraintComponent, URIRef("urn:shape"), SH.Violation, path, value, {})


def cells_of(result: Result, facts: FactBase) -> tuple[Place, ...]:
    if isinstance(result.focus, BNode):
        return ()
    focus = term_text(result.focus)
    if result.path is None or not re.fullmatch(r"<[^<>]*>", result.path):
        return rows(facts.places(focus))
    value = None if result.value is None else term_text(result.value)
    found = facts.places(focus, result.path, value) if value is not None else ()
    return found or facts.places(focus, result.path) or missing(focus, result.path, facts)


def naming(result: Result, data: Graph, facts: FactBase) -> tuple[Place, ...]:
    focus = term_text(result.focus)
    named = {
        place
        for subject, predicate in data.subject_predicates(result.focus)
        for place in facts.places(term_text(subject), term_text(predicate), focus)
    }
    return tuple(sorted(named, key=lambda place: (place.file, place.row or 0, place.column or "")))


def missing(focus: str, predicate: str, facts: FactBase) -> tuple[Place, ...]:
    described = rows(facts.places(focus))
    columns = facts.columns(predicate)
    cells = [cell for row in described for each in columns if (cell := row.crossing(each))]
    return tuple(cells) or described


def rows(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(place.in_row() for place in places))

"""The findings of a build about a story, and its files in the release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from st_opendata.catalogue.story import carry_story, localised, read_answers, read_story
from st_opendata.errors import ConfigurationError, StError

DATA = """
@prefix ex: <https://example.org/> .
ex:lyon a ex:City ; ex:label "Lyon"@en , "Lyon"@fr , "Lyon"@de ; ex:lat 45.7 ; ex:long 4.8 ; ex:people 520774 .
ex:wien a ex:City ; ex:label "Vienna"@en , "Vienne"@fr , "Wien"@de ; ex:lat 48.2 ; ex:long 16.4 ; ex:people 1691468 .
"""
PREFIX = "PREFIX ex: <https://example.org/>\n"
QUERIES = {
    "count.rq": PREFIX + "SELECT (COUNT(?city) AS ?cities) { ?city a ex:City }",
    "cities.rq": PREFIX
    + "SELECT ?city ?people ?latitude ?longitude { ?city ex:lat ?latitude ; ex:long ?longitude ; ex:people ?people }",
    "names.rq": PREFIX + 'SELECT ?city ?name { ?city ex:label ?name FILTER (LANG(?name) = "en") } ORDER BY ?name',
    "below.rq": PREFIX + "SELECT ?city (-1 AS ?people) { ?city a ex:City }",
    "endless.rq": PREFIX + "SELECT ?city (1e0 / 0e0 AS ?people) { ?city a ex:City }",
    "away.rq": PREFIX + "SELECT ?city (95.5 AS ?latitude) (4.8 AS ?longitude) { ?city a ex:City }",
    "none.rq": PREFIX + "SELECT ?city { ?city a ex:Nothing }",
    "broken.rq": "SELECT ?city { ?city a }",
    "update.rq": "INSERT DATA { <a:a> <a:b> <a:c> }",
    "graph.rq": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
}


def text(value: str) -> dict[str, str]:
    return {"en": value, "fr": value, "de": value}


CITY = {"city": text("City")}
PEOPLE = {**CITY, "people": text("People")}
GOOD: list[dict[str, Any]] = [
    {"show": "text", "query": "count.rq", "text": text("There are {cities} cities; CO2 is no number.")},
    {"show": "map", "query": "cities.rq", "text": text("Map"), "columns": CITY},
    {"show": "bars", "query": "cities.rq", "text": text("Bars"), "columns": PEOPLE},
    {"show": "list", "query": "names.rq", "columns": {**CITY, "name": text("Name")}},
    {"show": "table", "query": "names.rq", "columns": CITY},
    {"show": "text", "text": text("Plain.")},
]


def write(folder: Path, parts: list[dict[str, Any]], **changes: Any) -> Path:
    """A catalogue's folder with that story."""
    (folder / "story").mkdir(parents=True)
    story = {
        "title": text("Story"),
        "lead": text("Lead"),
        "sections": [{"id": "first", "title": text("First"), "parts": parts}],
    }
    (folder / "story/story.yaml").write_text(yaml.safe_dump(story | changes, allow_unicode=True), "utf-8")
    for name, query in QUERIES.items():
        (folder / "story" / name).write_text(query, "utf-8")
    return folder


def carry(folder: Path, parts: list[dict[str, Any]], **changes: Any) -> Path:
    """The draft that carries the story."""
    catalogue, draft = write(folder / "catalogue", parts, **changes), folder / "draft"
    draft.mkdir()
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    told = read_story(catalogue)
    assert told
    inputs = carry_story(told, catalogue, draft, store)
    assert {file.path for file in inputs} == {"story/story.yaml", *(f"story/{name}" for name in told.queries)}
    return draft


def test_a_release_carries_the_story_its_queries_and_the_answers(tmp_path: Path) -> None:
    draft = carry(tmp_path, GOOD)
    found = read_answers(draft)
    assert found
    told, answers = found
    assert [part.show for part in told.story.sections[0].parts] == ["text", "map", "bars", "list", "table", "text"]
    assert answers["count.rq"]["en"].rows == (('"2"^^<http://www.w3.org/2001/XMLSchema#integer>',),)
    assert list(answers["count.rq"]) == ["en"]
    assert [row[1] for row in answers["names.rq"]["fr"].rows] == ['"Lyon"@fr', '"Vienne"@fr']
    again = carry(tmp_path / "again", GOOD)
    for path in ("story.yaml", "answers.json", "names.rq"):
        assert (draft / "story" / path).read_bytes() == (again / "story" / path).read_bytes()


def test_a_catalogue_may_have_none(tmp_path: Path) -> None:
    assert read_story(tmp_path) is None
    assert read_answers(tmp_path) is None


def test_the_language_of_the_page_stands_for_english() -> None:
    assert localised('FILTER (LANG(?a) = "en") # @en', "de") == 'FILTER (LANG(?a) = "de") # @en'


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"show": "text", "text": text("There are 8 cities.")}, 'the text has the number "8"'),
        ({"show": "text", "text": text("x") | {"fr": "Il y a huit villes."}}, 'the text has the number "huit"'),
        ({"show": "text", "text": text("x") | {"de": "Es sind acht Städte."}}, 'the text has the number "acht"'),
        ({"show": "text", "text": {"en": "x", "fr": "x"}}, 'the text in "de" is missing'),
        ({"show": "text", "query": "count.rq", "text": text("{cities}") | {"de": "x"}}, "different {variables}"),
        ({"show": "text", "text": text("{cities}")}, 'a "query" is needed'),
        ({"show": "text", "query": "count.rq"}, 'a "text" is needed'),
        ({"show": "text", "query": "count.rq", "text": text("{people}")}, "count.rq has no variable ?people"),
        ({"show": "text", "query": "names.rq", "text": text("{city}")}, "has 2 rows; a text needs exactly 1"),
        ({"show": "table", "query": "none.rq", "columns": CITY}, "has 0 rows"),
        ({"show": "table", "query": "names.rq"}, '"columns" needs at least 1'),
        ({"show": "table", "query": "names.rq", "columns": {"town": text("Town")}}, "no variable ?town"),
        ({"show": "map", "query": "names.rq", "columns": CITY}, "no variable ?latitude"),
        ({"show": "bars", "query": "cities.rq", "columns": CITY}, '"columns" needs at least 2'),
        ({"show": "map", "query": "away.rq", "columns": CITY}, "?latitude of away.rq is not between -90 and 90"),
        ({"show": "bars", "query": "below.rq", "columns": PEOPLE}, "?people of below.rq is less than 0"),
        ({"show": "bars", "query": "endless.rq", "columns": PEOPLE}, "?people of endless.rq is not a number"),
        ({"show": "bars", "query": "names.rq", "columns": {**CITY, "name": text("N")}}, "?name of names.rq is not a"),
        (
            {"show": "list", "query": "names.rq", "text": text("{city}"), "columns": CITY},
            'only a part with "show: text"',
        ),
        ({"show": "pie", "query": "names.rq"}, "show"),
        ({"show": "table", "query": "../x.rq", "columns": CITY}, "name a query in the same folder"),
        ({"show": "table", "query": "absent.rq", "columns": CITY}, "the query cannot be read"),
        ({"show": "table", "query": "broken.rq", "columns": CITY}, "is not SPARQL"),
        ({"show": "table", "query": "update.rq", "columns": CITY}, "INSERT is an update"),
        ({"show": "table", "query": "graph.rq", "columns": CITY}, "the answer to this query is triples"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, part: dict[str, Any], message: str) -> None:
    with pytest.raises(StError) as caught:
        carry(tmp_path, [part])
    assert message in str(caught.value)
    assert caught.value.place
    assert caught.value.place.file.startswith("story/")


def test_two_sections_have_two_ids(tmp_path: Path) -> None:
    section = {"id": "same", "title": text("A"), "parts": GOOD[-1:]}
    with pytest.raises(ConfigurationError, match='another section already has the id "same"'):
        carry(tmp_path, [], sections=[section, section])


def test_a_query_does_not_come_from_elsewhere(tmp_path: Path) -> None:
    folder = write(tmp_path / "catalogue", GOOD)
    (tmp_path / "secret").write_text("SELECT * {}", "utf-8")
    (folder / "story/count.rq").unlink()
    (folder / "story/count.rq").symlink_to(tmp_path / "secret")
    with pytest.raises(ConfigurationError, match="leaves the catalogue"):
        read_story(folder)


@pytest.mark.parametrize("language", ["fr", "es", "bg"])
def test_a_story_may_be_in_one_language(tmp_path: Path, language: str) -> None:
    part = {"show": "table", "query": "names.rq", "columns": {"city": {language: "C"}, "name": {language: "N"}}}
    count = {"show": "text", "query": "count.rq", "text": {language: "{cities}"}}
    title = {language: "T"}
    sections = [{"id": "one", "title": title, "parts": [count, part] if language == "fr" else [count]}]
    draft = carry(tmp_path, [], title=title, lead=title, sections=sections)
    carried = read_answers(draft)
    assert carried and carried[0].languages == (language,)
    tables = carried[1].get("names.rq", {})
    assert {key: [row[1] for row in table.rows] for key, table in tables.items()} == (
        {"fr": ['"Lyon"@fr', '"Vienne"@fr']} if language == "fr" else {}
    )

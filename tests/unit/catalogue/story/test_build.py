"""A build with a story: the release's list, and the findings before the tables are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from st_opendata.build import Job, build, check
from st_opendata.errors import ConfigurationError
from st_opendata.release import read_release, verify_release

TEXT = {"en": "There are {cities} cities.", "fr": "Il y a {cities} villes.", "de": "Es gibt {cities} Städte."}
STORY: dict[str, Any] = {
    "title": {"en": "Story", "fr": "Histoire", "de": "Geschichte"},
    "lead": {"en": "Lead", "fr": "Chapeau", "de": "Vorspann"},
    "sections": [
        {
            "id": "cities",
            "title": {"en": "Cities", "fr": "Villes", "de": "Städte"},
            "parts": [{"show": "text", "query": "count.rq", "text": TEXT}],
        }
    ],
}
QUERY = """
SELECT (COUNT(?city) AS ?cities) {
  ?city rdfs:label ?name FILTER (STRSTARTS(STR(?city), "https://example.org/small/town"))
}
"""


def write(folder: Path, story: dict[str, Any] | None, dataset: str = "cities") -> Path:
    """A small catalogue, with a story or without."""
    (folder / dataset).mkdir(parents=True)
    catalogue = {
        "id": "small", "base": "https://example.org/small/", "title": {"en": "Small"}, "description": {"en": "Small."},
        "publisher": {"iri": "https://example.org/office", "name": {"en": "Office"}}, "license": "CC_BY_4_0",
        "issued": "2020-01-01", "datasets": [dataset],
    }  # fmt: skip
    columns = [
        {"name": "id", "titles": "id", "required": "true"},
        {"name": "n", "titles": "n", "propertyUrl": "rdfs:label"},
    ]
    table = {"url": "towns.csv", "title": {"en": "Towns"}}
    table["tableSchema"] = {"aboutUrl": "town/{id}", "primaryKey": "id", "columns": columns}  # type: ignore[assignment]
    described = {"title": {"en": "Towns"}, "description": {"en": "Towns."}, "tables": [table]}
    (folder / "catalogue.yaml").write_text(json.dumps(catalogue), "utf-8")
    (folder / dataset / "dataset.yaml").write_text(json.dumps(described), "utf-8")
    (folder / dataset / "towns.csv").write_text("id,n\nlyon,Lyon\nwien,Wien\n", "utf-8")
    if story:
        (folder / "story").mkdir(exist_ok=True)
        (folder / "story/story.yaml").write_text(json.dumps(story), "utf-8")
        (folder / "story/count.rq").write_text(QUERY, "utf-8")
    return folder


def test_the_release_lists_the_story_and_what_it_was_made_from(tmp_path: Path) -> None:
    outcome = build(Job(write(tmp_path / "catalogue", STORY)), tmp_path / "release")
    assert outcome.release
    release = read_release(tmp_path / "release")
    assert {"story/story.yaml", "story/count.rq", "story/answers.json"} <= {file.path for file in release.files}
    assert {"story/story.yaml", "story/count.rq"} <= {file.path for file in release.inputs}
    answers = json.loads((tmp_path / "release/story/answers.json").read_text("utf-8"))
    assert answers["count.rq"]["en"]["rows"] == [['"2"^^<http://www.w3.org/2001/XMLSchema#integer>']]
    assert verify_release(tmp_path / "release") == []


def test_a_catalogue_without_one_has_none(tmp_path: Path) -> None:
    build(Job(write(tmp_path / "catalogue", None)), tmp_path / "release")
    assert not (tmp_path / "release/story").exists()


@pytest.mark.slow
def test_a_wrong_answer_leaves_the_older_release(tmp_path: Path) -> None:
    catalogue = write(tmp_path / "catalogue", STORY)
    build(Job(catalogue), tmp_path / "release")
    before = (tmp_path / "release/release.json").read_bytes()
    (catalogue / "story/count.rq").write_text("SELECT ?city { ?city rdfs:label ?name }", "utf-8")
    with pytest.raises(ConfigurationError, match=r"count\.rq has no variable \?cities"):
        build(Job(catalogue), tmp_path / "release")
    assert (tmp_path / "release/release.json").read_bytes() == before


def test_check_tells_what_can_be_seen_without_the_facts(tmp_path: Path) -> None:
    wrong = STORY | {"lead": {"en": "All 8 cities", "fr": "x", "de": "x"}}
    with pytest.raises(ConfigurationError, match='the text has the number "8"'):
        check(Job(write(tmp_path / "catalogue", wrong)))


def test_no_dataset_takes_the_name_of_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='cannot be called "story"'):
        check(Job(write(tmp_path / "catalogue", None, dataset="story")))

"""Queries that others published for the CORDIS endpoint run on our facts unchanged; docs/ontology.md says where from.

Their texts are other people's: `make eurio` writes them to build/eurio/, one file for each, unless the reference
material has them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from eurio import fetch
from published import QUERIES, Published, Source, Text

from st_opendata.catalogue.cordis import import_cordis, write_sample_tables
from st_opendata.catalogue.importers import ImportOptions

TITLE = "Smart and Inclusive Solutions for a Better Life in Urban Districts"
PROJECT = {"title": TITLE, "startDate": "2016-02-01", "endDate": "2021-07-31", "rcn": "199963"}
WIENER = {"name": "WIENER STADTWERKE HOLDING AG", "type": "http://data.europa.eu/s66#Organisation"}


class Answer(NamedTuple):
    """How many rows there are, and what one of them says."""

    rows: int
    row: dict[str, str]


ANSWERS = {
    "01-project-search": Answer(1, {"id": "691876", **PROJECT}),
    "02-project-details": Answer(1, {**PROJECT, "url": "http://smarter-together.eu/"}),
    "03-project-organisations": Answer(23, {"orgName": "LYON CONFLUENCE", "roleLabel": "coordinator"}),
    "04-organisation-search": Answer(2, {"id": "953486430", **WIENER}),
    "05-harvest-projects": Answer(23, {"organisationName": "ALGOE", "totalCost": "24742978.64", "title": TITLE}),
    "06-projects-of-an-organisation": Answer(1, {"orgName": "Wolfram Scholl", "id": "691876", "title": TITLE}),
    "07-partner-search": Answer(20, {"projectCount": "1", "projectTitles": TITLE}),
    "08-match-organisations": Answer(23, {"orgName": "COMUNE DI VENEZIA", "projectCount": "1"}),
    "09-funding-page": Answer(23, {"organisation_name": "ALGOE", "role_label": "participant", "project_id": "691876"}),
    "10-grants": Answer(1, {"amount": "24742978.64", "recipient": "LYON CONFLUENCE", "country": "FR"}),
    "11-projects-by-terms": Answer(1, {"project_id": "691876", "start_date": "2016-02-01"}),
}


def published(root: Path, name: str) -> Path:
    """The file of a published query; the test is skipped where it is not here."""
    shared = Path(os.environ.get("ST_SHARED", root.parent / "shared"))
    folders = (root / "build" / "eurio", shared / "conformance" / "eurio")
    query = next((file for folder in folders if (file := folder / f"{name}.rq").is_file()), None)
    if query is None:
        pytest.skip("the published queries are other people's and not here: `make eurio` gets them from GitHub")
    assert sha256(query.read_bytes()).hexdigest() == QUERIES[name].sha256, f"{query} is not as it was published"
    return query


@pytest.mark.parametrize("name", ANSWERS)
def test_a_published_query_is_answered(
    name: str, root: Path, release: Path, run: Callable[[Sequence[str]], tuple[int, str]]
) -> None:
    query = published(root, name)
    code, shown = run(["query", str(release), f"@{query}", "--format", "json"])
    assert code == 0, shown
    rows = [
        {variable: term["value"] for variable, term in binding.items()}
        for binding in json.loads(shown)["results"]["bindings"]
    ]
    assert len(rows) == ANSWERS[name].rows
    assert any(ANSWERS[name].row.items() <= row.items() for row in rows), rows


ASKED = {
    "691876": "101000003", "wolfram scholl": "institute for bridge 10", "wien": "institute", "smart": "a", "urban": "e",
    "solutions": "a", "districts": "a", "2014-": "2020-", "2016-": "2021-", "2018-": "2026-",
}  # fmt: skip
"""The questions to the made-up projects of CORDIS instead."""


@pytest.fixture(scope="session")
def cordis(tmp_path_factory: pytest.TempPathFactory, run: Callable[[Sequence[str]], tuple[int, str]]) -> Path:
    """A release of the made-up projects that `demo --cordis` imports."""
    folder = tmp_path_factory.mktemp("cordis")
    write_sample_tables(folder / "export", 50)
    import_cordis([folder / "export"], folder / "catalogue", ImportOptions())
    code, shown = run(["build", str(folder / "catalogue"), "--output", str(folder / "release")])
    assert code == 0, shown
    return folder / "release"


@pytest.mark.slow
@pytest.mark.parametrize("name", ANSWERS)
def test_a_published_query_is_answered_by_an_import_of_cordis(
    name: str, root: Path, cordis: Path, run: Callable[[Sequence[str]], tuple[int, str]], tmp_path: Path
) -> None:
    query = published(root, name)
    text = query.read_text("utf-8")
    for old, new in ASKED.items():
        text = text.replace(old, new)
    (tmp_path / "asked.rq").write_text(text, "utf-8")
    code, shown = run(["query", str(cordis), f"@{tmp_path / 'asked.rq'}", "--format", "json"])
    assert code == 0, shown
    assert json.loads(shown)["results"]["bindings"]


def test_every_published_query_has_its_answer() -> None:
    assert list(QUERIES) == list(ANSWERS)


WORDS = Text(("words = [`",), "`", {"${word}": "two"})
OURS = Published(
    Source("us/ours", "c0ffee", "lib/ask.ts"),
    Text(("ask(", "const query = `"), "`;", {"${words.join(' ')}": ("one", " ", WORDS), "${limit}": "3", "{{": "{"}),
    sha256(b"ASK {\n  a one two!\n} 3").hexdigest(),
)
PROGRAM = "words = [`${word}!`]\r\nask() {\r\n  const query = `ASK {{\r\n  a ${words.join(' ')}\r\n} ${limit}`;\r\n}"


@pytest.fixture
def github(tmp_path: Path) -> str:
    """The address of a folder with one of our programs, with line ends of Windows."""
    file = tmp_path / "github" / str(OURS.source)
    file.parent.mkdir(parents=True)
    file.write_bytes(PROGRAM.encode())
    return (tmp_path / "github").as_uri()


def test_a_query_is_taken_out_of_its_program_and_filled_in(github: str, tmp_path: Path) -> None:
    assert fetch({"ours": OURS}, github, tmp_path / "here") == []
    assert (tmp_path / "here" / "ours.rq").read_bytes() == b"ASK {\n  a one two!\n} 3"


def test_what_is_not_as_it_was_published_is_refused_and_the_others_are_written(github: str, tmp_path: Path) -> None:
    queries = {
        "gone": replace(OURS, source=Source("us/ours", "c0ffee", "lib/gone.ts")),
        "moved": replace(OURS, text=replace(OURS.text, marks=("const other = `",))),
        "changed": replace(OURS, text=replace(OURS.text, values={"${limit}": "4"})),
        "ours": OURS,
    }
    gone, moved, changed = fetch(queries, github, tmp_path / "here")
    assert gone.startswith(f"gone: {github}/us/ours/c0ffee/lib/gone.ts: ")
    assert moved == f"moved: {github}/{OURS.source}: 'const other = `' is not there"
    assert changed == f"changed: {github}/{OURS.source}: the query is not the one that the test was written for"
    assert [file.name for file in (tmp_path / "here").iterdir()] == ["ours.rq"]

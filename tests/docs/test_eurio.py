"""Queries that others published for the CORDIS endpoint run on our facts unchanged; docs/ontology.md says where from.

Their texts are other people's: they are read from the reference material, one file for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

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


@pytest.mark.parametrize("name", ANSWERS)
def test_a_published_query_is_answered(
    name: str, shared: Path, release: Path, run: Callable[[Sequence[str]], tuple[int, str]]
) -> None:
    query = shared / "conformance" / "eurio" / f"{name}.rq"
    if not query.is_file():
        pytest.skip("the published queries are not among the reference material (conformance/eurio)")
    code, shown = run(["query", str(release), f"@{query}", "--format", "json"])
    assert code == 0, shown
    rows = [
        {variable: term["value"] for variable, term in binding.items()}
        for binding in json.loads(shown)["results"]["bindings"]
    ]
    assert len(rows) == ANSWERS[name].rows
    assert any(ANSWERS[name].row.items() <= row.items() for row in rows), rows

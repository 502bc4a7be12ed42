"""The page that answers queries says in its language why it does not."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

WRONG = "SELECT * {} LIMIT column"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Line 1, column 19: the query is not SPARQL at &#34;column&#34;"),
        ("fr", "Ligne 1, colonne 19\xa0: la requête n’est pas du SPARQL à «\xa0column\xa0»"),
        ("de", "Zeile 1, Spalte 19: die Abfrage ist kein SPARQL bei „column“"),
    ],
)
def test_a_failure_is_in_the_language_of_the_page(language: str, text: str, client: TestClient) -> None:
    answer = client.get(f"/{language}/query", params={"query": WRONG})
    assert answer.status_code == 400
    assert f"<p>{text}" in answer.text
    assert '"1:19"' in answer.text


def test_a_problem_for_programs_is_in_english(client: TestClient) -> None:
    headers = {"Accept": "application/sparql-results+json", "Accept-Language": "de"}
    answer = client.get("/sparql", params={"query": WRONG}, headers=headers)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith('Line 1, column 19: the query is not SPARQL at "column"')

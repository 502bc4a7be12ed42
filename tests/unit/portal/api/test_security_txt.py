"""Whom to tell of a weakness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rdflib.namespace import DCAT
from starlette.testclient import TestClient

from st_opendata.portal.data.descriptions import find_contacts
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.statements import read_statements

HOME = "https://data.example.eu"


def test_security_txt_names_the_contact_of_the_catalogue(moved: TestClient) -> None:
    answer = moved.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:a'b&c@example.org"
    assert fields["Canonical"] == f"{HOME}/.well-known/security.txt"
    assert timedelta(days=30) < datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("point", "contacts"),
    [
        ("<email> <mailto:a@b.example> ; <url> <https://b.example/x>", ["mailto:a@b.example", "https://b.example/x"]),
        ("<url> <http://b.example/>", []),
        ("<url> <javascript:alert(1)>", []),
    ],
)
def test_contacts_are_those_that_can_be_trusted(
    tmp_path: Path, smarter: Edition, point: str, contacts: list[str]
) -> None:
    vcard = "http://www.w3.org/2006/vcard/ns#"
    stated = point.replace("<email>", f"<{vcard}hasEmail>").replace("<url>", f"<{vcard}hasURL>")
    text = f"<urn:c> a <{DCAT.Catalog}> ; <{DCAT.contactPoint}> <urn:p> . <urn:p> {stated} ."
    (tmp_path / "catalog.ttl").write_text(text)
    edition = replace(smarter, _parts={})
    vars(edition)["statements"] = read_statements(tmp_path / "catalog.ttl")
    assert list(find_contacts(edition)) == contacts


@pytest.fixture(scope="module")
def moved(browse: Any, release: Path) -> Iterator[TestClient]:
    """The portal of the hostile release at a separate address."""
    with browse(release, HOME) as client:
        yield client

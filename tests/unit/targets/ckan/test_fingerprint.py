"""What version 0.1 noted on portals is read, and written letter for letter: an unchanged dataset needs no write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from st_opendata.targets.base import Action
from st_opendata.targets.ckan.fields import schema_for
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, Fingerprint, extras_with
from st_opendata.targets.ckan.packages import Package, Resource, _digest
from st_opendata.targets.ckan.plan import DesiredDataset, decide, desired_dataset
from st_opendata.targets.ckan.site import Site

PLUGINS = frozenset({"scheming_datasets"})
SITE = Site(
    "https://portal.example.org",
    "city",
    "2.12.0",
    PLUGINS,
    schema=schema_for(PLUGINS),
    organization_id="0b5e",
    user="editor",
)
METADATA: dict[str, object] = {
    "name": "places",
    "owner_org": "city",
    "title": " Orte in München ",
    "notes": "Two\r\nlines",
    "version": "1.0.0",
    "tags": [{"name": "Stadt"}, {"name": "city"}],
    "license_id": "",
    "contact": [{"name": "Office", "email": "a@b.example"}],
    "extras": [{"key": "source", "value": " x "}, {"key": "count", "value": "3"}],
}
TABLE: dict[str, object] = {"name": "Table", "format": "CSV", "mimetype": "text/csv"}
LINK: dict[str, object] = {"name": "Link", "url": "https://files.example/big.csv"}
RESOURCES = (
    Resource("11111111-aaaa", TABLE, Path("table.csv"), 4, "ab" * 32, "table.csv", rows=1),
    Resource("22222222-bbbb", LINK, None, 9, "cd" * 32, "big.csv"),
)
PACKAGE_DIGEST = "e83a12a8219277098742c26ba57f4fec840f3c73cb7e18e8149019ee7ef014a2"
_START = (
    '{"catalogue":"https://example.org/","digest":"150e929aaaf13e1a547757fe04f7d7223dacc70bafc3638729a5dfbb4fb86cd4",'
)
_END = (
    '"fields":"contact extras:count extras:source name notes private state tags title version",'
    '"resource_fields":"format hash id mimetype name size url url_type","name":"places"'
)
PUBLISHED = f'{_START}"content":"61a5c669e02f5e45c7dac52cd7ff376829105e56b91cb412ffaf468b1b5b7ff4",{_END}}}'
WRITING = (
    f'{_START}"content":"78bb99d738f5214e20c22e10d720aa4dc4dc367a31eeeffc4603eae67e079a89",{_END},'
    '"writing":true,"altered":true}'
)
"""As version 0.1 wrote them, of a dataset that was published and of one being written that CKAN altered."""


def desired() -> DesiredDataset:
    digest = _digest(METADATA, RESOURCES)
    return desired_dataset(
        Package("places", METADATA, RESOURCES, digest, "https://example.org/dataset/places"),
        SITE,
        "https://example.org/",
    )


def remote(**changes: object) -> dict[str, object]:
    """The dataset as CKAN gives it back."""
    tags = [{"name": "city", "state": "active"}, {"name": "Stadt"}]
    there = {**desired().dataset, "id": "p1", "owner_org": "0b5e", "metadata_modified": "2026", "tags": tags}
    return {**there, "title": "Orte in München", **changes}


def test_fingerprints_are_written_as_before() -> None:
    assert FINGERPRINT_KEY == "st_opendata"
    assert desired().package.digest == PACKAGE_DIGEST
    assert desired().fingerprint().text() == PUBLISHED
    assert replace(desired().fingerprint(dataset=remote(version=1.0)), writing=True).text() == WRITING


def test_fingerprints_of_before_are_read() -> None:
    for text in (PUBLISHED, WRITING):
        fingerprint = Fingerprint.read(text)
        assert fingerprint
        assert fingerprint.text() == text
        older = {key: value for key, value in json.loads(text).items() if key != "name"}
        assert Fingerprint.read(json.dumps(older))  # before names were noted


def test_what_an_earlier_version_published_needs_no_write() -> None:
    fingerprint = Fingerprint.read(PUBLISHED)
    assert fingerprint
    there = remote(extras=extras_with(desired().dataset["extras"], None, fingerprint))
    assert decide(desired(), there, SITE).action == Action.UNCHANGED
    edited = {**there, "title": "By hand"}
    assert decide(desired(), edited, SITE).action == Action.DRIFTED

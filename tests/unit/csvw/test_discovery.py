"""Which description a table gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from st_opendata.csvw.discovery import Hints, describe
from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.notices import Notices

BASE = "https://example.org/data/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("x\n1\n")
    return tmp_path


def metadata(path: Path, title: str, url: str = "a.csv") -> None:
    path.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "url": url, "dc:title": title}))


def found(folder: Path, hints: Hints, name: str = "a.csv") -> tuple[str | None, int]:
    """The title in the description, and how many warnings there were."""
    notices = Notices()
    group = describe(BASE + name, DocumentLoader(BASE, folder), hints, notices)
    said = list(group.objects("tables")[0].annotations.properties.values())
    return (said[0]["@value"] if said else None), len(notices.warnings)


def test_the_first_that_names_the_table_is_taken(folder: Path) -> None:
    assert found(folder, Hints()) == (None, 0)
    metadata(folder / "csv-metadata.json", "of the folder")
    assert found(folder, Hints()) == ("of the folder", 0)
    metadata(folder / "a.csv-metadata.json", "of the file")
    assert found(folder, Hints()) == ("of the file", 0)
    metadata(folder / "linked.json", "linked")
    link = '<other>; rel="x", <linked.json>; rel="describedby"; type="application/csvm+json"'
    assert found(folder, Hints(link=link)) == ("linked", 0)
    metadata(folder / "given.json", "given", url="b.csv")
    assert found(folder, Hints(metadata=f"{BASE}given.json", link=link)) == ("given", 0)


def test_a_description_of_another_table_is_passed_over(folder: Path) -> None:
    metadata(folder / "a.csv-metadata.json", "of the file", url="b.csv")
    metadata(folder / "csv-metadata.json", "of the folder")
    assert found(folder, Hints()) == ("of the folder", 1)


def test_the_site_says_where_descriptions_are(folder: Path) -> None:
    metadata(folder / "about.json", "of the site")
    assert found(folder, Hints(site=("nothing.json", "about.json"))) == ("of the site", 0)


def test_a_link_to_nothing_is_told(folder: Path) -> None:
    assert found(folder, Hints(link="<gone.json>; rel=describedby")) == (None, 1)


@pytest.mark.parametrize("target", ["http://[", "a\x00b", "x" * 5000])
def test_a_link_that_leads_nowhere_is_told(folder: Path, target: str) -> None:
    assert found(folder, Hints(link=f"<{target}>; rel=describedby")) == (None, 1)


def test_a_description_is_its_own(folder: Path) -> None:
    metadata(folder / "about.json", "itself")
    assert found(folder, Hints(), "about.json") == ("itself", 0)

"""Every statement of the project page is found in the facts by its own query."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from st_opendata.catalogue import read_catalogue
from st_opendata.namespaces import PREFIXES

STATEMENTS = yaml.safe_load(Path(__file__).with_name("statements.yaml").read_text("utf-8"))
HEADINGS = ("Le projet en détails", "Relations internationales", "Haut de page")
"""Lines of the page that state nothing."""


@pytest.fixture(scope="session")
def catalogue_prefixes(root: Path) -> str:
    prefixes = PREFIXES | read_catalogue(root / "datasets").prefixes
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())


@pytest.fixture(scope="session")
def store(smarter_release: Path) -> ox.Store:
    found = ox.Store()
    for path in smarter_release.glob("*/*.nt"):
        found.load(path=path)
    return found


@pytest.mark.parametrize("statement", STATEMENTS, ids=[f"{n}-{s['says'][:40]}" for n, s in enumerate(STATEMENTS, 1)])
def test_the_facts_state_what_the_page_states(store: ox.Store, catalogue_prefixes: str, statement: dict) -> None:
    if "ask" in statement:
        assert store.query(f"{catalogue_prefixes} ASK {{ {statement['ask']} }}")
        return
    query = f"{catalogue_prefixes} SELECT DISTINCT {statement['select']} WHERE {{ {statement['where']} }}"
    rows = [[term.value for term in row] for row in store.query(query)]
    assert sorted(rows) == sorted(statement["rows"])


def plain(text: str) -> str:
    """Text with straight apostrophes and single spaces."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def page_lines(shared: Path) -> list[str]:
    text = (shared / "facts" / "page-grandlyon-fr.txt").read_text("utf-8")
    return [plain(line) for line in text.splitlines() if plain(line)]


def test_each_statement_is_in_the_page(shared: Path) -> None:
    page = " ".join(page_lines(shared))
    assert [s["says"] for s in STATEMENTS if plain(s["says"]) not in page] == []


def test_no_part_of_the_page_is_left_out(shared: Path) -> None:
    """The page without its statements has only headings and a few joining words."""
    fragments = sorted({plain(s["says"]) for s in STATEMENTS}, key=len, reverse=True)
    rest = "\n".join(page_lines(shared))
    for fragment in (*fragments, *HEADINGS):
        rest = rest.replace(fragment, " ")
    remains = re.findall(r"\w+", rest)
    assert " ".join(remains) == "et Partenaires et"

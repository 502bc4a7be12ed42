"""The portal of a catalogue that is in Greek alone: every page works, and says in which language each text is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from st_opendata.model.text import LANGUAGES
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options

_GREEK, _LATIN = re.compile("[\u0370-\u03ff]{3}"), re.compile("[A-Za-zÀ-ÿ]{3}")
_VOID = {"meta", "link", "input", "br"}
_NO_TEXT = {"script", "style", "code", "pre", "path", "rect", "text", "textarea"}
"""What is not read out: of a picture it is title and description, not the names of its points."""


@pytest.fixture(scope="module")
def portal(greek: Path) -> Iterator[TestClient]:
    app = make_app(Current(greek), Options(requests_per_minute=1_000_000))
    with TestClient(app, base_url="http://portal.example") as client:
        yield client


class Texts(HTMLParser):
    """The texts of a page, each with the language that the elements around it give it; and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag not in _VOID:
            language = given.get("lang") or given.get("xml:lang") or (self.open[-1][1] if self.open else "")
            self.open.append((tag, str(language)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            while self.open and self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if tags and not _NO_TEXT & set(tags) and tags != ["html", "head", "title"] and data.strip():
            self.found.append((data.strip(), self.open[-1][1]))


def read(portal: TestClient, path: str) -> Texts:
    answer = portal.get(path)
    assert answer.status_code == 200, path
    texts = Texts()
    texts.feed(answer.text)
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_the_language_that_it_says(portal: TestClient, language: str) -> None:
    seen, waiting = set[str](), [f"/{language}/", f"/{language}/query?question=posa"]
    greek = 0
    while waiting:
        path = waiting.pop()
        seen.add(path)
        texts = read(portal, path)
        for text, spoken in texts.found:
            if _GREEK.search(text) and not _LATIN.search(text):
                assert spoken == "el", (path, text)
                greek += 1
            elif _LATIN.search(text) and not _GREEK.search(text):
                assert spoken != "el", (path, text)
        links = {link.partition("#")[0] for link in texts.links}
        waiting += sorted(
            link for link in links - seen - set(waiting) if link.startswith(f"/{language}/") and len(seen) < 40
        )
    assert len(seen) > 12 and greek > 100


@pytest.mark.parametrize("asked", ["αξιοθέατα", "ΑΞΙΟΘΕΑΤΑ", "μουσεια", "πόλης"])
def test_words_are_found_in_any_case_and_without_accents(portal: TestClient, asked: str) -> None:
    found = read(portal, f"/en/?q={asked}").found
    assert ("Αξιοθέατα της πόλης", "el") in found


@pytest.mark.parametrize("asked", ["κωνσταντινος", "ΡΉΓΑ φεραίου"])
def test_things_are_found_by_their_names(portal: TestClient, asked: str) -> None:
    found = [text for text, _ in read(portal, f"/fr/?q={asked}").found]
    assert {"Άγιος Κωνσταντίνος", "Πλατεία Ρήγα Φεραίου"} & set(found)


@pytest.mark.parametrize("asked", ["ΚΩΝΣΤΑΝΤΙΝΟΣ", "κωνσταντίνος"])
def test_rows_are_filtered_alike(portal: TestClient, asked: str) -> None:
    found = [text for text, _ in read(portal, f"/de/dataset/axiotheata/table/axiotheata?has.onoma={asked}").found]
    assert "Άγιος Κωνσταντίνος" in found and "Πλατεία Ρήγα Φεραίου" not in found


def test_numbers_and_days_are_written_as_the_page_does(portal: TestClient) -> None:
    page = portal.get("/de/dataset/axiotheata").text
    assert "1. März 2026" in page and "405 von 405" in re.sub("<[^>]+>|\\s+", " ", page).replace(
        "\N{NO-BREAK SPACE}", " "
    )

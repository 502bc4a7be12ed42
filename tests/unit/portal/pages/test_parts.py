"""Parts of an edition, whole numbers in addresses, and what a failing page says."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from hostile import list_anew
from starlette.testclient import TestClient

from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.middleware.security_headers import SECURITY_HEADERS
from st_opendata.portal.options import Options
from st_opendata.portal.rendering import excerpt, say
from st_opendata.portal.requests import whole_number
from st_opendata.sparql.endpoint import Limits


@pytest.mark.slow
def test_a_part_is_made_once_and_closed_with_its_edition(release: Path) -> None:
    made: list[Any] = []

    class Part:
        closed = False

        def close(self) -> None:
            self.closed = True

    def make(_edition: Edition) -> Part:
        made.append(Part())
        return made[-1]

    runner = asyncio.Runner()
    edition = runner.run(Edition.open(release, Limits(workers=1)))
    threads = [threading.Thread(target=edition.part, args=[make]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert edition.part(make) is made[0]
    runner.run(edition.close())
    runner.close()
    assert made[0].closed
    assert not edition.folder.exists()


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 7), ("", 7), ("3", 3), ("0", 1), ("99", 9), ("-3", 7), ("x", 7), ("²", 7), ("٣", 7), ("9" * 5000, 7)],
)
def test_whole_numbers_of_addresses(text: str | None, number: int) -> None:
    assert whole_number(text, 1, 9, otherwise=7) == number


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("one two", "one two"),
        ("Known. And more of it", "Known…"),
        ("Known, and <b> & more", "Known…"),
        ("a & b < c and so on", "a &amp; b &lt;…"),
        ("indivisible", "indivisi…"),
    ],
)
def test_an_excerpt_ends_after_a_word(text: str, cut: str) -> None:
    assert excerpt(say({"fr": text}, "en"), 9) == f'<bdi lang="fr">{cut}</bdi>'


@pytest.mark.slow
def test_a_page_that_fails_says_so_safely(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release")
    (tmp_path / "release/places/cities.csv-metadata.json").write_text("{", "utf-8")
    (tmp_path / "release/texts/cells.parquet").write_bytes(b"PAR1")
    list_anew(tmp_path / "release")
    app = make_app(Current(tmp_path / "release"), Options())
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        for path in ("/en/dataset/places", "/en/dataset/texts/table/cells"):
            answer = client.get(path)
            assert answer.status_code == 500
            assert answer.text == "Something went wrong here. Please try again later.\n"
            assert answer.headers.items() >= {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items()
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            for_readers = client.get(path.replace("/en/", "/fr/"), headers={"Accept": "text/html"})
            assert for_readers.text == "Une erreur s’est produite. Veuillez réessayer plus tard.\n"
        assert client.get("/en/dataset/texts").status_code == 200
        german = client.get("/de/dataset/places", headers={"Accept": "text/html"})
        assert german.text == "Etwas ist schiefgegangen. Bitte versuchen Sie es später noch einmal.\n"

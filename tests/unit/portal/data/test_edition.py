"""The parts of an edition are closed with it."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.options import Options

PAGES = (
    *("", "?q=city", "story", "ontology", "query", "dataset/cities", "dataset/cities/table/cities"),
    *("thing/city/lyon", "scheme/city-role", "completions/x.json"),
)


def served(release: Path) -> weakref.ref[Edition]:
    """A closed edition that has served every kind of page."""
    current = Current(release)
    with TestClient(make_app(current, Options())) as client:
        edition = weakref.ref(current.edition)
        for page in PAGES:
            assert client.get(f"/en/{page}").status_code == 200, page
    return edition


@pytest.mark.slow
def test_an_edition_that_is_closed_takes_no_memory(smarter_release: Path) -> None:
    edition = served(smarter_release)
    gc.collect()
    assert edition() is None

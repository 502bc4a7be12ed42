"""The parts of an edition are closed with it."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.edition import Edition, _finished
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


def test_a_start_that_is_cancelled_interrupts_its_work() -> None:
    """As often as it takes: an interrupt between two steps stops neither."""
    heard = list[int]()

    def work() -> None:
        while len(heard) < 3:
            time.sleep(0.001)
        raise InputError(message("it was interrupted"))

    async def cancel() -> None:
        task = asyncio.create_task(_finished(work, lambda: heard.append(1)))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    assert len(heard) >= 3

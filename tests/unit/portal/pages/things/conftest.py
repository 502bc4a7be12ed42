"""Portals in this process: one with Smarter Together, one with a release whose values try to break a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from odd import build_odd
from once import once
from starlette.testclient import TestClient

from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options


def client_of(release: Path) -> Iterator[TestClient]:
    """A client that follows no redirection, of a portal that raises what fails in it."""
    app = make_app(Current(release), Options(requests_per_minute=100_000))
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def odd_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release with odd values."""
    return once(tmp_path_factory, "odd", build_odd)


@pytest.fixture(scope="session")
def smarter(smarter_release: Path) -> Iterator[TestClient]:
    """A portal with Smarter Together."""
    yield from client_of(smarter_release)


@pytest.fixture(scope="session")
def odd(odd_release: Path) -> Iterator[TestClient]:
    """A portal with odd values."""
    yield from client_of(odd_release)

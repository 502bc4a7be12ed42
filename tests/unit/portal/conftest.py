"""A portal in this process with the release whose every text tries to break a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hostile import build_hostile
from once import once
from starlette.testclient import TestClient

from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.options import Options
from st_opendata.sparql.endpoint import Limits


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile release, only to be read."""
    return once(tmp_path_factory, "hostile", build_hostile)


@pytest.fixture(scope="session")
def edition(release: Path) -> Iterator[Edition]:
    """It, as it is served."""
    with opened(release) as edition:
        yield edition


@pytest.fixture(scope="session")
def smarter(smarter_release: Path) -> Iterator[Edition]:
    """Smarter Together, as it is served."""
    with opened(smarter_release) as edition:
        yield edition


@contextmanager
def opened(release: Path) -> Iterator[Edition]:
    """The edition of a release."""
    with asyncio.Runner() as runner:
        edition = runner.run(Edition.open(release, Limits(workers=1)))
        yield edition
        runner.run(edition.close())


Browse = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def browse() -> Browse:
    """A portal for any release."""

    @contextmanager
    def portal(release: Path, base_url: str | None = None) -> Iterator[TestClient]:
        app = make_app(Current(release), Options(requests_per_minute=1_000_000, base_url=base_url))
        with TestClient(app, base_url=base_url or "http://127.0.0.1", raise_server_exceptions=True) as client:
            client.headers["Accept"] = "text/html"
            yield client

    return portal


@pytest.fixture(scope="session")
def client(browse: Browse, release: Path) -> Iterator[TestClient]:
    """The portal of the hostile release."""
    with browse(release) as client:
        yield client

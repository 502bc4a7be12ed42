"""Fixtures shared by all tests."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from once import SHOWN, SMARTER, demonstrate, once, shared_folder

import texts

ROOT = Path(__file__).resolve().parents[1]

if not all(texts.is_compiled(language) for language in texts.LANGUAGES):
    texts.compile_all()

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell starts jobs in the background with Ctrl-C ignored, and programs hand that on to those that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# A slow machine is not a fault of the tested code. `make test` draws few examples, all other runs (ST_FULL) many.
settings.register_profile("full", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("full"), max_examples=20)
settings.load_profile("full" if os.environ.get("ST_FULL") else "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the cases of a test marked `quick(n)`, all but n, which are spread evenly over them, are slow.

    So are all of tests/servers, which `make test` does not even collect. A test that reads with a library of the extra
    `readers` has the marker of that name.
    """
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "servers"):
            item.add_marker(pytest.mark.slow)
        if "read_with" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.readers)
        if item.get_closest_marker("quick"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for group in cases.values():
        (count,) = group[0].get_closest_marker("quick").args
        kept = {number * len(group) // count for number in range(min(count, len(group)))}
        for number, item in enumerate(group):
            if number not in kept:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The cache of the person who runs the tests stays unchanged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Reference material next to the repository: official shapes, W3C suites, samples."""
    folder = Path(os.environ.get("ST_SHARED", ROOT.parent / "shared"))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"the reference material is not at {folder.name}/ beside the checkout (or ST_SHARED)")
    return folder


class EarlyBuild:
    """Builds Smarter Together during the first tests of a run with several processes, so that none waits for it."""

    program: subprocess.Popen[bytes] | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin, in one of the processes, where a test reads it. What was collected stays: gc need not look at it."""
        gc.collect()
        gc.freeze()
        first = os.environ.get("PYTEST_XDIST_WORKER") == "gw0"
        if first and any("smarter_release" in getattr(item, "fixturenames", ()) for item in session.items):
            folder = shared_folder(session.config._tmp_path_factory)
            self.program = subprocess.Popen([sys.executable, once.__code__.co_filename, folder])

    def pytest_sessionfinish(self) -> None:
        """End it, where the run has ended before; what libraries made is collected at the end."""
        gc.unfreeze()
        if self.program:
            self.program.terminate()
            self.program.wait()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(EarlyBuild())


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which `st-opendata demo` has built Smarter Together, only to be read, and what it showed."""
    folder = once(tmp_path_factory, SMARTER, demonstrate)
    return folder, (folder / SHOWN).read_text("utf-8")


@pytest.fixture(scope="session")
def smarter_release(demonstration: tuple[Path, str]) -> Path:
    """The release of Smarter Together, only to be read."""
    return demonstration[0] / "release"


@pytest.fixture(scope="session")
def read_with() -> Callable[[str], ModuleType]:
    """A library of the extra `readers`; a test that lacks it is skipped, or fails where ST_REQUIRE names readers."""

    def read(name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ImportError:
            if "readers" in os.environ.get("ST_REQUIRE", "").split(","):
                pytest.fail(f"{name} is not installed: pip install 'st-opendata[readers]'")
            pytest.skip(f"{name} is not installed (extra: readers)")

    return read


Graphs = Mapping[str, str]
"""N-Triples by the IRI of their dataset."""


@pytest.fixture(scope="session")
def write_release() -> Callable[[Path, Graphs], Path]:
    """Writes a release with only the required parts: facts, dump, catalogue, VoID."""
    from st_opendata.model.release import DatasetRelease, File, Release
    from st_opendata.release import list_files, write_manifest

    def write(folder: Path, graphs: Graphs) -> Path:
        (folder / "ontology").mkdir(parents=True)
        datasets, quads = [], ""
        for number, (iri, lines) in enumerate(graphs.items()):
            name = f"data{number}"
            (folder / name).mkdir()
            (folder / name / f"{name}.nt").write_text(lines, "utf-8")
            quads += "".join(f"{line[:-1]}<{iri}> .\n" for line in lines.splitlines())
            datasets.append(DatasetRelease(name, iri, {"en": name}, {}, lines.count("\n"), 0, ()))
        (folder / "tiny.nq").write_text(quads, "utf-8")
        (folder / "catalog.ttl").write_text("<http://e/catalogue> a <http://www.w3.org/ns/dcat#Catalog> .", "utf-8")
        (folder / "void.ttl").write_text(
            "".join(f"<{iri}> a <http://rdfs.org/ns/void#Dataset> .\n" for iri in graphs), "utf-8"
        )
        triples = sum(each.triples for each in datasets)
        files: tuple[File, ...] = list_files(folder)
        site = "https://data.example.org/"
        release = Release(
            "test", "tiny", "http://e/", site, {"en": "Tiny"}, "2026-01-01", triples, tuple(datasets), (), files
        )
        write_manifest(release, folder)
        return folder

    return write


@dataclass(frozen=True)
class Served:
    """An endpoint behind a real server."""

    url: str
    endpoint: object
    stop: Callable[[], None]


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves a release, with uvicorn in a separate thread, as `with serve(release, limits) as served`."""
    import uvicorn

    from st_opendata.portal.app import make_app
    from st_opendata.portal.data.current import Current
    from st_opendata.portal.options import Options
    from st_opendata.sparql.endpoint import Limits

    @contextmanager
    def run(release: Path, limits: Limits | None = None, disk: Path | None = None) -> Iterator[Served]:
        started, found = threading.Event(), []

        async def work() -> None:
            current = Current(release, limits or Limits(), disk)
            await current.open()
            app = make_app(current, Options(requests_per_minute=1_000_000))
            server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", timeout_keep_alive=1))
            serving = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            loop = asyncio.get_running_loop()
            found.append(
                Served(
                    f"http://127.0.0.1:{port}",
                    current.edition.endpoint,
                    lambda: loop.call_soon_threadsafe(setattr, server, "should_exit", True),
                )
            )
            started.set()
            await serving
            await current.close()

        def main() -> None:
            try:
                asyncio.run(work())
            finally:
                started.set()

        thread = threading.Thread(target=main)
        thread.start()
        started.wait(60)
        assert found, "the server did not start"
        try:
            yield found[0]
        finally:
            if thread.is_alive():
                found[0].stop()
            thread.join(60)
            assert not thread.is_alive()

    return run

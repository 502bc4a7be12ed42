"""A release that is being served: its files, the descriptions of its datasets, and its SPARQL endpoint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from st_opendata.errors import StError
from st_opendata.messages.message import change_fields
from st_opendata.model.release import DatasetRelease, File, Release
from st_opendata.namespaces import PREFIXES, RDF
from st_opendata.portal.data.integrity import FileCheck
from st_opendata.rdf.statements import Statements, read_statements
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache, open_cache
from st_opendata.release.index import VERSION as INDEX_VERSION
from st_opendata.release.index import Index, build_index
from st_opendata.release.layout import CATALOGUE, MANIFEST, ONTOLOGY, STORY, is_in, ontology_files
from st_opendata.release.snapshot import take_snapshot
from st_opendata.sparql.endpoint import Endpoint, Limits
from st_opendata.sql.duckdb import VERSION as ENGINE_VERSION
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError
from st_opendata.system.scratch import Scratch

if TYPE_CHECKING:
    from st_opendata.catalogue.story import Answers, StoryDocument

_INDEX = ".index.duckdb"
"""In the folder of the snapshot; none of its files has this name, as a release lists no hidden files."""

_TICK = 0.1
"""Seconds between two interrupts: one that comes between two steps of the work stops neither."""
_CHECKED = "checked"
"""The note of the files that are as the release lists them."""

Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class Edition:
    """One release, which never changes; `folder` has its files until `close`. `digest` identifies the contents."""

    scratch: Scratch
    release: Release
    digest: str
    files: dict[str, File] = field(repr=False)
    """By path."""
    endpoint: Endpoint = field(repr=False)
    intact: FileCheck = field(repr=False)
    cache: ReleaseCache | None = field(default=None, repr=False)
    """The files that later starts of a large release use again."""
    since: float = 0.0
    """When the release was put in its folder, in seconds: files may be older, if an old release was restored."""
    _parts: dict[Callable[..., object], object] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)
    _indexing: list[Database] = field(default_factory=list, repr=False)
    """The databases in which the index is made."""

    @classmethod
    async def open(cls, release: Path, limits: Limits, store: Path | None = None, *, early: bool = False) -> Edition:
        """Open the present release in a folder; limits, store and `early` are those of its endpoint.

        Raises:
            StError: the folder is not a release, a file differs from the release's list, or it cannot be read.
        """
        async with AsyncExitStack() as stack:

            def take() -> tuple[Scratch, Release]:
                scratch, content = take_snapshot(release)
                stack.callback(scratch.close)
                return scratch, content

            scratch, content = await _finished(take)
            since = _arrival(release)
            stack.push(lambda _kind, error, _trace: _show_release(error, scratch.folder, release))
            own = File.of(scratch.folder, MANIFEST)
            files = {file.path: file for file in (*content.files, own)}
            cache = None
            if content.triples >= LEAST_TRIPLES:
                cache = await _finished(lambda: open_cache(scratch.folder, release, store))
                stack.callback(cache.close)
            intact = FileCheck(scratch.folder, files, cache.read_note(_CHECKED) if cache else None)
            await _finished(lambda: intact.check(files))
            endpoint = await Endpoint.open(scratch.folder, limits, store, release, early=early)
            stack.push_async_callback(endpoint.close)
            edition = cls(scratch, content, own.sha256, files, endpoint, intact, cache, since)
            index = await _finished(
                lambda: edition.index, edition.interrupt
            )  # made now, so that no visitor waits for it
            stack.callback(index.close)
            await _finished(lambda: intact.check(files))  # the files that were read are those of the list
            if cache:
                cache.write_note(_CHECKED, intact.known)
            stack.pop_all()
        return edition

    @property
    def folder(self) -> Path:
        """The folder of the files; `path` checks those that are read."""
        return self.scratch.folder

    def path(self, path: str) -> Path:
        """The path of a file or folder of the release; raises ChangedFileError if a file differs from the list."""
        below = f"{path}/"
        self.intact.check([path] if path in self.files else [each for each in self.files if each.startswith(below)])
        return self.folder / path

    def part(self, make: Callable[[Edition], Part]) -> Part:
        """The result of `make` for this edition. The first caller's thread makes it, once; later calls return it.

        A part that has a method `close` is closed with the edition.
        """
        with self._lock:
            if make not in self._parts:
                self._parts[make] = make(self)
            found: Part = self._parts[make]  # type: ignore[assignment]  # what `make` made has its type
        return found

    async def close(self) -> None:
        """Let queries end, then remove the files and close the parts."""
        await self.endpoint.close()
        for part in self._parts.values():
            if close := getattr(part, "close", None):
                close()
        if "index" in self.__dict__:
            self.index.close()
        if self.cache:
            self.cache.close()
        await asyncio.to_thread(self.scratch.close)

    def interrupt(self) -> None:
        """Interrupt what the making of the index does now."""
        for database in self._indexing:
            with suppress(SqlError):  # it is closed
                database.interrupt()

    @cached_property
    def index(self) -> Index:
        """The index of all statements: facts, ontology, schemes and catalogue."""

        def build(path: Path) -> None:
            limits = self.endpoint.limits
            memory, threads = f"{limits.making_memory}B", limits.threads
            files = [*ontology_files(self.files), CATALOGUE]
            build_index(self.folder, files, path, memory=memory, threads=threads, on_open=self._indexing.append)

        if self.cache:
            return Index(self.cache.keep("index", f"{INDEX_VERSION}-{ENGINE_VERSION}", build))
        build(self.folder / _INDEX)
        return Index(self.folder / _INDEX)

    @cached_property
    def has_vocabulary(self) -> bool:
        """Whether the release defines its own terms or code lists."""
        schemes = self.index.naming(f"<{RDF}type>", [f"<{PREFIXES['skos']}ConceptScheme>"])
        return any(is_in(ONTOLOGY, file) for file in self.files) or bool(list(schemes))

    @cached_property
    def story(self) -> tuple[StoryDocument, Answers] | None:
        """The story of the catalogue with its answers, if it has one."""
        if not any(is_in(STORY, file) for file in self.files):
            return None
        from st_opendata.catalogue.story import read_answers  # it loads the models of descriptions

        return read_answers(self.path(STORY).parent)

    @cached_property
    def statements(self) -> Statements:
        """The DCAT-AP catalogue."""
        return read_statements(self.path(CATALOGUE))

    @cached_property
    def datasets(self) -> dict[str, DatasetRelease]:
        """By id, in the order of the catalogue."""
        return {dataset.id: dataset for dataset in self.release.datasets}

    @cached_property
    def dataset_ids(self) -> dict[str, str]:
        """The ids of the datasets by their IRIs."""
        return {dataset.iri: dataset.id for dataset in self.release.datasets}


def _arrival(release: Path) -> float:
    """When the folder, or a link to it, was created or renamed."""
    try:
        return max(release.lstat().st_ctime, release.stat().st_ctime)
    except OSError:  # it is being replaced
        return time.time()


async def _finished(work: Callable[[], Part], interrupt: Callable[[], None] = lambda: None) -> Part:
    """The result of the work in a thread. If cancelled, this interrupts its steps and waits for its end."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            interrupt()
            await asyncio.wait((task,), timeout=_TICK)
        task.exception()  # it was interrupted on purpose
        raise


def _show_release(error: BaseException | None, folder: Path, release: Path) -> None:
    """Let an error name the files of the release, not those of the snapshot, which are gone when it is read."""
    if isinstance(error, StError):
        error.message = change_fields(error.message, lambda text: text.replace(str(folder), str(release)))
        if error.place:
            error.place = replace(error.place, file=error.place.file.replace(str(folder), str(release)))

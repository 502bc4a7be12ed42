"""A release as it is being served: its files, what it says of its datasets, and the endpoint that answers from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TypeVar

from st_opendata.errors import StError
from st_opendata.model.release import DatasetRelease, File, Release
from st_opendata.portal.endpoint import Endpoint, Limits
from st_opendata.portal.snapshot import drop_snapshot, take_snapshot
from st_opendata.rdf.statements import Statements, read_statements
from st_opendata.release import MANIFEST

Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class Edition:
    """One release, which never changes; `folder` holds its files until `close`. `digest` stands for all of it."""

    folder: Path
    release: Release
    digest: str
    files: dict[str, File] = field(repr=False)
    """By path."""
    endpoint: Endpoint = field(repr=False)
    _parts: dict[Callable[..., object], object] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    @classmethod
    async def open(cls, release: Path, limits: Limits, store: Path | None = None) -> Edition:
        """The release in a folder, as it is now; limits and store are those of its endpoint. Raises InputError."""
        folder, content = await asyncio.to_thread(take_snapshot, release)
        try:
            endpoint = await Endpoint.open(folder, limits, store)
        except StError:
            drop_snapshot(folder)
            raise
        own = File.of(folder, MANIFEST)
        return cls(folder, content, own.sha256, {file.path: file for file in (*content.files, own)}, endpoint)

    def part(self, make: Callable[[Edition], Part]) -> Part:
        """What `make` makes of this edition, made when it is first asked for, by one thread, and once.

        A part that has a method `close` is closed with the edition.
        """
        with self._lock:
            if make not in self._parts:
                self._parts[make] = make(self)
            found: Part = self._parts[make]  # type: ignore[assignment]  # what `make` made has its type
        return found

    async def close(self) -> None:
        """Let queries come to their end; give up the files, and what was made of them."""
        await self.endpoint.close()
        for part in self._parts.values():
            if close := getattr(part, "close", None):
                close()
        await asyncio.to_thread(drop_snapshot, self.folder)

    @cached_property
    def statements(self) -> Statements:
        """The DCAT-AP catalogue."""
        return read_statements(self.folder / "catalog.ttl")

    @cached_property
    def datasets(self) -> dict[str, DatasetRelease]:
        """By id, in the order of the catalogue."""
        return {dataset.id: dataset for dataset in self.release.datasets}

"""A release as it is being served: its files, what it says of its datasets, and its age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TypeVar

from st_opendata.model.release import DatasetRelease, File, Release
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
    _parts: dict[Callable[..., object], object] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    @classmethod
    def open(cls, release: Path) -> Edition:
        """The release in a folder, as it is now. Raises InputError."""
        folder, content = take_snapshot(release)
        digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
        own = File(MANIFEST, (folder / MANIFEST).stat().st_size, digest)
        return cls(folder, content, digest, {file.path: file for file in (*content.files, own)})

    def part(self, make: Callable[[Edition], Part]) -> Part:
        """What `make` makes of this edition, made when it is first asked for, by one thread, and once.

        A part that has a method `close` is closed with the edition.
        """
        with self._lock:
            if make not in self._parts:
                self._parts[make] = make(self)
            found: Part = self._parts[make]  # type: ignore[assignment]  # what `make` made has its type
        return found

    def close(self) -> None:
        """Give up the files, and what was made of them."""
        for part in self._parts.values():
            if close := getattr(part, "close", None):
                close()
        drop_snapshot(self.folder)

    @cached_property
    def statements(self) -> Statements:
        """The DCAT-AP catalogue."""
        return read_statements(self.folder / "catalog.ttl")

    @cached_property
    def datasets(self) -> dict[str, DatasetRelease]:
        """By id, in the order of the catalogue."""
        return {dataset.id: dataset for dataset in self.release.datasets}

"""A release as it is being served: its files, what it says of its datasets, and its age."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.facts.index import Index, build_index
from st_opendata.model.release import DatasetRelease, File, Release
from st_opendata.portal.snapshot import drop_snapshot, take_snapshot
from st_opendata.rdf.statements import Statements, read_statements
from st_opendata.release import MANIFEST
from st_opendata.story import Answers, Told, read_answers

_INDEX = ".index.duckdb"
"""Beside the files of the snapshot; none of them has this name, as a release lists no hidden files."""


@dataclass(frozen=True, eq=False)
class Edition:
    """One release, which never changes; `folder` holds its files until `close`. `digest` stands for all of it."""

    folder: Path
    release: Release
    digest: str
    files: dict[str, File] = field(repr=False)
    """By path."""

    @classmethod
    def open(cls, release: Path) -> Edition:
        """The release in a folder, as it is now. Raises InputError."""
        folder, content = take_snapshot(release)
        digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
        own = File(MANIFEST, (folder / MANIFEST).stat().st_size, digest)
        edition = cls(folder, content, digest, {file.path: file for file in (*content.files, own)})
        try:
            edition.index  # noqa: B018 (made now, so that no visitor waits for it)
        except InputError:
            drop_snapshot(folder)
            raise
        return edition

    def close(self) -> None:
        """Give up the files."""
        if "index" in self.__dict__:
            self.index.close()
        drop_snapshot(self.folder)

    @cached_property
    def index(self) -> Index:
        """All that the release states: its facts, ontology, schemes and catalogue."""
        path = self.folder / _INDEX
        turtle = [file for file in self.files if file.startswith("ontology/") and file.endswith(".ttl")]
        build_index(self.folder, [*sorted(turtle), "catalog.ttl"], path)
        return Index(path)

    @cached_property
    def story(self) -> tuple[Told, Answers] | None:
        """The story of the catalogue with its answers, if it tells one."""
        return read_answers(self.folder)

    @cached_property
    def statements(self) -> Statements:
        """The DCAT-AP catalogue."""
        return read_statements(self.folder / "catalog.ttl")

    @cached_property
    def datasets(self) -> dict[str, DatasetRelease]:
        """By id, in the order of the catalogue."""
        return {dataset.id: dataset for dataset in self.release.datasets}

"""Changes between two releases: by dataset, by row of a table, by triple; and as an RDF Patch.

Datasets are matched by their identifier, tables by their name, rows by the primary key. Files with the same digest are
not read. Changes of other files (shapes, the catalogue's description, pictures) are reported by file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.model.release import DatasetRelease, Distribution, FactFile, Release
from st_opendata.place import Place
from st_opendata.release import read_release, release_digest
from st_opendata.release.changes import Changes, DividedFacts, Facts, KeyedTable, RowChange, RowCounts, WholeFacts
from st_opendata.release.layout import facts_file
from st_opendata.settings import Settings


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How a published table differs; `rows` are the first of the rows, up to the limit of the comparison."""

    file: str
    counts: RowCounts
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class DatasetDiff:
    """How a dataset differs: `change` is added, removed or changed.

    `removed` and `added` are the first of the triples, as lines of N-Triples, up to the limit of the comparison.
    """

    id: str
    change: str
    tables: tuple[TableDiff, ...]
    triples_removed: int
    triples_added: int
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """The difference of two releases; `files` are all paths whose bytes differ or that only one has, by change."""

    old: Release
    new: Release
    datasets: tuple[DatasetDiff, ...]
    files: dict[str, tuple[str, ...]]

    @property
    def same(self) -> bool:
        """True when every file of the one release is in the other with the same bytes."""
        return not any(self.files.values())


class ReleasePair:
    """Two releases to compare, read from their folders; use it as a context manager.

    Raises:
        InputError: a folder holds no release, or one that is damaged.
    """

    def __init__(self, old: Path, new: Path, settings: Settings) -> None:
        self.folders = (old, new)
        self.releases = (read_release(old), read_release(new))
        self._digests = tuple({file.path: file.sha256 for file in release.files} for release in self.releases)
        self._divided = all(release.facts for release in self.releases)
        files = [path for side in (0, 1) for path in (*self._fact_files(side), *self._tables(side))]
        self._changes = Changes(files, settings.memory, settings.threads)

    def __enter__(self) -> ReleasePair:
        return self

    def __exit__(self, *_: object) -> None:
        self._changes.__exit__()

    def compare(self, limit: int, datasets: Sequence[str] = ()) -> ReleaseDiff:
        """All differences, counted, with at most `limit` rows of each table and triples of each dataset.

        With `datasets`, only they and their files are compared. UsageError: neither release has one of them.
        """
        self._require(datasets)
        old, new = (_within(digests, datasets) for digests in self._digests)
        files = {
            "removed": tuple(sorted(old.keys() - new.keys())),
            "added": tuple(sorted(new.keys() - old.keys())),
            "changed": tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
        }
        return ReleaseDiff(*self.releases, tuple(self._datasets(limit, datasets)), files)

    def patch(self, datasets: Sequence[str] = ()) -> Iterator[str]:
        """The lines of an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html) from the old to the new facts.

        Its `id` stands for the new release and `prev` for the old one, so that patches form a chain.
        """
        self._changes.compare_triples(*(self._facts(side, self._names(side, datasets)) for side in (0, 1)))
        previous, current = (f"<urn:uuid:{uuid5(NAMESPACE_URL, release_digest(folder))}>" for folder in self.folders)
        yield f"H id {current} .\nH prev {previous} .\nTX .\n"
        yield from (f"D {line}" for line in self._changes.removed())
        yield from (f"A {line}" for line in self._changes.added())
        yield "TC .\n"

    def _require(self, names: Sequence[str]) -> None:
        known = {dataset.id for release in self.releases for dataset in release.datasets}
        for name in names:
            if name not in known:
                raise UsageError(
                    message('there is no dataset "{name}"', name=name),
                    remedy=message("Name one of {names}.", names=", ".join(sorted(known))),
                )

    def _datasets(self, limit: int, names: Sequence[str]) -> Iterator[DatasetDiff]:
        before, after = (
            {dataset.id: dataset for dataset in release.datasets if not names or dataset.id in names}
            for release in self.releases
        )
        for name in [*after, *(name for name in before if name not in after)]:
            old, new = before.get(name), after.get(name)
            removed, added = 0, 0
            if not self._equal(facts_file(name)):
                facts = (self._facts(side, [name] if each else []) for side, each in enumerate((old, new)))
                removed, added = self._changes.compare_triples(*facts)
            lines = [
                tuple(line.rstrip() for line in islice(each(), limit)) if removed or added else ()
                for each in (self._changes.removed, self._changes.added)
            ]
            tables = tuple(self._compare_tables(old, new, limit))
            if removed or added or tables or not (old and new):
                change = "changed" if old and new else "added" if new else "removed"
                yield DatasetDiff(name, change, tables, removed, added, *lines)

    def _compare_tables(
        self, old: DatasetRelease | None, new: DatasetRelease | None, limit: int
    ) -> Iterator[TableDiff]:
        before, after = _csv_files(old), _csv_files(new)
        for name in [*after, *(name for name in before if name not in after)]:
            pair = (before.get(name), after.get(name))
            if all(pair) and self._equal(*(each.file.path for each in pair if each)):
                continue
            counts = self._changes.compare_rows(*(self._table(side, each) for side, each in enumerate(pair)))
            if counts or not all(pair):
                file = next(each.file.path for each in reversed(pair) if each)
                yield TableDiff(file, counts, tuple(islice(self._changes.rows(), limit)))

    def _equal(self, *paths: str) -> bool:
        """Whether the old release has the same bytes at the first path as the new one at the last."""
        old, new = self._digests
        return paths[0] in old and old[paths[0]] == new.get(paths[-1])

    def _facts(self, side: int, names: Sequence[str]) -> Facts:
        """The facts of these datasets in a release, without predicates whose files are equal in both."""
        folder = self.releases[side].facts
        if folder is None or not self._divided:
            return WholeFacts([path for name in names for path in self._existing(side, facts_file(name))])
        chosen = [file for file in self._changed(side) if not file.datasets.keys().isdisjoint(names)]
        files = {f"<{each.predicate}>": self._existing(side, each.path)[0] for each in chosen}
        shards = max((folder.datasets.get(name, 0) for name in names), default=0)
        return DividedFacts(files, names, folder.digits, shards)

    def _fact_files(self, side: int) -> list[Path]:
        """The files with the facts of a release that may be read."""
        if self._divided:
            paths = [file.path for file in self._changed(side)]
        else:
            paths = [facts_file(name) for name in self._names(side, ())]
        return [path for name in paths for path in self._existing(side, name)]

    def _changed(self, side: int) -> list[FactFile]:
        """The files under `facts/` of a release, without those that the other has with the same bytes."""
        own, other = (
            {file.predicate: (self._digests[each][file.path], file) for file in folder.files}
            for each in (side, 1 - side)
            if (folder := self.releases[each].facts)
        )
        return [file for term, (digest, file) in own.items() if term not in other or other[term][0] != digest]

    def _names(self, side: int, chosen: Sequence[str]) -> list[str]:
        """The datasets of a release; with `chosen`, only these of them."""
        names = [dataset.id for dataset in self.releases[side].datasets]
        return [name for name in names if not chosen or name in chosen]

    def _tables(self, side: int) -> list[Path]:
        files = [each.file.path for dataset in self.releases[side].datasets for each in _csv_files(dataset).values()]
        return [path for name in files for path in self._existing(side, name)]

    def _existing(self, side: int, name: str) -> list[Path]:
        path = self.folders[side] / name
        if not path.is_file():
            raise InputError(
                message("the release lacks this file"),
                place=Place(str(path)),
                remedy=message("Build the release again."),
            )
        return [path.absolute()]

    def _table(self, side: int, table: Distribution | None) -> KeyedTable | None:
        return KeyedTable(self.folders[side] / table.file.path, self._key(side, table)) if table else None

    def _key(self, side: int, table: Distribution) -> tuple[str, ...]:
        """The columns of the primary key, as the table's CSVW metadata name it (CSVW metadata §5.5.2)."""
        if table.described_by is None:
            return ()
        path = self.folders[side] / table.described_by
        try:
            content: dict[str, Any] = json.loads(path.read_text("utf-8"))
            [schema] = [each["tableSchema"] for each in content["tables"] if each["url"] == Path(table.file.path).name]
            return tuple(schema.get("primaryKey", ()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                message("the metadata of the table cannot be read: {reason}", reason=str(error)),
                place=Place(str(path)),
                remedy=message("Verify the release, or build it again."),
            ) from error


def _within(digests: Mapping[str, str], datasets: Sequence[str]) -> dict[str, str]:
    """The files in the folders of the datasets; without any, all."""
    return {path: digest for path, digest in digests.items() if not datasets or path.split("/")[0] in datasets}


def _csv_files(dataset: DatasetRelease | None) -> dict[str, Distribution]:
    distributions: Sequence[Distribution] = dataset.distributions if dataset else ()
    return {each.table: each for each in distributions if each.table and each.format.name == "csv"}


def diff_json(diff: ReleaseDiff) -> str:
    """The diff as JSON for programs; keys are always there."""
    content = {
        "same": diff.same,
        "old": _release(diff.old),
        "new": _release(diff.new),
        "datasets": [_dataset(each) for each in diff.datasets],
        "files": {change: list(paths) for change, paths in diff.files.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _release(release: Release) -> dict[str, object]:
    return {"catalogue": release.catalogue, "created": release.created, "triples": release.triples}


def _dataset(each: DatasetDiff) -> dict[str, object]:
    return {
        "id": each.id,
        "change": each.change,
        "triples": {
            "removed": each.triples_removed,
            "added": each.triples_added,
            "first_removed": list(each.removed),
            "first_added": list(each.added),
        },
        "tables": [
            {
                "file": table.file,
                **table.counts._asdict(),
                "first_rows": [row._asdict() for row in table.rows],
            }
            for table in each.tables
        ],
    }

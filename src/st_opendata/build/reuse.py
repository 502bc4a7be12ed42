"""Parts of a release that are taken over from the one before, where a build would write the same bytes again.

A part is made of some files: those of a dataset, the facts of a predicate, a dump. Its key is a digest of all that its
writers read: the cleaned tables as they were loaded, and their descriptions. Tables are always read, mapped and
validated, so a key says nothing about findings. After a build the user's cache has the key of each part; if that of the
next build is the same and the files are still those of `release.json`, they are copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from st_opendata.build.unchanged import Earlier
from st_opendata.dcat import Counts
from st_opendata.facts import FactBase
from st_opendata.facts.contents import digest_of
from st_opendata.formats import SQLITE
from st_opendata.messages.message import message_of
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.release import Distribution, FactFile, File, Release
from st_opendata.release.layout import CROISSANT_FILE, PICTURE_FILE, SCHEMA_ORG_FILE, VOID_FILE, in_dataset
from st_opendata.system.copying import copy_content

DatasetCounts = dict[str | None, Counts]
_COUNTS = VOID_FILE
_NOT_OF_WRITERS = (SCHEMA_ORG_FILE, CROISSANT_FILE, PICTURE_FILE)
"""Files in the folder of a dataset that are always written: they also depend on other things."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """Decides for each part of the release in `draft` whether it is taken over; `earlier` is None if none can be."""

    facts: FactBase
    draft: Path
    earlier: Earlier | None
    files: dict[str, File] = field(default_factory=dict)
    """The files that were taken over, by their paths."""
    datasets: list[str] = field(default_factory=list)
    """The datasets whose files were taken over."""
    _keys: dict[str, str] = field(default_factory=dict)

    def take_dataset(self, dataset: Dataset) -> tuple[Distribution, ...] | None:
        """The distributions of a dataset, if they were taken over."""
        part = self._take(dataset.id, self._dataset_key(dataset))
        if part is None or self.earlier is None:
            return None
        self.datasets.append(dataset.id)
        known = self.earlier.datasets[dataset.id]
        purposes = {path: message_of(content) for path, content in part["purposes"].items()}
        return tuple(replace(each, purpose=purposes.get(each.file.path)) for each in known.distributions)

    def take_facts(self, paths: Mapping[str, str]) -> dict[str, FactFile]:
        """The files of facts that were taken over, by predicates, of those with these paths."""
        known = self.earlier.facts if self.earlier else {}
        return {
            predicate: known[path]
            for predicate, path in paths.items()
            if self._take(path, self._predicate_key(predicate)) is not None
        }

    def take_dumps(self, paths: Iterable[str]) -> dict[str, File]:
        """The files for all datasets that were taken over, of these paths."""
        return {path: self.files[path] for path in paths if self._take(path, self._dump_key(path)) is not None}

    def take_counts(self) -> DatasetCounts | None:
        """The counts for VoID, if they are those of the same facts."""
        part = self._take(_COUNTS, self._facts_key())
        return _counts_of(part["counts"]) if part is not None else None

    def record(
        self, release: Release, written: Mapping[str, tuple[Distribution, ...]], counts: Mapping[str | None, Counts]
    ) -> dict[str, Any]:
        """The parts of the finished release, for the cache."""
        paths = [file.path for file in release.files]
        parts: dict[str, Any] = {name: {"key": key, "files": [name]} for name, key in self._keys.items()}
        parts[_COUNTS] = {"key": self._keys[_COUNTS], "files": [], "counts": list(_counts_json(counts))}
        for dataset, distributions in written.items():
            others = {in_dataset(dataset, name) for name in _NOT_OF_WRITERS}
            parts[dataset] = {
                "key": self._keys[dataset],
                "files": [path for path in paths if path.startswith(in_dataset(dataset, "")) and path not in others],
                "purposes": {each.file.path: each.purpose.content() for each in distributions if each.purpose},
            }
        return parts

    def _take(self, name: str, key: str) -> Mapping[str, Any] | None:
        """Copy the files of the part with this name, if the release before has it with this key."""
        self._keys[name] = key
        part = self.earlier.parts.get(name) if self.earlier else None
        if self.earlier is None or part is None or part["key"] != key:
            return None
        listed = self.earlier.files
        if not all(path in listed and self._copy(self.earlier, path) for path in part["files"]):
            for path in part["files"]:
                with suppress(FileNotFoundError):
                    (self.draft / path).unlink()
            return None
        self.files.update((path, listed[path]) for path in part["files"])
        return dict(part)

    def _copy(self, earlier: Earlier, path: str) -> bool:
        """Copy a file and find that it is, still, what was written; what cannot be copied is written again."""
        (self.draft / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            copy_content(earlier.folder / path, self.draft / path)
            return earlier.is_intact(path)
        except OSError:
            return False

    def _dataset_key(self, dataset: Dataset) -> str:
        catalogue, named = self.facts.catalogue, {key.table for table in dataset.tables for key in table.foreign_keys}
        targets = [table for each in catalogue.datasets for table in each.tables if table.name in named]
        described = [repr(_head(catalogue)), repr(dataset), repr(targets)]
        return digest_of([*described, self.facts.content(dataset.id)])

    def _predicate_key(self, predicate: str) -> str:
        stating = [[each, self.facts.content(each)] for each in self.facts.stating(predicate)]
        return digest_of([predicate, self.facts.shard_digits(None), stating])

    def _facts_key(self) -> str:
        contents = [[each.id, self.facts.content(each.id)] for each in self.facts.catalogue.datasets]
        return digest_of([self.facts.shard_digits(None), contents])

    def _dump_key(self, path: str) -> str:
        tables = repr(self.facts.catalogue) if path.endswith(SQLITE.extension) else ""
        return digest_of([self._facts_key(), tables])


def _head(catalogue: Catalogue) -> Catalogue:
    """The catalogue without its datasets, which have its terms for their missing keys."""
    return catalogue.model_copy(update={"datasets": ()})


def _counts_json(counts: Mapping[str | None, Counts]) -> Iterator[list[object]]:
    for dataset, each in counts.items():
        links = [[*pair, number] for pair, number in each.links.items()]
        numbers = [each.triples, each.subjects, dict(each.properties), dict(each.classes), links]
        yield [dataset, *numbers, each.example, each.space]


def _counts_of(content: Iterable[Any]) -> DatasetCounts:
    return {
        dataset: Counts(
            triples, subjects, properties, classes, {(target, term): n for target, term, n in links}, example, space
        )
        for dataset, triples, subjects, properties, classes, links, example, space in content
    }

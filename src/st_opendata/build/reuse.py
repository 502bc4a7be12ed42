"""Parts of a release that are taken over from the one before, where a build would write the same bytes again.

A part is made of some files: those of a table, of a dataset, the facts of a predicate, a dump. Its key is a digest of
all that its writers read: the cleaned tables as they were loaded, and their descriptions. Tables are always read,
mapped and validated, so a key says nothing about findings. After a build the user's cache has the key of each part; if
that of the next build is the same and the files are still those of `release.json`, they are copied. Of the facts of a
dataset with several shards, those that have not changed are copied too, and so are the members of compressed dumps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from st_opendata.build.unchanged import Earlier
from st_opendata.dcat import Counts
from st_opendata.exports import Kept, KeptDumps, OlderDataset
from st_opendata.exports.choice import FormatChoice, choose_formats
from st_opendata.exports.published import link_tables
from st_opendata.facts import FactBase
from st_opendata.facts.contents import digest_of
from st_opendata.facts.older import OlderFacts
from st_opendata.facts.triples import prefixes
from st_opendata.formats import SQLITE
from st_opendata.messages.message import message_of
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.release import Distribution, FactFile, File, Release
from st_opendata.model.tables import Table
from st_opendata.release.layout import (
    CROISSANT_FILE,
    PICTURE_FILE,
    SCHEMA_ORG_FILE,
    VOID_FILE,
    facts_file,
    graph_file,
    in_dataset,
    is_carried,
    table_file,
)
from st_opendata.system.copying import copy_content

DatasetCounts = dict[str | None, Counts]
_COUNTS = VOID_FILE
_EMPTY = (0, "")
"""The rows and the digest of a shard without facts."""
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
    _shards: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """The number of rows and the digest of each shard of the datasets that have several."""

    def take_dataset(self, dataset: Dataset) -> Kept:
        """The distributions of a dataset that were taken over: of each table, and, as None, of the dataset itself."""
        found = {}
        for table in (None, *(each.stem for each in dataset.tables)):
            part = self._take(_part(dataset.id, table), self._dataset_key(dataset, table))
            if part is not None and self.earlier is not None:
                purposes = {path: message_of(content) for path, content in part["purposes"].items()}
                known = self.earlier.datasets[dataset.id].distributions
                found[table] = tuple(
                    replace(each, purpose=purposes.get(each.file.path))
                    for each in known
                    if each.table == table and not each.carried
                )
        if len(found) == 1 + len(dataset.tables):
            self.datasets.append(dataset.id)
        return found

    def older_dataset(self, dataset: str, kept: Kept) -> OlderDataset | None:
        """The dataset in the release before, of which that is kept, if anything else of it can be taken over."""
        rows = self._same_shards(dataset, whole=None in kept)
        part = self.earlier.parts.get(_part(dataset, None)) if self.earlier else None
        tables = frozenset(filter(None, kept))
        if self.earlier is None or part is None or not (rows or tables):
            return None
        listed, folder = self.earlier.files, self.earlier.folder
        paths = [path for path in part["files"] if path in listed and self.earlier.has(path)]
        facts, lines = facts_file(dataset), graph_file(dataset)
        older = OlderFacts(folder / facts, folder / lines, rows) if rows and {facts, lines} <= {*paths} else None
        return OlderDataset({Path(path).name: folder / path for path in paths}, tables, older)

    def _same_shards(self, dataset: str, *, whole: bool) -> dict[str, tuple[int, int]]:
        """As `OlderFacts.rows`; `whole` says that all facts are the same."""
        digits = self.facts.shard_digits(dataset)
        now = self._shards[dataset] = self.facts.contents.shards(dataset, digits) if digits else {}
        part = self.earlier.parts.get(_part(dataset, None)) if self.earlier else None
        known = part["shards"].items() if part else ()
        before = {shard: (count, digest) for shard, (count, digest) in known if len(shard) == digits}
        first, rows = 0, {"": (0, 0)} if whole and not digits else {}
        for shard in prefixes(digits) if before else ():
            count = before.get(shard, _EMPTY)[0]
            if now.get(shard, _EMPTY) == before.get(shard, _EMPTY):
                rows[shard] = first, count
            first += count
        return rows

    def take_facts(self, paths: Mapping[str, str]) -> dict[str, FactFile]:
        """The files of facts that were taken over, by predicates, of those with these paths."""
        known = self.earlier.facts if self.earlier else {}
        return {
            predicate: known[path]
            for predicate, path in paths.items()
            if self._take(path, self._predicate_key(predicate)) is not None
        }

    def take_dumps(self, paths: Sequence[str]) -> KeptDumps:
        """The files for all datasets that were taken over, of these paths, and the older ones of the others."""
        earlier = self.earlier
        taken = {path: self.files[path] for path in paths if self._take(path, self._dump_key(path)) is not None}
        others = [path for path in paths if earlier and path in earlier.files and path not in taken]
        return KeptDumps(taken, {path: earlier.folder / path for path in others if earlier and earlier.has(path)})

    def take_counts(self) -> DatasetCounts | None:
        """The counts for VoID, if they are those of the same facts."""
        part = self._take(_COUNTS, self._facts_key())
        return _counts_of(part["counts"]) if part is not None else None

    def record(
        self, release: Release, written: Mapping[str, tuple[Distribution, ...]], counts: Mapping[str | None, Counts]
    ) -> dict[str, Any]:
        """The parts of the finished release, for the cache."""
        parts: dict[str, Any] = {name: {"key": key, "files": [name]} for name, key in self._keys.items()}
        parts[_COUNTS] = {"key": self._keys[_COUNTS], "files": [], "counts": list(_counts_json(counts))}
        written_in = defaultdict[str, list[str]](list)
        for file in release.files:
            written_in[file.path.partition("/")[0]].append(file.path)
        for dataset in self.facts.catalogue.datasets:
            files = {each.stem: _table_files(each, written[dataset.id]) for each in dataset.tables}
            others = {in_dataset(dataset.id, name) for name in _NOT_OF_WRITERS}.union(*files.values())
            rest = [path for path in written_in[dataset.id] if path not in others and not is_carried(path)]
            for table, found in ((None, rest), *files.items()):
                name = _part(dataset.id, table)
                purposes = {
                    each.file.path: each.purpose.content()
                    for each in written[dataset.id]
                    if each.purpose and each.table == table
                }
                parts[name] = {"key": self._keys[name], "files": found, "purposes": purposes}
            parts[_part(dataset.id, None)]["shards"] = self._shards[dataset.id]
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
        except OSError:
            return False
        return earlier.has(path)

    def _dataset_key(self, dataset: Dataset, table: str | None) -> str:
        """The key of the files of a table, or of those of the dataset itself."""
        facts = self.facts
        tables = [each for each in dataset.tables if table in (None, each.stem)]
        named = {key.table for each in tables for key in each.foreign_keys}
        others = facts.catalogue.datasets if named else ()
        targets = [each for other in others for each in other.tables if each.name in named]
        choice = choose_formats(facts, dataset)
        chosen = [sorted(each.name for each in choice.unwanted), sorted(_sizes(choice))]
        described = [repr(_head(facts.catalogue)), repr(dataset), repr(targets), facts.shard_digits(dataset.id), chosen]
        return digest_of([*described, [facts.contents.table(each.name) for each in tables]])

    def _predicate_key(self, predicate: str) -> str:
        return digest_of([self.facts.shard_digits(None), self.facts.contents.predicate(predicate)])

    def _facts_key(self) -> str:
        facts = self.facts
        contents = [
            [each.id, facts.shard_digits(each.id), [facts.contents.table(table.name) for table in each.tables]]
            for each in facts.catalogue.datasets
        ]
        names = [facts.catalogue.base, dict(facts.catalogue.prefixes), facts.shard_digits(None)]
        return digest_of([names, contents])

    def _dump_key(self, path: str) -> str:
        tables = repr(self.facts.catalogue) if path.endswith(SQLITE.extension) else ""
        return digest_of([self._facts_key(), tables])


def _part(dataset: str, table: str | None) -> str:
    """The name of the part with the files of a table, or with those of the dataset itself: no file has such a path."""
    return f"{dataset}:{table or ''}"


def _table_files(table: Table, distributions: Iterable[Distribution]) -> list[str]:
    """The paths of the files of a table, those that describe others or hold its lists too."""
    own = [each for each in distributions if each.table == table.stem]
    links = [in_dataset(table.dataset, table_file(link.stem)) for link in link_tables(table)]
    return [*(each.file.path for each in own), *(each.described_by for each in own if each.described_by), *links]


def _sizes(choice: FormatChoice) -> list[tuple[str, int, int]]:
    return [(form.name, excess.size, excess.limit) for form, excess in choice.too_large.items()]


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

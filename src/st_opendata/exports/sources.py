"""The input of writers: a table, the facts of a dataset, or those of the whole catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from st_opendata.facts import FactBase
from st_opendata.facts.older import OlderFacts
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.tables import Table
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.lines import read_lines, read_text
from st_opendata.rdf.writing import used_prefixes
from st_opendata.release.layout import graph_file


@dataclass(frozen=True)
class TableSource:
    """A table with its cleaned rows."""

    catalogue: Catalogue
    dataset: Dataset
    table: Table
    facts: FactBase

    @property
    def name(self) -> str:
        """Name of the files, without extension."""
        return self.table.stem

    @property
    def title(self) -> Text:
        """The title of the files' contents."""
        return self.table.titles


@dataclass(frozen=True)
class OlderDataset:
    """A dataset in the release before: its files by their names, but for damaged ones.

    `tables` are those that are still the same, and `facts` are set if some of their shards are.
    """

    files: Mapping[str, Path]
    tables: Collection[str]
    facts: OlderFacts | None


@dataclass(frozen=True)
class DatasetSource:
    """A dataset whose facts were written to `<folder>/<dataset>.nt`; `folder` is the dataset's in the release."""

    catalogue: Catalogue
    dataset: Dataset
    facts: FactBase
    folder: Path
    older: OlderDataset | None = None
    """The dataset in the release before, if some of it is still the same."""

    @property
    def name(self) -> str:
        """Name of the files, without extension."""
        return self.dataset.id

    @property
    def title(self) -> Text:
        """The title of the files' contents."""
        return self.dataset.title

    def lines(self) -> Iterator[list[str]]:
        """The facts as batches of sorted N-Triples lines, read back: no writer but the first asks the engine."""
        return read_facts(self.folder.parent, self.dataset.id)

    def holds(self, part: str) -> bool:
        """True if the N-Triples have this part of a line."""
        return any(part in text for text in read_text(self.folder.parent / graph_file(self.dataset.id)))

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the facts use."""
        return _prefixes(self.folder.parent, self.dataset.id, self.catalogue)


@dataclass(frozen=True)
class CatalogueSource:
    """The facts of all datasets, each of which was written to the release at `folder`.

    `earlier` are files of the release before, by the paths of those that replace them; `older` are its datasets, by
    their ids, of which something is still the same.
    """

    catalogue: Catalogue
    facts: FactBase
    folder: Path
    earlier: Mapping[str, Path] = field(default_factory=dict)
    older: Mapping[str, OlderDataset] = field(default_factory=dict)

    def before(self, path: Path) -> Path | None:
        """The file of the release before that the one at `path` will replace, if there is one that is not damaged."""
        return self.earlier.get(path.relative_to(self.folder).as_posix())

    def lines(self, dataset: str) -> Iterator[list[str]]:
        """The facts of one dataset, read back."""
        return read_facts(self.folder, dataset)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the facts of the datasets use, sorted."""
        used = [_prefixes(self.folder, dataset.id, self.catalogue) for dataset in self.catalogue.datasets]
        return dict(sorted((name, start) for each in used for name, start in each.items()))


def _prefixes(folder: Path, dataset: str, catalogue: Catalogue) -> dict[str, str]:
    texts = ([text] for text in read_text(folder / graph_file(dataset)))
    return used_prefixes(texts, PREFIXES | catalogue.prefixes)


def read_facts(folder: Path, dataset: str) -> Iterator[list[str]]:
    """The facts of a dataset as batches of sorted N-Triples lines, from its file in the release at `folder`.

    Reading the file is about fifty times faster than querying the engine again.
    """
    return read_lines(folder / graph_file(dataset))

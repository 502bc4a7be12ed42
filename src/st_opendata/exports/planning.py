"""The files of a dataset, and those of the whole catalogue, as tasks: their results do not depend on who does them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from st_opendata.exports import registry
from st_opendata.exports.choice import FormatChoice, choose_dumps, choose_formats
from st_opendata.exports.impossible import unwritable
from st_opendata.exports.picture import draw_picture
from st_opendata.exports.registry import Export
from st_opendata.exports.sources import CatalogueSource, DatasetSource, OlderDataset, TableSource
from st_opendata.facts import FactBase
from st_opendata.formats import N_TRIPLES, PARQUET, Format
from st_opendata.messages.message import Message, joined, message
from st_opendata.model.descriptions import Dataset
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.model.tables import Table
from st_opendata.model.text import Text
from st_opendata.rdf.writing import UnwritableTripleError
from st_opendata.release.layout import PICTURE_FILE, in_dataset
from st_opendata.system.tasks import Results, Task

_FILE = 10_000
"""Microseconds that a writer needs for a file, its cells not counted, more or less."""

_ALWAYS = (N_TRIPLES, PARQUET)
"""Formats of facts that the program reads itself: a dataset without tables has them too, and does not offer them."""

_NOTHING: Mapping[Any, Any] = MappingProxyType({})

SourceT = TypeVar("SourceT", TableSource, DatasetSource)
Written = Task[tuple[Distribution, ...]]


Kept = Mapping[str | None, tuple[Distribution, ...]]
"""Distributions of a dataset that are there already: those of some of its tables, and, as None, its other ones."""


@dataclass(frozen=True, slots=True)
class KeptDumps:
    """Files for all datasets: those that are there already, and those of the release before that others will replace.

    Both are by their paths.
    """

    files: Mapping[str, File]
    earlier: Mapping[str, Path]


_NO_DUMPS = KeptDumps(_NOTHING, _NOTHING)


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """The tasks that write the files of a dataset; `exports` are in the order of the release, with those that are kept.

    `n_triples` is None where that file is kept.
    """

    exports: Sequence[Written | tuple[Distribution, ...]]
    picture: Task[Picture | None]
    n_triples: Written | None

    @property
    def tasks(self) -> Sequence[Task[tuple[Distribution, ...]] | Task[Picture | None]]:
        """All tasks, the longest and those that others need first."""
        first = [self.n_triples] if self.n_triples else []
        others = [task for task in self.exports if isinstance(task, Task) and task is not self.n_triples]
        return (*first, *others, self.picture)

    def distributions(self, results: Results) -> tuple[Distribution, ...]:
        """The distributions of the dataset."""
        found = (results[each] if isinstance(each, Task) else each for each in self.exports)
        return tuple(chain.from_iterable(found))


def plan_dataset(
    dataset: Dataset, facts: FactBase, folder: Path, kept: Kept = _NOTHING, older: OlderDataset | None = None
) -> DatasetPlan:
    """Plan the files in `<folder>/<dataset>/`, which is made here; `folder` is the root of the release.

    Formats that cannot carry one of its facts are left out; `impossible_findings` reports them. So are those that the
    descriptions leave out, and those that are too large; `size_findings` reports the latter. A task raises
    UnwritableTripleError for a fact that a format cannot carry; its place is a cell that states it. Pictures are always
    drawn: labels in another dataset change them. `older` is the dataset in the release before.
    """
    (folder / dataset.id).mkdir(parents=True, exist_ok=True)
    choice, stage = choose_formats(facts, dataset), message("Writing {dataset}", dataset=dataset.id)
    whole = DatasetSource(facts.catalogue, dataset, facts, folder / dataset.id, older)
    cells = {table.name: _cells(facts, [table]) for table in dataset.tables}
    exports: list[Written | tuple[Distribution, ...]] = []
    for table in dataset.tables:
        if table.stem in kept:
            exports.append(kept[table.stem])
            continue
        source = TableSource(facts.catalogue, dataset, table, facts)
        for of_table in registry.TABLE_EXPORTS:
            work = partial(_write, of_table, source, folder, choice)
            exports.append(Task(stage, work, _cost(of_table, cells[table.name], choice)))
    if None in kept:
        return DatasetPlan([*exports, kept[None]], Task(stage, partial(_draw, whole, folder), _FILE), None)
    made: dict[Format, Written] = {}
    for export in registry.DATASET_EXPORTS:
        needs = [made[export.reads]] if export.reads else []
        cost = _cost(export, sum(cells.values()), choice)
        task = Task(stage, partial(_write, export, whole, folder, choice), cost, needs)
        made.setdefault(export.format, task)
        exports.append(task)
    first = made[N_TRIPLES]
    return DatasetPlan(exports, Task(stage, partial(_draw, whole, folder), _FILE, [first]), first)


def dump_paths(facts: FactBase) -> list[str]:
    """The paths of the files that `plan_dumps` plans."""
    return [export.file_name(facts.catalogue.id) for export in _dumps(facts)]


def plan_dumps(
    facts: FactBase,
    folder: Path,
    datasets: Iterable[DatasetPlan],
    kept: KeptDumps = _NO_DUMPS,
    older: Mapping[str, OlderDataset] = _NOTHING,
) -> list[Task[File]]:
    """Plan the files for all datasets at the root of the release: RDF dumps, and the tables as a database.

    The datasets without a plan, and the files that are kept, must have been written there. `older` are
    datasets of the release before, by their ids.
    """
    source, choice = CatalogueSource(facts.catalogue, facts, folder, kept.earlier, older), choose_dumps(facts)
    written = [plan.n_triples for plan in datasets if plan.n_triples]
    cells = _cells(facts, [table for dataset in facts.catalogue.datasets for table in dataset.tables])
    made: dict[Format, Task[File]] = {}
    tasks = []
    for export in _dumps(facts):
        if export.file_name(facts.catalogue.id) not in kept.files:
            needs = written if export.reads is N_TRIPLES else [made[each] for each in (export.reads,) if each in made]
            cost = _cost(export, cells, choice)
            task = Task(message("Writing the dumps"), partial(_dump, export, source, folder), cost, needs)
            made.setdefault(export.format, task)
            tasks.append(task)
    return tasks


def _dumps(facts: FactBase) -> list[Export[CatalogueSource]]:
    choice = choose_dumps(facts)
    return [export for export in registry.CATALOGUE_EXPORTS if choice.has(export.format)]


def _cells(facts: FactBase, tables: Iterable[Table]) -> int:
    return sum(facts.rows(table.name) * len(table.columns) for table in tables)


def _cost(export: Export[Any], cells: int, choice: FormatChoice) -> int:
    return _FILE + round(export.cost * cells) if choice.has(export.format) else 0


def _write(export: Export[SourceT], source: SourceT, root: Path, choice: FormatChoice) -> tuple[Distribution, ...]:
    """Write the file, if the source has one in this format."""
    facts, dataset = source.facts, source.dataset.id
    if not source.dataset.tables and export.format not in _ALWAYS:
        return ()
    if not choice.has(export.format) or unwritable(export.format, facts, dataset) or not export.applies(source):
        return ()
    path = in_dataset(dataset, export.file_name(source.name))
    try:
        export.write(source, root / path)
    except UnwritableTripleError as error:
        cells = facts.places(*error.triple) or facts.places(*error.triple[:2])
        error.place = next(iter(cells), None)
        raise
    if not source.dataset.tables:
        return ()
    written = Distribution(
        file=File.of(root, path),
        format=export.format,
        title=_title(export, source.title),
        dataset=dataset,
        table=source.table.stem if isinstance(source, TableSource) else None,
        conforms_to=(export.format.standard,) if export.format.standard else (),
        described_by=path + export.described_by if export.described_by else None,
        purpose=_purpose(export, choice),
    )
    return (written,)


def _draw(source: DatasetSource, root: Path) -> Picture | None:
    """Write `preview.svg`; None for a dataset without data for a picture."""
    drawn = draw_picture(source)
    if drawn is None:
        return None
    path = in_dataset(source.dataset.id, PICTURE_FILE)
    (root / path).write_text(drawn.svg, "utf-8", newline="\n")
    return Picture(File.of(root, path), drawn.title, drawn.description)


def _dump(export: Export[CatalogueSource], source: CatalogueSource, root: Path) -> File:
    path = export.file_name(source.catalogue.id)
    export.write(source, root / path)
    return File.of(root, path)


def _purpose(export: Export[SourceT], choice: FormatChoice) -> Message | None:
    """The purpose of a file if it is not that of its format, with a note on the files that are missing."""
    note = choice.note(export.format)
    known = export.purpose or export.format.purpose
    return joined([known, note], " ") if note and known else export.purpose


def _title(export: Export[SourceT], title: Text) -> Text:
    """`Cities (CSV)`, in each language of the source's title that the program speaks if the name is its own."""
    stated = export.title or export.format.title
    called = title if stated is None else stated.data(title)
    return {language: f"{text} ({export.format.label})" for language, text in called.items()}

"""The files of a release: one writer per format, behind one registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from st_opendata.exports import registry
from st_opendata.exports.choice import FormatChoice, choose_dumps, choose_formats, size_findings
from st_opendata.exports.impossible import impossible_findings, impossible_formats
from st_opendata.exports.picture import draw_picture
from st_opendata.exports.registry import Export
from st_opendata.exports.sources import CatalogueSource, DatasetSource, TableSource, read_facts
from st_opendata.facts import FactBase
from st_opendata.messages.message import Message, joined
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.model.text import Text
from st_opendata.rdf.writing import UnwritableTripleError
from st_opendata.release.layout import PICTURE_FILE, in_dataset

__all__ = ["impossible_findings", "read_facts", "size_findings", "write_dataset", "write_dumps", "write_picture"]

SourceT = TypeVar("SourceT", TableSource, DatasetSource)


def write_dataset(catalogue: Catalogue, dataset: Dataset, facts: FactBase, folder: Path) -> tuple[Distribution, ...]:
    """Write the files of a dataset to `<folder>/<dataset>/`; `folder` is the root of the release.

    Formats that cannot carry one of its facts are left out; `impossible_findings` reports them. So are those that the
    descriptions leave out, and those that are too large; `size_findings` reports the latter.

    Raises:
        UnwritableTripleError: a format cannot carry a fact; its place is a cell that states it.
    """
    (folder / dataset.id).mkdir(parents=True, exist_ok=True)
    whole = DatasetSource(catalogue, dataset, facts, folder / dataset.id)
    choice = choose_formats(facts, dataset)
    impossible = impossible_formats(facts, dataset, choice)
    written: list[Distribution] = []
    for table in dataset.tables:
        written += _write_all(registry.TABLE_EXPORTS, TableSource(catalogue, dataset, table, facts), folder, choice)
    possible = tuple(export for export in registry.DATASET_EXPORTS if export.format not in impossible)
    written += _write_all(possible, whole, folder, choice)
    return tuple(written)


def write_picture(catalogue: Catalogue, dataset: Dataset, facts: FactBase, folder: Path) -> Picture | None:
    """Write `<folder>/<dataset>/preview.svg`; None for a dataset without data for a picture.

    `folder` is the root of the release, in which `write_dataset` has written the dataset.
    """
    drawn = draw_picture(DatasetSource(catalogue, dataset, facts, folder / dataset.id))
    if drawn is None:
        return None
    path = in_dataset(dataset.id, PICTURE_FILE)
    (folder / path).write_text(drawn.svg, "utf-8", newline="\n")
    return Picture(File.of(folder, path), drawn.title, drawn.description)


def write_dumps(catalogue: Catalogue, facts: FactBase, folder: Path) -> tuple[File, ...]:
    """Write the files for all datasets at the root of the release: RDF dumps, and the tables as a database.

    `write_dataset` must have written each dataset there.
    """
    source = CatalogueSource(catalogue, facts, folder)
    files = []
    choice = choose_dumps(facts)
    for export in registry.CATALOGUE_EXPORTS:
        if not choice.has(export.format):
            continue
        path = export.file_name(catalogue.id)
        export.write(source, folder / path)
        files.append(File.of(folder, path))
    return tuple(files)


def _write_all(
    exports: tuple[Export[SourceT], ...], source: SourceT, root: Path, choice: FormatChoice
) -> Iterator[Distribution]:
    for export in exports:
        if not choice.has(export.format) or not export.applies(source):
            continue
        path = in_dataset(source.dataset.id, export.file_name(source.name))
        try:
            export.write(source, root / path)
        except UnwritableTripleError as error:
            cells = source.facts.places(*error.triple) or source.facts.places(*error.triple[:2])
            error.place = next(iter(cells), None)
            raise
        yield Distribution(
            file=File.of(root, path),
            format=export.format,
            title=_title(export, source.title),
            dataset=source.dataset.id,
            table=source.table.name if isinstance(source, TableSource) else None,
            conforms_to=(export.format.standard,) if export.format.standard else (),
            described_by=path + export.described_by if export.described_by else None,
            purpose=_purpose(export, choice),
        )


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

"""Drafting a catalogue: files in, a folder out that `build` accepts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.fetched import copy_fetched
from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.init.dataset_yaml import dataset_text
from st_opendata.catalogue.init.kept import CellStore
from st_opendata.catalogue.init.numerals import datatype_of
from st_opendata.catalogue.init.schemas import add_schemas, split_sources
from st_opendata.catalogue.init.sources import RawTable, find_sources
from st_opendata.catalogue.init.tables import draft_tables
from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles
from st_opendata.catalogue.statements import Description, Yaml
from st_opendata.catalogue.write import HINTS, write_yaml
from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message
from st_opendata.model.samples import Sample, SampleColumn, kind_of, value_of
from st_opendata.names import free, slug
from st_opendata.release.exchange import stage
from st_opendata.tables.datatypes import BLANKS, WKT, parse
from st_opendata.tables.splits import parts_of, split_cell

_ORDER = ("id", "base", "profiles", "title", "description", *HINTS, "issued", "datasets")
_OWN_NAMES = ("facts", "croissant")
_HEADING = message("Drafted by st-opendata init. Replace the comments by the keys that no file shows, then build.")
NEEDED = ("publisher", "license", "contactPoint", "theme")
"""Keys that DCAT-AP needs or the score rewards, and that no file shows."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A packaged profile, and the table and columns that suggest it."""

    profile: str
    table: str
    columns: tuple[str, ...]

    @property
    def reason(self) -> Message:
        """A sentence without a full stop, for a comment or a note."""
        columns = "”, “".join(self.columns)
        return message(
            "The profile {profile} fits: the table “{table}” has the columns “{columns}”",
            profile=self.profile,
            table=self.table,
            columns=columns,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: the tables with their rows, the keys that are missing, and profiles that fit."""

    tables: tuple[DraftTable, ...]
    missing: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """The publisher's answers: title, base, language and day, and `terms` by the keys of catalogue.yaml.

    `language` is that of titles. `language_given` is true where the publisher named it: it is that of the tables, too.
    `lang` is the language of comments, one of `LANGUAGES`. `memory` and `threads` are those of the engine that large
    tables need.
    """

    title: str
    base: str
    language: str = "en"
    day: date | None = None
    terms: Yaml = field(default_factory=dict)
    language_given: bool = False
    lang: str = "en"
    memory: str = "1GB"
    threads: int = 2


def draft_catalogue(folder: Path, files: Sequence[Path], answers: Answers) -> Draft:
    """Write a catalogue of one dataset, with these files as its tables, to a folder that is new or empty.

    Raises:
        InputError: a file cannot be read, or the folder is not empty.
        ConfigurationError: an answer is not as the catalogue needs it.
        OSError: the disk is full, or a folder must not be written to.
    """
    with stage(folder, refuse=_refuse) as draft:
        languages = (answers.language,) if answers.language_given else ()
        named = split_sources(files)
        sources = [source for path in named.tables for source in find_sources(path, languages)]
        identifier = slug(folder.resolve().name) or "catalogue"
        identifier = identifier if len(identifier) > 1 else f"{identifier}-data"
        with CellStore(answers.memory, answers.threads) as store:
            tables = draft_tables(sources, list(_names(sources)), store)
        copies = _copy(sources, draft.folder / identifier)
        by_table = {table.name: copies[table.source.path] for table in tables}
        add_schemas(tables, named.descriptors, by_table)
        _write_schemas(tables, draft.folder / identifier)
        copy_fetched(copies, draft.folder / identifier)
        catalogue = _catalogue(identifier, answers)
        proposals = tuple(_propose_profiles(tables))
        for each in proposals:
            catalogue.remark("profiles", Message("{reason}.", {"reason": each.reason}))
        text = dataset_text(_dataset(tables, answers), tables, by_table, answers.language, answers.lang)
        missing = tuple(key for key in NEEDED if key not in answers.terms)
        (draft.folder / identifier / "dataset.yaml").write_text(text, "utf-8", newline="\n")
        hints = [key for key in HINTS if key not in answers.terms]
        content = write_yaml(catalogue, [_HEADING], _ORDER, hints, language=answers.lang)
        (draft.folder / "catalogue.yaml").write_text(content, "utf-8", newline="\n")
        read_catalogue(draft.folder)
        draft.commit()
    return Draft(tuple(tables), missing, proposals)


def _refuse(folder: Path) -> None:
    raise InputError(
        message("{folder} is not empty; nothing was changed", folder=folder),
        remedy=message("Name a new folder, or empty this one."),
    )


def _names(sources: Sequence[RawTable]) -> Iterator[str]:
    taken = [*_OWN_NAMES]
    for source in sources:
        name = free(slug(source.name) or "table", taken)
        taken.append(name)
        yield name


def _copy(sources: Sequence[RawTable], folder: Path) -> dict[Path, str]:
    """Copy each file once, unchanged, under a plain name; the names by the files."""
    folder.mkdir()
    names: dict[Path, str] = {}
    for path in dict.fromkeys(source.path for source in sources):
        ending = path.suffix.lower() if path.suffix[1:].isalpha() else ".csv"
        stems = [name.rpartition(".")[0] for name in names.values()]
        names[path] = free(slug(path.stem) or "table", [*_OWN_NAMES, *stems]) + ending
        shutil.copyfile(path, folder / names[path])
    return names


def _write_schemas(tables: Sequence[DraftTable], folder: Path) -> None:
    for table in tables:
        if table.schema:
            (folder / table.schema.file).write_text(table.schema.content, "utf-8", newline="\n")


def _catalogue(identifier: str, answers: Answers) -> Description:
    found = Description({"id": identifier, "base": answers.base})
    found.remark("base", message("The start of all addresses: choose it once, on a domain that you keep."))
    found.values["profiles"] = list[str]()
    listed = ", ".join(packaged_profiles())
    found.remark("profiles", message("Additional rules: {names}, or your own folder, as ./rules.", names=listed))
    found.values["title"] = {answers.language: answers.title}
    found.values["description"] = {answers.language: answers.title}
    found.remark("description", message("Describe it in a sentence or two: people find it by these words."))
    found.values |= answers.terms
    if answers.day:
        found.values["issued"] = answers.day.isoformat()
    found.values["datasets"] = [identifier]
    return found


def _dataset(tables: Sequence[DraftTable], answers: Answers) -> Description:
    listed = ", ".join(table.source.name for table in tables)
    found = Description({"title": {answers.language: answers.title}})
    found.values["description"] = {answers.language: f"{answers.title}: {listed}."}
    return found


def _propose_profiles(tables: Sequence[DraftTable]) -> Iterator[Proposal]:
    """Each profile once, by the first table that has all columns of one of its sets; names in small letters."""
    for name in packaged_profiles():
        sets = packaged_profile(name).fits
        for table in tables:
            names = {column.name.lower() for column in table.columns}
            fitting = next((each for each in sets if each <= names), None)
            if fitting:
                columns = tuple(column.name for column in table.columns if column.name.lower() in fitting)
                yield Proposal(name, table.name, columns)
                break


def sample(table: DraftTable) -> Sample:
    """The first rows of the table."""
    return Sample(
        table.name,
        tuple(line for line, _ in table.first_rows),
        tuple(_column(table, column) for column in table.columns),
    )


def _column(table: DraftTable, column: DraftColumn) -> SampleColumn:
    found = column.found
    kind = kind_of(datatype_of(found.base, found.form), found.separator, column.language or "und")
    cells = (cells[column.place] if column.place < len(cells) else "" for _, cells in table.first_rows)
    title = column.name if column.part_of else column.called()
    return SampleColumn(title, kind, tuple(_value(table, column, cell) for cell in cells))


def _value(table: DraftTable, column: DraftColumn, cell: str) -> str | None:
    found = column.found
    datatype = datatype_of(found.base, found.form)
    if found.base == WKT:
        return cell or None
    if not cell.strip(BLANKS) or cell.strip(BLANKS) in found.null:
        return None
    if column.part_of:
        part = split_cell(parts_of(column.part_of, table.splits[column.part_of])[column.name], cell)
        return parse(datatype, part) if part else None
    if found.separator:
        return value_of([parse(datatype, item) for item in cell.split(found.separator)])
    return parse(datatype, cell)

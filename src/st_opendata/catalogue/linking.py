"""The tables of all datasets together: unique names, and the tables that foreign keys refer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from st_opendata.catalogue.tables import Surroundings, read_table
from st_opendata.documents import Document, Fields, Problems, Steps
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import Dataset
from st_opendata.model.tables import Table
from st_opendata.release.layout import CROISSANT_FILE, FACTS_FILE, in_dataset, table_file
from st_opendata.spelling import hint

OWN_FILES = {name.partition(".")[0]: name for name in (FACTS_FILE, CROISSANT_FILE)}
"""Files that a release has itself in the folder of each dataset, by the name of the table that would have them too."""


@dataclass(frozen=True, slots=True)
class DatasetReading:
    """A dataset with its tables, whose foreign keys have no targets yet, and what they were read from."""

    dataset: Dataset
    tables: Sequence[Table]
    document: Document
    around: Surroundings
    listed: Sequence[Fields]
    """The entries of `tables`."""
    listing: Document
    """The file with these entries; for most editions, that of their dataset."""


def tables_of(listed: Sequence[Fields], around: Surroundings, dataset: str) -> list[Table]:
    """The tables that these parts describe, for the dataset; those with a problem, which is noted, are left out.

    A dataset with editions has the tables of its newest one, `around.dataset`: the same rows, and so the same facts.
    """
    found = (read_table(fields, around) for fields in listed)
    tables = [table for table in found if table is not None]
    if dataset == around.dataset:
        return tables
    return [replace(table, dataset=dataset, name=f"{dataset}/{table.stem}") for table in tables]


def check_names(document: Document, found: Sequence[Table]) -> None:
    """Note names that two tables of a dataset have, and names that a release cannot give to a table."""
    problems = Problems(document)
    taken: dict[str, str | Message] = {}
    for number, table in enumerate(found):
        for name in _published_names(table):
            if name in taken:
                used = message(
                    '{other} already uses the table name "{name}"; rename this file', name=name, other=taken[name]
                )
                problems.add(("tables", number, "url"), used)
        taken |= _published_names(table)
        if table.name.casefold().startswith("sqlite_"):
            kept = message(
                'a table cannot be called "{name}": SQLite reserves this name; rename this file', name=table.name
            )
            problems.add(("tables", number, "url"), kept)
        if own := OWN_FILES.get(table.name.casefold()):
            called = table.name.casefold()
            kept = message(
                'a table cannot be called "{name}": a release has its own file {file}; rename this file',
                name=called,
                file=own,
            )
            problems.add(("tables", number, "url"), kept)
    problems.raise_any()


def _published_names(table: Table) -> dict[str, str | Message]:
    """The names of the tables in a release for one table, each with its source."""
    names: dict[str, str | Message] = {table.name: table.file}
    for column in table.columns:
        if column.separator and column.value_url:  # one row for each item
            lists = message('the list column "{column}" of {file}', column=column.name, file=table.file)
            names[f"{table.name}.{column.name}"] = lists
    return names


def with_names(datasets: Sequence[DatasetReading]) -> list[DatasetReading]:
    """The datasets with unique names of tables: after the dataset if another one has a table with that name.

    Tables of editions always have the longer name: the next edition has the same table.
    """
    uses = Counter(name for each in datasets for table in each.tables for name in _published_names(table))
    named = []
    for each in datasets:
        shared = frozenset(
            table.stem
            for table in each.tables
            if each.dataset.edition_of or any(uses[name] > 1 for name in _published_names(table))
        )
        if shared:
            around = replace(each.around, shared=shared)
            named.append(replace(each, around=around, tables=tables_of(each.listed, around, each.dataset.id)))
        else:
            named.append(each)
    return named


def _resource(table: Table, dataset: str, name: str) -> str:
    """The name of a table in foreign keys: for a sheet too, the name of its published file."""
    file = table_file(name)
    return file if dataset == table.dataset else in_dataset(dataset, file)


def with_targets(described: DatasetReading, tables: Mapping[tuple[str, str], Table]) -> tuple[Table, ...]:
    """The tables of a dataset with the names of those that their foreign keys refer to, by dataset and file name."""
    problems = Problems(described.listing)
    for number, table in enumerate(described.tables):
        for index, key in enumerate(table.foreign_keys):
            loc: Steps = ("tables", number, "tableSchema", "foreignKeys", index, "reference")
            target = tables.get((key.dataset, key.table))
            if target is None:
                known = [_resource(table, *other) for other in tables]
                named = _resource(table, key.dataset, key.table)
                missing = message('there is no table "{name}"{hint}', name=named, hint=hint(named, known))
                problems.add((*loc, "resource"), missing)
                continue
            names = [column.name for column in target.source_columns]
            for name in key.reference:
                if name not in names:
                    missing = message(
                        '{file} has no column "{name}"{hint}', file=target.file, name=name, hint=hint(name, names)
                    )
                    problems.add((*loc, "columnReference"), missing)
    problems.raise_any()
    return tuple(
        replace(
            table,
            foreign_keys=tuple(replace(key, table=tables[key.dataset, key.table].name) for key in table.foreign_keys),
        )
        for table in described.tables
    )

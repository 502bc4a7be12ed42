"""The tables of a dataset and the meaning of their columns, as the CSVW metadata of the release states them."""

from __future__ import annotations

from dataclasses import dataclass

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.formats import CSV, PARQUET
from st_opendata.messages.message import message
from st_opendata.model.groups import DESCRIPTION, TITLE, DescribedTable, TableGroup
from st_opendata.model.release import DatasetRelease, Distribution
from st_opendata.model.tables import Column as CsvwColumn
from st_opendata.model.tables import Table as CsvwTable
from st_opendata.model.text import Text
from st_opendata.namespaces import WKT_LITERAL
from st_opendata.place import Place
from st_opendata.portal.data.edition import Edition
from st_opendata.tables.datatypes import WKT
from st_opendata.tables.templates import parse_template, variable_names

_FOLDER = "https://release.invalid/"
"""A placeholder for the IRI of the release, to which the addresses of its tables are relative."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The table whose rows a column names."""

    dataset: str
    table: str


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """A column: its title and meaning, its CSVW datatype, and what its cells state."""

    name: str
    title: Text
    description: Text
    datatype: str
    required: bool
    separator: str | None
    property: str | None
    """IRI of the property; None if cells state nothing, or if each row has its own."""
    reference: Reference | None = None
    language: str | None = None
    about: str | None = None
    """URI template of the thing that its cells are about (CSVW `aboutUrl`)."""
    value: str | None = None
    """URI template of the thing that a cell names (CSVW `valueUrl`); None without one."""
    key: bool = False
    """Whether its cells identify rows or refer to others: part of a key of the table, or of the IRIs of its things."""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table with its number of rows, and its files."""

    name: str
    title: Text
    description: Text
    columns: tuple[ColumnDescription, ...]
    rows: int
    files: tuple[Distribution, ...]

    @property
    def parquet(self) -> Distribution | None:
        """The file that the preview reads."""
        return next((file for file in self.files if file.format == PARQUET), None)


def tables_of(edition: Edition, dataset: DatasetRelease) -> tuple[PublishedTable, ...]:
    """The tables of a dataset in the order of the release; raises InputError where their metadata are damaged."""
    return tuple(_table(edition, dataset, name, rows) for name, rows in dataset.rows.items())


def _table(edition: Edition, dataset: DatasetRelease, name: str, rows: int) -> PublishedTable:
    files = tuple(each for each in dataset.distributions if each.table == name)
    path = next((each.described_by for each in files if each.format == CSV and each.described_by), None)
    if path is None or path not in edition.files:
        return PublishedTable(name, {}, {}, (), rows, files)
    group = _read(edition, path)
    described = next((each for each in group.tables if _address(each) == (dataset.id, name)), None)
    if described is None:
        raise _damaged(edition, path)
    keys = described.table.foreign_keys
    addresses = {each.table.name: _address(each) for each in group.tables}
    references = {key.columns[0]: Reference(*addresses[key.table]) for key in keys if len(key.columns) == 1}
    names = _key_columns(described.table)
    columns = tuple(
        _column(each, references.get(each.name), key=each.name in names) for each in described.table.source_columns
    )
    title, description = (described.annotations.texts(each) for each in (TITLE, DESCRIPTION))
    return PublishedTable(name, title, description, columns, rows, files)


def _key_columns(table: CsvwTable) -> set[str]:
    """The columns of the primary key, of the foreign keys, and of the `aboutUrl` templates."""
    templates = [each.about_url for each in table.columns if each.about_url]
    return {
        *table.primary_key,
        *(name for key in table.foreign_keys for name in key.columns),
        *(name for template in templates for name in variable_names(parse_template(template))),
    }


def _read(edition: Edition, path: str) -> TableGroup:
    from st_opendata.csvw import read_group  # it loads the reader of any CSVW, which most pages do without

    try:
        return read_group(edition.path(path), f"{_FOLDER}{path.rpartition('/')[0]}/")
    except (ConfigurationError, InputError) as error:
        raise _damaged(edition, path) from error


def _damaged(edition: Edition, path: str) -> InputError:
    return InputError(
        message("the metadata of a table is damaged"),
        place=Place(str(edition.path(path))),
        remedy=message("Build the release again."),
    )


def _address(described: DescribedTable) -> tuple[str, str]:
    """The dataset and the name of a table, by its URL."""
    folder, _, file = described.url.removeprefix(_FOLDER).rpartition("/")
    return folder, file.removesuffix(".csv")


def _column(column: CsvwColumn, reference: Reference | None, *, key: bool) -> ColumnDescription:
    titles = {tag: text for tag, text in column.titles.items() if tag != "und"}
    fixed = column.property_url if column.property_url and "{" not in column.property_url else None
    return ColumnDescription(
        name=column.name,
        title=titles or {"und": column.name},
        description=column.description,
        datatype=WKT if column.datatype.iri == WKT_LITERAL else column.datatype.base,
        required=column.required,
        separator=column.separator,
        property=None if column.suppress_output else fixed,
        reference=reference,
        language=None if column.lang == "und" else column.lang,
        about=column.about_url,
        value=None if column.suppress_output else column.value_url,
        key=key,
    )

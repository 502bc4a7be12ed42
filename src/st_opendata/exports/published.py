"""The tables that are published as CSV: the publisher's, in a form from which standard CSVW tools read our facts.

CSVW lacks two things that our mapping has. It names one thing by the `valueUrl` of a list column, where we name one
per item: such a column is published a second time as a link table (`cities.themes.csv`), one row per item, and states
nothing in the table itself. And it knows neither our prefixes nor our base in a cell that `{+column}` makes an IRI of:
such cells are published as full IRIs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from st_opendata.model.tables import Column, Table
from st_opendata.tables.templates import Expression, is_open, parse_template, variable_names

ROW = "row_number"
"""The column of a link table that holds the number of the row, where its templates use `_row`."""


def main_table(table: Table) -> Table:
    """The table itself: link columns state nothing, and keys with lists, which CSVW cannot follow, are left out."""
    links = {column.name for column in _link_columns(table)}
    lists = {column.name for column in table.columns if column.separator}
    return replace(
        table,
        columns=tuple(
            replace(column, suppress_output=True) if column.name in links else column for column in table.columns
        ),
        foreign_keys=tuple(key for key in table.foreign_keys if lists.isdisjoint(key.columns)),
    )


def link_tables(table: Table) -> tuple[Table, ...]:
    """A table for each list column with a valueUrl: the columns that its templates use, then the item."""
    return tuple(_link_table(table, column) for column in _link_columns(table))


def key_table(table: Table) -> Table:
    """The parts of a table that a foreign key to it needs: the format of its cells, not their statements."""
    return replace(
        table,
        columns=tuple(
            replace(column, titles={}, description={}, about_url=None, property_url=None, value_url=None)
            for column in table.source_columns
        ),
        description={},
        foreign_keys=(),
    )


def iri_columns(table: Table) -> frozenset[str]:
    """The columns whose cells are IRIs, as a template that states something starts with `{+column}`."""
    return frozenset(
        template[0].variables[0].name
        for column in _stating(table)
        for template in map(parse_template, _templates(column))
        if is_open(template) and isinstance(template[0], Expression)
    )


def list_separator(column: Column, base: str, prefixes: Mapping[str, str], *, iris: bool) -> str | None:
    """The separator of the items of a published list: a space if full IRIs contain the publisher's separator."""
    held = iris and column.separator and any(column.separator in start for start in (base, *prefixes.values()))
    return " " if held else column.separator


def _stating(table: Table) -> Iterator[Column]:
    return (column for column in table.columns if column.property_url and not column.suppress_output)


def _link_columns(table: Table) -> Iterator[Column]:
    return (column for column in _stating(table) if column.separator and column.value_url and not column.virtual)


def _templates(column: Column) -> Iterator[str]:
    return filter(None, (column.about_url, column.property_url, column.value_url))


def _link_table(table: Table, column: Column) -> Table:
    used = {name for template in _templates(column) for name in variable_names(parse_template(template))}
    keys = [
        replace(other, suppress_output=True) for other in table.source_columns if other.name in used - {column.name}
    ]
    if "_row" in used:
        keys.insert(0, Column(ROW, 1, suppress_output=True))
    item = replace(
        column,
        separator=None,
        required=True,
        about_url=_by_column(column.about_url),
        property_url=_by_column(column.property_url),
        value_url=_by_column(column.value_url),
    )
    return replace(
        table,
        name=f"{table.name}.{column.name}",
        columns=(*keys, item),
        primary_key=(),
        foreign_keys=tuple(key for key in table.foreign_keys if key.columns == (column.name,)),
    )


def _by_column(template: str | None) -> str | None:
    return re.sub(r"(?<=[{,+#./;?&])_row(?=[,:*}])", ROW, template) if template else None

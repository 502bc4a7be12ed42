"""The things that a table's cells name: with a `valueUrl` its value, in the row's key the row's own thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from uritemplate import expand

from st_opendata.model.release import Release
from st_opendata.namespaces import SCHEME
from st_opendata.portal.addresses import is_iri
from st_opendata.portal.data.columns import ColumnDescription, PublishedTable
from st_opendata.portal.data.names import ThingName, ThingNames
from st_opendata.tables.templates import full_iri, is_open, parse_template, variable_names

ROW = "_row"
"""The variable of templates that stands for the number of a row (CSVW metadata, section 5.1.3)."""
Cells = Mapping[str, str | None]
"""The cells of a row by the names of their columns, and its number by `ROW`."""


def name_cells(
    table: PublishedTable, exact: Iterable[str], rows: Sequence[Cells], names: ThingNames
) -> list[dict[str, ThingName]]:
    """The things that the cells of each row name, by column.

    Only columns in `exact` count: their cells are written as in the facts, those of moments and lists are not.
    """
    templates = _templates(table, frozenset(exact)) if rows else {}
    named = [
        {
            column: iri
            for column, template in templates.items()
            if cells[column] is not None and (iri := _fill(template, cells, names.edition.release))
        }
        for cells in rows
    ]
    names.learn(iri for row in named for iri in row.values())
    return [{column: names.of(iri) for column, iri in row.items()} for row in named]


def scheme_of(column: ColumnDescription) -> str | None:
    """The IRI of our SKOS scheme whose concepts the cells of a column name."""
    found = re.fullmatch(rf"({re.escape(SCHEME)}[^/{{}}]+)/{{[^{{}}/+]+}}", column.value or "")
    return found[1] if found else None


def _templates(table: PublishedTable, exact: frozenset[str]) -> dict[str, str]:
    """By column, the template of the things that its cells name."""
    found = {each.name: each.value for each in table.columns if each.value}
    for about in dict.fromkeys(each.about for each in table.columns if each.about):
        keys = (name for name in _variables(about) if name in exact and name not in found)
        if key := next(keys, None):
            found[key] = about
    return {column: text for column, text in found.items() if {column, *_variables(text)} <= exact | {ROW}}


def _variables(template: str) -> tuple[str, ...]:
    return variable_names(parse_template(template))


def _fill(template: str, cells: Cells, release: Release) -> str | None:
    """The IRI of a row; None if a cell that the template needs is empty."""
    variables = _variables(template)
    if any(cells.get(name) is None for name in variables):
        return None
    iri = expand(template, {name: cells[name] for name in variables})
    if is_open(parse_template(template)):
        iri = full_iri(iri, release.base, release.prefixes)
    return iri if is_iri(iri) else None

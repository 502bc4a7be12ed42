"""CSVW metadata of a published CSV: the publisher's description, applied to the cleaned file.

The default dialect, no number or date formats, absolute templates, so that any CSVW tool gets from the published file
the facts that we publish (csv2rdf, minimal mode). A column that states nothing has `suppressOutput`, as CSVW would
otherwise invent a property for it; so has a virtual column that does not state something in each row, as CSVW has no
such condition. `ordered` is left out, as it would make a blank node of a list. It is a table group, because a foreign
key may only refer to a table of its group: the tables referred to come last, and state nothing there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from st_opendata.csvw import datatype_description
from st_opendata.exports.published import iri_columns, key_table, link_tables, list_separator, main_table
from st_opendata.exports.sources import TableSource
from st_opendata.json_text import indented_json
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.licences import licence_iri
from st_opendata.model.tables import Column, Table, stem_of
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.release.layout import in_dataset, table_file
from st_opendata.tables.templates import ROW_VARIABLES, parse_template, variable_names

Json = dict[str, object]


def write_metadata(source: TableSource, path: Path) -> None:
    """Write the metadata of the table's published CSV."""
    metadata = table_group(source.catalogue, source.dataset, source.table)
    path.write_text(indented_json(metadata, 2) + "\n", "utf-8", newline="\n")


def table_group(catalogue: Catalogue, dataset: Dataset, table: Table) -> Json:
    """The description of the table with those that its foreign keys name; URLs are relative to the dataset's folder."""
    licence = dataset.license or catalogue.license
    group: Json = {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": _texts(dataset.title),
        "dc:description": _texts(dataset.description),
        "dc:isPartOf": {"@id": catalogue.dataset_iri(dataset.id)},
    }
    if licence:
        group["dc:license"] = {"@id": licence_iri(licence)}
    published = [_separated(main_table(table), iri_columns(table), catalogue), *link_tables(table)]
    named = {key.table: key.dataset for each in published for key in each.foreign_keys if key.table != table.name}
    others = [_find(catalogue, *reference) for reference in sorted(named.items())]
    group["tables"] = [
        *(_table(each, dataset.id) for each in published),
        *(_table(key_table(other), dataset.id) | {"suppressOutput": True} for other in others),
    ]
    return group


def _separated(table: Table, iris: frozenset[str], catalogue: Catalogue) -> Table:
    """With the separators of the published lists."""
    prefixes = PREFIXES | catalogue.prefixes
    columns = (
        replace(each, separator=list_separator(each, catalogue.base, prefixes, iris=each.name in iris))
        for each in table.columns
    )
    return replace(table, columns=tuple(columns))


def null_texts(column: Column) -> tuple[str, ...]:
    """The cells of the published CSV that are null: the empty one, unless the publisher's empty cells are texts."""
    return ("",) if "" in column.null else column.null[:1]


def _find(catalogue: Catalogue, name: str, dataset_id: str) -> Table:
    (dataset,) = (dataset for dataset in catalogue.datasets if dataset.id == dataset_id)
    (table,) = (table for table in dataset.tables if table.name == name)
    return table


def _url(dataset_id: str, table: str, seen_from: str) -> str:
    name = table_file(stem_of(table))
    return name if dataset_id == seen_from else f"../{in_dataset(dataset_id, name)}"


def _texts(text: Text) -> list[Json]:
    return [{"@value": value, "@language": language} for language, value in text.items()]


def _table(table: Table, seen_from: str) -> Json:
    about = next((column.about_url for column in table.columns if column.about_url), None)
    schema: Json = {"aboutUrl": about} if about else {}
    schema["columns"] = [_column(_as_published(table, column), about) for column in table.columns]
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    if table.foreign_keys:
        schema["foreignKeys"] = [
            {
                "columnReference": list(key.columns),
                "reference": {
                    "resource": _url(key.dataset, key.table, seen_from),
                    "columnReference": list(key.reference),
                },
            }
            for key in table.foreign_keys
        ]
    described: Json = {"url": _url(table.dataset, table.name, seen_from), "dc:title": _texts(table.titles)}
    if table.description:
        described["dc:description"] = _texts(table.description)
    return described | {"tableSchema": schema}


def _as_published(table: Table, column: Column) -> Column:
    """The column as CSVW can describe it for other tools.

    A virtual column that does not state something in each row is suppressed: CSVW would make an address of the empty
    cell.
    """
    urls = [url for url in (column.about_url, column.value_url) if url]
    used = {name for url in urls for name in variable_names(parse_template(url))} - {*table.primary_key, *ROW_VARIABLES}
    if column.virtual and (column.where or (table.lenient and used)):
        return replace(column, suppress_output=True)
    return replace(column, required=table.is_filled(column))


def _column(column: Column, about: str | None) -> Json:
    # The name of a column without a name is CSVW's default, such as `_col.3`, which metadata must not state.
    named = not column.name.startswith("_")
    described: Json = {"name": column.name} if named else {}
    if column.titles or not (named or column.virtual):
        # The header holds the name, and a validator compares the header with the titles.
        header = {} if column.virtual else {"und": column.name}
        described["titles"] = header | dict(column.titles)
    if column.description:
        described["dc:description"] = _texts(column.description)
    optional = {
        "virtual": column.virtual,
        "datatype": datatype_description(column.datatype),
        "lang": column.lang if column.lang != "und" else None,
        "required": column.required,
        "separator": column.separator,
        "default": column.default if column.virtual else None,
        "aboutUrl": column.about_url if column.about_url != about else None,
        "propertyUrl": column.property_url,
        "valueUrl": column.value_url,
        "suppressOutput": column.suppress_output or column.property_url is None,
    }
    described |= {key: value for key, value in optional.items() if value}
    nulls = null_texts(column)
    return described if nulls == ("",) else described | {"null": list(nulls)}

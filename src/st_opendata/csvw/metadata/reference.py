"""A second opinion on a table description, by the `csvw` library.

The description that the library gets names no other file or URL, so the library reads nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import csvw.metadata
from csvw.datatypes import DATATYPES

from st_opendata.model.tables import Column, Datatype


def complaints(columns: Iterable[Column]) -> list[str]:
    """The library's errors and warnings about the columns of a table, in its words.

    Formats are left out: the library refuses spellings that CSVW allows.
    """
    described = [_described(column) for column in columns]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            csvw.metadata.Table.fromvalue({"url": "table.csv", "tableSchema": {"columns": described}})
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return [str(error) or type(error).__name__]
    return list(dict.fromkeys(str(warning.message) for warning in caught))


def _described(column: Column) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": column.name, "required": column.required, "null": list(column.null)}
    entry |= {"titles": dict(column.titles)} if column.titles else {}
    entry |= {"separator": column.separator} if column.separator else {}
    entry |= {"lang": column.lang, "default": column.default, "datatype": _plain_datatype(column.datatype)}
    templates = {"aboutUrl": column.about_url, "propertyUrl": column.property_url, "valueUrl": column.value_url}
    return entry | {key: value for key, value in templates.items() if value}


def _plain_datatype(kind: Datatype) -> dict[str, Any]:
    entry: dict[str, Any] = {"base": kind.base if kind.base in DATATYPES else "string"}
    lengths = {"length": kind.length, "minLength": kind.min_length, "maxLength": kind.max_length}
    return entry | {key: value for key, value in lengths.items() if value is not None}

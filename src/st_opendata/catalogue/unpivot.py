"""The key `unpivot` of a table in dataset.yaml: columns of the file, such as one for each year, become rows.

CSVW describes a table as it is published, so the rule is about reading: all other keys describe the long table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from st_opendata.documents import Fields
from st_opendata.messages.message import message
from st_opendata.model.tables import Column, Dialect, Unpivot
from st_opendata.tables.templates import ROW_VARIABLES


def row_variables(table: Fields) -> tuple[str, ...]:
    """The variables of templates for the number of a row, which is not that of the file where columns become rows."""
    return ("_row",) if "unpivot" in table else ROW_VARIABLES


def read_unpivot(table: Fields, columns: Sequence[Column], key: Sequence[str], dialect: Dialect) -> Unpivot | None:
    """The rule of a table with these columns and this key; a wrong rule is noted and left out."""
    fields = table.below("unpivot") if "unpivot" in table else None
    if fields is None:
        return None
    before = fields.noted
    fields.only(("columns", "name", "value", "skipEmpty"))
    if not dialect.header:
        fields.problem(message('"unpivot" is for files that have a header'))
    found = _rule(fields)
    if found is not None and fields.noted == before:
        _check(fields, found, columns)
        if found.skip_empty and not key:
            needs = message(
                '"skipEmpty" needs a primaryKey: rows that go by their number would get another one once a cell is '
                "filled in"
            )
            fields.problem(needs, "skipEmpty")
    return found if fields.noted == before else None


def _rule(fields: Fields) -> Unpivot | None:
    value, skip = fields.text("value") or "", fields.flag("skipEmpty")
    stated = fields.value("columns")
    if isinstance(stated, str):
        return _by_pattern(fields, stated, value, skip=skip)
    name = (fields.text("name") or "",)
    if isinstance(stated, dict) and (span := fields.below("columns")):
        span.only(("from", "to"))
        return Unpivot(name, value, span=(span.text("from") or "", span.text("to") or ""), skip_empty=skip)
    titles = fields.texts("columns")
    if not titles:
        example = '"(?P<year>[0-9]{4})"'
        fields.problem(
            message(
                '"columns" must be a pattern such as {example}, a list of titles, or the first and the last title, as '
                "{span}",
                example=example,
                span="{from: a, to: b}",
            ),
            "columns",
        )
    return Unpivot(name, value, titles=titles, skip_empty=skip)


def _by_pattern(fields: Fields, pattern: str, value: str, *, skip: bool) -> Unpivot | None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        fields.problem(
            message('"{pattern}" is not a regular expression: {reason}', pattern=pattern, reason=str(error)), "columns"
        )
        return None
    if not groups:
        return Unpivot((fields.text("name") or "",), value, pattern=pattern, skip_empty=skip)
    if "name" in fields:
        fields.problem(message('the groups of the pattern name the columns; delete "name", or the groups'), "name")
    return Unpivot(tuple(groups), value, pattern=pattern, skip_empty=skip)


def _check(fields: Fields, found: Unpivot, columns: Sequence[Column]) -> None:
    sources = {column.name: column for column in columns if not column.virtual}
    key = "columns" if found.pattern and "name" not in fields else "name"
    for name, where in ((found.value, "value"), *((name, key) for name in found.names)):
        fields.known(name, sources, where)
        if name in sources and sources[name].part:
            fields.problem(
                message('"{column}" is a part of a cell, and cannot be made by "unpivot"', column=name), where
            )
    if found.value in found.names:
        fields.problem(message('"value" needs a column that is not named for the titles'), "value")
    others = [column for name, column in sources.items() if name not in found.columns]
    if not others:
        fields.problem(message("describe a column of the file that stays, such as the one that names its rows"))
    stay = {title for column in others for title in (column.name, *column.titles.values())}
    for title in (title for title in (*found.titles, *(found.span or ())) if title in stay):
        fields.problem(message('the column "{title}" is described, so it stays a column', title=title), "columns")

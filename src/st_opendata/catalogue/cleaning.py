"""The key `cleaning` of a table: what the publisher lets be changed in its cells, for which CSVW has no words."""

from __future__ import annotations

from collections.abc import Sequence

from st_opendata.model.tables import Cleaning, Replacement, Sheet
from st_opendata.tables.fields import Fields

_CONTROL = {"remove": "", "space": " "}
_QUOTES = ("lenient", "trusted")
_ELSEWHERE = {
    "trim": "`trim: true` under `dialect`",
    "null": '`null` at the table or at a column, as in null: ["", k.A.]',
    "quoteChar": "`quoteChar` under `dialect`",
}
"""Rules that CSVW has: they are written as it writes them."""


def read_cleaning(table: Fields, columns: Sequence[str], sheet: Sheet | None) -> Cleaning:
    """The value of `cleaning` of a table with these columns in its file; what is wrong is noted and left out."""
    fields = table.below("cleaning") if "cleaning" in table else None
    if fields is None:
        return Cleaning()
    for key, place in _ELSEWHERE.items():
        if key in fields:
            fields.problem(f'"{key}" is a word of CSVW; write it as {place}', key)
    fields.only(("controlCharacters", "quotes", "replace", *_ELSEWHERE))
    control = _choice(fields, "controlCharacters", tuple(_CONTROL))
    quotes = _choice(fields, "quotes", _QUOTES)
    if quotes and sheet:
        fields.problem('"quotes" is for CSV files; a workbook has none', "quotes")
    dialect = table.below("dialect") if "dialect" in table else None
    if quotes == "lenient" and dialect and "doubleQuote" in dialect and not dialect.flag("doubleQuote"):
        fields.problem('"quotes: lenient" does not go with "doubleQuote: false"; delete one of them', "quotes")
    replace = [_replacement(each, columns) for each in fields.list_of_fields("replace")]
    return Cleaning(
        stray_quotes=quotes == "lenient",
        trusted_quotes=quotes == "trusted",
        control=_CONTROL.get(control or ""),
        replace=tuple(each for each in replace if each is not None),
    )


def _choice(fields: Fields, key: str, known: Sequence[str]) -> str | None:
    value = fields.text(key, required=False)
    if value is not None and value not in known:
        fields.problem(f'"{key}" must be {" or ".join(known)}', key)
        return None
    return value


def _replacement(fields: Fields, columns: Sequence[str]) -> Replacement | None:
    fields.only(("cell", "text", "to", "column"))
    if ("cell" in fields) == ("text" in fields):
        fields.problem('name either "cell", a whole cell, or "text", a part of cells, which becomes "to"')
        return None
    key = "cell" if "cell" in fields else "text"
    old, new, column = (fields.text(name, required=name == key) for name in (key, "to", "column"))
    if "to" not in fields:
        fields.problem('the key "to" is missing; write to: "" for nothing', "to")
    if column is not None:
        fields.known(column, columns, "column", "column")
    if not old or new is None:
        return None
    return Replacement(old, new, column, whole=key == "cell")

"""Keys of a table in dataset.yaml that CSVW does not have: `sheet`, `layer` and `name`, `rows`, `cleaning`, `split`.

The readers note problems in the fields and leave the wrong value out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from st_opendata.documents import Fields
from st_opendata.errors import reason_of
from st_opendata.messages.message import message
from st_opendata.model.tables import (
    ABOVE_HEADER,
    BELOW_HEADER,
    FOOTNOTES,
    ROW_RULES,
    TOTALS,
    Cleaning,
    ColumnPart,
    Dialect,
    FeatureLayer,
    Replacement,
    RowRule,
    Sheet,
)
from st_opendata.names import slug
from st_opendata.spelling import hint
from st_opendata.tables.features import EXTENSIONS as FEATURES
from st_opendata.tables.features import LAYERED
from st_opendata.tables.splits import parts_of
from st_opendata.tables.workbooks import EXTENSIONS

_OTHERS = (".xlsm", ".xlsb", ".numbers", ".fods")
_OTHER_FEATURES = (".shp", ".kml", ".kmz", ".gml", ".fgb", ".topojson")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def is_workbook(path: Path) -> bool:
    """True for a file whose name says that it is a workbook which can be read."""
    return path.suffix.lower() in EXTENSIONS


def read_sheet(fields: Fields, path: Path) -> Sheet | None:
    """The value of `sheet`, None for a file that has no sheets."""
    name = fields.text("sheet", required=False)
    if is_workbook(path):
        for key in ("delimiter", "quoteChar", "doubleQuote", "encoding", "commentPrefix"):
            if (dialect := "dialect" in fields and fields.below("dialect")) and key in dialect:
                dialect.problem(message('"{key}" is for CSV files; delete it for a workbook', key=key), key)
        return Sheet(name)
    if path.suffix.lower() in _OTHERS:
        unread = message(
            'st-opendata cannot read the format of "{file}"; save it as .xlsx, .ods or CSV', file=path.name
        )
        fields.problem(unread, "url")
    elif name is not None:
        formats = ", ".join(EXTENSIONS)
        sheetless = message('"sheet" is for workbooks ({formats}); {file} has none', formats=formats, file=path.name)
        fields.problem(sheetless, "sheet")
    return None


def read_layer(fields: Fields, path: Path) -> FeatureLayer | None:
    """The value of `layer`, None for a file that has no features."""
    name, ending = fields.text("layer", required=False), path.suffix.lower()
    if ending in FEATURES:
        for key in ("dialect", "rows", "split"):
            if key in fields:
                fields.problem(message('"{key}" is for CSV files and workbooks; delete it for features', key=key), key)
        if name is not None and ending != LAYERED:
            fields.problem(message('"layer" is for GeoPackage ({ending}); delete it', ending=LAYERED), "layer")
        return FeatureLayer(name)
    if ending in _OTHER_FEATURES:
        unread = message(
            'st-opendata cannot read the format of "{file}"; save it as GeoJSON or GeoPackage', file=path.name
        )
        fields.problem(unread, "url")
    elif name is not None:
        fields.problem(message('"layer" is for GeoPackage ({ending}); delete it', ending=LAYERED), "layer")
    return None


def table_name(fields: Fields, path: Path, part: Sheet | FeatureLayer | None) -> str:
    """The name of the table's published files: `name`, else the sheet or layer in plain letters, else the file."""
    name = fields.text("name", required=False)
    if name is not None:
        if not _NAME.fullmatch(name):
            fields.problem(
                message('"{name}" cannot name a file: use letters, digits, - and _, as in city-roles', name=name),
                "name",
            )
        return name
    return (slug(part.name) if part and part.name else "") or path.stem


_MATCHED = (BELOW_HEADER, FOOTNOTES, TOTALS)


def read_row_rules(fields: Fields, dialect: Dialect) -> tuple[RowRule, ...]:
    """The rules of a table; a wrong rule is noted and left out."""
    found: dict[str, RowRule] = {}
    for entry in fields.list_of_fields("rows"):
        rule = _rule(entry, dialect)
        if rule and rule.kind in found:
            entry.problem(message('the rule "{kind}" is listed twice', kind=rule.kind), ROW_RULES[rule.kind])
        elif rule:
            found[rule.kind] = rule
    return tuple(found.values())


def _rule(entry: Fields, dialect: Dialect) -> RowRule | None:
    before = entry.noted
    entry.only(("skip", "fill", "matching"))
    key = "fill" if "fill" in entry else "skip"
    kinds = [kind for kind, word in ROW_RULES.items() if word == key]
    kind = entry.text(key) or ""
    matching = entry.text("matching") if "matching" in entry else None
    if "fill" in entry and "skip" in entry:
        entry.problem(message('a rule has either "skip" or "fill"'), "fill")
    elif kind and kind not in kinds:
        entry.problem(
            message(
                '"{kind}" is not a rule for rows{hint}; the rules are {rules}',
                kind=kind,
                hint=hint(kind, kinds),
                rules=", ".join(kinds),
            ),
            key,
        )
    elif kind == BELOW_HEADER and matching is None:
        example = '{skip: below-header, matching: "m²|EUR"}'
        entry.problem(message('"below-header" needs "matching", as in {example}', example=example), key)
    elif matching is not None and kind not in _MATCHED:
        entry.problem(message('"{kind}" takes no "matching"', kind=kind), "matching")
    elif kind in (ABOVE_HEADER, BELOW_HEADER) and not dialect.header:
        entry.problem(message('"{kind}" is for files that have a header', kind=kind), key)
    try:
        re.compile(matching or "")
    except re.error as error:
        entry.problem(
            message('"{pattern}" is not a regular expression: {reason}', pattern=matching, reason=str(error)),
            "matching",
        )
    return RowRule(kind, matching) if entry.noted == before else None


_CONTROL = {"remove": "", "space": " "}
_QUOTES = ("lenient", "trusted")
_ELSEWHERE = {
    "trim": message('"trim" is a key of CSVW; write `trim: true` under `dialect`'),
    "null": message(
        '"null" is a key of CSVW; write it at the table or at a column, as in {example}', example='null: ["", k.A.]'
    ),
    "quoteChar": message('"quoteChar" is a key of CSVW; write it under `dialect`'),
}
"""Rules that are keys of CSVW, each with the problem to report where `cleaning` has it."""


def read_cleaning(table: Fields, columns: Sequence[str], part: Sheet | FeatureLayer | None) -> Cleaning:
    """The value of `cleaning` of a table with these columns in its file; wrong rules are noted and left out."""
    fields = table.below("cleaning") if "cleaning" in table else None
    if fields is None:
        return Cleaning()
    for key, misplaced in _ELSEWHERE.items():
        if key in fields:
            fields.problem(misplaced, key)
    fields.only(("controlCharacters", "quotes", "replace", *_ELSEWHERE))
    control = _choice(fields, "controlCharacters", tuple(_CONTROL))
    quotes = _choice(fields, "quotes", _QUOTES)
    if quotes and isinstance(part, Sheet):
        fields.problem(message('"{key}" is for CSV files; delete it for a workbook', key="quotes"), "quotes")
    elif quotes and part:
        fields.problem(
            message('"{key}" is for CSV files and workbooks; delete it for features', key="quotes"), "quotes"
        )
    dialect = table.below("dialect") if "dialect" in table else None
    if quotes == "lenient" and dialect and "doubleQuote" in dialect and not dialect.flag("doubleQuote"):
        fields.problem(message('"quotes: lenient" does not go with "doubleQuote: false"; delete one of them'), "quotes")
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
        fields.problem(message('"{key}" must be one of {values}', key=key, values=", ".join(known)), key)
        return None
    return value


def _replacement(fields: Fields, columns: Sequence[str]) -> Replacement | None:
    fields.only(("cell", "text", "to", "column"))
    if ("cell" in fields) == ("text" in fields):
        fields.problem(
            message('name either "cell", a whole cell, or "text", a part of cells; "to" is what replaces it')
        )
        return None
    key = "cell" if "cell" in fields else "text"
    old, new, column = (fields.text(name, required=name == key) for name in (key, "to", "column"))
    if "to" not in fields:
        fields.problem(message('the key "to" is missing; write to: "" to replace it by nothing'), "to")
    if column is not None:
        fields.known(column, columns, "column")
    if not old or new is None:
        return None
    return Replacement(old, new, column, whole=key == "cell")


def read_splits(fields: Fields) -> dict[str, ColumnPart]:
    """The parts by the names of their columns; problems are noted."""
    parts: dict[str, ColumnPart] = {}
    for split in fields.list_of_fields("split"):
        split.only(("column", "pattern"))
        column, pattern = split.text("column"), split.text("pattern")
        if not column or not pattern:
            continue
        try:
            found = parts_of(column, pattern)
        except ValueError as error:
            split.problem(reason_of(error), "pattern")
            continue
        for name in found.keys() & parts.keys():
            split.problem(message('the column "{name}" is a part of two columns', name=name), "pattern")
        parts |= found
    return parts

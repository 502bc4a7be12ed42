"""The sheet of a workbook that a description names, and what its table is called."""

from __future__ import annotations

import re
from pathlib import Path

from st_opendata.model.tables import Sheet
from st_opendata.names import slug
from st_opendata.tables.fields import Fields
from st_opendata.tables.workbooks import EXTENSIONS

_OTHERS = (".xlsm", ".xlsb", ".numbers", ".fods")
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
                dialect.problem(f'"{key}" is for CSV files; a workbook has none', key)
        return Sheet(name)
    if path.suffix.lower() in _OTHERS:
        fields.problem(f'"{path.name}" is of a format that is not read; save it as .xlsx, .ods or CSV', "url")
    elif name is not None:
        fields.problem(f'"sheet" is for workbooks ({", ".join(EXTENSIONS)}); {path.name} has none', "sheet")
    return None


def table_name(fields: Fields, path: Path, sheet: Sheet | None) -> str:
    """What the published files of the table are called: `name`, else the sheet in plain letters, else the file."""
    name = fields.text("name", required=False)
    if name is not None:
        if not _NAME.fullmatch(name):
            fields.problem(f'"{name}" cannot name a file: use letters, digits, - and _, as in city-roles', "name")
        return name
    return (slug(sheet.name) if sheet and sheet.name else "") or path.stem

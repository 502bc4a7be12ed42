"""An import: the tables of an export copied unchanged into a catalogue that describes them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from st_opendata.catalogue.cordis.cells import ColumnCells, see_cells
from st_opendata.catalogue.cordis.described import SeenTable, describe
from st_opendata.catalogue.cordis.files import ExportFile, find_files
from st_opendata.catalogue.cordis.mappings import (
    PROJECT,
    DatasetMapping,
    TableMapping,
    catalogue_keys,
    code_lines,
    dataset_mappings,
    recognised,
    shapes,
)
from st_opendata.catalogue.importers import ImportedTable, ImportOptions, ImportResult, LeftOut
from st_opendata.catalogue.init.sources import RawTable, find_sources
from st_opendata.catalogue.read import read_catalogue
from st_opendata.catalogue.statements import Description
from st_opendata.catalogue.write import write_yaml
from st_opendata.errors import InputError
from st_opendata.messages.message import message, verbatim
from st_opendata.names import slug
from st_opendata.place import Place
from st_opendata.release.exchange import stage
from st_opendata.release.layout import SHAPES

Yaml = dict[str, Any]
_HEADING = message(
    "Written by st-opendata import cordis. Change it as you like: a later import does not overwrite this folder."
)
_LENIENT = message(
    "lenient: true leaves wrong cells, and rows without their key, out of the facts, and reports them as warnings."
)
_PUBLISHER = message("The source of the data. If you publish this catalogue, name yourself here.")
_BASE = message("The start of all addresses: choose it once, on a domain that you keep.")
_CODES = {"countries": ("organization", "country"), "activity-types": ("organization", "activityType")}
"""The tables that the import writes, and the columns whose codes they explain."""
_ORDER = (
    *("id", "base", "profiles", "title", "description", "publisher", "contactPoint", "license", "accessRights"),
    *("accrualPeriodicity", "language", "theme", "keyword", "datasets"),
)


def import_cordis(sources: Sequence[Path], output: Path, options: ImportOptions) -> ImportResult:
    """Write a catalogue of the tables in folders and zip files to a folder that is new or empty.

    Raises:
        InputError: a source is not an export of CORDIS, a table of it is truncated, or the folder is not empty.
        OSError: the disk is full, or a folder must not be written to.
    """
    with stage(output, refuse=_refuse) as draft, tempfile.TemporaryDirectory(prefix="st-cordis-") as scratch:
        files = find_files(sources, Path(scratch))
        found, left = _find_tables(files, options.on_progress)
        if PROJECT not in found:
            raise _without_projects(sources, left)
        seen = {name: (source, _see(mapping, source, file)) for name, (mapping, source, file) in found.items()}
        for name, (_, table) in tuple(seen.items()):
            if not table.rows and name != PROJECT:
                left.append(LeftOut(found[name][2], message("the table has no rows")))
                del seen[name]
        tables, names = [], []
        for dataset in dataset_mappings():
            written = _write_dataset(dataset, seen, draft.folder, options)
            names += [dataset.name] if written else []
            tables += [
                ImportedTable(f"{dataset.name}/{url}", found[name][2] if name in found else "", rows)
                for name, url, rows in written
            ]
        _write_catalogue(slug(output.resolve().name), names, draft.folder, options)
        _write_shapes(draft.folder)
        read_catalogue(draft.folder)
        draft.commit()
    return ImportResult(tuple(tables), tuple(left))


def _refuse(folder: Path) -> None:
    raise InputError(
        message("{folder} is not empty; nothing was changed", folder=folder),
        remedy=message("Name a new folder for the import, and take your changes over; or empty this one."),
    )


Found = tuple[TableMapping, RawTable, str]


def _find_tables(
    files: Sequence[ExportFile], on_progress: Callable[[str], None]
) -> tuple[dict[str, Found], list[LeftOut]]:
    """The tables of CORDIS by their name, and what is left out: text files come before workbooks."""
    found: dict[str, Found] = {}
    left: list[LeftOut] = []
    for file in sorted(files, key=lambda each: each.path.suffix.lower() not in (".csv", ".txt")):
        on_progress(file.name)
        try:
            sources = find_sources(file.path)
        except InputError as error:
            left.append(LeftOut(file.name, verbatim(error.message)))
            continue
        for source in sources:
            mapping = recognised(_header(source))
            if mapping is None:
                left.append(LeftOut(file.name, message("no table of CORDIS has these columns")))
            elif mapping.name in found:
                other = found[mapping.name][2]
                if file.path.suffix.lower() == found[mapping.name][1].path.suffix.lower():
                    raise _twice(file.name, other)
                left.append(LeftOut(file.name, message("the same table is in {other}", other=other)))
            else:
                found[mapping.name] = (mapping, source, file.name)
    return found, left


def _header(source: RawTable) -> list[str]:
    return next((row.cells for row in source.rows()), [])


def _twice(name: str, other: str) -> InputError:
    return InputError(
        message("the files {other} and {name} have the same table", other=other, name=name),
        remedy=message("Import one framework programme at a time: name a folder or zip file with one of the two."),
    )


def _without_projects(sources: Sequence[Path], left: Sequence[LeftOut]) -> InputError:
    reasons = "; ".join(f"{each.name}: {each.reason}" for each in left[:5])
    problem = message("there is no table of projects (project.csv)")
    if reasons:
        problem = message("there is no table of projects (project.csv); left out: {reasons}", reasons=reasons)
    remedy = message(
        "Name the zip file with the projects that CORDIS offers as CSV (cordis-…projects-csv.zip), or the folder into "
        "which you unpacked it."
    )
    return InputError(problem, place=Place(", ".join(map(str, sources))), remedy=remedy)


def _see(mapping: TableMapping, source: RawTable, name: str) -> SeenTable:
    """Read the whole table and look at its cells; InputError if it is truncated."""
    rows = source.rows()
    header = tuple(next(rows).cells)
    cells: dict[str, ColumnCells] = {}
    places: list[ColumnCells | None] = []
    for title in header:
        column = mapping.named(title)
        fresh = ColumnCells(mapping.columns[column]["form"]) if column and column not in cells else None
        places.append(fresh)
        if column and fresh:
            cells[column] = fresh
    count, last = see_cells((row.cells for row in rows), places)
    if source.sheet is None and count and last < len(header) and not _ends_with_a_line(source.path):
        raise InputError(
            message("the table is truncated in its last row"),
            place=Place(name),
            remedy=message("Download the file again."),
        )
    dialect: Yaml = {} if source.sheet else {"delimiter": source.delimiter}
    if source.encoding != "utf-8":
        dialect["encoding"] = source.encoding
    cleaning: Yaml = {"quotes": "lenient"} if source.cleaning.stray_quotes else {}
    if source.cleaning.control is not None:
        cleaning["controlCharacters"] = "space"
    return SeenTable(mapping, header, cells, count, dialect, cleaning, source.sheet)


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() in (b"\n", b"\r")


def _write_dataset(
    dataset: DatasetMapping, seen: dict[str, tuple[RawTable, SeenTable]], folder: Path, options: ImportOptions
) -> list[tuple[str, str, int]]:
    """Write a dataset that has tables: the name, the file and the number of rows of each."""
    entries, written = [], []
    listed = _known_tables(seen)
    for mapping in dataset.tables:
        if mapping.name in seen:
            source, table = seen[mapping.name]
            url = mapping.name + (source.path.suffix.lower() if source.sheet else ".csv")
            (folder / dataset.name).mkdir(exist_ok=True)
            shutil.copyfile(source.path, folder / dataset.name / url)
        elif mapping.name in _CODES and (codes := _codes(mapping.name, seen)):
            table, url = _code_table(mapping, codes), f"{mapping.name}.csv"
            (folder / dataset.name).mkdir(exist_ok=True)
            (folder / dataset.name / url).write_text("\n".join([*codes, ""]), "utf-8", newline="\n")
        else:
            continue
        entries.append(describe(table, url, listed))
        written.append((mapping.name, url, table.rows))
    if entries:
        description = Description(dataset.description | {"tables": entries})
        description.remark("tables", _LENIENT)
        text = write_yaml(description, [_HEADING], ("title", "description", "tables"), language=options.language)
        (folder / dataset.name / "dataset.yaml").write_text(text, "utf-8", newline="\n")
    return written


def _known_tables(seen: dict[str, tuple[RawTable, SeenTable]]) -> list[str]:
    """The tables that keys may refer to, as `dataset/file`."""
    return [
        f"{dataset.name}/{mapping.name}.csv"
        for dataset in dataset_mappings()
        for mapping in dataset.tables
        if (mapping.name in seen and seen[mapping.name][1].rows)
        or (mapping.name in _CODES and _codes(mapping.name, seen))
    ]


def _codes(name: str, seen: dict[str, tuple[RawTable, SeenTable]]) -> list[str]:
    """The lines of a table of the codes that a column uses and that are known; empty without any."""
    table, column = _CODES[name]
    cells = seen[table][1].cells.get(column) if table in seen else None
    header, *lines = code_lines(name)
    used = [line for line in lines if cells and line.partition(",")[0] in cells.stripped]
    return [header, *used] if used else []


def _code_table(mapping: TableMapping, lines: Sequence[str]) -> SeenTable:
    header = tuple(lines[0].split(","))
    return SeenTable(mapping, header, {name: ColumnCells("text") for name in header}, len(lines) - 1)


def _write_catalogue(name: str, datasets: Sequence[str], folder: Path, options: ImportOptions) -> None:
    identifier = name if len(name) > 1 else "cordis"
    base = options.base or f"https://{identifier}.example/"
    description = Description({"id": identifier, "base": base} | catalogue_keys() | {"datasets": list(datasets)})
    description.remark("base", _BASE)
    description.remark("publisher", _PUBLISHER)
    text = write_yaml(description, [_HEADING], _ORDER, language=options.language)
    (folder / "catalogue.yaml").write_text(text, "utf-8", newline="\n")


def _write_shapes(folder: Path) -> None:
    (folder / SHAPES).mkdir()
    (folder / SHAPES / "cordis.ttl").write_text(shapes(), "utf-8", newline="\n")

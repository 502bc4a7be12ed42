"""`st-opendata import`: a catalogue of the tables that a known publisher exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, progress_bar, write_json
from st_opendata.cli.options import json_flag, lang_flag, path_type
from st_opendata.cli.usage import bad_value
from st_opendata.cli.words import count
from st_opendata.errors import reason_of
from st_opendata.messages.message import Message, message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.catalogue.importers import ImportOptions, ImportResult

    Import = Callable[[Sequence[Path], Path, ImportOptions], ImportResult]


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of export: its name, the help of its command, and the package with the function `import_NAME`."""

    name: str
    short_help: str
    help: str
    package: str

    def load(self) -> Import:
        """The function that imports."""
        found: Import = getattr(import_module(self.package), f"import_{self.name}")
        return found


IMPORTERS = (
    Importer(
        "cordis",
        "Make a catalogue from CORDIS's export of projects.",
        """Make a catalogue from CORDIS's export of projects.

        SOURCES are the zip files that CORDIS offers as CSV, or the folders into which you unpacked them: projects with
        their participants, topics and fields of science; deliverables, publications and report summaries. The tables
        are copied unchanged. Their descriptions state them as EURIO 2.4, the vocabulary of CORDIS's SPARQL endpoint;
        you can edit them. Wrong cells are left out of the facts, and `check` reports each as a warning.

        The folder is written completely or not at all; nothing is overwritten.
        """,
        "st_opendata.catalogue.cordis",
    ),
)
"""Each is a command of `st-opendata import`."""


@click.group("import")
def command() -> None:
    """Make a catalogue from the export of a known publisher."""


def _command(importer: Importer) -> click.Command:
    def run(*, sources: tuple[Path, ...], output: Path, base: str | None, as_json: bool, lang: str | None) -> int:
        return _import(importer, sources, output, base=base, as_json=as_json, lang=lang)

    parameters = [
        click.Argument(["sources"], type=path_type, nargs=-1, required=True),
        click.Option(
            ["--output", "-o"],
            required=True,
            type=path_type,
            metavar="FOLDER",
            help="New or empty folder for the catalogue.",
        ),
        click.Option(["--base"], metavar="IRI", help="Start of the IRIs of all things; ends in a slash."),
        json_flag(),
        lang_flag(),
    ]
    return click.Command(
        importer.name, callback=run, params=parameters, short_help=importer.short_help, help=importer.help
    )


for _importer in IMPORTERS:
    command.add_command(_command(_importer))


def _import(
    importer: Importer, sources: Sequence[Path], output: Path, *, base: str | None, as_json: bool, lang: str | None
) -> int:
    from st_opendata.catalogue.importers import ImportOptions
    from st_opendata.model.records import folder_iri

    language = read_settings({"lang": lang}).language
    try:
        base = folder_iri(base) if base is not None else None
    except ValueError as error:
        raise bad_value(reason_of(error), "--base") from None
    with progress_bar() as bar:
        report = bar or (lambda _text, _done: None)
        options = ImportOptions(base, language, lambda name: report(name, 0.0))
        result = importer.load()(sources, output, options)
    for text in left_out_texts(result):
        note(text[language])
    if as_json:
        write_json({"folder": str(output), "tables": result.tables, "left_out": result.left_out})
        return 0
    click.echo(summary_text(result, output, language))
    click.echo(message("Next: {command}", command=f"st-opendata check {output}")[language])
    return 0


def left_out_texts(result: ImportResult) -> list[Message]:
    """A line for each file that is not in the catalogue."""
    return [message("Left out: {name}: {reason}", name=left.name, reason=left.reason) for left in result.left_out]


def summary_text(result: ImportResult, output: Path, language: str) -> str:
    """The tables of the new catalogue with their sources and rows, a line for each."""
    lines = []
    for table in result.tables:
        rows = count(table.rows, "row")
        text = message("{table}: {rows}, written by the import", table=table.table, rows=rows)
        if table.source:
            text = message("{table}: {rows} of {source}", table=table.table, rows=rows, source=table.source)
        lines.append(text[language])
    tables = count(len(result.tables), "table")
    lines.append(message("The catalogue in {folder} has {tables}.", folder=output, tables=tables)[language])
    return "\n".join(lines)

"""`st-opendata diff`: what changed from one release to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.completion import complete_dataset
from st_opendata.cli.options import engine_options, lang_option, path_type
from st_opendata.cli.words import count
from st_opendata.messages.message import message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.release.diff import DatasetDiff, ReleaseDiff, TableDiff


@click.command(short_help="Compare two releases.")
@click.argument("old", type=path_type)
@click.argument("new", type=path_type)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "patch")),
    default="text",
    show_default=True,
    help="Format of the report: text, JSON, or an RDF Patch of the facts.",
)
@click.option("--json", "form", flag_value="json", help="Same as --format json.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Number of rows of each table and triples of each dataset to show; all are counted.",
)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_dataset,
    help="Compare only this dataset. You can repeat this option.  [default: all]",
)
@click.option("--exit-code", is_flag=True, help="Exit with status 1 if there is a difference, as git diff does.")
@lang_option
@engine_options
def command(  # noqa: PLR0913 (one parameter per option)
    *,
    old: Path,
    new: Path,
    form: str,
    limit: int,
    datasets: tuple[str, ...],
    exit_code: bool,
    lang: str | None,
    memory: str | None,
    threads: str | None,
) -> int:
    """Compare the releases OLD and NEW.

    For each dataset, the command lists the rows of the published tables that changed, matched by their primary key,
    then the triples. It names files without rows or triples if their bytes differ. The patch holds every triple, as A
    and D lines in the syntax of N-Triples (https://afs.github.io/rdf-delta/rdf-patch.html).
    """
    from st_opendata.release.diff import ReleasePair, diff_json

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    with ReleasePair(old, new, settings) as pair:
        diff = pair.compare(limit if form != "patch" else 0, datasets)
        if form == "patch":
            for line in pair.patch(datasets):
                click.echo(line, nl=False)
        elif form == "json":
            click.echo(diff_json(diff), nl=False)
        else:
            for line in _text(diff, settings.language):
                click.echo(line)
    return 1 if exit_code and not diff.same else 0


def _text(diff: ReleaseDiff, language: str) -> Iterator[str]:
    from st_opendata.release.layout import FACTS

    if diff.same:
        yield message("The two releases are the same, byte for byte.")[language]
        return
    for dataset in diff.datasets:
        yield f"{_SIGNS[dataset.change]} {dataset.id}"
        for table in dataset.tables:
            yield from _table_lines(table, language)
        if dataset.triples_removed or dataset.triples_added:
            yield from _triple_lines(dataset, language)
        yield ""
    number = sum(map(len, diff.files.values()))
    heading = message("{files} with different bytes; outside of the datasets above:", files=count(number, "file"))
    yield heading[language]
    listed = {f"{folder}/" for dataset in diff.datasets for folder in (dataset.id, FACTS)}
    for change, paths in diff.files.items():
        yield from (f"{_SIGNS[change]} {path}" for path in paths if not path.startswith(tuple(listed)))


_SIGNS = {"removed": "-", "added": "+", "changed": "~"}


def _counts(removed: int, added: int, changed: int = 0) -> str:
    numbers = {"-": removed, "+": added, "~": changed}
    return ", ".join(f"{sign}{number}" for sign, number in numbers.items() if number)


def _table_lines(table: TableDiff, language: str) -> Iterator[str]:
    counts = table.counts
    key = message("no common key: whole rows")
    if counts.key:
        key = message("key: {columns}", columns=", ".join(counts.key))
    rows = _counts(counts.removed, counts.added, counts.changed)
    yield "  " + "  ".join(filter(None, (table.file, rows, f"({key[language]})")))
    for sign, columns in (("-", counts.columns_removed), ("+", counts.columns_added)):
        yield from (f"    {sign} " + message("column {column}", column=column)[language] for column in columns)
    for row in table.rows:
        name = ", ".join(map(_shown, row.key.values()))
        if row.old and row.new:
            yield f"    ~ {name}"
            yield from (
                f"        {column}: {_shown(row.old[column])} → {_shown(row.new[column])}" for column in row.new
            )
        else:
            cells = row.old or row.new
            shown = ", ".join(
                f"{column}: {_shown(value)}" for column, value in cells.items() if value and column not in row.key
            )
            yield f"    {'-' if row.old else '+'} {name}" + (f"  {shown}" if shown and counts.key else "")
    yield from _more(counts.removed + counts.added + counts.changed - len(table.rows), "row", language)


def _shown(cell: str) -> str:
    """A cell on one line, cut if it is long; no character of it controls the terminal."""
    from st_opendata.facts.checks import quote_cell

    return quote_cell("⏎".join(cell.splitlines())) or "∅"


def _triple_lines(dataset: DatasetDiff, language: str) -> Iterator[str]:
    removed, added = dataset.triples_removed, dataset.triples_added
    yield "  " + message("triples")[language] + f"  {_counts(removed, added)}"
    for sign, lines in (("-", dataset.removed), ("+", dataset.added)):
        yield from (f"    {sign} {line}" for line in lines)
    yield from _more(removed + added - len(dataset.removed) - len(dataset.added), "triple", language)


def _more(number: int, noun: str, language: str) -> Iterator[str]:
    if number:
        yield "    … " + message("{things} more", things=count(number, noun))[language]

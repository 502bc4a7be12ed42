"""`st-opendata query`: SPARQL over a release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, write_table
from st_opendata.cli.options import lang_option, release_argument, timeout_option
from st_opendata.cli.words import count
from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.namespaces import readable
from st_opendata.place import Place
from st_opendata.rdf.formats import GRAPH_FORMATS, GRAPH_NAMES, RESULT_NAMES
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.sparql.text import Query

FORMATS = ("table", *RESULT_NAMES, *GRAPH_NAMES)
_EXTENSIONS = {
    extension: name
    for name in GRAPH_NAMES
    if (extension := GRAPH_FORMATS[name].file.extension.removeprefix(".")) != name
}
"""Extensions of files that also name a format."""
_MARK = "\ufeff"
"""A byte order mark."""


@click.command(short_help="Query a release with SPARQL 1.1.")
@release_argument
@click.argument("sparql")
@click.option(
    "--format",
    "form",
    type=click.Choice((*FORMATS, *_EXTENSIONS)),
    callback=lambda _ctx, _param, value: _EXTENSIONS.get(value, value),
    metavar="FORMAT",
    help=f"Format of the answer: {', '.join(FORMATS)}, or a file extension ({', '.join(_EXTENSIONS)}).  "
    "[default: table; turtle for CONSTRUCT and DESCRIBE]",
)
@timeout_option
@click.option("--threads", metavar="N", help="Number of threads of the first query.  [default: ST_THREADS, else 2]")
@click.option(
    "--memory",
    metavar="SIZE",
    help="Memory limit of the query, in addition to the data.  [default: ST_MEMORY, else 1GB]",
)
@lang_option
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    release: Path,
    sparql: str,
    form: str | None,
    timeout: float | None,
    memory: str | None,
    threads: str | None,
    lang: str | None,
) -> None:
    """Query a release with SPARQL 1.1.

    SPARQL is the query itself, @FILE to read it from a file, or - to read it from standard input. The default graph
    holds the facts, the catalogue and the ontology of RELEASE; each dataset is also a named graph. The usual prefixes
    (eurio:, st:, dct:, skos: …) need no PREFIX. SERVICE and updates are refused. The exit code is 2 if the query is
    wrong, and 3 if it takes longer than --timeout or needs more than --memory.

    The first query on a release of more than 100,000 triples puts its data into the user's cache folder; later ones
    open them there.
    """
    from st_opendata.sparql.child import Bounds
    from st_opendata.sparql.query import answer

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})

    def on_step(step: Message) -> None:
        note(step[settings.language])

    bounds = Bounds(settings.memory_bytes, timeout)
    result = answer(release, _read(sparql), form, bounds, on_step, settings.threads)
    if isinstance(result, bytes):
        sys.stdout.buffer.write(result if result.endswith(b"\n") else result + b"\n")
        return
    write_table(result.variables, [[readable(term) if term else "" for term in row] for row in result.rows])
    note(f"{count(len(result.rows), 'row')[settings.language]}.")


def _read(sparql: str) -> Query:
    from st_opendata.sparql.text import Query

    if sparql == "-":
        return Query(sys.stdin.read().removeprefix(_MARK), "standard input")
    if not sparql.startswith("@"):
        return Query(sparql.removeprefix(_MARK))
    path = Path(sparql[1:])
    try:
        return Query(path.read_text("utf-8-sig"), str(path))
    except OSError as error:
        raise InputError(
            message("the query cannot be read: {reason}", reason=system_reason(error)),
            place=Place(str(path)),
            remedy=message("Check the path after @."),
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            message("the query is not UTF-8 text"),
            place=Place(str(path)),
            remedy=message("Save the file in the editor with the encoding UTF-8."),
        ) from error

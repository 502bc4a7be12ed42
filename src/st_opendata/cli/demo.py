"""`st-opendata demo`: the sample catalogue of the program, built, queried and served."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.build import summary_text
from st_opendata.cli.console import note, progress_bar, write_report, write_table
from st_opendata.cli.extras import install_command, missing_package
from st_opendata.cli.import_ import left_out_texts
from st_opendata.cli.import_ import summary_text as import_text
from st_opendata.cli.options import engine_options, lang_option, output_option, path_type
from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.model.text import pick
from st_opendata.namespaces import readable
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.catalogue.questions import Question

_PORT = 8000
"""That of `serve`."""
_PROJECTS = 50
"""Made-up projects of `--cordis`."""


@click.command(short_help="Build the sample catalogue, query it and serve it.")
@output_option
@click.option(
    "--port",
    envvar="DEMO_PORT",
    default=_PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the portal.",
)
@click.option(
    "--cordis",
    is_flag=True,
    help="Import and build SOURCES, exports of CORDIS, instead of the sample; without SOURCES, 50 made-up projects.",
)
@click.argument("sources", type=path_type, nargs=-1)
@lang_option
@engine_options
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    output: Path,
    port: int,
    cordis: bool,
    sources: tuple[Path, ...],
    lang: str | None,
    memory: str | None,
    threads: str | None,
) -> int:
    """Build the sample catalogue, query it and serve it.

    The sample is Smarter Together (Lyon, Munich, Vienna); it is part of this program. The command says where the
    release is and which commands come next. On a terminal it then serves the portal until Ctrl-C. Elsewhere, or with
    DEMO_SERVE=0, it starts the portal, tests that it answers, and ends. DEMO_PORT sets --port.

    With --cordis the command imports a folder or zip file of CORDIS first. The catalogue of the import stays next to
    the release, for you to edit.
    """
    from st_opendata.build import Job, build
    from st_opendata.catalogue.questions import read_questions
    from st_opendata.resources import resource_folder

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    if sources and not cordis:
        raise UsageError(
            message("SOURCES are for --cordis"),
            remedy=message("Write {command}.", command="st-opendata demo --cordis …"),
        )
    catalogue = _import_cordis(sources, output, settings.language) if cordis else resource_folder("datasets")
    with progress_bar() as progress:
        outcome = build(Job(catalogue, settings, progress=progress), output)
    if outcome.release is None:
        write_report(outcome.findings, "text", settings.language)
        return 1
    for question in read_questions(output):
        if question.name[0].isdigit():
            _ask(output, question, settings.language)
    click.echo(summary_text(outcome.release, output, settings.language))
    explained = f"st-opendata explain {output} project/smarter-together"
    following = f"st-opendata check {catalogue}" if cordis else explained
    note(message("Next: {command}", command=following)[settings.language])
    _show(output, port, settings.language)
    return 0


def _import_cordis(sources: Sequence[Path], output: Path, language: str) -> Path:
    """Import the exports, or made-up projects, into a folder next to the release."""
    from st_opendata.catalogue.cordis import import_cordis, write_sample_tables
    from st_opendata.catalogue.importers import ImportOptions

    catalogue = output.with_name(f"{output.resolve().name}-cordis")
    if not sources and (catalogue / "catalogue.yaml").is_file():
        note(message("The catalogue {folder} is there already; it is not imported again.", folder=catalogue)[language])
        return catalogue
    with tempfile.TemporaryDirectory(prefix="st-cordis-") as folder:
        if not sources:
            write_sample_tables(Path(folder), _PROJECTS)
            made_up = message(
                "These {number} projects are made up, in CORDIS's layout: no project, organisation or amount is real.",
                number=_PROJECTS,
            )
            note(made_up[language])
        result = import_cordis(sources or (Path(folder),), catalogue, ImportOptions(language=language))
    for text in left_out_texts(result):
        note(text[language])
    click.echo(import_text(result, catalogue, language))
    return catalogue


def _show(release: Path, port: int, language: str) -> None:
    """Serve the release on a terminal; elsewhere, or with DEMO_SERVE=0, only test that it can be served."""
    try:
        from st_opendata.portal.server import Serving, serve, try_out
    except ModuleNotFoundError as error:
        package = missing_package(error, "portal")
        if package is None:
            raise
        missing = message(
            "The portal needs the package {package}: {command}", package=package, command=install_command("portal")
        )
        note(missing[language])
        return
    serving = Serving(release, port=port)
    if sys.stdout.isatty() and os.environ.get("DEMO_SERVE") != "0":
        serve(serving, lambda ready: note(ready[language]))
        return
    try_out(serving)
    url = serving.url_at(serving.port)
    command = f"st-opendata serve {release}" + (f" --port {port}" if port != _PORT else "")
    note(message("The portal works. To see it at {url}: {command}", url=url, command=command)[language])


def _ask(release: Path, question: Question, language: str) -> None:
    """Show the question and its answer."""
    from st_opendata.sparql.query import ResultTable, answer
    from st_opendata.sparql.text import Query

    result = answer(release, Query(question.query, f"{question.name}.rq"), "table")
    if not isinstance(result, ResultTable):
        raise InputError(message('"{file}" is not a SELECT query', file=f"{question.name}.rq"))
    click.echo(pick(question.title, language))
    write_table(result.variables, [[readable(term) if term else "" for term in row] for row in result.rows])
    click.echo()

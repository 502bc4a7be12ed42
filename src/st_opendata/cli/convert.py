"""`st-opendata convert`: tables that CSV on the Web describes, as RDF or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from st_opendata.cli.console import note
from st_opendata.cli.options import engine_options, lang_option, path_type
from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.csvw import DocumentLoader, Hints, SourceOptions

# The names of `csvw.CONVERSIONS`, repeated here so that --help loads no engine.
FORMS = ("nt", "ttl", "rdf", "jsonld", "json")


@click.command(short_help="Convert a table that CSVW describes to RDF or JSON.")
@click.argument("source")
@click.option(
    "--to",
    "form",
    type=click.Choice(FORMS),
    required=True,
    help="Format of the output: RDF (csv2rdf) or JSON (csv2json).",
)
@click.option(
    "--minimal", is_flag=True, help="Write only what the cells state, without tables and rows (minimal mode)."
)
@click.option("--output", "-o", type=path_type, metavar="FILE", help="File to write.  [default: standard output]")
@click.option("--metadata", type=path_type, metavar="FILE", help="CSVW metadata document to use instead of any other.")
@click.option("--link", metavar="HEADER", help="Link header of the response that delivered SOURCE.")
@click.option("--site-config", type=path_type, metavar="FILE", help="Copy of the site's /.well-known/csvm.")
@click.option("--base", metavar="IRI", help="IRI of the folder of SOURCE.  [default: its file: URL]")
@click.option("--fetch", is_flag=True, help="Fetch SOURCE, a URL, with its description and tables over the network.")
@lang_option
@engine_options
def command(  # noqa: PLR0913 (one parameter per option)
    *,
    source: str,
    form: str,
    minimal: bool,
    output: Path | None,
    metadata: Path | None,
    link: str | None,
    site_config: Path | None,
    base: str | None,
    fetch: bool,
    lang: str | None,
    memory: str | None,
    threads: str | None,
) -> None:
    """Convert a table that CSV on the Web describes to RDF or JSON.

    SOURCE is a CSVW metadata document (.json) or a table. The description of a table comes from --metadata, the Link
    header, the site configuration, SOURCE-metadata.json, csv-metadata.json in the same folder, or else its header.
    The command writes rows while it reads them. It warns on standard error about what CSVW ignores and about cells that
    do not fit their datatype; the exit code stays 0. `check SOURCE` reports the same as findings.
    """
    from st_opendata.csvw import CONVERSIONS, SourceOptions, conversion_warnings, open_group, write_group
    from st_opendata.shacl import report_text

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    with (
        _found(source, SourceOptions(metadata, link, site_config, base), fetch=fetch) as (iri, loader, hints),
        open_group(iri, loader, hints, memory=settings.memory, threads=settings.threads) as opened,
    ):
        with _written(output) as out:
            write_group(opened, CONVERSIONS[form], out, minimal=minimal)
        if warnings := conversion_warnings(opened):
            note(report_text(warnings, settings.language).rstrip("\n"))


@contextmanager
def _found(source: str, options: SourceOptions, *, fetch: bool) -> Iterator[tuple[str, DocumentLoader, Hints]]:
    from st_opendata.csvw import WebFetcher, local_source, remote_source
    from st_opendata.system.scratch import Scratch

    remote = source.startswith(("http://", "https://"))
    if remote and not fetch:
        raise UsageError(
            message('"{source}" is a URL, and the command does not use the network without --fetch', source=source),
            remedy=message("Add --fetch, or name a file."),
        )
    if not remote:
        yield local_source(Path(source), options)
        return
    with Scratch() as folder:
        yield remote_source(source, options, WebFetcher(folder))


@contextmanager
def _written(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that gets its name only when it is complete."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(output)
    except OSError as error:
        raise InputError(
            message("the file cannot be written: {reason}", reason=system_reason(error)), place=Place(str(output))
        ) from None
    finally:
        part.unlink(missing_ok=True)

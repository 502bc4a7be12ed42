"""`st-opendata pull`: a first catalogue from datasets that are published already."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, progress_bar, warn_insecure, write_json
from st_opendata.cli.extras import needing
from st_opendata.cli.options import json_option, lang_option, path_type
from st_opendata.cli.words import count, text_of
from st_opendata.errors import UsageError
from st_opendata.messages.message import Message, message, number_text
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.targets.ckan.pull.result import Omission, PullResult

_NAMED = 20
"""Failures that are listed on stderr; the descriptions list all."""

_OMISSIONS = {
    "no table": ("file", message("Left on the portal, in formats other than CSV: {number}.")),
    "elsewhere": ("file", message("Left on other sites (--links downloads them): {number}.")),
    "without tables": ("dataset", message("Left on the portal, without a table: {number}.")),
    "not in the catalogue": ("dataset", message("Left on the portal, no longer in the catalogue: {number}.")),
}


@click.group("pull")
def command() -> None:
    """Make a catalogue from published datasets."""


@command.command("ckan", short_help="Pull the datasets of an organisation from CKAN.")
@click.option("--url", required=True, help="Home page of the portal.")
@click.option("--organization", required=True, metavar="NAME", help="Organisation whose datasets to pull.")
@click.option(
    "--output", "-o", required=True, type=path_type, metavar="FOLDER", help="New or empty folder for the catalogue."
)
@click.option("--catalogue", metavar="ID", help="Pull only this catalogue, which st-opendata published.")
@click.option("--others", is_flag=True, help="Pull only datasets that st-opendata did not publish.")
@click.option("--private", is_flag=True, help="Pull private datasets too; needs an API token.")
@click.option(
    "--token-file",
    type=path_type,
    metavar="FILE",
    help="File with the API token for --private.  [default: the variable ST_CKAN_TOKEN]",
)
@click.option("--links", is_flag=True, help="Download files from other sites too.")
@click.option(
    "--max-file", type=click.IntRange(1), default=1_000_000_000, show_default=True, metavar="BYTES",
    help="Do not download files larger than this.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 16), default=4, show_default=True, help="Number of parallel requests."
)
@click.option("--insecure", is_flag=True, help="Do not check the certificate of the portal; prints a warning.")
@click.option(
    "--client-cert",
    type=path_type,
    metavar="FILE",
    help="Client certificate (PEM) for the portal.  [default: the variable ST_CKAN_CLIENT_CERT]",
)
@click.option(
    "--client-key",
    type=path_type,
    metavar="FILE",
    help="Private key of the client certificate.  [default: the variable ST_CKAN_CLIENT_KEY]",
)
@json_option
@lang_option
def pull_ckan_command(  # noqa: PLR0913 (a parameter for each option)
    *,
    url: str,
    organization: str,
    output: Path,
    catalogue: str | None,
    others: bool,
    private: bool,
    token_file: Path | None,
    links: bool,
    max_file: int,
    workers: int,
    insecure: bool,
    client_cert: Path | None,
    client_key: Path | None,
    as_json: bool,
    lang: str | None,
) -> int:
    """Pull the datasets of an organisation on a CKAN portal into a catalogue folder.

    A catalogue that st-opendata published comes back as it was, with every language, column and key. From other
    datasets, the command takes the descriptions and the CSV tables. It writes a comment where the portal does not give
    a required value, and names files that are not CSV tables in the description of their dataset.

    The folder is written completely or not at all; nothing is overwritten. If an organisation has several catalogues,
    pull them one at a time.
    """
    language = read_settings({"lang": lang}).language
    with needing("ckan", message("pulling from a CKAN portal")):
        from st_opendata.http.tls import secured
        from st_opendata.targets.ckan.pull.catalogue import PullOptions, pull
        from st_opendata.targets.ckan.token import find_certificate, find_token

    if catalogue is not None and others:
        raise UsageError(
            message("--catalogue and --others exclude each other"), remedy=message("Use one of the two options.")
        )
    token = find_token(url, token_file) if private else None
    warn_insecure(insecure, lang)
    tls = secured(insecure, *find_certificate(client_cert, client_key))
    options = PullOptions(url, organization, token, catalogue, others, private, links, max_file, workers, language, tls)
    with progress_bar() as bar:
        result = pull(options, output, on_progress=bar or (lambda _text, _done: None))
    for text in (*_failures(result), *_others(result)):
        note(text[language])
    for remark in result.notes:
        note(text_of(remark, language))
    if as_json:
        write_json(_json(result) | {"folder": str(output)})
    else:
        summary = message(
            "The catalogue {catalogue} is in {folder}: {datasets}, {tables}.",
            catalogue=result.catalogue,
            folder=output,
            datasets=count(result.datasets, "dataset"),
            tables=count(result.tables, "table"),
        )
        click.echo(summary[language])
        click.echo(message("Next: {command}", command=f"st-opendata check {output}")[language])
    return 1 if any(each.kind == "failed" for each in result.omissions) else 0


def _json(result: PullResult) -> dict[str, object]:
    return {
        "catalogue": result.catalogue,
        "datasets": result.datasets,
        "tables": result.tables,
        "left": result.omissions,
        "notes": result.notes,
    }


def _failures(result: PullResult) -> list[Message]:
    failed = [each for each in result.omissions if each.kind == "failed"]
    lines = [message("Not pulled: {name}: {reason}", name=_name(each), reason=each.reason) for each in failed[:_NAMED]]
    more = len(failed) - len(lines)
    if more:
        lines.append(message("Not pulled: {number} more; the descriptions list them.", number=number_text(more)))
    return lines


def _others(result: PullResult) -> list[Message]:
    """The numbers of things that stay on the portal because no option asks for them, or that are not tables."""
    numbers = Counter(str(each.kind) for each in result.omissions)
    return [
        replace(text, fields={"number": count(numbers[kind], noun)})
        for kind, (noun, text) in _OMISSIONS.items()
        if numbers[kind]
    ]


def _name(omission: Omission) -> str:
    return f"{omission.dataset}/{omission.what}" if omission.what else omission.dataset

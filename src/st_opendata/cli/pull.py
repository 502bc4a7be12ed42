"""`st-opendata pull`: a catalogue to start from, out of what is published already."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, progress_bar
from st_opendata.cli.extras import needing
from st_opendata.cli.options import json_option, path_type
from st_opendata.cli.words import count

if TYPE_CHECKING:
    from st_opendata.targets.ckan.pull.result import Omission, PullResult

_NAMED = 20
"""Failures that are named on stderr; the descriptions have all."""


_OMISSIONS = {
    "no table": ("file", "of other formats than CSV"),
    "elsewhere": ("file", "beyond the portal, which --links fetches"),
    "without tables": ("dataset", "without a table"),
    "not in the catalogue": ("dataset", "that the catalogue does not list any more"),
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
@json_option
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
    as_json: bool,
) -> int:
    """Pull the datasets of an organisation on a CKAN portal into a catalogue folder.

    A catalogue that st-opendata published comes back as it was, with every language, column and key. From other
    datasets, the command takes the descriptions and the CSV tables. It writes a comment where the portal does not give
    a required value, and names files that are not CSV tables in the description of their dataset.

    The folder is written completely or not at all; nothing is overwritten. If an organisation has several catalogues,
    pull them one at a time.
    """
    with needing("ckan", "a CKAN portal"):
        from st_opendata.targets.ckan.pull.catalogue import PullOptions, pull
        from st_opendata.targets.ckan.token import find_token

    if catalogue is not None and others:
        raise click.UsageError("--catalogue and --others exclude each other")
    token = find_token(url, token_file) if private else None
    options = PullOptions(url, organization, token, catalogue, others, private, links, max_file, workers)
    with progress_bar() as bar:
        result = pull(options, output, on_progress=bar or (lambda _text, _done: None))
    for text in (*_failures(result), *_others(result), *result.notes):
        note(str(text))
    if as_json:
        click.echo(json.dumps(_json(result) | {"folder": str(output)}, ensure_ascii=False, indent=1))
    else:
        numbers = f"{count(result.datasets, 'dataset')}, {count(result.tables, 'table')}"
        click.echo(f"The catalogue {result.catalogue} is in {output}: {numbers}.")
        click.echo(f"Go on with: st-opendata check {output}")
    return 1 if any(each.kind == "failed" for each in result.omissions) else 0


def _json(result: PullResult) -> dict[str, object]:
    return {
        "catalogue": result.catalogue,
        "datasets": result.datasets,
        "tables": result.tables,
        "left": [{**asdict(each), "reason": str(each.reason)} for each in result.omissions],
        "notes": [str(note) for note in result.notes],
    }


def _failures(result: PullResult) -> list[str]:
    failed = [each for each in result.omissions if each.kind == "failed"]
    lines = [f"Not pulled: {_name(each)}: {each.reason}" for each in failed[:_NAMED]]
    more = len(failed) - len(lines)
    return [*lines, f"Not pulled: {more:,} more; the descriptions name them."] if more else lines


def _others(result: PullResult) -> list[str]:
    """What is not pulled because it is not asked for, or is no table, in numbers."""
    numbers = Counter(str(each.kind) for each in result.omissions)
    return [
        f"Left on the portal: {count(numbers[kind], noun)} {rest}; the descriptions name each."
        for kind, (noun, rest) in _OMISSIONS.items()
        if numbers[kind]
    ]


def _name(omission: Omission) -> str:
    return f"{omission.dataset}/{omission.what}" if omission.what else omission.dataset

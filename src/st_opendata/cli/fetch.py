"""`st-opendata fetch`: files of a catalogue from the web, with the record of where they are from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, progress_bar, write_json
from st_opendata.cli.options import SECONDS, json_option, lang_option, path_type
from st_opendata.messages.message import Message, message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.catalogue.fetching import FetchResult


@click.command(short_help="Store a file from the web in a catalogue, or renew all.")
@click.argument("url", required=False)
@click.option(
    "--output", "-o", type=path_type, default=".", metavar="PATH",
    help="File to write, or folder for it, such as that of a dataset.  [default: the current folder]",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace a file that differs.")
@click.option(
    "--max-file", type=click.IntRange(1), default=1_000_000_000, show_default=True, metavar="BYTES",
    help="Do not download a file larger than this.",
)  # fmt: skip
@click.option(
    "--timeout",
    type=SECONDS,
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Stop a download after this time.",
)
@json_option
@lang_option
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    url: str | None,
    output: Path,
    replace: bool,
    max_file: int,
    timeout: float,
    as_json: bool,
    lang: str | None,
) -> int:
    """Store the file at URL in a catalogue, and record its URL, date and SHA-256 in fetched.yaml.

    Without URL, the command renews all files that were fetched into the folder --output and the folders in it. It says
    which files changed, by their SHA-256. If the server has ETags or dates, it does not send unchanged files again.

    A file is stored completely or not at all. No other command fetches anything: `check` warns if a fetched file has
    changed since, and a release says where its tables and files are from.
    """
    from st_opendata.catalogue.fetching import FetchOptions, renew_files, store_file

    language = read_settings({"lang": lang}).language
    with progress_bar() as bar:
        options = FetchOptions(max_file, timeout, replace, bar or (lambda _text, _done: None))
        results = [store_file(url, output, options)] if url else list(renew_files(output, options))
    if as_json:
        write_json([_json(each) for each in results])
    else:
        for each in results:
            if each.error is None:
                click.echo(_summary(each)[language])
    return _conclude(results, language)


def _conclude(results: Iterable[FetchResult], language: str) -> int:
    """Name the failures of a renewal; the exit code is that of the worst of them."""
    code = 0
    for each in results:
        if each.error:
            reason = each.error.message_text(language)
            note(message("Not fetched: {file}: {reason}", file=each.path, reason=reason)[language])
            note(f"  {each.error.remedy_text(language)}")
            code = max(code, each.error.exit_code)
    return code


def _summary(result: FetchResult) -> Message:
    fields = {"file": result.path, "sha256": result.sha256}
    match result.change:
        case "new":
            return message("{file}: stored, SHA-256 {sha256}", **fields)
        case "changed":
            return message("{file}: changed, SHA-256 {sha256}, before {before}", before=result.before, **fields)
    return message("{file}: unchanged, SHA-256 {sha256}", **fields)


def _json(result: FetchResult) -> dict[str, object]:
    found: dict[str, object] = {"file": str(result.path), "url": result.url, "change": result.change}
    found |= {"sha256": result.sha256 or None, "before": result.before or None}
    return found | ({"error": result.error.message} if result.error else {})

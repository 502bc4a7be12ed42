"""`st-opendata verify`: the comparison of a release with its digests or with a portal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import progress_bar, write_json
from st_opendata.cli.options import json_flag, json_option, lang_flag, lang_option, path_type
from st_opendata.cli.targets import TargetGroup, TargetUse
from st_opendata.cli.words import count, text_of
from st_opendata.messages.message import message, number_text
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.targets.base import Target, Verification

_CHANGES = {"missing": message("missing"), "changed": message("changed"), "extra": message("extra")}
"""Words for the ways in which a file differs from `release.json`."""


@click.group("verify", cls=TargetGroup)
def command() -> None:
    """Compare a release with its digests or with a portal."""


@command.command("release", short_help="Compare the files of a release with their digests.")
@click.argument("folder", metavar="[DIR]", type=path_type, default=Path("release"))
@json_option
@lang_option
def verify_release_command(*, folder: Path, as_json: bool, lang: str | None) -> int:
    """Compare the files of a release with their digests.

    DIR is the folder of the release, by default `release`. The command names each file that is missing, changed or not
    listed; then the exit code is 1.
    """
    from st_opendata.release import read_release, verify_release

    language = read_settings({"lang": lang}).language
    differences = verify_release(folder)
    if as_json:
        write_json({"whole": not differences, "differences": differences})
    else:
        for each in differences:
            click.echo(f"{_CHANGES[each.change][language]}  {each.path}: {text_of(each.detail, language)}")
        files = count(len(read_release(folder).files), "file")
        result = message("{folder}: {files}, all as release.json says.", folder=folder, files=files)
        if differences:
            result = message(
                "{folder}: different from release.json: {different} of {files}.",
                folder=folder,
                different=number_text(len(differences)),
                files=files,
            )
        click.echo(result[language])
    return 1 if differences else 0


def _verify(target: Target[Any], release: Path, *, as_json: bool, lang: str | None) -> int:
    language = read_settings({"lang": lang}).language
    with progress_bar() as bar:
        verification = target.verify(release, bar or (lambda _text, _done: None), detailed=as_json)
    if as_json:
        write_json(_json(verification))
    else:
        _write(verification, language)
    return 1 if verification.problems else 0


command.use = TargetUse(part=lambda target: target.verify, options=(json_flag(), lang_flag()), run=_verify)


def _write(verification: Verification, language: str) -> None:
    for problem in verification.problems:
        part = f"{text_of(problem.part, language)}: " if problem.part else ""
        click.echo(f"{problem.dataset}: {part}{text_of(problem.text, language)}")
    for text in verification.notes:
        click.echo(text_of(text, language))
    amount = message(
        "{datasets}, {files}, {size} bytes",
        datasets=count(verification.datasets, "dataset"),
        files=count(verification.files, "file"),
        size=number_text(verification.size),
    )
    result = message("{url}: {amount}, all as in the release.", url=verification.url, amount=amount)
    if verification.problems:
        result = message(
            "{url}: {differences} from the release: {amount}.",
            url=verification.url,
            differences=count(len(verification.problems), "difference"),
            amount=amount,
        )
    click.echo(result[language])


def _json(verification: Verification) -> dict[str, object]:
    return {
        "datasets": verification.datasets,
        "files": verification.files,
        "bytes": verification.size,
        "problems": [
            {"dataset": each.dataset, "part": each.part or "", "text": each.text} for each in verification.problems
        ],
        **verification.details,
    }

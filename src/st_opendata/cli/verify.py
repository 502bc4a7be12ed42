"""`st-opendata verify`: is what was written still what is there?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import progress_bar
from st_opendata.cli.options import json_flag, json_option, lang_option, path_type
from st_opendata.cli.targets import TargetGroup, TargetUse
from st_opendata.cli.words import count, say
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.targets.base import Target, Verification


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
        found = [{**asdict(each), "detail": str(each.detail)} for each in differences]
        content = {"whole": not differences, "differences": found}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            click.echo(f"{difference.change}  {difference.path}: {difference.detail}")
        files = count(len(read_release(folder).files), "file", language)
        different = count(len(differences), "file", language)
        click.echo(
            say(language, "differs" if differences else "whole", folder=folder, files=files, different=different)
        )
    return 1 if differences else 0


def _verify(target: Target[Any], release: Path, *, as_json: bool) -> int:
    with progress_bar() as bar:
        verification = target.verify(release, bar or (lambda _text, _done: None), detailed=as_json)
    if as_json:
        click.echo(json.dumps(_json(verification), ensure_ascii=False, indent=1))
    else:
        _write(verification)
    return 1 if verification.problems else 0


command.use = TargetUse(part=lambda target: target.verify, options=(json_flag(),), run=_verify)


def _write(verification: Verification) -> None:
    for problem in verification.problems:
        click.echo(f"{problem.dataset}: {f'{problem.part}: ' if problem.part else ''}{problem.text}")
    for text in verification.notes:
        click.echo(str(text))
    files = f"{count(verification.datasets, 'dataset')}, {count(verification.files, 'file')}"
    amount = f"{files}, {verification.size:,} bytes"
    if verification.problems:
        click.echo(f"{verification.url}: {count(len(verification.problems), 'difference')} from the release: {amount}.")
    else:
        click.echo(f"{verification.url}: {amount}, all as released.")


def _json(verification: Verification) -> dict[str, object]:
    return {
        "datasets": verification.datasets,
        "files": verification.files,
        "bytes": verification.size,
        "problems": [
            {"dataset": each.dataset, "part": str(each.part), "text": str(each.text)} for each in verification.problems
        ],
        **verification.details,
    }

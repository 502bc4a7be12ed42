"""`st-opendata verify`: is what was written still what is there?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from st_opendata.cli.console import count
from st_opendata.cli.options import json_option, path_type


@click.group("verify")
def command() -> None:
    """Compare what was written with what is there."""


@command.command("release")
@click.argument("folder", metavar="[DIR]", type=path_type, default=Path("release"))
@json_option
def verify_release_command(*, folder: Path, as_json: bool) -> int:
    """Re-read every digest of the release in DIR, by default `release`.

    Names each file that is missing, changed or not listed; exit code 1 tells that there is one.
    """
    from st_opendata.release import read_release, verify_release

    differences = verify_release(folder)
    if as_json:
        content = {"whole": not differences, "differences": [asdict(difference) for difference in differences]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            click.echo(f"{difference.change}  {difference.path}: {difference.detail}")
        files = count(len(read_release(folder).files), "file")
        click.echo(
            f"{folder}: {count(len(differences), 'file')} differ from release.json, which lists {files}."
            if differences
            else f"{folder}: {files}, all as release.json says."
        )
    return 1 if differences else 0
